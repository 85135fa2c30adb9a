#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <tessera/core/state.hpp>
#include <tessera/experts/routes.hpp>
#include <tessera/meta/sliced_points.hpp>

namespace tessera::meta {

/// How the losses of environments under foreign experts are taken, where a gate asks for them.
struct CrossOptions {
  int inner = 5;         ///< context steps on a foreign expert before its loss is taken
  int trajectories = 1;  ///< of each environment, drawn anew every time; 0: all
  double stop = 100;     ///< given up beyond this times the own expert's loss; 0: never
};

/// What a gate may look at when it says which expert answers for which environment.
struct GateEvidence {
  std::uint64_t seed = 0;
  long outer = 0;  ///< outer and inner step; with the seed they name the streams of random numbers
  int inner = 0;
  bool renew = false;             ///< losses must be taken anew, whatever seems settled
  SlicedPoints const &contexts;   ///< (environment)
  experts::Routes const &routes;  ///< (environment): the experts that answer now
  /// Losses (environment, expert), made when they are asked for: all experts integrate everything.
  std::function<std::vector<double>()> cross_losses;
};

/// Who answers for what in a mixture of kinds: fitted while the mixture is trained, asked for its
/// word on systems that nobody has seen.
class Gate {
 public:
  virtual ~Gate() = default;

  /// Whether training begins with one expert, off which the others are split; else all are there
  /// from the start, routed by `first_routes`.
  virtual bool splits() const = 0;
  /// How far experts that are all there from the start begin apart: the share of a random expert of
  /// their own in each. 0: equal copies.
  virtual double spread() const { return 0; }
  /// How far apart the contexts of the warm-up must fall (`largest_silhouette`) for experts to be
  /// split off the one; else it answers for all. 0: experts are split off whatever they look like.
  virtual double structure() const { return 0; }
  /// The experts of all environments before the first step, for contexts of `components` zeros.
  virtual experts::Routes first_routes(std::size_t environments, std::size_t components,
                                       std::uint64_t seed) = 0;
  /// From now on there are `experts`, and cluster i (environment) is expert i's: after a split, or
  /// when an expert was removed. What was learnt is forgotten.
  virtual void begin(int experts, std::vector<int> const &cluster) = 0;

  /// Whether routes are due behind the inner step of this number, counted from 1.
  virtual bool due(long step) const = 0;
  /// How it wants losses under foreign experts.
  virtual CrossOptions const &cross() const = 0;
  /// The experts of every environment; nothing where all stay.
  virtual std::optional<experts::Routes> fit(GateEvidence const &evidence) = 0;
  /// Learns to name the leaders of `evidence.routes` for `evidence.contexts`, which are those after
  /// environments have changed their experts.
  virtual void learn(GateEvidence const &evidence) = 0;

  /// Values (expert), positive with sum 1, of a whole context (component); empty before the first
  /// `learn`. The largest is its word. Throws Error where the length does not fit.
  virtual std::vector<double> values(std::span<double const> context) const = 0;
  /// The expert of largest value, ties to the lower one; 0 before the first `learn`.
  int word(std::span<double const> context) const;

  virtual void register_state(State &state) = 0;
  /// Call after a checkpoint was read into the registered state.
  virtual void restored() = 0;
};

}  // namespace tessera::meta
