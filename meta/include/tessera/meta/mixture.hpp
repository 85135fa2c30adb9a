#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <tessera/core/parameters.hpp>
#include <tessera/experts/expert_bank.hpp>
#include <tessera/meta/gate_fit.hpp>
#include <tessera/meta/task_batch.hpp>

namespace tessera::meta {

/// A mixture of experts by kind: rows of experts, one context per environment cut into a slice per
/// expert, and a gate over contexts. During the warm-up only expert 0 is active.
template <class T>
class Mixture {
 public:
  /// Experts start as copies of one random expert, contexts at zero. With `split` every expert sees
  /// its own slice of the context, else all see the whole. Everything routes to expert 0.
  Mixture(std::shared_ptr<experts::ExpertBank<T>> bank, int experts, std::size_t environments,
          bool split, std::uint64_t seed);

  experts::ExpertBank<T> const &bank() const { return *bank_; }
  int experts() const { return experts_; }
  std::size_t environments() const { return environments_; }
  int rank() const { return bank_->context_size(); }
  bool split() const { return split_; }
  /// Size of a whole context.
  int components() const { return split_ ? experts_ * rank() : rank(); }

  Parameters<T> const &parameters() const { return parameters_; }
  experts::View2<T> const &rows() const { return rows_; }          ///< (expert, parameter)
  experts::View2<T> const &contexts() const { return contexts_; }  ///< (environment, component)
  /// What one expert sees of a context. Shape (rank).
  T *slice(std::size_t environment, int expert) const
  {
    return &contexts_(environment, 0) + (split_ ? expert * rank() : 0);
  }
  /// The slices of all tasks, each of its environment as its expert sees it. Shape (task, rank).
  std::vector<T> slices(std::span<Task const> tasks) const;
  /// The mean of one slice over the environments routed to that expert, over all environments
  /// where there is none. Shape (rank).
  std::vector<T> mean_slice(int expert) const;
  /// Contexts as numbers for clustering and gate. Shape (environment, components), no padding.
  std::vector<double> context_table() const;

  /// Everything a trained mixture is: parameters, gate, routes and clusters.
  void register_state(State &state);
  /// Call after a checkpoint was read into the registered state.
  void restored();

  int active = 1;                   ///< experts in use
  LinearGate gate;                  ///< empty until first fitted
  std::vector<int> route;           ///< (environment): its expert
  std::vector<int> cluster_expert;  ///< (cluster): its expert
  std::vector<int> cluster;         ///< (environment): its cluster

 private:
  std::shared_ptr<experts::ExpertBank<T>> bank_;
  int experts_;
  std::size_t environments_;
  bool split_;
  Parameters<T> parameters_;
  experts::View2<T> rows_, contexts_;
};

extern template class Mixture<float>;
extern template class Mixture<double>;

}  // namespace tessera::meta
