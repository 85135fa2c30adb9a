#include "adapt_levenberg_marquardt.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include <tessera/core/stop.hpp>

#include "context_prior.hpp"

namespace tessera::meta {
namespace {

constexpr double unusable = std::numeric_limits<double>::max();

// One task's search. The objective is F(c) = loss(c) + w (c - m)ᵀ P (c - m); gradient and matrix
// are halves of its gradient and Gauss-Newton matrix at the best context so far.
class Descent {
 public:
  Descent(ContextPrior const &prior, double weight, Eigen::VectorXd start)
      : prior_(&prior), weight_(weight), best_(start), trial_(std::move(start))
  {
  }

  bool done() const { return done_; }
  Eigen::VectorXd const &trial() const { return trial_; }
  Eigen::VectorXd const &best() const { return best_; }
  double loss() const { return loss_; }
  double objective() const { return objective_; }

  // Judges the trial by its loss; whether it is the new best.
  bool judge(double loss)
  {
    Eigen::VectorXd const d = trial_ - prior_->mean;
    double const objective = loss < unusable ? loss + weight_ * d.dot(prior_->precision * d) : loss;
    bool const better = objective < objective_;
    if (better) {
      double const gain = (objective_ - objective) / promised_;
      if (gain > 0.5) damping_ = std::max(damping_ / 8, 1e-9);
      if (gain < 0.1) damping_ *= 3;
      objective_ = objective;
      loss_ = loss;
      best_ = trial_;
    } else {
      damping_ *= 6;
    }
    return better;
  }

  // The equations of the loss at the trial that has just become the best.
  void relinearise(double const *gradient, double const *matrix)
  {
    Eigen::Index const rank = best_.size();
    Eigen::VectorXd const d = best_ - prior_->mean;
    gradient_ = Eigen::Map<Eigen::VectorXd const>(gradient, rank) + weight_ * prior_->precision * d;
    matrix_ = Eigen::Map<Eigen::MatrixXd const>(matrix, rank, rank) + weight_ * prior_->precision;
  }

  // The next trial, or done when it promises too little.
  void propose()
  {
    if (gradient_.size() == 0 || !gradient_.allFinite() || damping_ > 1e9) {
      done_ = true;
      return;
    }
    Eigen::MatrixXd damped = matrix_;
    double const floor = 1e-12 * matrix_.trace() + 1e-300;
    damped.diagonal() += damping_ * matrix_.diagonal();
    damped.diagonal().array() += floor;
    Eigen::VectorXd const step = damped.ldlt().solve(-gradient_);
    promised_ = -(2 * gradient_.dot(step) + step.dot(matrix_ * step));
    trial_ = best_ + step;
    done_ = !(promised_ > 1e-3 * objective_);
  }

 private:
  ContextPrior const *prior_;
  double weight_, loss_ = unusable, objective_ = unusable, promised_ = 1, damping_ = 1e-2;
  bool done_ = false;
  Eigen::VectorXd best_, trial_, gradient_;
  Eigen::MatrixXd matrix_;
};

// The tasks still under way, with their trial contexts in the order of `tasks`.
template <class T>
struct Under {
  std::vector<std::size_t> which;
  std::vector<Task> tasks;
  std::vector<T> contexts;

  Under(std::vector<Task> const &all, std::vector<Descent> const &descents)
  {
    for (std::size_t q = 0; q < all.size(); ++q) {
      if (descents[q].done()) continue;
      which.push_back(q);
      tasks.push_back(all[q]);
      for (double value : descents[q].trial()) contexts.push_back(static_cast<T>(value));
    }
  }
};

}  // namespace

template <class T>
FoundContexts<T> levenberg_marquardt(Mixture<T> const &mixture,
                                     domains::Trajectories const &support,
                                     std::vector<Task> const &tasks, std::vector<T> const &start,
                                     experts::StepControl const &control, double weight, int most,
                                     Progress &progress)
{
  std::size_t const rank = mixture.rank();
  std::vector<ContextPrior> priors;
  for (int i = 0; i < mixture.experts(); ++i) priors.push_back(context_prior(mixture, i));
  std::vector<Descent> descents;
  for (std::size_t q = 0; q < tasks.size(); ++q) {
    Eigen::VectorXd from(rank);
    for (std::size_t r = 0; r < rank; ++r) from[r] = start[q * rank + r];
    descents.emplace_back(priors[tasks[q].expert], weight, from);
  }
  TaskWorkspace<T> workspace;
  for (int iteration = 0; iteration < most; ++iteration) {
    throw_if_stopped();
    Under<T> const under(tasks, descents);
    if (under.which.empty()) break;
    bool const last = iteration + 1 == most;
    TaskBatch<T> batch(support, under.tasks, under.contexts, workspace);
    batch.solve(mixture.bank(), mixture.rows(), control, !last);
    std::vector<double> const losses = batch.losses();
    std::vector<std::size_t> better;
    for (std::size_t p = 0; p < under.which.size(); ++p) {
      if (descents[under.which[p]].judge(losses[p])) better.push_back(p);
    }
    progress.update(static_cast<std::size_t>(iteration + 1));
    if (last) break;
    if (!better.empty()) {
      NormalEquations const equations = batch.normal_equations(mixture.bank(), mixture.rows());
      for (std::size_t p : better) {
        descents[under.which[p]].relinearise(&equations.gradient[p * rank],
                                             &equations.matrix[p * rank * rank]);
      }
    }
    for (std::size_t q : under.which) descents[q].propose();
  }
  FoundContexts<T> found;
  for (Descent const &descent : descents) {
    for (double value : descent.best()) found.contexts.push_back(static_cast<T>(value));
    found.loss.push_back(descent.loss());
    found.objective.push_back(descent.objective());
  }
  return found;
}

template FoundContexts<float> levenberg_marquardt(
    Mixture<float> const &, domains::Trajectories const &, std::vector<Task> const &,
    std::vector<float> const &, experts::StepControl const &, double, int, Progress &);
template FoundContexts<double> levenberg_marquardt(
    Mixture<double> const &, domains::Trajectories const &, std::vector<Task> const &,
    std::vector<double> const &, experts::StepControl const &, double, int, Progress &);

}  // namespace tessera::meta
