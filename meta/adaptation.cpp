#include <tessera/meta/adaptation.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>

#include "adapt_levenberg_marquardt.hpp"
#include "context_prior.hpp"
#include "context_search.hpp"

namespace tessera::meta {
namespace {

// Contexts (task, rank) moved down their support losses; the best seen of each task is kept.
template <class T>
class ContextSearch {
 public:
  ContextSearch(Mixture<T> const &mixture, domains::Trajectories const &support,
                ContextPairs<T> pairs, experts::StepControl const &control)
      : mixture_(mixture),
        support_(support),
        pairs_(std::move(pairs)),
        best_(pairs_.contexts),
        objective_(pairs_.tasks.size(), std::numeric_limits<double>::max()),
        loss_(objective_),
        control_(control)
  {
    for (int i = 0; i < mixture.experts(); ++i) priors_.push_back(context_prior(mixture, i));
  }

  void run(int steps, double rate, double weight, Progress &progress, std::size_t &done)
  {
    throw_if_stopped();
    auto const cosine = [&](int step) {
      double const share = double(step) / steps;
      return rate * (0.01 + 0.99 * (1 + std::cos(std::numbers::pi * share)) / 2);
    };
    search_contexts(
        mixture_, support_, pairs_, control_, workspace_, steps, cosine,
        [&](TaskBatch<T> const &, std::vector<double> const &losses, std::vector<T> &bars, bool) {
          for (std::size_t q = 0; q < losses.size(); ++q) {
            keep(q, losses[q], weight, bars);
          }
          progress.update(++done);
          throw_if_stopped();
        });
    pairs_.contexts = best_;
  }

  FoundContexts<T> found() const { return {best_, loss_, objective_}; }

 private:
  // Adds the prior to the gradient of task q and remembers the context if it is the best yet.
  void keep(std::size_t q, double loss, double weight, std::vector<T> &bars)
  {
    std::size_t const rank = mixture_.rank();
    ContextPrior const &prior = priors_[pairs_.tasks[q].expert];
    Eigen::VectorXd d(rank);
    for (std::size_t r = 0; r < rank; ++r)
      d[r] = double(pairs_.contexts[q * rank + r]) - prior.mean[r];
    Eigen::VectorXd const pull = prior.precision * d;
    double const objective = loss + weight * d.dot(pull);
    if (objective < objective_[q]) {
      objective_[q] = objective;
      loss_[q] = loss;
      std::copy_n(&pairs_.contexts[q * rank], rank, &best_[q * rank]);
    }
    for (std::size_t r = 0; r < rank; ++r) {
      T &bar = bars[q * rank + r];
      bar = std::isfinite(bar) ? bar + static_cast<T>(2 * weight * pull[r]) : T(0);
    }
  }

  Mixture<T> const &mixture_;
  domains::Trajectories const &support_;
  ContextPairs<T> pairs_;
  std::vector<T> best_;
  std::vector<double> objective_, loss_;
  experts::StepControl control_;
  std::vector<ContextPrior> priors_;
  TaskWorkspace<T> workspace_;
};

// What is tried on new environments: tasks of one environment stand together.
template <class T>
struct Tries : ContextPairs<T> {
  std::vector<double> loss;  // (task), once known
};

// Appends a try of expert `expert` on environment `e`.
template <class T>
void add_try(Tries<T> &tries, std::size_t e, int expert, std::span<T const> context)
{
  tries.tasks.push_back({e, expert, 0, 0});
  tries.contexts.insert(tries.contexts.end(), context.begin(), context.end());
}

template <class T>
std::vector<int> experts_in_use(Mixture<T> const &mixture)
{
  std::vector<int> used;
  for (int i = 0; i < mixture.experts(); ++i) {
    if (mixture.in_use(i)) used.push_back(i);
  }
  return used;
}

// Where experts have a trunk, a context means about the same to all of them: every expert is also
// tried on environment `e` from the training context, whoever's it is, under which it loses least.
template <class T>
void add_nearest(Tries<T> &tries, std::size_t e, Mixture<T> const &mixture,
                 domains::Trajectories const &support, experts::StepControl const &control,
                 TaskWorkspace<T> &workspace)
{
  auto const rank = static_cast<std::size_t>(mixture.rank());
  std::size_t const known = mixture.environments();
  Tries<T> tried;
  std::vector<int> const used = experts_in_use(mixture);
  for (int i : used) {
    for (std::size_t k = 0; k < known; ++k) {
      add_try<T>(tried, e, i, std::span(mixture.slice(k, mixture.leader(k)), rank));
    }
  }
  TaskBatch<T> batch(support, tried.tasks, tried.contexts, workspace);
  batch.solve(mixture.bank(), mixture.rows(), control, false);
  std::vector<double> const losses = batch.losses();
  for (std::size_t p = 0; p < used.size(); ++p) {
    auto const begin = losses.begin() + static_cast<std::ptrdiff_t>(p * known);
    auto const least = std::min_element(begin, begin + static_cast<std::ptrdiff_t>(known));
    auto const q = static_cast<std::size_t>(least - losses.begin());
    add_try<T>(tries, e, used[p], std::span(tried.contexts).subspan(q * rank, rank));
  }
}

template <class T>
Tries<T> make_tries(Mixture<T> const &mixture, domains::Trajectories const &support,
                    AdaptOptions const &options, experts::StepControl const &control,
                    std::vector<int> const &without)
{
  Tries<T> tries;
  TaskWorkspace<T> workspace;
  std::vector<std::vector<std::vector<T>>> starts;
  bool const zero = options.start == "zero";
  std::vector<int> const tried =
      zero ? std::vector{mixture.word(std::vector<double>(mixture.components(), 0.0))}
           : experts_in_use(mixture);
  for (int i : tried) {
    starts.push_back(zero ? std::vector(1, std::vector<T>(mixture.rank(), T(0)))
                          : context_starts(mixture, i, options.starts));
  }
  for (std::size_t e = 0; e < support.size(); ++e) {
    throw_if_stopped();
    for (std::size_t p = 0; p < tried.size(); ++p) {
      if (!without.empty() && without[e] == tried[p]) continue;
      for (auto const &start : starts[p]) add_try<T>(tries, e, tried[p], start);
    }
    if (zero || !mixture.map().has_trunk() || !without.empty()) continue;
    add_nearest(tries, e, mixture, support, control, workspace);
  }
  return tries;
}

// The try of least objective in each environment.
template <class T>
Tries<T> best_of(std::vector<Task> const &tasks, FoundContexts<T> const &found)
{
  std::size_t const rank = found.contexts.size() / tasks.size();
  Tries<T> best;
  for (std::size_t q = 0, end = 0; q < tasks.size(); q = end) {
    while (end < tasks.size() && tasks[end].environment == tasks[q].environment) ++end;
    auto const begin = found.objective.begin();
    std::size_t const least = std::min_element(begin + q, begin + end) - begin;
    T const *context = &found.contexts[least * rank];
    best.tasks.push_back(tasks[least]);
    best.contexts.insert(best.contexts.end(), context, context + rank);
    best.loss.push_back(found.loss[least]);
  }
  return best;
}

double prior_weight(AdaptOptions const &options)
{
  return options.start == "zero" ? 0.0 : options.prior;
}

template <class T>
Tries<T> by_gradient(Mixture<T> const &mixture, domains::Trajectories const &support,
                     Tries<T> const &tries, AdaptOptions const &options,
                     experts::StepControl const &control, Progress &progress)
{
  std::size_t done = 0;
  double const weight = prior_weight(options);
  ContextSearch<T> search(mixture, support, tries, control);
  search.run(options.search_steps, options.rate, weight, progress, done);
  Tries<T> const chosen = best_of(tries.tasks, search.found());
  ContextSearch<T> polish(mixture, support, chosen, control);
  polish.run(options.polish_steps, options.rate / 4, weight, progress, done);
  return best_of(chosen.tasks, polish.found());
}

template <class T>
Tries<T> by_squares(Mixture<T> const &mixture, domains::Trajectories const &support,
                    Tries<T> const &tries, AdaptOptions const &options,
                    experts::StepControl const &control, Progress &progress)
{
  return best_of(tries.tasks,
                 levenberg_marquardt(mixture, support, tries.tasks, tries.contexts, control,
                                     prior_weight(options), options.iterations, progress));
}

template <class T>
void require_push_forward(experts::ExpertBank<T> const &bank)
{
  if (bank.has_push_forward()) return;
  throw InputError(
      "adapt.method = \"levenberg_marquardt\" needs the sensitivities of solutions to "
      "contexts, which experts of type \"" +
      bank.kind() + "\" do not give; set adapt.method = \"adabelief\"");
}

// The gate's word on contexts found: the whole context with the found slice in its place.
template <class T>
void ask_gate(Mixture<T> const &mixture, Adapted &found)
{
  std::size_t const rank = mixture.rank();
  double agreed = 0;
  for (std::size_t e = 0; e < found.expert.size(); ++e) {
    auto const slice = std::span(found.contexts).subspan(e * rank, rank);
    auto const whole = mixture.whole_context(found.expert[e], slice);
    found.gate_word.push_back(mixture.word(whole));
    agreed += found.gate_word[e] == found.expert[e];
  }
  found.gate_agreement = agreed / double(found.expert.size());
}

}  // namespace

template <class T>
Adapted adapt(Mixture<T> const &mixture, domains::Trajectories const &support,
              AdaptOptions const &options, experts::StepControl const &control, Progress progress,
              std::vector<int> const &without, char const *word)
{
  bool const squares = options.method == "levenberg_marquardt";
  if (squares) require_push_forward(mixture.bank());
  Tries<T> const tries = make_tries(mixture, support, options, control, without);
  std::size_t const steps =
      squares ? options.iterations : options.search_steps + options.polish_steps + 2;
  progress.start(word, steps);
  Tries<T> const chosen = squares
                              ? by_squares(mixture, support, tries, options, control, progress)
                              : by_gradient(mixture, support, tries, options, control, progress);
  progress.finish();

  Adapted found;
  for (Task const &task : chosen.tasks) found.expert.push_back(task.expert);
  found.contexts.assign(chosen.contexts.begin(), chosen.contexts.end());
  found.support_loss = chosen.loss;
  ask_gate(mixture, found);
  return found;
}

template Adapted adapt(Mixture<float> const &, domains::Trajectories const &, AdaptOptions const &,
                       experts::StepControl const &, Progress, std::vector<int> const &,
                       char const *);
template Adapted adapt(Mixture<double> const &, domains::Trajectories const &, AdaptOptions const &,
                       experts::StepControl const &, Progress, std::vector<int> const &,
                       char const *);

}  // namespace tessera::meta
