#include <tessera/meta/task_batch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <tessera/core/error.hpp>
#include <tessera/experts/dispatch.hpp>

namespace tessera::meta {
namespace {

// Views that are filled at once are not filled with zeros before.
auto unset(std::string const &label)
{
  return Kokkos::view_alloc(label, Kokkos::WithoutInitializing);
}

// Shortest blocks of what is pulled back, and of what is not: there states alone are made, which
// are the same bits in blocks of any length, and long blocks are the faster ones.
constexpr int recorded_block = 40, plain_block = 160;

}  // namespace

template <class T>
experts::OdeSolution<T> &TaskWorkspace<T>::room(std::size_t trajectories, std::size_t points,
                                                std::size_t state, std::size_t tape_steps)
{
  experts::OdeSolution<T> &solution = tape_steps > 0 ? recorded : plain;
  bool const fits = solution.states.extent(0) >= trajectories &&
                    solution.states.extent(1) >= points && solution.states.extent(2) == state &&
                    (tape_steps == 0 || solution.tape_step.extent(1) >= tape_steps);
  if (!fits) {
    solution = {};
    solution = experts::OdeSolution<T>(trajectories, points, state, tape_steps);
  }
  return solution;
}

template <class T>
TaskBatch<T>::TaskBatch(domains::Trajectories const &data, std::span<Task const> tasks,
                        std::span<T const> contexts, TaskWorkspace<T> &workspace)
    : data_(&data), tasks_(tasks.begin(), tasks.end()), place_(tasks.size()), workspace_(&workspace)
{
  std::size_t const rank = tasks.empty() ? 0 : contexts.size() / tasks.size();
  std::vector<int> expert;
  for (Task &task : tasks_) {
    if (task.points == 0) task.points = static_cast<int>(data.points) - task.first;
    TESSERA_ASSERT(task.points >= 2 && task.first + task.points <= static_cast<int>(data.points));
    expert.push_back(task.expert);
    longest_ = std::max(longest_, static_cast<std::size_t>(task.points));
  }
  std::vector<std::size_t> const order = experts::group_by_expert(expert);
  std::size_t const n = tasks.size() * data.count;
  batch_.initial = experts::View2<T>(unset("tessera::meta::initial"), n, data.dimension);
  batch_.times = experts::View2<T>(unset("tessera::meta::times"), n, longest_);
  batch_.points = experts::View1<int>(unset("tessera::meta::points"), n);
  batch_.contexts = experts::View2<T>(unset("tessera::meta::contexts"), tasks.size(), rank);
  batch_.context_row = experts::View1<int>(unset("tessera::meta::context_row"), n);
  batch_.origin = experts::View1<double>(unset("tessera::meta::origin"), n);
  std::size_t t = 0;
  for (std::size_t p = 0; p < order.size(); ++p) {
    Task const &task = tasks_[order[p]];
    place_[order[p]] = p;
    for (std::size_t r = 0; r < rank; ++r) batch_.contexts(p, r) = contexts[order[p] * rank + r];
    auto const grid = data.grid(task.environment).subspan(task.first);
    for (std::size_t j = 0; j < data.count; ++j, ++t) {
      expert_.push_back(task.expert);
      batch_.points(t) = task.points;
      batch_.context_row(t) = static_cast<int>(p);
      // Times start at zero in every window, where float is finest, and are counted from there.
      batch_.origin(t) = grid[0];
      for (int k = 0; k < task.points; ++k) batch_.times(t, k) = static_cast<T>(grid[k] - grid[0]);
      std::fill(&batch_.times(t, task.points - 1) + 1, &batch_.times(t, longest_ - 1) + 1, T(0));
      auto const start = data.state(task.environment, j, task.first);
      for (std::size_t i = 0; i < data.dimension; ++i) {
        batch_.initial(t, i) = static_cast<T>(start[i]);
      }
    }
  }
}

template <class T>
void TaskBatch<T>::bound_losses(std::span<double const> losses)
{
  TESSERA_ASSERT(losses.size() == tasks_.size());
  batch_.truth =
      experts::View3<T>("tessera::meta::truth", batch_.size(), longest_, data_->dimension);
  batch_.bound = experts::View1<T>("tessera::meta::bound", batch_.size());
  for (std::size_t q = 0; q < tasks_.size(); ++q) {
    Task const &task = tasks_[q];
    double const squares =
        losses[q] * double(data_->count * data_->dimension) * double(task.points);
    double const most = std::numeric_limits<T>::max();
    for (std::size_t j = 0; j < data_->count; ++j) {
      std::size_t const t = position(q, j);
      batch_.bound(t) = static_cast<T>(std::min(squares, most));
      for (int k = 0; k < task.points; ++k) {
        auto const truth = data_->state(task.environment, j, task.first + k);
        for (std::size_t i = 0; i < truth.size(); ++i) {
          batch_.truth(t, k, i) = static_cast<T>(truth[i]);
        }
      }
    }
  }
}

template <class T>
void TaskBatch<T>::solve(experts::ExpertBank<T> const &bank, experts::View2<T> const &rows,
                         experts::StepControl const &control, bool record)
{
  solution_ = &workspace_->room(batch_.size(), longest_, data_->dimension,
                                record ? static_cast<std::size_t>(control.max_steps) : 0);
  batch_.blocks = experts::make_blocks(expert_, record ? recorded_block : plain_block);
  bank.integrate({}, rows, batch_, control, *solution_);
}

template <class T>
Status TaskBatch<T>::status(std::size_t task) const
{
  for (std::size_t j = 0; j < data_->count; ++j) {
    if (status(task, j) != Status::ok) return status(task, j);
  }
  return Status::ok;
}

template <class T>
int TaskBatch<T>::failed(std::size_t task) const
{
  int count = 0;
  for (std::size_t j = 0; j < data_->count; ++j) {
    count += status(task, j) != Status::ok && status(task, j) != Status::outdone;
  }
  return count;
}

template <class T>
int TaskBatch<T>::outdone() const
{
  int count = 0;
  for (std::size_t t = 0; t < batch_.size(); ++t) count += solution_->status(t) == Status::outdone;
  return count;
}

template <class T>
int TaskBatch<T>::failed() const
{
  int count = 0;
  for (std::size_t task = 0; task < tasks_.size(); ++task) count += failed(task);
  return count;
}

template <class T>
std::vector<double> TaskBatch<T>::losses() const
{
  std::vector<double> losses;
  for (std::size_t q = 0; q < tasks_.size(); ++q) {
    Task const &task = tasks_[q];
    double sum = 0;
    for (std::size_t j = 0; j < data_->count; ++j) {
      for (int k = 0; k < task.points; ++k) {
        auto const truth = data_->state(task.environment, j, task.first + k);
        T const *state = predicted(q, j, k);
        for (std::size_t i = 0; i < truth.size(); ++i) {
          double const error = state[i] - static_cast<double>(static_cast<T>(truth[i]));
          sum += error * error;
        }
      }
    }
    double const mean = sum / double(data_->count * data_->dimension) / task.points;
    bool const usable = status(q) == Status::ok && mean < std::numeric_limits<double>::max();
    losses.push_back(usable ? mean : std::numeric_limits<double>::max());
  }
  return losses;
}

namespace {

/// Zeroes the cotangents of trajectories whose context gradient is not finite; whether there are
/// any.
template <class T>
bool drop_explosive(experts::View2<T> const &bar, experts::View3<T> const &cotangent)
{
  std::size_t const points = cotangent.extent(1), dimension = cotangent.extent(2);
  bool any = false;
  for (std::size_t n = 0; n < bar.extent(0); ++n) {
    T const *row = &bar(n, 0);
    if (std::all_of(row, row + bar.extent(1), [](T g) { return std::isfinite(g); })) continue;
    std::fill_n(&cotangent(n, 0, 0), points * dimension, T(0));
    any = true;
  }
  return any;
}

}  // namespace

template <class T>
std::vector<T> TaskBatch<T>::pull_back(experts::ExpertBank<T> const &bank,
                                       experts::View2<T> const &rows,
                                       std::span<double const> weights,
                                       experts::View2<T> const &gradient)
{
  std::size_t const rank = batch_.contexts.extent(1);
  experts::View3<T> cotangent("tessera::meta::cotangent", batch_.size(), longest_,
                              data_->dimension);
  for (std::size_t q = 0; q < tasks_.size(); ++q) {
    Task const &task = tasks_[q];
    double const scale = 2 * weights[q] / double(data_->count * data_->dimension) / task.points;
    for (std::size_t j = 0; j < data_->count; ++j) {
      for (int k = 1; k < task.points; ++k) {
        auto const truth = data_->state(task.environment, j, task.first + k);
        for (std::size_t i = 0; i < truth.size(); ++i) {
          cotangent(position(q, j), k, i) =
              static_cast<T>(scale) * (predicted(q, j, k)[i] - static_cast<T>(truth[i]));
        }
      }
    }
  }
  experts::View2<T> bar("tessera::meta::context_bar", batch_.size(), rank);
  bank.pull_back({}, rows, batch_, *solution_, cotangent, gradient, bar);
  // A solution may be finite and its adjoint not: such a trajectory is left out, like one that
  // failed.
  if (drop_explosive(bar, cotangent)) {
    bank.pull_back({}, rows, batch_, *solution_, cotangent, gradient, bar);
  }
  std::vector<T> contexts(tasks_.size() * rank, T(0));
  for (std::size_t q = 0; q < tasks_.size(); ++q) {
    for (std::size_t j = 0; j < data_->count; ++j) {
      for (std::size_t r = 0; r < rank; ++r) contexts[q * rank + r] += bar(position(q, j), r);
    }
  }
  return contexts;
}

template <class T>
std::vector<T> TaskBatch<T>::pull_back_contexts(experts::ExpertBank<T> const &bank,
                                                experts::View2<T> const &rows,
                                                std::span<double const> weights)
{
  return pull_back(bank, rows, weights, {});
}

template <class T>
long TaskBatch<T>::evaluations() const
{
  long total = 0;
  for (std::size_t t = 0; t < batch_.size(); ++t) total += 6 * solution_->attempted(t) + 1;
  return total;
}

template <class T>
experts::View4<T> TaskBatch<T>::sensitivities(experts::ExpertBank<T> const &bank,
                                              experts::View2<T> const &rows) const
{
  experts::View4<T> found("tessera::meta::sensitivities", batch_.size(), longest_, data_->dimension,
                          batch_.contexts.extent(1));
  bank.push_forward({}, rows, batch_, *solution_, found);
  return found;
}

template <class T>
bool TaskBatch<T>::usable(std::size_t task, std::size_t trajectory,
                          experts::View4<T> const &sensitivities) const
{
  if (status(task, trajectory) != Status::ok) return false;
  T const *first = &sensitivities(position(task, trajectory), 0, 0, 0);
  std::size_t const numbers = tasks_[task].points * data_->dimension * sensitivities.extent(3);
  return std::all_of(first, first + numbers, [](T value) { return std::isfinite(value); });
}

template <class T>
NormalEquations TaskBatch<T>::normal_equations(experts::ExpertBank<T> const &bank,
                                               experts::View2<T> const &rows) const
{
  std::size_t const rank = batch_.contexts.extent(1);
  experts::View4<T> const sensitivities = this->sensitivities(bank, rows);
  NormalEquations equations{std::vector<double>(tasks_.size() * rank),
                            std::vector<double>(tasks_.size() * rank * rank)};
  for (std::size_t q = 0; q < tasks_.size(); ++q) {
    for (std::size_t j = 0; j < data_->count; ++j) {
      add_equations(q, j, sensitivities, &equations.gradient[q * rank],
                    &equations.matrix[q * rank * rank]);
    }
  }
  return equations;
}

// gradient += Jᵀ e / N, matrix += Jᵀ J / N, with N the numbers in the mean of the task's loss.
template <class T>
void TaskBatch<T>::add_equations(std::size_t q, std::size_t j,
                                 experts::View4<T> const &sensitivities, double *gradient,
                                 double *matrix) const
{
  Task const &task = tasks_[q];
  std::size_t const t = position(q, j), rank = batch_.contexts.extent(1);
  std::size_t const numbers = task.points * data_->dimension;
  if (!usable(q, j, sensitivities)) return;
  double const scale = 1 / double(data_->count * numbers);
  for (int k = 1; k < task.points; ++k) {
    auto const truth = data_->state(task.environment, j, task.first + k);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      double const error = predicted(q, j, k)[i] - static_cast<double>(static_cast<T>(truth[i]));
      T const *row = &sensitivities(t, k, i, 0);
      for (std::size_t r = 0; r < rank; ++r) {
        gradient[r] += scale * row[r] * error;
        for (std::size_t c = 0; c < rank; ++c) {
          matrix[r * rank + c] += scale * double(row[r]) * double(row[c]);
        }
      }
    }
  }
}

template <class T>
double TaskBatch<T>::flops(experts::ExpertBank<T> const &bank, bool with_pull_back,
                           bool with_weights) const
{
  // Stage sums of Tsit5 per state component: 21 stage terms and 7 of the error, 2 each.
  double const step_sums = 2.0 * 28 * double(data_->dimension);
  double total = 0;
  for (std::size_t t = 0; t < batch_.size(); ++t) {
    double const field = bank.of(expert_[t]).flops_per_evaluation();
    double const tried = solution_->attempted(t), taken = solution_->accepted(t);
    total += field * (6 * tried + 1) + step_sums * tried;
    // Backward: six stages recomputed, six products with the transposed weights and, where the
    // weights' gradient is wanted, six outer products.
    if (with_pull_back) total += (field * (with_weights ? 18 : 12) + 2 * step_sums) * taken;
  }
  return total;
}

template struct TaskWorkspace<float>;
template struct TaskWorkspace<double>;
template class TaskBatch<float>;
template class TaskBatch<double>;

}  // namespace tessera::meta
