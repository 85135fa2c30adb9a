#include <tessera/meta/mixer_trainer.hpp>

#include <tessera/core/error.hpp>
#include <tessera/meta/kmeans.hpp>

#include "cross_losses.hpp"

// What the trainer does with its gate: experts split off the warm one, evidence, changed routes.

namespace tessera::meta {

template <class T>
void MixerTrainer<T>::split_experts(long outer)
{
  int const rank = mixture_.rank(), experts = mixture_.experts();
  SlicedPoints warm{.components = static_cast<std::size_t>(rank)};
  for (std::size_t e = 0; e < mixture_.environments(); ++e) {
    T const *slice = mixture_.slice(e, 0);
    warm.add(0, std::vector<double>(slice, slice + rank));
  }
  Rng rng(seed_, "gate/split", static_cast<std::uint64_t>(outer));
  KMeans const found = kmeans(Standardizer::fit(warm).apply(warm), experts, rng);
  if (found.skipped) {
    throw SolverError(
        "the contexts of the warm-up have fewer distinct values than there are "
        "experts; raise train.warmup or lower experts.count");
  }
  mixture_.active = experts;
  // Experts without a trunk begin as copies of the warm one; with one they have no parts yet.
  std::size_t const stride = mixture_.rows().extent(1);
  for (int i = 1; i < experts && !mixture_.map().has_trunk(); ++i) {
    std::copy_n(&mixture_.rows()(0, 0), stride, &mixture_.rows()(i, 0));
    trained_[0].optimizer.copy_segment(0, i);
    trained_[0].clip.copy_segment(0, i);
  }
  // Every environment keeps its warm context, as the slice of its own expert: for the gate that
  // puts the clusters into the corners of a simplex.
  if (!mixture_.map().has_trunk()) context_optimizer_.reset();
  mixture_.route = found.assignment;
  mixture_.gate()->was_split(found.assignment);
  log_.info("outer step {}: {} experts split off the warm one, within-cluster sum {:.3g}", outer,
            experts, found.within);
  StepReport report;
  update_gate(outer, 0, true, report);
}

template <class T>
bool MixerTrainer<T>::gate_due(long outer, int inner) const
{
  if (mixture_.active == 1) return false;
  return mixture_.gate()->due(outer * (options_.inner_context + options_.inner_model) + inner + 1);
}

template <class T>
void MixerTrainer<T>::update_gate(long outer, int inner, bool renew, StepReport &report)
{
  Gate &gate = *mixture_.gate();
  double const elsewhere = report.seconds.cross + report.seconds.assembly;
  Lap lap;
  auto const losses = [&] { return cross_losses(outer, inner, report); };
  SlicedPoints const before = mixture_.context_points();
  auto const routes = gate.fit({seed_, outer, inner, renew, before, mixture_.route, losses});
  if (routes) {
    reroute(*routes, report);
    SlicedPoints const after = mixture_.context_points();
    gate.learn({seed_, outer, inner, renew, after, mixture_.route, losses});
    ++report.gate_updates;
  }
  report.seconds.clusters += lap() - (report.seconds.cross + report.seconds.assembly - elsewhere);
}

// An environment that changes its expert starts at the mean context of its new fellows; where
// experts have a trunk it keeps its own, which means about the same to all of them.
template <class T>
void MixerTrainer<T>::reroute(std::vector<int> const &route, StepReport &report)
{
  if (route == mixture_.route) return;
  bool const own = mixture_.slices() == Slices::own && !mixture_.map().has_trunk();
  std::vector<std::vector<T>> means;
  for (int i = 0; own && i < mixture_.experts(); ++i) means.push_back(mixture_.mean_slice(i));
  for (std::size_t e = 0; e < route.size(); ++e) {
    if (mixture_.route[e] == route[e]) continue;
    ++report.rerouted;
    mixture_.route[e] = route[e];
    if (!own) continue;
    std::vector<T> const &mean = means[static_cast<std::size_t>(route[e])];
    std::copy(mean.begin(), mean.end(), mixture_.slice(e, route[e]));
    context_optimizer_.reset_segment(e);
  }
}

// The gate looks at some trajectories only, others every time; losses of all pairs are comparable.
template <class T>
std::vector<double> MixerTrainer<T>::cross_losses(long outer, int inner, StepReport &report)
{
  CrossOptions const &options = mixture_.gate()->cross();
  std::size_t const wanted = static_cast<std::size_t>(options.trajectories);
  if (wanted == 0 || wanted >= data_.count) {
    return CrossLosses<T>(mixture_, data_, options, control_, gate_workspace_, report).run();
  }
  Rng rng(seed_, "gate/trajectories", static_cast<std::uint64_t>(outer),
          static_cast<std::uint64_t>(inner));
  std::vector<std::size_t> numbers = rng.permutation(data_.count);
  numbers.resize(wanted);
  domains::Trajectories const some = pick_trajectories(data_, numbers);
  return CrossLosses<T>(mixture_, some, options, control_, gate_workspace_, report).run();
}

template <class T>
void MixerTrainer<T>::register_state(State &state)
{
  mixture_.register_state(state);
  for (Trained &trained : trained_) {
    trained.optimizer.register_state(state, "optimizer/" + trained.block.name);
    trained.clip.register_state(state, "clip/" + trained.block.name);
  }
  context_optimizer_.register_state(state, "optimizer/contexts");
  context_clip_.register_state(state, "clip/contexts");
  state.add("train/previous_losses", 1, std::span<double>(previous_losses_));
  state.add("train/halvings", 1, std::span(&halvings_, 1));
  state.add("train/failures", 1, std::span(&failures_, 1));
}

template class MixerTrainer<float>;
template class MixerTrainer<double>;

}  // namespace tessera::meta
