#pragma once

#include <cstdint>
#include <vector>

#include <tessera/domains/scaling.hpp>
#include <tessera/meta/evaluation.hpp>

#include "settings.hpp"

namespace tessera::model {

/// A data set as training sees it: the user's own permuted by the seed, states and times
/// standardised where asked for; and the way back to how users know it.
class PreparedData {
 public:
  /// `given` must outlive this.
  PreparedData(DataSettings const &settings, domains::Dataset const &given, std::uint64_t seed);

  domains::Dataset const &given() const { return *given_; }
  /// Whether the data are the user's own.
  bool own() const { return own_data_; }
  domains::Dataset const &set() const { return changed_ ? own_ : *given_; }
  /// Environment e of training is environment order()[e] as given.
  std::vector<std::size_t> const &order() const { return order_; }
  domains::Scaling const &scaling() const { return scaling_; }
  /// Of each component in the training split, in the user's units. Shape (state).
  std::vector<double> const &deviation() const { return deviation_; }

  /// Numbers of training environments, (environment, column), in the order as given.
  template <class T>
  std::vector<T> as_given(std::vector<T> const &values) const
  {
    std::vector<T> given(values.size());
    std::size_t const columns = values.size() / order_.size();
    for (std::size_t e = 0; e < order_.size(); ++e) {
      for (std::size_t c = 0; c < columns; ++c) {
        given[order_[e] * columns + c] = values[e * columns + c];
      }
    }
    return given;
  }
  /// A prediction of a split in the user's units, scored against `truth`, that split as given.
  meta::Prediction as_known(meta::Prediction found, domains::Trajectories const &truth) const;
  /// The same of the test split, whose environments are those of training.
  meta::Prediction test_as_known(meta::Prediction found) const;

 private:
  domains::Dataset const *given_;
  domains::Dataset own_;
  bool own_data_ = false, changed_ = false;
  std::vector<std::size_t> order_;
  domains::Scaling scaling_;
  std::vector<double> deviation_;
};

/// What users should hear of their data before they are trained on: trajectories that are in
/// training and test, scales that training was not made for. A line each.
std::vector<std::string> doubts_about(PreparedData const &data);

/// Support losses in the user's units from `found`, the solutions of the support trajectories with
/// what was found for them; infinite where one could not be followed.
void tell_support_loss(meta::Adapted &adapted, meta::Prediction const &found);
/// Losses that are the user's already: infinite where no trajectory could be followed.
void tell_unfollowed(meta::Adapted &adapted);

}  // namespace tessera::model
