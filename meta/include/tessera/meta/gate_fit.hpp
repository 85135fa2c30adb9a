#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <tessera/core/rng.hpp>
#include <tessera/core/state.hpp>
#include <tessera/meta/standardizer.hpp>

namespace tessera::meta {

/// g(ξ) = softmax(Wᵀ [standardised ξ; 1]): the gate of a mixture of kinds. The expert with the
/// largest value runs; the value itself scales nothing.
struct LinearGate {
  std::size_t components = 0;
  int experts = 0;
  Standardizer scale;
  std::vector<double> weights;  ///< (component + 1, expert); the last row is the bias

  /// Gate values of one context (component): (expert), positive, sum 1. Throws Error where the
  /// length does not fit.
  std::vector<double> evaluate(std::span<double const> context) const;
  /// The expert of one context (component); ties go to the lower index. Throws as `evaluate`.
  int route(std::span<double const> context) const;
  /// As `evaluate`; empty before there are weights.
  std::vector<double> values(std::span<double const> context) const;

  /// Adds gate/weights, gate/mean and gate/deviation.
  void register_state(State &state);
  /// Call after a checkpoint was read into them, for a gate of so many experts.
  void restored(int count);
};

struct GateFitOptions {
  double ridge = 1e-3;     ///< times the number of environments; 0: minimum norm
  bool published = false;  ///< raw contexts plus noise, minimum norm
  double noise = 1e-4;     ///< deviation of that noise
};

/// Least squares of [ξ; 1] W on the one-hot `assignment` (environment → expert). Default: contexts
/// (environment, component) standardised and a ridge on everything but the bias, so that few
/// environments, or contexts that have hardly left zero, do not give weights of 1e3. Only
/// `published` draws from `rng`.
///
/// Regression on indicators can mask a class: of three clusters in one row the middle one never
/// wins, however well it is separated. Contexts split into one slice per expert spread clusters
/// like the corners of a simplex, where this does not happen; compare `route` with `assignment`.
/// Throws Error on sizes or experts that do not fit.
///
/// Contexts that lie in slices are fitted slice by slice, at a cost that is the number of experts
/// times that of one; others, and those without a ridge, by an orthogonal decomposition.
LinearGate fit_gate(SlicedPoints const &contexts, std::span<int const> assignment, int experts,
                    GateFitOptions const &options, Rng &rng);
LinearGate fit_gate(std::span<double const> contexts, std::size_t components,
                    std::span<int const> assignment, int experts, GateFitOptions const &options,
                    Rng &rng);

}  // namespace tessera::meta
