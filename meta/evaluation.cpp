#include <tessera/meta/evaluation.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <tessera/core/mean_deviation.hpp>
#include <tessera/core/median.hpp>

namespace tessera::meta {

double Metrics::mean(std::vector<double> const &values) const
{
  return tessera::mean(values);
}

double Metrics::median(std::vector<double> values) const
{
  return tessera::median(std::move(values));
}

double Metrics::deviation(std::vector<double> const &values) const
{
  return tessera::deviation(values);
}

double Metrics::tprmse() const
{
  auto const good = std::count_if(rel_l2.begin(), rel_l2.end(), [](double r) { return r < 0.1; });
  return double(good) / double(rel_l2.size());
}

double Metrics::r2_share() const
{
  auto const good = std::count_if(r2.begin(), r2.end(), [](double r) { return r > 0.9; });
  return double(good) / double(r2.size());
}

namespace {

// MixER, section 3: mean square error, and the mean of |x̂ - x|² / |max(|x|, 1e-6)|².
void score_as_published(Prediction &prediction, domains::Trajectories const &data)
{
  std::size_t const d = data.dimension, per_environment = data.count * data.points;
  std::size_t floored = 0;
  for (std::size_t e = 0; e < data.size(); ++e) {
    double squares = 0, relative = 0;
    for (std::size_t row = e * per_environment; row < (e + 1) * per_environment; ++row) {
      double error = 0, size = 0, true_size = 0;
      for (std::size_t i = 0; i < d; ++i) {
        double const truth = data.states[row * d + i];
        double const difference = prediction.states[row * d + i] - truth;
        double const floor = std::max(std::abs(truth), 1e-6);
        error += difference * difference;
        size += floor * floor;
        true_size += truth * truth;
      }
      squares += error;
      relative += error / size;
      floored += size > 2 * true_size;
    }
    prediction.metrics.mse.push_back(squares / double(per_environment * d));
    prediction.metrics.rel_l2.push_back(relative / double(per_environment));
  }
  prediction.metrics.floored = double(floored) / double(data.size() * per_environment);
}

// Squares of one environment and component: errors, and about the component's own mean, both in
// units of `unit`, so that no scale of the data overflows.
struct Squares {
  double error = 0, about_mean = 0;
};

Squares squares_of(Prediction const &prediction, domains::Trajectories const &data, std::size_t e,
                   std::size_t i, double unit)
{
  std::size_t const d = data.dimension, rows = data.count * data.points;
  double sum = 0;
  for (std::size_t row = e * rows; row < (e + 1) * rows; ++row)
    sum += data.states[row * d + i] / unit;
  Squares squares;
  for (std::size_t row = e * rows; row < (e + 1) * rows; ++row) {
    double const truth = data.states[row * d + i] / unit;
    double const error = prediction.states[row * d + i] / unit - truth;
    squares.error += error * error;
    squares.about_mean += (truth - sum / double(rows)) * (truth - sum / double(rows));
  }
  return squares;
}

// Errors against the data's own scale. A system at rest is measured by the deviations.
void score_by_scale(Prediction &prediction, domains::Trajectories const &data,
                    std::span<double const> deviation)
{
  std::size_t const d = data.dimension, rows = data.count * data.points;
  double const largest = *std::max_element(deviation.begin(), deviation.end());
  for (std::size_t e = 0; e < data.size(); ++e) {
    double normed = 0, error = 0, variance = 0;
    for (std::size_t i = 0; i < d; ++i) {
      Squares const own = squares_of(prediction, data, e, i, deviation[i]);
      double const weight = std::pow(deviation[i] / largest, 2);
      normed += own.error;
      error += weight * own.error;
      variance += weight * std::max(own.about_mean, 1e-12 * double(rows));
    }
    auto const first = prediction.status.begin() + static_cast<std::ptrdiff_t>(e * data.count);
    bool const followed = std::all_of(first, first + static_cast<std::ptrdiff_t>(data.count),
                                      [](Status status) { return status == Status::ok; });
    if (variance <= 2e-12 * double(rows * d)) variance = double(rows);
    prediction.metrics.nrmse.push_back(std::sqrt(normed / double(rows * d)));
    prediction.metrics.r2.push_back(followed ? 1 - error / variance
                                             : -std::numeric_limits<double>::infinity());
  }
}

}  // namespace

void score(Prediction &prediction, domains::Trajectories const &truth,
           std::span<double const> deviation)
{
  prediction.metrics = {};
  for (Status const status : prediction.status) prediction.metrics.failed += status != Status::ok;
  score_as_published(prediction, truth);
  if (!deviation.empty()) score_by_scale(prediction, truth, deviation);
}

double coverage(std::span<double const> states, std::span<double const> deviation,
                domains::Trajectories const &truth)
{
  std::size_t inside = 0, count = 0;
  for (std::size_t n = 0; n < deviation.size(); ++n) {
    bool const start = n / truth.dimension % truth.points == 0;
    if (start || !std::isfinite(deviation[n])) continue;
    inside += std::abs(states[n] - truth.states[n]) <= nine_tenths * deviation[n];
    ++count;
  }
  return double(inside) / double(count);
}

template <class T>
Prediction predict(Mixture<T> const &mixture, domains::Trajectories const &data,
                   std::vector<int> const &expert, std::vector<double> const &contexts,
                   experts::StepControl const &control)
{
  std::vector<Task> tasks;
  for (std::size_t e = 0; e < data.size(); ++e) tasks.push_back({e, expert[e], 0, 0});
  std::vector<T> const rows(contexts.begin(), contexts.end());
  TaskWorkspace<T> workspace;
  TaskBatch<T> batch(data, tasks, rows, workspace);
  batch.solve(mixture.bank(), mixture.rows(), control, false);
  Prediction prediction;
  prediction.states.assign(data.states.size(), 0.0);
  std::size_t at = 0;
  for (std::size_t e = 0; e < data.size(); ++e) {
    for (std::size_t j = 0; j < data.count; ++j) {
      prediction.status.push_back(batch.status(e, j));
      bool const solved = prediction.status.back() == Status::ok;
      for (std::size_t k = 0; k < data.points; ++k) {
        T const *state = batch.predicted(e, j, k);
        for (std::size_t i = 0; i < data.dimension; ++i, ++at) {
          if (solved) prediction.states[at] = state[i];
        }
      }
    }
  }
  score(prediction, data);
  return prediction;
}

template <class T>
std::vector<double> routed_contexts(Mixture<T> const &mixture)
{
  std::vector<double> contexts;
  for (std::size_t e = 0; e < mixture.environments(); ++e) {
    T const *slice = mixture.slice(e, mixture.leader(e));
    contexts.insert(contexts.end(), slice, slice + mixture.rank());
  }
  return contexts;
}

template Prediction predict(Mixture<float> const &, domains::Trajectories const &,
                            std::vector<int> const &, std::vector<double> const &,
                            experts::StepControl const &);
template Prediction predict(Mixture<double> const &, domains::Trajectories const &,
                            std::vector<int> const &, std::vector<double> const &,
                            experts::StepControl const &);
template std::vector<double> routed_contexts(Mixture<float> const &);
template std::vector<double> routed_contexts(Mixture<double> const &);

}  // namespace tessera::meta
