#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tessera/constraint/basis_network.hpp>
#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/constraint/published_loss.hpp>
#include <tessera/nn/schedule.hpp>

namespace tessera::constraint {

/// What a network's functions are taken for.
enum class ConstrainedMethod {
  constraint,  ///< a basis, solved for by boxes (PI-HC; PI-HC-MoE)
  none,        ///< the answer itself, one function (PI-SC)
};

/// What training lowers.
enum class ConstrainedLoss {
  constraint,  ///< ln |r|, the norm of the rows that were solved: variable projection
  published,   ///< PublishedLoss, through the implicit function theorem
};

/// How a network is trained through the constraint layer.
struct ConstrainedOptions {
  ConstrainedMethod method = ConstrainedMethod::constraint;
  ConstrainedLoss loss = ConstrainedLoss::constraint;
  PublishedLossOptions published;
  LayerOptions layer;
  std::size_t boxes_in_time = 1;
  std::vector<std::size_t> boxes_in_space{4};  ///< (axis)
  domains::SpaceTimeGrid grid;                 ///< of training; tests may take another
  int batch = 2;                               ///< samples a step
  double clip = 1;                             ///< of the gradient's global norm; 0: none
  nn::Schedule rate;
  std::uint64_t seed = 0;
};

/// One sample on its way through a step.
struct ConstrainedSample {
  domains::PdeSample problem;
  std::vector<double> truth;               ///< (level, cell), where the loss reads it
  std::unique_ptr<ConstraintLayer> layer;  ///< none without a constraint
  ConstraintLayer::Gathered gathered;
  PlacedSolution solution;
  std::vector<double> functions_bar;  ///< (level, cell, function); empty: no gradient
};

/// What a step did.
struct ConstrainedReport {
  double loss = 0;      ///< over the samples that converged
  PublishedLoss terms;  ///< where that is the loss; without derivatives
  double gradient = 0;  ///< global norm, before it was clipped
  double residual_mean = 0, iterations_mean = 0, jump_max = 0;
  int settled = 0;                              ///< samples that left a saddle
  int fallbacks = 0;                            ///< solves pulled back with J^T J
  std::vector<domains::PdeSample> unconverged;  ///< those that gave no gradient
  double seconds_network = 0, seconds_gather = 0, seconds_solve = 0, seconds_pull_back = 0,
         seconds_update = 0;
};

/// Trains a network whose functions span the solutions of a family (PI-HC-MoE, Chalapathi et al.,
/// ICLR 2024, §3): everything with state, and the verbs of a step. Needs a Runtime.
class ConstrainedTrainer {
 public:
  /// `family` and `network` must outlive it.
  ConstrainedTrainer(domains::PdeFamily const &family, BasisNetwork &network,
                     ConstrainedOptions options);

  /// New problems each step, from (seed, step) alone.
  std::vector<ConstrainedSample> draw(long step) const;
  /// The network's functions, gathered by expert.
  void propose(std::vector<ConstrainedSample> &batch, ConstrainedReport &report);
  /// Constrained least squares, samples side by side.
  void solve(std::vector<ConstrainedSample> &batch, ConstrainedReport &report) const;
  /// The loss and its derivative by the functions.
  void evaluate(std::vector<ConstrainedSample> &batch, ConstrainedReport &report) const;
  void pull_back(std::vector<ConstrainedSample> const &batch, ConstrainedReport &report);
  void update(long step, ConstrainedReport &report);

  ConstrainedOptions const &options() const { return options_; }

 private:
  void evaluate_constraint(std::vector<ConstrainedSample> &batch, std::size_t good,
                           ConstrainedReport &report) const;
  void evaluate_published(std::vector<ConstrainedSample> &batch, ConstrainedReport &report) const;
  domains::PdeFamily const &family_;
  BasisNetwork &network_;
  ConstrainedOptions options_;
};

/// One step of training.
ConstrainedReport constrained_step(ConstrainedTrainer &trainer, long step);

/// Solves problems in the span of the network's functions on any grid, `options.layer` with all
/// points. The same on any number of threads. Throws Stopped where a stop is asked for.
std::vector<PlacedSolution> predict(BasisNetwork &network, ConstrainedOptions const &options,
                                    domains::SpaceTimeGrid const &grid,
                                    std::span<domains::PdeSample const> problems);

/// The same in the span of a bank's functions.
std::vector<PlacedSolution> predict(BasisBank const &bank, ConstrainedOptions const &options,
                                    domains::SpaceTimeGrid const &grid,
                                    std::span<domains::PdeSample const> problems);

}  // namespace tessera::constraint
