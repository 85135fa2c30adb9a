#include <tessera/meta/mixer_trainer.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <tessera/core/error.hpp>
#include <tessera/meta/kmeans.hpp>
#include <tessera/meta/matching.hpp>
#include <tessera/meta/routing.hpp>

#include "cross_losses.hpp"

// The gate's half of the trainer: split, clusters, cross losses, matching, least squares, routes.

namespace tessera::meta {
namespace {

// Means (cluster, component) of points (environment, component).
std::vector<double> cluster_means(std::span<double const> points, std::size_t components,
                                  std::span<int const> cluster, int clusters)
{
  std::vector<double> means(clusters * components, 0.0), count(clusters, 0.0);
  for (std::size_t e = 0; e < cluster.size(); ++e) {
    count[cluster[e]] += 1;
    for (std::size_t c = 0; c < components; ++c) {
      means[cluster[e] * components + c] += points[e * components + c];
    }
  }
  for (int j = 0; j < clusters; ++j) {
    for (std::size_t c = 0; c < components; ++c) {
      means[j * components + c] /= std::max(1.0, count[j]);
    }
  }
  return means;
}

}  // namespace

template <class T>
void MixerTrainer<T>::split_experts(long outer)
{
  int const rank = mixture_.rank(), experts = mixture_.experts();
  std::size_t const n = mixture_.environments();
  std::vector<double> warm;
  for (std::size_t e = 0; e < n; ++e) {
    T const *slice = mixture_.slice(e, 0);
    warm.insert(warm.end(), slice, slice + rank);
  }
  auto const points = Standardizer::fit(warm, rank).apply(warm);
  Rng rng(seed_, "gate/split", static_cast<std::uint64_t>(outer));
  KMeans const found = kmeans(points, rank, experts, rng);
  if (found.skipped) {
    throw SolverError(
        "the contexts of the warm-up have fewer distinct values than there are "
        "experts; raise train.warmup or lower experts.count");
  }
  mixture_.active = experts;
  std::size_t const stride = mixture_.rows().extent(1);
  for (int i = 1; i < experts; ++i) {
    std::copy_n(&mixture_.rows()(0, 0), stride, &mixture_.rows()(i, 0));
    model_optimizer_.copy_segment(0, i);
    model_clip_.copy_segment(0, i);
  }
  // Every environment keeps its warm context, in the slice of its own expert; the others are zero,
  // which puts the clusters into the corners of a simplex.
  for (std::size_t e = 0; e < n && mixture_.split(); ++e) {
    int const own = found.assignment[e];
    for (int r = 0; r < rank; ++r) {
      mixture_.slice(e, 0)[r] = T(0);
      mixture_.slice(e, own)[r] = static_cast<T>(warm[e * rank + r]);
    }
  }
  context_optimizer_.reset();
  mixture_.cluster = mixture_.route = found.assignment;
  mixture_.cluster_expert.resize(experts);
  std::iota(mixture_.cluster_expert.begin(), mixture_.cluster_expert.end(), 0);
  log_.info("outer step {}: {} experts split off the warm one, within-cluster sum {:.3g}", outer,
            experts, found.within);
  StepReport report;
  update_gate(outer, 0, true, report);
}

template <class T>
bool MixerTrainer<T>::gate_due(long outer, int inner) const
{
  if (mixture_.active == 1) return false;
  long const step = outer * (options_.inner_context + options_.inner_model) + inner + 1;
  return step % gate_.every == 0;
}

// Clusters of the contexts as they are now, warm-started from the present ones; empty: keep all.
template <class T>
std::vector<int> MixerTrainer<T>::cluster_contexts(long outer, int inner)
{
  std::size_t const c = mixture_.components();
  auto const table = mixture_.context_table();
  if (gate_.clustering == "published") {
    Rng rng(seed_, "gate/kmeans", static_cast<std::uint64_t>(outer), inner);
    KMeans found = kmeans_published(table, c, mixture_.experts(), published_centroids_, rng);
    published_centroids_ = found.centroids;
    return found.skipped ? std::vector<int>{} : found.assignment;
  }
  auto const points = Standardizer::fit(table, c).apply(table);
  KMeans found;
  if (mixture_.cluster_expert.empty()) {
    Rng rng(seed_, "gate/kmeans", static_cast<std::uint64_t>(outer), inner);
    found = kmeans(points, c, mixture_.experts(), rng);
  } else {
    found = lloyd(points, c, cluster_means(points, c, mixture_.cluster, mixture_.experts()), 100);
  }
  return found.skipped ? std::vector<int>{} : found.assignment;
}

template <class T>
void MixerTrainer<T>::update_gate(long outer, int inner, bool force, StepReport &report)
{
  Lap lap;
  std::vector<int> const cluster = cluster_contexts(outer, inner);
  report.seconds.clusters += lap();
  if (cluster.empty()) return;
  int const experts = mixture_.experts();
  bool const due = counters_[1] < 0 || (gate_.refresh > 0 && outer - counters_[1] >= gate_.refresh);
  std::vector<int> expert = mixture_.route;
  if (force || due || gate_.full_update || cluster != mixture_.cluster ||
      mixture_.cluster_expert.empty()) {
    std::vector<double> const cross = cross_losses(outer, inner, report);
    lap();
    counters_[1] = outer;
    mixture_.cluster_expert = match_clusters(cluster, cross, experts, experts, gate_.matching);
    if (gate_.assign == "loss") expert = assign_by_loss(cross, experts);
  }
  if (gate_.assign == "clusters") {
    for (std::size_t e = 0; e < cluster.size(); ++e) {
      expert[e] = mixture_.cluster_expert[cluster[e]];
    }
  }
  mixture_.cluster = cluster;
  reroute(expert, report);
  auto const table = mixture_.context_table();
  Rng rng(seed_, "gate/noise", static_cast<std::uint64_t>(outer), inner);
  mixture_.gate = fit_gate(table, mixture_.components(), expert, experts, gate_.fit, rng);
  if (gate_.start == "published") {
    // As published the fitted gate's word counts, whatever the clusters say.
    std::size_t const c = mixture_.components();
    for (std::size_t e = 0; e < expert.size(); ++e) {
      mixture_.route[e] = mixture_.gate.route(std::span(table).subspan(e * c, c));
    }
  }
  ++report.gate_updates;
  report.seconds.clusters += lap();
}

// An environment that changes its expert starts at the mean context of its new fellows.
template <class T>
void MixerTrainer<T>::reroute(std::vector<int> const &route, StepReport &report)
{
  std::vector<std::vector<T>> means;
  for (int i = 0; i < mixture_.experts(); ++i) means.push_back(mixture_.mean_slice(i));
  for (std::size_t e = 0; e < route.size(); ++e) {
    int const from = mixture_.route[e], to = route[e];
    if (from == to) continue;
    ++report.rerouted;
    if (gate_.start != "published" && mixture_.split()) {
      for (int r = 0; r < mixture_.rank(); ++r) {
        mixture_.slice(e, from)[r] = T(0);
        mixture_.slice(e, to)[r] = means[to][r];
      }
    }
    mixture_.route[e] = to;
  }
}

// The gate looks at some trajectories only, others every time; losses of all pairs are comparable.
template <class T>
std::vector<double> MixerTrainer<T>::cross_losses(long outer, int inner, StepReport &report)
{
  std::size_t const wanted = static_cast<std::size_t>(gate_.trajectories);
  if (wanted == 0 || wanted >= data_.count) {
    return CrossLosses<T>(mixture_, data_, gate_, control_, gate_workspace_, report).run();
  }
  Rng rng(seed_, "gate/trajectories", static_cast<std::uint64_t>(outer),
          static_cast<std::uint64_t>(inner));
  std::vector<std::size_t> numbers = rng.permutation(data_.count);
  numbers.resize(wanted);
  domains::Trajectories const some = pick_trajectories(data_, numbers);
  return CrossLosses<T>(mixture_, some, gate_, control_, gate_workspace_, report).run();
}

template <class T>
void MixerTrainer<T>::register_state(State &state)
{
  mixture_.register_state(state);
  model_optimizer_.register_state(state, "optimizer/model");
  context_optimizer_.register_state(state, "optimizer/contexts");
  model_clip_.register_state(state, "clip/model");
  context_clip_.register_state(state, "clip/contexts");
  state.add("train/previous_losses", 1, std::span<double>(previous_losses_));
  state.add("train/counters", 2, std::span<std::int64_t>(counters_));
  state.add("gate/published_centroids", 1, &published_centroids_);
}

template class MixerTrainer<float>;
template class MixerTrainer<double>;

}  // namespace tessera::meta
