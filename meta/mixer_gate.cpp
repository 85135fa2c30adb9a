#include <tessera/meta/mixer_trainer.hpp>

#include <tessera/domains/trajectory_parts.hpp>

#include "cross_losses.hpp"

// What the trainer does with its gate: evidence, changed routes.

namespace tessera::meta {

template <class T>
bool MixerTrainer<T>::gate_due(long outer, int inner) const
{
  if (mixture_.alone() || mixture_.gate() == nullptr) return false;
  return mixture_.gate()->due(outer * (options_.inner_context + options_.inner_model) + inner + 1);
}

template <class T>
void MixerTrainer<T>::update_gate(long outer, int inner, bool renew, StepReport &report)
{
  Gate &gate = *mixture_.gate();
  auto const losses = [&] { return cross_losses(outer, inner, report); };
  SlicedPoints const before = mixture_.context_points();
  auto const routes = gate.fit({seed_, outer, inner, renew, before, mixture_.routes(), losses});
  if (routes) {
    reroute(*routes, report);
    let_gate_learn(outer, inner);
    ++report.gate_updates;
  }
}

template <class T>
void MixerTrainer<T>::let_gate_learn(long outer, int inner)
{
  SlicedPoints const contexts = mixture_.context_points();
  mixture_.gate()->learn({seed_, outer, inner, false, contexts, mixture_.routes(), {}});
}

// An environment that changes its expert starts at the mean context of its new fellows; where
// experts have a trunk it keeps its own, which means about the same to all of them.
template <class T>
void MixerTrainer<T>::reroute(experts::Routes const &routes, StepReport &report)
{
  if (routes == mixture_.routes()) return;
  std::vector<int> const before = mixture_.routes().leaders();
  bool const own = mixture_.slices() == Slices::own && !mixture_.map().has_trunk();
  std::vector<std::vector<T>> means;
  for (int i = 0; own && i < mixture_.experts(); ++i) means.push_back(mixture_.mean_slice(i));
  mixture_.set_routes(routes);
  for (std::size_t e = 0; e < before.size(); ++e) {
    int const leader = mixture_.leader(e);
    if (before[e] == leader) continue;
    ++report.rerouted;
    if (!own) continue;
    std::vector<T> const &mean = means[static_cast<std::size_t>(leader)];
    std::copy(mean.begin(), mean.end(), mixture_.slice(e, leader));
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
  domains::Trajectories const some =
      domains::pick_trajectories(data_, std::vector(data_.size(), numbers));
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
