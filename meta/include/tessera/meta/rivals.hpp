#pragma once

#include <cstddef>
#include <vector>

#include <tessera/core/progress.hpp>
#include <tessera/meta/doubt.hpp>
#include <tessera/meta/evaluation.hpp>

namespace tessera::meta {

/// What mixtures say otherwise that were trained without some of the systems. Where each system has
/// one trajectory, training never sees what another start does to it, and no rehearsal on training
/// data can tell how wrong a mixture is there; but trainings that differ agree on such starts no
/// better than they know. A rival adapts to the systems that it was trained without, follows them
/// from the starts of the others, and the mixture that knows them is compared with it. Of a single
/// expert, how well rivals describe these systems also tells what is not foreign.
class Rivals {
 public:
  /// What disagreement is multiplied with: trainings that learn from the same data alike are wrong
  /// alike too. The largest that five trainings on one trajectory a system needed to hold 90 % of
  /// new systems from other starts (lotka_volterra, seeds 0 and 1; families 35, 32, 40 of small-4).
  static constexpr double margin = 2.7;

  /// `doubt`: what is known of the mixture that is doubted.
  explicit Rivals(Doubt const &doubt);

  /// Environments that rival `number` of `rivals` is trained without: each of several leaves out
  /// others, one alone every second one.
  static std::vector<std::size_t> left_out(std::size_t environments, int rivals, int number);

  /// `rival` was trained without the environments `unseen` of `seen`, which has the mixture's.
  template <class T>
  void hear(Mixture<T> const &mixture, Mixture<T> const &rival,
            std::vector<std::size_t> const &unseen, domains::Trajectories const &seen,
            AdaptOptions const &options, experts::StepControl const &control, Progress progress);

  /// Fills `doubt.elsewhere` and raises its limits to what rivals made of known systems.
  void tell(Doubt &doubt) const;

 private:
  // Of systems followed from other starts: what is known of them, and what a rival says.
  void compare(domains::Trajectories const &crossed, std::vector<int> const &leaders,
               Prediction const &known, Prediction const &other);

  Doubt doubt_;
  double misfit_ = 0, distance_ = 0;              // the largest
  std::vector<std::vector<double>> differences_;  // (expert, part, state): of 9/10, by system
};

}  // namespace tessera::meta
