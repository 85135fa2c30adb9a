#include <tessera/meta/doubt.hpp>

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "context_prior.hpp"
#include "linearised.hpp"

namespace tessera::meta {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

// Values that the noise known from training counts for beside a system's own residuals.
constexpr double known_values = 10;

// What one system's support says: sums over its trajectories j, times k > 0 and states i, with
// e_jki errors, J_jki their derivatives by the context and F_jki those by the start.
class Evidence {
 public:
  Evidence(Doubt const &doubt, int expert, std::size_t rank)
      : doubt_(doubt),
        expert_(expert),
        rank_(static_cast<Eigen::Index>(rank)),
        squares_(doubt.dimension, 0.0),
        expected_(doubt.dimension, 0.0),
        matrix_(doubt.dimension, Matrix::Zero(rank_, rank_)),
        drifted_(doubt.dimension, Vector::Zero(rank_))
  {
  }

  template <class T>
  void add(Linearised<T> const &solved, std::size_t q, std::size_t j, std::span<double const> grid)
  {
    std::size_t const d = doubt_.dimension;
    std::vector<Vector> from_start(d, Vector::Zero(rank_));
    for (std::size_t k = 1; k < grid.size(); ++k) {
      for (std::size_t i = 0; i < d; ++i) {
        Vector const slope = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, 1> const>(
                                 solved.by_context(q, j, k, i), rank_)
                                 .template cast<double>();
        double const drift = doubt_.drift_at(expert_, grid[k] - grid[0], i);
        double const error = solved.error(q, j, k, i);
        squares_[i] += error * error;
        expected_[i] += std::pow(doubt_.noise_of(expert_, i), 2) + drift * drift;
        matrix_[i] += slope * slope.transpose();
        drifted_[i] += drift * slope;
        for (std::size_t l = 0; l < d; ++l) {
          double const moved = solved.by_start(q, j, k, i, l);
          from_start[l] += moved * slope;
          expected_[i] += std::pow(moved * doubt_.noise_of(expert_, l), 2);
        }
      }
    }
    starts_.push_back(std::move(from_start));
    values_ += double(grid.size() - 1);
  }

  // Squares of errors over what they are expected to be, mean of states.
  double misfit() const
  {
    double sum = 0;
    for (std::size_t i = 0; i < squares_.size(); ++i) sum += squares_[i] / expected_[i];
    return sum / double(squares_.size());
  }

  // c - c* = A⁻¹ (Jᵀ(noise - F noise of the start + drift) / N + w P (m - c*)), A = JᵀJ / N + w P,
  // with c* drawn from the training contexts' distribution.
  Matrix covariance(ContextPrior const &prior, double weight) const
  {
    if (starts_.empty()) return prior.precision.inverse();
    double const numbers = double(squares_.size()) * (values_ + double(starts_.size()));
    Matrix a = Matrix::Zero(rank_, rank_), b = a;
    for (std::size_t i = 0; i < squares_.size(); ++i) {
      a += matrix_[i] / numbers;
      b += variance(i) * matrix_[i] + drifted_[i] * drifted_[i].transpose();
      for (auto const &start : starts_) b += variance(i) * start[i] * start[i].transpose();
    }
    // Without a prior, data that say nothing of a direction leave it as wide as training's.
    double const w = std::max(weight, 1e-9 * a.trace() / prior.precision.trace() + 1e-100);
    a += w * prior.precision;
    b = b / (numbers * numbers) + w * w * prior.precision;
    auto const factor = a.ldlt();
    Matrix const half = factor.solve(b);
    Matrix const whole = factor.solve(Matrix(half.transpose()));
    return doubt_.factor * doubt_.factor * (whole + whole.transpose()) / 2;
  }

 private:
  double variance(std::size_t i) const
  {
    double const known = std::pow(doubt_.noise_of(expert_, i), 2);
    return (known_values * known + squares_[i]) / (known_values + values_);
  }

  Doubt const &doubt_;
  int expert_;
  Eigen::Index rank_;
  double values_ = 0;  // of each state, without starts
  std::vector<double> squares_, expected_;
  std::vector<Matrix> matrix_;
  std::vector<Vector> drifted_;
  std::vector<std::vector<Vector>> starts_;
};

// From the mean of the contexts that an expert was trained with, in their deviations.
double distance(ContextPrior const &prior, std::span<double const> context)
{
  auto const rank = static_cast<Eigen::Index>(context.size());
  Vector const d = Eigen::Map<Vector const>(context.data(), rank) - prior.mean;
  return std::sqrt(d.dot(prior.precision * d) / double(rank));
}

std::vector<Task> tasks_of(std::vector<int> const &expert, std::size_t first, std::size_t last)
{
  std::vector<Task> tasks;
  for (std::size_t e = first; e < last; ++e) tasks.push_back({e, expert[e], 0, 0});
  return tasks;
}

}  // namespace

double Doubt::at(std::vector<double> const &values, int expert, double time,
                 std::size_t state) const
{
  double const *own = &values[static_cast<std::size_t>(expert) * parts * dimension];
  auto const of = [&](std::size_t part) { return own[part * dimension + state]; };
  double const span = horizon[static_cast<std::size_t>(expert)];
  double const at = double(parts) * time / span - 0.5;  // in parts, from the middle of the first
  if (at <= 0) return of(0) * (2 * at + 1);
  if (time > span) return of(parts - 1) * time / span;
  auto const part = std::min(static_cast<std::size_t>(at), parts - 1);
  double const share = at - double(part);
  return (1 - share) * of(part) + share * of(std::min(part + 1, parts - 1));
}

double Doubt::beside_context(int expert, double time, std::size_t state) const
{
  double const other = elsewhere.empty() ? 0.0 : at(elsewhere, expert, time, state);
  return std::hypot(drift_at(expert, time, state), other);
}

template <class T>
void tell_doubt(Mixture<T> const &mixture, Doubt const &doubt, domains::Trajectories const &support,
                AdaptOptions const &options, experts::StepControl const &control, Adapted &found)
{
  if (!doubt.known()) return;
  auto const rank = static_cast<std::size_t>(mixture.rank());
  double const weight = options.start == "zero" ? 0.0 : options.prior;
  Linearised<T> const solved(mixture, support, tasks_of(found.expert, 0, support.size()),
                             found.contexts, control, true);
  std::vector<ContextPrior> priors;
  for (int i = 0; i < mixture.experts(); ++i) priors.push_back(context_prior(mixture, i));
  found.covariance.clear();
  found.misfit.clear();
  found.distance.clear();
  found.foreign.clear();
  for (std::size_t e = 0; e < support.size(); ++e) {
    auto const expert = static_cast<std::size_t>(found.expert[e]);
    Evidence evidence(doubt, found.expert[e], rank);
    bool followed = true;
    for (std::size_t j = 0; j < support.count; ++j) {
      if (solved.usable(e, j)) {
        evidence.add(solved, e, j, support.grid(e));
      } else {
        followed = false;
      }
    }
    auto const &prior = priors[expert];
    Matrix covariance = evidence.covariance(prior, weight);
    if (!covariance.allFinite()) covariance = prior.precision.inverse();
    found.covariance.insert(found.covariance.end(), covariance.data(),
                            covariance.data() + covariance.size());
    found.misfit.push_back(followed ? evidence.misfit() : std::numeric_limits<double>::infinity());
    found.distance.push_back(distance(prior, std::span(found.contexts).subspan(e * rank, rank)));
    if (doubt.most_misfit.empty()) continue;  // being rehearsed
    found.foreign.push_back(!(found.misfit.back() <= doubt.most_misfit[expert]) ||
                            !(found.distance.back() <= doubt.most_distance[expert]));
  }
}

template <class T>
std::vector<double> deviations(Mixture<T> const &mixture, Doubt const &doubt,
                               domains::Trajectories const &data, std::vector<int> const &expert,
                               std::vector<double> const &contexts,
                               std::vector<double> const &covariance,
                               experts::StepControl const &control)
{
  std::size_t const d = data.dimension, rank = static_cast<std::size_t>(mixture.rank());
  std::vector<double> found(data.states.size(), std::numeric_limits<double>::quiet_NaN());
  // Few at a time: recorded solutions are large.
  std::size_t const each = std::max<std::size_t>(1, 512 / data.count);
  for (std::size_t first = 0; first < data.size(); first += each) {
    std::size_t const last = std::min(first + each, data.size());
    Linearised<T> const solved(mixture, data, tasks_of(expert, first, last),
                               std::span(contexts).subspan(first * rank, (last - first) * rank),
                               control, false);
    for (std::size_t e = first; e < last; ++e) {
      auto const own = std::span(covariance).subspan(e * rank * rank, rank * rank);
      for (std::size_t j = 0; j < data.count; ++j) {
        if (!solved.usable(e - first, j)) continue;
        double *to = &found[(e * data.count + j) * data.points * d];
        for (std::size_t k = 0; k < data.points; ++k) {
          for (std::size_t i = 0; i < d; ++i) {
            double const variance = solved.variance(e - first, j, k, i, own);
            double const time = data.grid(e)[k] - data.grid(e)[0];
            to[k * d + i] =
                std::hypot(std::sqrt(variance), doubt.beside_context(expert[e], time, i));
          }
        }
      }
    }
  }
  return found;
}

std::vector<double> trained_deviations(Doubt const &doubt, domains::Trajectories const &data,
                                       std::vector<int> const &expert)
{
  std::vector<double> found;
  found.reserve(data.states.size());
  for (std::size_t e = 0; e < data.size(); ++e) {
    for (std::size_t j = 0; j < data.count; ++j) {
      for (std::size_t k = 0; k < data.points; ++k) {
        double const time = data.grid(e)[k] - data.grid(e)[0];
        for (std::size_t i = 0; i < data.dimension; ++i) {
          found.push_back(doubt.beside_context(expert[e], time, i));
        }
      }
    }
  }
  return found;
}

template void tell_doubt(Mixture<float> const &, Doubt const &, domains::Trajectories const &,
                         AdaptOptions const &, experts::StepControl const &, Adapted &);
template void tell_doubt(Mixture<double> const &, Doubt const &, domains::Trajectories const &,
                         AdaptOptions const &, experts::StepControl const &, Adapted &);
template std::vector<double> deviations(Mixture<float> const &, Doubt const &,
                                        domains::Trajectories const &, std::vector<int> const &,
                                        std::vector<double> const &, std::vector<double> const &,
                                        experts::StepControl const &);
template std::vector<double> deviations(Mixture<double> const &, Doubt const &,
                                        domains::Trajectories const &, std::vector<int> const &,
                                        std::vector<double> const &, std::vector<double> const &,
                                        experts::StepControl const &);

}  // namespace tessera::meta
