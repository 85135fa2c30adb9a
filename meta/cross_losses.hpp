#pragma once

#include <limits>
#include <vector>

#include <tessera/meta/mixer_trainer.hpp>

#include "context_search.hpp"

namespace tessera::meta {

/// The losses of environments under experts that are not (yet) theirs: what the gate matches
/// clusters to experts by (MixER, algorithm 1, and spec "Gate update"), at the least cost that
/// still tells experts apart.
template <class T>
class CrossLosses {
 public:
  /// `data` holds the trajectories that are looked at. All references must outlive the object.
  CrossLosses(Mixture<T> const &mixture, domains::Trajectories const &data,
              CrossOptions const &options, experts::StepControl const &control,
              TaskWorkspace<T> &workspace, StepReport &report);

  /// Mean square losses, shape (environment, expert). What failed has the largest finite value;
  /// what was given up has the bound that it exceeded: `gate.stop` times the loss of the
  /// environment's own expert.
  std::vector<double> run();

 private:
  static constexpr double worst = std::numeric_limits<double>::max();
  using Pairs = ContextPairs<T>;
  double &entry(Task const &task) { return table_[task.environment * experts_ + task.expert]; }
  void collect(Pairs &own, Pairs &others) const;
  void solve(Pairs const &pairs, bool bounded);
  double bound(Task const &task) const;
  Pairs hopeful(Pairs const &pairs);
  void move_contexts(Pairs pairs);
  void note(TaskBatch<T> const &batch, std::vector<double> const &losses, Pairs const &pairs,
            bool recorded);

  Mixture<T> const &mixture_;
  domains::Trajectories const &data_;
  CrossOptions const &options_;
  experts::StepControl const &control_;
  TaskWorkspace<T> &workspace_;
  StepReport &report_;
  std::size_t experts_;
  std::vector<double> table_;
};

extern template class CrossLosses<float>;
extern template class CrossLosses<double>;

}  // namespace tessera::meta
