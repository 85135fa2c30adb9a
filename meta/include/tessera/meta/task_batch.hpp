#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <tessera/domains/trajectories.hpp>
#include <tessera/experts/expert_bank.hpp>

namespace tessera::meta {

/// One environment solved by one expert on a window of its stored times.
struct Task {
  std::size_t environment = 0;
  int expert = 0;
  int first = 0;   ///< stored time the window begins at
  int points = 0;  ///< stored times in the window; 0: all from `first`
};

/// Room for solutions, kept from step to step.
template <class T>
struct TaskWorkspace {
  experts::OdeSolution<T> recorded, plain;
  experts::OdeSolution<T> &room(std::size_t trajectories, std::size_t points, std::size_t state,
                                std::size_t tape_steps);
};

/// Gauss-Newton's view of every task's loss: half its gradient and half its Hessian without second
/// derivatives of the states, in double precision.
struct NormalEquations {
  std::vector<double> gradient;  ///< (task, component)
  std::vector<double> matrix;    ///< (task, component, component), symmetric
};

/// Tasks expanded into trajectories, grouped by expert, with their true states. The order of tasks
/// as given is kept for everything that comes back.
template <class T>
class TaskBatch {
 public:
  /// `contexts` is (task, rank). The workspace must outlive the batch and serve one at a time.
  TaskBatch(domains::Trajectories const &data, std::span<Task const> tasks,
            std::span<T const> contexts, TaskWorkspace<T> &workspace);

  /// From now on the integrations of a task are given up as soon as one trajectory alone makes the
  /// task's loss larger than losses[task]. Shape (task).
  void bound_losses(std::span<double const> losses);

  /// Integrates all trajectories; `record` keeps the steps for pull_back.
  void solve(experts::ExpertBank<T> const &bank, experts::View2<T> const &rows,
             experts::StepControl const &control, bool record);

  /// Mean square error of each task over trajectories, times and components; a task with a failed
  /// integration, or one given up, has the largest finite value. Shape (task).
  std::vector<double> losses() const;

  /// Trajectories whose integration failed, over all tasks or of one.
  int failed() const;
  int failed(std::size_t task) const;
  /// Trajectories that were given up because of their bound.
  int outdone() const;
  /// The first failure of a task; Status::ok without one.
  Status status(std::size_t task) const;

  /// Gradient of sum_task weight · loss. Writes `gradient` (expert, parameter) and returns the
  /// contexts' gradient (task, rank). Trajectories that failed, or whose gradient is not finite,
  /// add nothing. A `gradient` of no rows asks for the contexts' alone.
  std::vector<T> pull_back(experts::ExpertBank<T> const &bank, experts::View2<T> const &rows,
                           std::span<double const> weights, experts::View2<T> const &gradient);

  /// The contexts' gradient alone.
  std::vector<T> pull_back_contexts(experts::ExpertBank<T> const &bank,
                                    experts::View2<T> const &rows, std::span<double const> weights);
  /// The equations of all tasks' losses in their contexts at a recorded solution. Trajectories that
  /// failed, or whose sensitivities are not finite, add nothing. Throws InputError where the bank
  /// has no push_forward.
  NormalEquations normal_equations(experts::ExpertBank<T> const &bank,
                                   experts::View2<T> const &rows) const;
  /// What contexts do to the states of a recorded solution, (position, point, state, component),
  /// zero for trajectories that failed. Throws InputError where the bank has no push_forward.
  experts::View4<T> sensitivities(experts::ExpertBank<T> const &bank,
                                  experts::View2<T> const &rows) const;
  /// Whether a trajectory was solved and its sensitivities, as above, are numbers.
  bool usable(std::size_t task, std::size_t trajectory,
              experts::View4<T> const &sensitivities) const;

  /// Predicted state. Shape (state).
  T const *predicted(std::size_t task, std::size_t trajectory, std::size_t point) const
  {
    return &solution_->states(position(task, trajectory), point, 0);
  }
  Status status(std::size_t task, std::size_t trajectory) const
  {
    return solution_->status(position(task, trajectory));
  }
  /// Floating-point operations of the solves so far: products of weights and stage sums (README).
  /// `with_weights`: whether pull_back was asked for the parameters' gradient too.
  double flops(experts::ExpertBank<T> const &bank, bool with_pull_back,
               bool with_weights = true) const;
  /// Evaluations of right-hand sides, of one trajectory each, in the last solve.
  long evaluations() const;
  experts::OdeBatch<T> const &batch() const { return batch_; }
  experts::OdeSolution<T> const &solution() const { return *solution_; }
  /// Where a trajectory of a task stands in batch and solution.
  std::size_t position(std::size_t task, std::size_t trajectory) const
  {
    return place_[task] * data_->count + trajectory;
  }

 private:
  void add_equations(std::size_t task, std::size_t trajectory,
                     experts::View4<T> const &sensitivities, double *gradient,
                     double *matrix) const;
  domains::Trajectories const *data_;
  std::vector<Task> tasks_;
  std::vector<std::size_t> place_;  // (task): its rank in the grouped order
  std::vector<int> expert_;         // (trajectory), grouped
  TaskWorkspace<T> *workspace_;
  experts::OdeBatch<T> batch_;
  experts::OdeSolution<T> *solution_ = nullptr;
  std::size_t longest_ = 0;
};

extern template class TaskBatch<float>;
extern template class TaskBatch<double>;

}  // namespace tessera::meta
