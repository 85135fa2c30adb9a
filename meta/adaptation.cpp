#include <tessera/meta/adaptation.hpp>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <tessera/nn/adabelief.hpp>

namespace tessera::meta {
namespace {

// Normal distribution of the contexts one expert was trained with: where its new environments are
// looked for.
struct ContextPrior {
  Eigen::VectorXd mean;
  Eigen::MatrixXd precision;
};

template <class T>
ContextPrior context_prior(Mixture<T> const &mixture, int expert)
{
  int const rank = mixture.rank();
  std::vector<Eigen::VectorXd> own;
  for (std::size_t e = 0; e < mixture.environments(); ++e) {
    if (mixture.route[e] != expert) continue;
    Eigen::VectorXd context(rank);
    for (int r = 0; r < rank; ++r) context[r] = mixture.slice(e, expert)[r];
    own.push_back(context);
  }
  ContextPrior prior{Eigen::VectorXd::Zero(rank), Eigen::MatrixXd::Identity(rank, rank)};
  if (own.empty()) return prior;
  for (auto const &context : own) prior.mean += context / double(own.size());
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(rank, rank);
  for (auto const &context : own) {
    Eigen::VectorXd const d = context - prior.mean;
    covariance += d * d.transpose() / double(own.size());
  }
  // Few environments leave directions without any spread; a hundredth of the mean one is allowed.
  double const floor = std::max(1e-2 * covariance.trace() / rank, 1e-8);
  covariance += floor * Eigen::MatrixXd::Identity(rank, rank);
  prior.precision = covariance.inverse();
  return prior;
}

// Contexts (task, rank) moved down their support losses; the best seen of each task is kept.
template <class T>
class ContextSearch {
 public:
  ContextSearch(Mixture<T> const &mixture, domains::Trajectories const &support,
                std::vector<Task> tasks, std::vector<T> start, experts::StepControl const &control)
      : mixture_(mixture),
        support_(support),
        tasks_(std::move(tasks)),
        contexts_(std::move(start)),
        best_(contexts_),
        objective_(tasks_.size(), std::numeric_limits<double>::max()),
        loss_(objective_),
        control_(control)
  {
    for (int i = 0; i < mixture.experts(); ++i) priors_.push_back(context_prior(mixture, i));
  }

  void run(int steps, double rate, double weight, Progress &progress, std::size_t &done)
  {
    std::size_t const rank = mixture_.rank();
    nn::AdaBelief<T> optimizer(std::vector<std::size_t>(tasks_.size(), rank));
    experts::View2<T> const contexts_only;
    std::vector<double> const ones(tasks_.size(), 1.0);
    for (int step = 0; step <= steps; ++step) {
      TaskBatch<T> batch(support_, tasks_, contexts_, workspace_);
      batch.solve(mixture_.bank(), mixture_.rows(), control_, step < steps);
      std::vector<double> const losses = batch.losses();
      std::vector<T> bars(contexts_.size(), T(0));
      if (step < steps)
        bars = batch.pull_back(mixture_.bank(), mixture_.rows(), ones, contexts_only);
      for (std::size_t q = 0; q < tasks_.size(); ++q) keep(q, losses[q], weight, bars);
      progress.update(++done);
      if (step == steps) break;
      double const share = double(step) / steps;
      double const slow = 0.01 + 0.99 * (1 + std::cos(std::numbers::pi * share)) / 2;
      optimizer.step(contexts_, bars, {}, rate * slow);
    }
    contexts_ = best_;
  }

  std::vector<T> const &best() const { return best_; }
  std::vector<double> const &loss() const { return loss_; }
  std::vector<double> const &objective() const { return objective_; }

 private:
  // Adds the prior to the gradient of task q and remembers the context if it is the best yet.
  void keep(std::size_t q, double loss, double weight, std::vector<T> &bars)
  {
    std::size_t const rank = mixture_.rank();
    ContextPrior const &prior = priors_[tasks_[q].expert];
    Eigen::VectorXd d(rank);
    for (std::size_t r = 0; r < rank; ++r) d[r] = double(contexts_[q * rank + r]) - prior.mean[r];
    Eigen::VectorXd const pull = prior.precision * d;
    double const objective = loss + weight * d.dot(pull);
    if (objective < objective_[q]) {
      objective_[q] = objective;
      loss_[q] = loss;
      std::copy_n(&contexts_[q * rank], rank, &best_[q * rank]);
    }
    for (std::size_t r = 0; r < rank; ++r) {
      T &bar = bars[q * rank + r];
      bar = std::isfinite(bar) ? bar + static_cast<T>(2 * weight * pull[r]) : T(0);
    }
  }

  Mixture<T> const &mixture_;
  domains::Trajectories const &support_;
  std::vector<Task> tasks_;
  std::vector<T> contexts_, best_;
  std::vector<double> objective_, loss_;
  experts::StepControl control_;
  std::vector<ContextPrior> priors_;
  TaskWorkspace<T> workspace_;
};

template <class T>
std::vector<T> mean_context(Mixture<T> const &mixture, int expert)
{
  ContextPrior const prior = context_prior(mixture, expert);
  std::vector<T> mean;
  for (double value : prior.mean) mean.push_back(static_cast<T>(value));
  return mean;
}

// The gate's word on contexts found: the whole context with the found slice in its place.
template <class T>
void ask_gate(Mixture<T> const &mixture, Adapted &found)
{
  std::size_t const rank = mixture.rank();
  double agreed = 0;
  for (std::size_t e = 0; e < found.expert.size(); ++e) {
    std::vector<double> whole(mixture.components(), 0.0);
    std::size_t const begin = mixture.split() ? found.expert[e] * rank : 0;
    std::copy_n(&found.contexts[e * rank], rank, &whole[begin]);
    bool const fitted = !mixture.gate.weights.empty();
    found.gate_word.push_back(fitted ? mixture.gate.route(whole) : 0);
    agreed += found.gate_word[e] == found.expert[e];
  }
  found.gate_agreement = agreed / double(found.expert.size());
}

}  // namespace

template <class T>
Adapted adapt(Mixture<T> const &mixture, domains::Trajectories const &support,
              AdaptOptions const &options, experts::StepControl const &control, Progress progress)
{
  std::size_t const n = support.size(), rank = mixture.rank();
  int const active = mixture.active;
  bool const zero = options.start == "zero";
  std::vector<Task> tasks;
  std::vector<T> start;
  std::vector<double> const nothing(mixture.components(), 0.0);
  int const word = mixture.gate.weights.empty() ? 0 : mixture.gate.route(nothing);
  for (std::size_t e = 0; e < n; ++e) {
    for (int i = zero ? word : 0; i < (zero ? word + 1 : active); ++i) {
      tasks.push_back({e, i, 0, 0});
      std::vector<T> const mean = zero ? std::vector<T>(rank, T(0)) : mean_context(mixture, i);
      start.insert(start.end(), mean.begin(), mean.end());
    }
  }
  progress.start("adapt",
                 static_cast<std::size_t>(options.search_steps + options.polish_steps + 2));
  std::size_t done = 0;
  ContextSearch<T> search(mixture, support, tasks, start, control);
  search.run(options.search_steps, options.rate, zero ? 0.0 : options.prior, progress, done);

  std::size_t const tries = tasks.size() / n;
  std::vector<Task> chosen;
  std::vector<T> contexts;
  for (std::size_t e = 0; e < n; ++e) {
    auto const begin = search.objective().begin() + e * tries;
    std::size_t const best = std::min_element(begin, begin + tries) - search.objective().begin();
    chosen.push_back(tasks[best]);
    contexts.insert(contexts.end(), &search.best()[best * rank],
                    &search.best()[best * rank] + rank);
  }
  ContextSearch<T> polish(mixture, support, chosen, contexts, control);
  polish.run(options.polish_steps, options.rate / 4, zero ? 0.0 : options.prior, progress, done);
  progress.finish();

  Adapted found;
  for (Task const &task : chosen) found.expert.push_back(task.expert);
  found.contexts.assign(polish.best().begin(), polish.best().end());
  found.support_loss = polish.loss();
  ask_gate(mixture, found);
  return found;
}

template Adapted adapt(Mixture<float> const &, domains::Trajectories const &, AdaptOptions const &,
                       experts::StepControl const &, Progress);
template Adapted adapt(Mixture<double> const &, domains::Trajectories const &, AdaptOptions const &,
                       experts::StepControl const &, Progress);

}  // namespace tessera::meta
