#include "cross_losses.hpp"

#include <algorithm>
#include <cmath>

#include <tessera/core/stopwatch.hpp>

namespace tessera::meta {

template <class T>
CrossLosses<T>::CrossLosses(Mixture<T> const &mixture, domains::Trajectories const &data,
                            CrossOptions const &options, experts::StepControl const &control,
                            TaskWorkspace<T> &workspace, StepReport &report)
    : mixture_(mixture),
      data_(data),
      options_(options),
      control_(control),
      workspace_(workspace),
      report_(report),
      experts_(static_cast<std::size_t>(mixture.experts())),
      table_(mixture.environments() * experts_, worst)
{
}

template <class T>
std::vector<double> CrossLosses<T>::run()
{
  Pairs own, others;
  collect(own, others);
  bool const bounded = options_.stop > 0;
  bool const moved = options_.inner > 0;
  solve(own, false);
  // Steps of contexts begin with a solve of their own: without a bound this one would be the same.
  if (bounded || !moved) solve(others, bounded);
  if (moved) move_contexts(hopeful(others));
  return table_;
}

// Without a bound there is no need to know an environment's own loss first: all are `others`. A
// foreign expert that has no slice of this environment is given the mean context of its own ones,
// or with a trunk what the environment's expert sees.
template <class T>
void CrossLosses<T>::collect(Pairs &own, Pairs &others) const
{
  int const experts = mixture_.experts(), rank = mixture_.rank();
  std::vector<std::vector<T>> means;
  for (int i = 0; i < experts; ++i) means.push_back(mixture_.mean_slice(i));
  for (std::size_t e = 0; e < mixture_.environments(); ++e) {
    for (int i = 0; i < experts; ++i) {
      bool const routed = mixture_.leader(e) == i;
      T const *start = mixture_.has_slice(e, i)     ? mixture_.slice(e, i)
                       : mixture_.map().has_trunk() ? mixture_.slice(e, mixture_.leader(e))
                                                    : means[i].data();
      Pairs &pairs = routed && options_.stop > 0 ? own : others;
      pairs.tasks.push_back({e, i, 0, 0});
      pairs.contexts.insert(pairs.contexts.end(), start, start + rank);
    }
  }
}

template <class T>
void CrossLosses<T>::solve(Pairs const &pairs, bool bounded)
{
  if (pairs.tasks.empty()) return;
  Phase phase("tessera::mixer::cross_batch", report_.seconds.assembly);
  TaskBatch<T> batch(data_, pairs.tasks, pairs.contexts, workspace_);
  std::vector<double> bounds;
  for (std::size_t q = 0; bounded && q < pairs.tasks.size(); ++q) {
    bounds.push_back(bound(pairs.tasks[q]));
  }
  if (bounded) batch.bound_losses(bounds);
  phase.next("tessera::mixer::cross_solve", report_.seconds.cross);
  batch.solve(mixture_.bank(), mixture_.rows(), control_, false);
  phase.next("tessera::mixer::cross_losses", report_.seconds.assembly);
  note(batch, batch.losses(), pairs, false);
  for (std::size_t q = 0; q < bounds.size(); ++q) {
    if (batch.status(q) == Status::outdone) entry(pairs.tasks[q]) = bounds[q];
  }
}

template <class T>
double CrossLosses<T>::bound(Task const &task) const
{
  std::size_t const e = task.environment;
  double const own = table_[e * experts_ + static_cast<std::size_t>(mixture_.leader(e))];
  return options_.stop > 0 && own < worst / options_.stop ? options_.stop * own : worst;
}

// The pairs that a few steps of their contexts could still make the best.
template <class T>
typename CrossLosses<T>::Pairs CrossLosses<T>::hopeful(Pairs const &pairs)
{
  std::size_t const rank = static_cast<std::size_t>(mixture_.rank());
  Pairs kept;
  for (std::size_t q = 0; q < pairs.tasks.size(); ++q) {
    if (options_.stop > 0 && entry(pairs.tasks[q]) >= bound(pairs.tasks[q])) continue;
    kept.tasks.push_back(pairs.tasks[q]);
    auto const from = pairs.contexts.begin() + static_cast<std::ptrdiff_t>(q * rank);
    kept.contexts.insert(kept.contexts.end(), from, from + static_cast<std::ptrdiff_t>(rank));
  }
  return kept;
}

template <class T>
void CrossLosses<T>::move_contexts(Pairs pairs)
{
  if (pairs.tasks.empty()) return;
  Phase const phase("tessera::mixer::cross_contexts", report_.seconds.cross);
  auto const rate = [](int) { return 1e-2; };
  search_contexts(mixture_, data_, pairs, control_, workspace_, options_.inner, rate,
                  [&](TaskBatch<T> const &batch, std::vector<double> const &losses,
                      std::vector<T> &, bool recorded) { note(batch, losses, pairs, recorded); });
}

template <class T>
void CrossLosses<T>::note(TaskBatch<T> const &batch, std::vector<double> const &losses,
                          Pairs const &pairs, bool recorded)
{
  for (std::size_t q = 0; q < pairs.tasks.size(); ++q) {
    double &best = entry(pairs.tasks[q]);
    best = std::min(best, losses[q]);
  }
  report_.gate_failed += batch.failed();
  report_.gate_outdone += batch.outdone();
  report_.flops += batch.flops(mixture_.bank(), recorded, false);
  report_.solves += static_cast<long>(batch.batch().size());
  report_.evaluations += batch.evaluations();
}

template class CrossLosses<float>;
template class CrossLosses<double>;

}  // namespace tessera::meta
