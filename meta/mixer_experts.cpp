#include <tessera/meta/mixer_trainer.hpp>

#include <tessera/core/error.hpp>
#include <tessera/meta/kmeans.hpp>
#include <tessera/meta/silhouette.hpp>

// The life of experts in training: split off the warm one, taken out.

namespace tessera::meta {

// Systems of one family give contexts that do not fall into groups: then one expert on all of them
// does better than several that share nothing. Of several kinds it is asked which is better.
template <class T>
bool MixerTrainer<T>::stays_one(SlicedPoints const &warm, long outer) const
{
  double const needed = mixture_.gate()->structure();
  if (needed <= 0 || mixture_.bank().kinds() > 1) return false;
  Rng rng(seed_, "gate/structure", static_cast<std::uint64_t>(outer));
  double const found = largest_silhouette(warm, mixture_.experts(), rng);
  if (found > needed) return false;
  log_.info(
      "outer step {}: contexts fall into no groups (silhouette {:.2f}, gate.structure = {:.2f}): "
      "one expert answers for all",
      outer, found, needed);
  return true;
}

template <class T>
void MixerTrainer<T>::split_experts(long outer)
{
  int const experts = mixture_.experts();
  auto const columns = static_cast<std::size_t>(mixture_.columns());
  SlicedPoints warm{.components = columns};
  for (std::size_t e = 0; e < mixture_.environments(); ++e) {
    T const *slices = &mixture_.contexts()(e, 0);
    warm.add(0, std::vector<double>(slices, slices + columns));
  }
  warm = Standardizer::fit(warm).apply(warm);
  if (!mixture_.map().has_trunk()) context_optimizer_.reset();
  if (stays_one(warm, outer)) return;
  Rng rng(seed_, "gate/split", static_cast<std::uint64_t>(outer));
  KMeans const found = kmeans(warm, experts, rng);
  if (found.skipped) {
    throw SolverError(
        "the contexts of the warm-up have fewer distinct values than there are "
        "experts; raise train.warmup or lower experts.count");
  }
  mixture_.wake();
  // Experts without a trunk begin as copies of the warm one; with one they have no parts yet.
  std::size_t const stride = mixture_.rows().extent(1);
  std::vector<int> const firsts = mixture_.firsts();
  for (int i = 0; i < experts && !mixture_.map().has_trunk(); ++i) {
    int const first = firsts[static_cast<std::size_t>(mixture_.bank().kind_of(i))];
    if (i == first) continue;
    std::copy_n(&mixture_.rows()(first, 0), stride, &mixture_.rows()(i, 0));
    trained_[0].optimizer.copy_segment(first, i);
    trained_[0].clip.copy_segment(first, i);
  }
  // Every environment keeps its warm context, as the slice of its own expert: for the gate that
  // puts the clusters into the corners of a simplex.
  mixture_.set_routes(found.assignment);
  mixture_.gate()->begin(experts, found.assignment);
  log_.info("outer step {}: {} experts split off the warm one, within-cluster sum {:.3g}", outer,
            experts, found.within);
  StepReport report;
  update_gate(outer, 0, true, report);
}

template <class T>
void MixerTrainer<T>::remove_expert(int id)
{
  std::vector<std::size_t> const stay = experts::staying(mixture_.remove(id));
  for (Trained &trained : trained_) {
    if (!trained.block.of_experts) continue;
    trained.block.segments = stay.size();
    trained.optimizer.keep_segments(stay);
    trained.clip.keep_segments(stay);
  }
  // Slices lie side by side in a row of contexts: where one is gone, moments begin anew.
  if (mixture_.slices() == Slices::every) {
    auto const sizes = mixture_.parameters().row_sizes("contexts");
    context_optimizer_ = nn::AdaBelief<T>(sizes);
    context_clip_ = {sizes, options_.clip};
  }
  make_gradients();
  if (mixture_.gate() != nullptr) let_gate_learn(0, 0);
}

template class MixerTrainer<float>;
template class MixerTrainer<double>;

}  // namespace tessera::meta
