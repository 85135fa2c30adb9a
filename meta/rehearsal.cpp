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

// Squares of errors, in the largest of rehearsals, of a new system that relatives still describe:
// systems between those of training are met less well than these. Chosen on lotka_volterra, seeds 3
// and 4.
constexpr double spare_misfit = 3;
// Largest distances of rehearsals that are still known, of relatives and of strangers. The latter
// chosen on odebench4, seeds 3 to 6.
constexpr double spare_distance = 1.25, strangers_distance = 1.1;

// Without what is not finite.
double quantile(std::vector<double> values, double share)
{
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
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
      if (Doubt::part_of(data_.grid(e)[k] - data_.grid(e)[0], span) != part) return;
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

// The first third of the first `each` trajectories of environments, as systems of their own.
domains::Trajectories new_systems(domains::Trajectories const &data, std::size_t each)
{
  std::vector<std::vector<std::size_t>> chosen(data.size());
  for (auto &own : chosen) {
    for (std::size_t j = 0; j < each; ++j) own.push_back(j);
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

// What was found for systems as if they were new, and how far it lies from what is known of them.
struct Rehearsal {
  Adapted found;
  std::vector<std::vector<double>> differences;  // (system), in deviations
};

// Each environment has `systems.size() / seen.size()` of the systems.
template <class T>
Rehearsal rehearse_on(Mixture<T> const &mixture, Linearised<T> const &own, Doubt const &doubt,
                      domains::Trajectories const &seen, domains::Trajectories const &systems,
                      AdaptOptions const &options, experts::StepControl const &control,
                      Progress progress, std::vector<int> const &without)
{
  Rehearsal rehearsal;
  Adapted &found = rehearsal.found;
  found = adapt(mixture, systems, options, control, std::move(progress), without, "rehearse");
  tell_doubt(mixture, doubt, systems, options, control, found);
  std::size_t const each = systems.size() / seen.size(), rank = std::size_t(mixture.rank());
  for (std::size_t e = 0; e < seen.size(); ++e) {
    throw_if_stopped();
    std::vector<Task> tried;
    for (std::size_t q = 0; q < each; ++q) tried.push_back({e, found.expert[e * each + q], 0, 0});
    auto const contexts = std::span(found.contexts).subspan(e * each * rank, each * rank);
    Linearised<T> const solved(mixture, seen, tried, contexts, control, false);
    for (std::size_t q = 0; q < each; ++q) {
      auto const covariance =
          std::span(found.covariance).subspan((e * each + q) * rank * rank, rank * rank);
      rehearsal.differences.emplace_back();
      add_differences(own, solved, q, e, seen, covariance, rehearsal.differences.back());
    }
  }
  return rehearsal;
}

// Values of those rehearsals that ended with this expert; of all where none did.
std::vector<double> of_expert(std::vector<double> const &values, Adapted const &found, int expert)
{
  std::vector<double> own;
  for (std::size_t q = 0; q < values.size(); ++q) {
    if (found.expert[q] == expert) own.push_back(values[q]);
  }
  return own.empty() ? values : own;
}

// Whether experts describe systems that they were not trained on about as well as their own.
bool related(Rehearsal const &own, Rehearsal const &cross)
{
  double const most = quantile(own.found.misfit, 1.0);
  std::vector<double> const &other = cross.found.misfit;
  auto const described =
      std::count_if(other.begin(), other.end(), [&](double misfit) { return misfit <= most; });
  return !other.empty() && double(described) >= 0.05 * double(other.size());
}

// The largest misfit between `own`, which are none of a foreigner, and others. Twice the errors of
// rehearsals where there is nothing to compare with, else half-way, in logarithms, to what is
// foreign, or to what relatives look like at most.
double misfit_limit(std::vector<double> const &own, std::vector<double> const &other,
                    bool relatives)
{
  double const most = quantile(own, 1.0);
  double const end = other.empty() ? 16 * most : quantile(other, relatives ? 0.95 : 0.05);
  return std::max(most, std::sqrt(most) * std::sqrt(end));
}

void append(std::vector<double> &to, std::vector<double> const &values)
{
  to.insert(to.end(), values.begin(), values.end());
}

// Factor and limits from rehearsals with all experts (`own`), and without the one that knows the
// system (`cross`, without systems where there is one expert). Relatives have limits in common.
void set_limits(Doubt &doubt, Rehearsal const &own, Rehearsal const &cross)
{
  std::vector<double> differences, distances = own.found.distance;
  for (auto const &of : own.differences) append(differences, of);
  std::size_t const experts = doubt.horizon.size();
  if (related(own, cross)) {
    double const known = quantile(own.found.misfit, 1.0);
    double const most = misfit_limit(own.found.misfit, cross.found.misfit, true);
    for (std::size_t q = 0; q < cross.found.misfit.size(); ++q) {
      if (!(cross.found.misfit[q] <= most)) continue;
      append(differences, cross.differences[q]);
      distances.push_back(cross.found.distance[q]);
    }
    doubt.most_misfit.assign(experts, std::max(most, spare_misfit * known));
    doubt.most_distance.assign(experts, spare_distance * quantile(distances, 0.95));
  } else {
    for (int i = 0; i < static_cast<int>(experts); ++i) {
      doubt.most_misfit.push_back(misfit_limit(of_expert(own.found.misfit, own.found, i),
                                               of_expert(cross.found.misfit, cross.found, i),
                                               false));
      doubt.most_distance.push_back(strangers_distance *
                                    quantile(of_expert(distances, own.found, i), 1.0));
    }
  }
  if (!differences.empty()) doubt.factor = quantile(differences, 0.9) / nine_tenths;
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

  std::size_t const each = std::min(seen.count, std::max<std::size_t>(1, rehearsed / seen.size()));
  domains::Trajectories const systems = new_systems(seen, each);
  auto const with = [&](std::vector<int> const &without) {
    return rehearse_on(mixture, own, doubt, seen, systems, options, control, progress, without);
  };
  std::vector<int> leaders;
  for (std::size_t q = 0; q < systems.size(); ++q) leaders.push_back(mixture.leader(q / each));
  bool const alone = mixture.alone() || options.start == "zero";
  Rehearsal const known = with({});
  set_limits(doubt, known, alone ? Rehearsal() : with(leaders));
  return doubt;
}

template Doubt rehearse(Mixture<float> const &, domains::Trajectories const &, AdaptOptions const &,
                        experts::StepControl const &, Progress);
template Doubt rehearse(Mixture<double> const &, domains::Trajectories const &,
                        AdaptOptions const &, experts::StepControl const &, Progress);

}  // namespace tessera::meta
