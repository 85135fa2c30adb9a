#include <algorithm>
#include <cmath>

#include <tessera/core/stop.hpp>
#include <tessera/domains/trajectory_parts.hpp>
#include <tessera/meta/doubt.hpp>
#include <tessera/meta/evaluation.hpp>

#include "linearised.hpp"

namespace tessera::meta {
namespace {

// How many trajectories are taken for new systems, about.
constexpr std::size_t rehearsed = 200;

double quantile(std::vector<double> values, double share)
{
  if (values.empty()) return 0;
  auto const at = static_cast<std::ptrdiff_t>(share * double(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

// Environments that an expert leads; of one that leads none, all.
template <class T>
std::vector<std::size_t> led_by(Mixture<T> const &mixture, int expert)
{
  std::vector<std::size_t> own, all;
  for (std::size_t e = 0; e < mixture.environments(); ++e) {
    all.push_back(e);
    if (mixture.leader(e) == expert) own.push_back(e);
  }
  return own.empty() ? all : own;
}

double horizon_of(domains::Trajectories const &data, std::vector<std::size_t> const &environments)
{
  double longest = 0;
  for (std::size_t e : environments) {
    longest = std::max(longest, data.grid(e).back() - data.grid(e).front());
  }
  return longest;
}

// Errors of trained systems on data, by expert: noise, and beside it and what the start's noise
// grows to, drift.
template <class T>
class TrainedErrors {
 public:
  TrainedErrors(Linearised<T> const &own, domains::Trajectories const &data, Doubt &doubt)
      : own_(own), data_(data), doubt_(doubt)
  {
  }

  void tell(std::vector<std::size_t> const &environments)
  {
    doubt_.horizon.push_back(horizon_of(data_, environments));
    for (std::size_t i = 0; i < data_.dimension; ++i) {
      doubt_.noise.push_back(noise(environments, i));
    }
    std::size_t const expert = doubt_.horizon.size() - 1;
    for (std::size_t part = 0; part < Doubt::parts; ++part) {
      for (std::size_t i = 0; i < data_.dimension; ++i) {
        doubt_.drift.push_back(drift(environments, int(expert), part, i));
      }
    }
  }

 private:
  template <class Visit>
  void each(std::vector<std::size_t> const &environments, Visit const &visit) const
  {
    for (std::size_t e : environments) {
      for (std::size_t j = 0; j < data_.count; ++j) {
        if (!own_.usable(e, j)) continue;
        for (std::size_t k = 1; k < data_.points; ++k) visit(e, j, k);
      }
    }
  }

  // Errors without noise are smooth: their second differences leave six times the noise's square.
  double noise(std::vector<std::size_t> const &environments, std::size_t i) const
  {
    double squares = 0, count = 0;
    each(environments, [&](std::size_t e, std::size_t j, std::size_t k) {
      if (k + 2 >= data_.points) return;
      auto const error = [&](std::size_t ahead) { return own_.error(e, j, k + ahead, i); };
      squares += std::pow(error(0) - 2 * error(1) + error(2), 2);
      ++count;
    });
    return count > 0 ? std::sqrt(squares / 6 / count) : 0;
  }

  double drift(std::vector<std::size_t> const &environments, int expert, std::size_t part,
               std::size_t i) const
  {
    double const span = doubt_.horizon.back();
    double noisy = 0;
    std::vector<double> errors;
    each(environments, [&](std::size_t e, std::size_t j, std::size_t k) {
      double const at = double(Doubt::parts) * (data_.grid(e)[k] - data_.grid(e)[0]) / span;
      if (std::min(static_cast<std::size_t>(at), Doubt::parts - 1) != part) return;
      errors.push_back(std::abs(own_.error(e, j, k, i)));
      noisy += std::pow(doubt_.noise_of(expert, i), 2);
      for (std::size_t l = 0; l < data_.dimension; ++l) {
        noisy += std::pow(own_.by_start(e, j, k, i, l) * doubt_.noise_of(expert, l), 2);
      }
    });
    if (errors.empty()) return part == 0 ? 0 : doubt_.drift[doubt_.drift.size() - data_.dimension];
    double const all = quantile(errors, 0.9) / nine_tenths;
    return std::sqrt(std::max(0.0, all * all - noisy / double(errors.size())));
  }

  Linearised<T> const &own_;
  domains::Trajectories const &data_;
  Doubt &doubt_;
};

// The first third of every trajectory, up to `most` of an environment, as a system of its own.
domains::Trajectories new_systems(domains::Trajectories const &data, std::size_t most)
{
  std::vector<std::vector<std::size_t>> chosen(data.size());
  for (auto &own : chosen) {
    for (std::size_t j = 0; j < std::min(most, data.count); ++j) own.push_back(j);
  }
  domains::Trajectories picked = domains::pick_trajectories(data, chosen);
  domains::Trajectories alone = picked;
  alone.count = 1;
  alone.environments.clear();
  alone.times.clear();
  for (std::size_t e = 0; e < data.size(); ++e) {
    auto const grid = data.grid(e);
    for (std::size_t j = 0; j < picked.count; ++j) {
      alone.environments.push_back(data.environments[e]);
      alone.times.insert(alone.times.end(), grid.begin(), grid.end());
    }
  }
  return domains::pick_times(alone, 0, std::min(data.points, data.points / 3 + 1));
}

// Differences between what a rehearsal found for system e, on all its trajectories, and what the
// trained mixture says of it, in deviations.
template <class T>
void add_differences(Linearised<T> const &own, Linearised<T> const &found, std::size_t q,
                     std::size_t e, domains::Trajectories const &data,
                     std::span<double const> covariance, std::vector<double> &differences)
{
  for (std::size_t j = 0; j < data.count; ++j) {
    if (!own.usable(e, j) || !found.usable(q, j)) continue;
    for (std::size_t k = 1; k < data.points; ++k) {
      for (std::size_t i = 0; i < data.dimension; ++i) {
        double const variance = found.variance(q, j, k, i, covariance);
        double const difference = std::abs(found.state(q, j, k, i) - own.state(e, j, k, i));
        if (variance > 0) differences.push_back(difference / std::sqrt(variance));
      }
    }
  }
}

}  // namespace

template <class T>
Doubt rehearse(Mixture<T> const &mixture, domains::Trajectories const &seen,
               AdaptOptions const &options, experts::StepControl const &control, Progress progress)
{
  Doubt doubt;
  if (!mixture.bank().has_push_forward()) return doubt;
  doubt.dimension = seen.dimension;
  std::vector<Task> tasks;
  for (std::size_t e = 0; e < seen.size(); ++e) tasks.push_back({e, mixture.leader(e), 0, 0});
  Linearised<T> const own(mixture, seen, tasks, routed_contexts(mixture), control, true);
  TrainedErrors<T> trained(own, seen, doubt);
  for (int i = 0; i < mixture.experts(); ++i) trained.tell(led_by(mixture, i));

  std::size_t const most = std::max<std::size_t>(1, rehearsed / seen.size());
  domains::Trajectories const systems = new_systems(seen, most);
  std::size_t const each = systems.size() / seen.size(), rank = std::size_t(mixture.rank());
  Adapted found = adapt(mixture, systems, options, control, std::move(progress));
  tell_doubt(mixture, doubt, systems, options, control, found);

  std::vector<double> differences;
  for (std::size_t e = 0; e < seen.size(); ++e) {
    throw_if_stopped();
    std::vector<Task> tried;
    for (std::size_t q = 0; q < each; ++q) tried.push_back({e, found.expert[e * each + q], 0, 0});
    auto const contexts = std::span(found.contexts).subspan(e * each * rank, each * rank);
    Linearised<T> const solved(mixture, seen, tried, contexts, control, false);
    for (std::size_t q = 0; q < each; ++q) {
      auto const covariance =
          std::span(found.covariance).subspan((e * each + q) * rank * rank, rank * rank);
      add_differences(own, solved, q, e, seen, covariance, differences);
    }
  }
  if (!differences.empty()) doubt.factor = quantile(differences, 0.9) / nine_tenths;
  doubt.most_misfit = quantile(found.misfit, 1.0);
  return doubt;
}

template Doubt rehearse(Mixture<float> const &, domains::Trajectories const &, AdaptOptions const &,
                        experts::StepControl const &, Progress);
template Doubt rehearse(Mixture<double> const &, domains::Trajectories const &,
                        AdaptOptions const &, experts::StepControl const &, Progress);

}  // namespace tessera::meta
