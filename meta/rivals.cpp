#include <tessera/meta/rivals.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <tessera/core/stop.hpp>
#include <tessera/domains/trajectory_parts.hpp>
#include <tessera/meta/evaluation.hpp>

namespace tessera::meta {
namespace {

constexpr std::size_t most_starts = 32;  // of others, for each environment

// Environments whose starts an environment may have had: those of its expert, without itself; of
// an expert that leads no other, all others.
template <class T>
std::vector<std::size_t> fellows(Mixture<T> const &mixture, std::size_t environment)
{
  std::vector<std::size_t> own, all;
  for (std::size_t e = 0; e < mixture.environments(); ++e) {
    if (e == environment) continue;
    all.push_back(e);
    if (mixture.leader(e) == mixture.leader(environment)) own.push_back(e);
  }
  return own.empty() ? all : own;
}

// Environments as often as there are starts of fellows, each time with one of these alone; the
// shortest list goes round again.
template <class T>
domains::Trajectories from_other_starts(Mixture<T> const &mixture,
                                        std::vector<std::size_t> const &environments,
                                        domains::Trajectories const &seen)
{
  domains::Trajectories crossed = domains::pick_environments(seen, environments);
  std::size_t const d = seen.dimension;
  crossed.count = std::min(most_starts, seen.count * (seen.size() - 1));
  crossed.states.assign(crossed.size() * crossed.count * crossed.points * d, 0.0);
  for (std::size_t q = 0; q < environments.size(); ++q) {
    auto const others = fellows(mixture, environments[q]);
    for (std::size_t n = 0; n < crossed.count; ++n) {
      std::size_t const start = n % (others.size() * seen.count);
      auto const from = seen.state(others[start % others.size()], start / others.size(), 0);
      auto const at = static_cast<std::ptrdiff_t>((q * crossed.count + n) * crossed.points * d);
      std::copy(from.begin(), from.end(), crossed.states.begin() + at);
    }
  }
  return crossed;
}

double finite(double value)
{
  return std::isfinite(value) ? value : 0;
}

// The size that nine tenths do not exceed; infinite ones, of trajectories that one side could not
// follow, are as large as the largest that was seen.
double nine_tenths_of(std::vector<double> sizes)
{
  double largest = 0;
  for (double size : sizes) {
    if (std::isfinite(size)) largest = std::max(largest, size);
  }
  for (double &size : sizes) size = std::min(size, largest);
  auto const at = static_cast<std::ptrdiff_t>(0.9 * double(sizes.size() - 1));
  std::nth_element(sizes.begin(), sizes.begin() + at, sizes.end());
  return sizes[static_cast<std::size_t>(at)];
}

// What one more value like these exceeds with a tenth's probability at most; of fewer than nine the
// largest, which is less certain than that.
double bound_of_another(std::vector<double> values)
{
  std::sort(values.begin(), values.end());
  auto const rank = static_cast<std::size_t>(std::ceil(0.9 * double(values.size() + 1)));
  return values[std::min(rank, values.size()) - 1];
}

}  // namespace

Rivals::Rivals(Doubt const &doubt)
    : doubt_(doubt), differences_(doubt.horizon.size() * Doubt::parts * doubt.dimension)
{
}

std::vector<std::size_t> Rivals::left_out(std::size_t environments, int rivals, int number)
{
  std::size_t const each = static_cast<std::size_t>(std::max(rivals, 2));
  std::vector<std::size_t> chosen;
  for (std::size_t e = static_cast<std::size_t>(number); e < environments; e += each) {
    chosen.push_back(e);
  }
  return chosen;
}

template <class T>
void Rivals::hear(Mixture<T> const &mixture, Mixture<T> const &rival,
                  std::vector<std::size_t> const &unseen, domains::Trajectories const &seen,
                  AdaptOptions const &options, experts::StepControl const &control,
                  Progress progress)
{
  if (unseen.empty() || seen.size() < 2) return;
  auto const rank = static_cast<std::ptrdiff_t>(mixture.rank());
  auto const support = domains::pick_environments(seen, unseen);
  Adapted found = adapt(rival, support, options, control, std::move(progress), {}, "rehearse");
  throw_if_stopped();
  if (mixture.experts() == 1) {  // of several nobody knows who is who among the rivals
    tell_doubt(rival, doubt_, support, options, control, found);
    for (double misfit : found.misfit) misfit_ = std::max(misfit_, finite(misfit));
    for (double distance : found.distance) distance_ = std::max(distance_, finite(distance));
  }
  std::vector<double> const all = routed_contexts(mixture);
  std::vector<int> leaders;
  std::vector<double> contexts;
  for (std::size_t e : unseen) {
    auto const own = all.begin() + static_cast<std::ptrdiff_t>(e) * rank;
    leaders.push_back(mixture.leader(e));
    contexts.insert(contexts.end(), own, own + rank);
  }
  auto const crossed = from_other_starts(mixture, unseen, seen);
  compare(crossed, leaders, predict(mixture, crossed, leaders, contexts, control),
          predict(rival, crossed, found.expert, found.contexts, control));
}

void Rivals::compare(domains::Trajectories const &crossed, std::vector<int> const &leaders,
                     Prediction const &known, Prediction const &other)
{
  std::size_t const d = doubt_.dimension, length = crossed.points * d;
  for (std::size_t q = 0; q < crossed.size(); ++q) {
    auto const expert = static_cast<std::size_t>(leaders[q]);
    auto const grid = crossed.grid(q);
    std::vector<std::vector<double>> sizes(Doubt::parts * d);
    for (std::size_t n = q * crossed.count; n < (q + 1) * crossed.count; ++n) {
      bool const followed = known.status[n] == Status::ok && other.status[n] == Status::ok;
      for (std::size_t k = 1; k < crossed.points; ++k) {
        std::size_t const part = Doubt::part_of(grid[k] - grid[0], doubt_.horizon[expert]);
        for (std::size_t i = 0; i < d; ++i) {
          double const size =
              std::abs(known.states[n * length + k * d + i] - other.states[n * length + k * d + i]);
          sizes[part * d + i].push_back(followed ? size : std::numeric_limits<double>::infinity());
        }
      }
    }
    for (std::size_t n = 0; n < sizes.size(); ++n) {
      if (sizes[n].empty()) continue;
      differences_[expert * sizes.size() + n].push_back(nine_tenths_of(std::move(sizes[n])));
    }
  }
}

void Rivals::tell(Doubt &doubt) const
{
  doubt.elsewhere.assign(differences_.size(), 0.0);
  for (std::size_t n = 0; n < differences_.size(); ++n) {
    if (!differences_[n].empty()) {
      doubt.elsewhere[n] = margin * bound_of_another(differences_[n]) / nine_tenths;
    } else if (n % (Doubt::parts * doubt_.dimension) >= doubt_.dimension) {
      doubt.elsewhere[n] = doubt.elsewhere[n - doubt_.dimension];  // no stored time in this part
    }
  }
  for (double &limit : doubt.most_misfit) limit = std::max(limit, misfit_);
  for (double &limit : doubt.most_distance) limit = std::max(limit, distance_);
}

template void Rivals::hear(Mixture<float> const &, Mixture<float> const &,
                           std::vector<std::size_t> const &, domains::Trajectories const &,
                           AdaptOptions const &, experts::StepControl const &, Progress);
template void Rivals::hear(Mixture<double> const &, Mixture<double> const &,
                           std::vector<std::size_t> const &, domains::Trajectories const &,
                           AdaptOptions const &, experts::StepControl const &, Progress);

}  // namespace tessera::meta
