#include <tessera/meta/mixer_trainer.hpp>

#include <algorithm>
#include <cmath>

#include <tessera/core/error.hpp>
#include <tessera/core/stopwatch.hpp>

namespace tessera::meta {
namespace {

bool splits(Gate const *gate)
{
  return gate != nullptr && gate->splits();
}

nn::Schedule make_schedule(MixerOptions const &o, Gate const *gate)
{
  int const warmup = splits(gate) ? std::min(o.warmup, o.outer_steps) : 0;
  auto const total = static_cast<std::size_t>(o.outer_steps - warmup);
  if (o.schedule == "step")
    return nn::StepSchedule{.rate = 1, .factor = o.rate_factor, .total = total};
  return nn::CosineSchedule{.rate = 1, .final_ratio = o.final_ratio, .total = total};
}

// Only rows that will be moved: with many experts most of them have no gradient.
template <class T>
bool finite_rows(experts::View2<T> const &gradient, std::span<std::uint8_t const> active)
{
  std::size_t const columns = gradient.extent(1);
  for (std::size_t row = 0; row < gradient.extent(0); ++row) {
    T const *begin = &gradient(row, 0);
    auto const finite = [](T g) { return std::isfinite(g); };
    if (active[row] != 0 && !std::all_of(begin, begin + columns, finite)) return false;
  }
  return true;
}

}  // namespace

template <class T>
MixerTrainer<T>::MixerTrainer(Mixture<T> &mixture, domains::Trajectories const &data,
                              MixerOptions options, experts::StepControl control,
                              std::uint64_t seed, Log log)
    : mixture_(mixture),
      data_(options.windows->prepare(data, seed)),
      options_(std::move(options)),
      control_(control),
      seed_(seed),
      log_(std::move(log)),
      schedule_(make_schedule(options_, mixture.gate())),
      context_optimizer_(mixture.parameters().row_sizes("contexts")),
      context_clip_(mixture.parameters().row_sizes("contexts"), options_.clip),
      active_environments_(mixture.environments()),
      previous_losses_(mixture.environments(), 1.0 / double(mixture.environments()))
{
  if (splits(mixture.gate()) && mixture.experts() > static_cast<int>(data.size())) {
    throw InputError("experts.count = " + std::to_string(mixture.experts()) +
                     " is more than there are training environments; take at most " +
                     std::to_string(data.size()));
  }
  auto const experts = static_cast<std::size_t>(mixture.experts());
  for (auto const &block : mixture.map().blocks(mixture.bank().kind(), experts)) {
    auto const sizes = mixture.parameters().row_sizes(block.name);
    trained_.push_back({block, nn::AdaBelief<T>(sizes), {sizes, options_.clip}, {}});
  }
  make_gradients();
}

// Room for gradients of the experts that are there.
template <class T>
void MixerTrainer<T>::make_gradients()
{
  gradient_ = Parameters<T>(mixture_.parameters().blocks());
  row_gradient_ = mixture_.map().rows(gradient_, mixture_.bank().kind());
  context_gradient_ = gradient_.matrix("contexts");
  active_experts_.assign(static_cast<std::size_t>(mixture_.experts()), 0);
}

template <class T>
long MixerTrainer<T>::warmup() const
{
  return splits(mixture_.gate()) ? options_.warmup : 0;
}

template <class T>
bool MixerTrainer<T>::split_due(long outer) const
{
  return splits(mixture_.gate()) && outer == options_.warmup;
}

template <class T>
double MixerTrainer<T>::rate(long outer, double initial) const
{
  double const halved = std::ldexp(1.0, -static_cast<int>(halvings_));
  if (outer < warmup()) return initial * halved;
  return initial * halved * nn::rate_at(schedule_, static_cast<std::size_t>(outer - warmup()));
}

// The contributors of this inner step and a window for each, from (seed, outer, inner) alone.
template <class T>
typename MixerTrainer<T>::Work MixerTrainer<T>::draw_work(long outer, int inner)
{
  std::uint64_t const step = static_cast<std::uint64_t>(outer) * 100003 + inner;
  Rng selection(seed_, "train/selection", step);
  auto const chosen = select_environments(mixture_.context_points(), previous_losses_,
                                          options_.selection, selection);
  Work work;
  for (std::size_t e : chosen) {
    Window const window = options_.windows->draw(seed_, step, e, static_cast<int>(data_.points));
    experts::Shares const shares = mixture_.routes().of(e);
    for (std::size_t k = 0; k < shares.size(); ++k) {
      work.tasks.push_back({e, shares.expert[k], window.first, window.points});
      work.weights.push_back(shares.weight[k] / double(chosen.size()));
    }
  }
  return work;
}

template <class T>
void MixerTrainer<T>::note_failures(TaskBatch<T> const &batch, std::span<Task const> tasks,
                                    StepReport &report)
{
  int bad = 0;
  for (std::size_t q = 0; q < tasks.size(); ++q) {
    int const failed = batch.failed(q);
    if (failed == 0) continue;
    ++bad;
    report.failed += failed;
    failures_ += failed;
    if (named_.insert(tasks[q].environment).second) {
      std::size_t const e = tasks[q].environment;
      log_.warning("{} on expert {}: {}", domains::called(data_.environments[e], e),
                   tasks[q].expert, message(batch.status(q)));
    }
  }
  usable_ = 2 * bad <= static_cast<int>(tasks.size());
}

template <class T>
double MixerTrainer<T>::gradients(long outer, int inner, bool model, StepReport &report)
{
  Phase phase("tessera::mixer::draw", report.seconds.assembly);
  Work const work = draw_work(outer, inner);
  TaskBatch<T> batch(data_, work.tasks, mixture_.slices(work.tasks), workspace_);
  phase.next("tessera::mixer::solve", report.seconds.forward);
  batch.solve(mixture_.bank(), mixture_.rows(), control_, true);
  phase.next("tessera::mixer::losses", report.seconds.assembly);
  note_failures(batch, work.tasks, report);
  std::vector<double> const losses = batch.losses();
  phase.next("tessera::mixer::pull_back", report.seconds.pull_back);
  std::vector<T> const bars =
      model ? batch.pull_back(mixture_.bank(), mixture_.rows(), work.weights, row_gradient_)
            : batch.pull_back_contexts(mixture_.bank(), mixture_.rows(), work.weights);
  phase.next("tessera::mixer::share_out", report.seconds.assembly);
  report.flops += batch.flops(mixture_.bank(), true, model);
  report.solves += static_cast<long>(batch.batch().size());
  report.evaluations += batch.evaluations();
  double const mean = share_out(batch, work, losses, bars);
  usable_ = usable_ && (!model || finite_rows(row_gradient_, active_experts_)) &&
            finite_rows(context_gradient_, active_environments_);
  if (!usable_ && ++halvings_ > 5) {
    throw SolverError("training diverged at outer step " + std::to_string(outer) +
                      ": most integrations fail and halving the rate five times did not help; "
                      "lower optimizer.rate or train.window_max. The last checkpoint is good.");
  }
  if (!usable_) log_.warning("outer step {}: update skipped, rate halved", outer);
  return mean;
}

// Contexts' gradients to their environments' rows, and who has one at all; the mean loss of those.
template <class T>
double MixerTrainer<T>::share_out(TaskBatch<T> const &batch, Work const &work,
                                  std::span<double const> losses, std::span<T const> bars)
{
  std::vector<Task> const &tasks = work.tasks;
  int const rank = mixture_.rank();
  auto const &contexts = mixture_.contexts();  // of the same shape as their gradient
  std::fill_n(context_gradient_.data(), context_gradient_.size(), T(0));
  std::fill(active_experts_.begin(), active_experts_.end(),
            std::uint8_t(options_.idle == "update"));
  std::fill(active_environments_.begin(), active_environments_.end(),
            std::uint8_t(options_.idle == "update"));
  double sum = 0, solved = 0;
  for (std::size_t q = 0; q < tasks.size(); ++q) {
    auto const [e, expert, first, points] = tasks[q];
    if (expert == mixture_.leader(e)) previous_losses_[e] = losses[q];
    if (batch.failed(q) > 0) continue;
    sum += work.weights[q] * losses[q];
    solved += work.weights[q];
    active_experts_[expert] = active_environments_[e] = 1;
    T const *slice = mixture_.slice(e, expert);
    std::copy_n(&bars[q * rank], rank, context_gradient_.data() + (slice - contexts.data()));
  }
  for (int i = 0; i < mixture_.experts(); ++i) {
    if (mixture_.population().duty(i) == experts::Duty::frozen) active_experts_[i] = 0;
  }
  return solved > 0 ? sum / solved : 0;
}

template <class T>
void MixerTrainer<T>::anchor()
{
  for (Trained &trained : trained_) {
    auto const values = mixture_.parameters().matrix(trained.block.name);
    trained.anchor.assign(values.data(), values.data() + values.size());
  }
  auto const &contexts = mixture_.contexts();
  context_anchor_.assign(contexts.data(), contexts.data() + contexts.size());
}

// beta (x - x_old): without the published division by the number of parameters, which makes it
// vanish.
template <class T>
void MixerTrainer<T>::add_proximal(std::span<T const> now, std::span<T const> old,
                                   std::span<T> gradient) const
{
  double const beta = options_.proximal / std::pow(double(now.size()), options_.proximal_power);
  if (beta == 0) return;
  for (std::size_t i = 0; i < now.size(); ++i)
    gradient[i] += static_cast<T>(beta) * (now[i] - old[i]);
}

template <class T>
void MixerTrainer<T>::update_contexts(long outer)
{
  if (!usable_) return;
  std::span<T> values(mixture_.contexts().data(), mixture_.contexts().size());
  std::span<T> gradient(context_gradient_.data(), context_gradient_.size());
  context_clip_.apply(gradient, active_environments_);
  add_proximal(values, context_anchor_, gradient);
  double const halved = std::ldexp(options_.context_rate, -static_cast<int>(halvings_));
  context_optimizer_.step(values, gradient, active_environments_,
                          options_.context_schedule ? rate(outer, options_.context_rate) : halved);
}

template <class T>
void MixerTrainer<T>::update_model(long outer)
{
  if (!usable_) return;
  mixture_.map().pull_back(row_gradient_, active_experts_, gradient_, mixture_.bank().kind());
  for (Trained &trained : trained_) update_block(trained, outer);
  mixture_.materialise();
}

template <class T>
void MixerTrainer<T>::update_block(Trained &trained, long outer)
{
  experts::TrainedBlock const &block = trained.block;
  if (block.of_experts && mixture_.alone() && mixture_.map().has_trunk()) return;
  auto const value = mixture_.parameters().matrix(block.name);
  auto const bar = gradient_.matrix(block.name);
  std::span<T> values(value.data(), value.size()), gradient(bar.data(), bar.size());
  std::vector<std::uint8_t> moves = active_experts_;
  if (!block.of_experts) moves.assign(block.segments, 1);
  double const step = block.rate * rate(outer, options_.rate);
  trained.clip.apply(gradient, moves);
  add_proximal(values, trained.anchor, gradient);
  trained.optimizer.step(values, gradient, moves, step);
}

template class MixerTrainer<float>;
template class MixerTrainer<double>;

}  // namespace tessera::meta
