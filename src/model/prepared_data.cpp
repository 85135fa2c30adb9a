#include "prepared_data.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include <tessera/domains/dataset_source.hpp>

namespace tessera::model {

using domains::Dataset;
using domains::Trajectories;

namespace {

constexpr Trajectories Dataset::*splits[] = {&Dataset::train,           &Dataset::test,
                                             &Dataset::support,         &Dataset::query,
                                             &Dataset::outside_support, &Dataset::outside_query};

/// Trajectories of the test that begin where one of training does: of an autonomous system they are
/// the same.
std::size_t known_starts(Dataset const &data)
{
  std::size_t known = 0;
  Trajectories const &train = data.train, &test = data.test;
  for (std::size_t e = 0; e < test.size(); ++e) {
    for (std::size_t j = 0; j < test.count; ++j) {
      auto const start = test.state(e, j, 0);
      bool found = false;
      for (std::size_t k = 0; k < train.count && !found; ++k) {
        found = std::equal(start.begin(), start.end(), train.state(e, k, 0).begin());
      }
      known += found;
    }
  }
  return known;
}

/// Stored states at the end of a trajectory that are exactly 0, behind one that is not.
std::size_t zeros_at_end(Trajectories const &data, std::size_t e, std::size_t j)
{
  std::size_t zeros = 0;
  for (std::size_t k = data.points; k-- > 0; ++zeros) {
    auto const state = data.state(e, j, k);
    if (std::any_of(state.begin(), state.end(), [](double x) { return x != 0; })) return zeros;
  }
  return 0;
}

/// Trajectories of different lengths are often padded; zeros would be learnt as a place of rest.
std::string padding(Trajectories const &data)
{
  constexpr std::size_t many = 3;
  std::size_t padded = 0;
  std::string first;
  for (std::size_t e = 0; e < data.size(); ++e) {
    for (std::size_t j = 0; j < data.count; ++j) {
      std::size_t const zeros = zeros_at_end(data, e, j);
      if (zeros < many || ++padded > 1) continue;
      first =
          fmt::format("environment {}, trajectory {} from time {} on", e, j, data.points - zeros);
    }
  }
  if (padded == 0) return {};
  return fmt::format(
      "{} of {} training trajectories end in states that are exactly 0 ({}); where they were "
      "padded, leave "
      "them out or cut all before that time, for zeros are learnt as states",
      padded, data.size() * data.count, first);
}

bool is_usual(double size)
{
  return size >= 1e-2 && size <= 1e2;
}

}  // namespace

PreparedData::PreparedData(DataSettings const &settings, Dataset const &given, std::uint64_t seed)
    : given_(&given), order_(given.train.size())
{
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  own_data_ = settings.source->settings().empty();
  changed_ = own_data_ || settings.standardised;
  if (changed_) own_ = given;
  if (own_data_) {
    domains::permute_environments(own_, seed);
    order_ = domains::environment_order(seed, order_.size());
  }
  domains::Scaling const fitted = domains::Scaling::fit(set().train);
  deviation_ = fitted.scale;
  if (!settings.standardised) return;
  scaling_ = fitted;
  for (auto const split : splits) own_.*split = scaling_.apply(std::move(own_.*split));
}

meta::Prediction PreparedData::as_known(meta::Prediction found, Trajectories const &truth) const
{
  scaling_.restore(found.states);
  std::size_t const length = truth.points * truth.dimension;
  for (std::size_t n = 0; n < found.status.size(); ++n) {
    if (found.status[n] == Status::ok) continue;
    std::fill_n(found.states.begin() + static_cast<std::ptrdiff_t>(n * length), length, 0.0);
  }
  meta::score(found, truth, deviation_);
  return found;
}

meta::Prediction PreparedData::test_as_known(meta::Prediction found) const
{
  found.states = as_given(found.states);
  found.status = as_given(found.status);
  return as_known(std::move(found), given_->test);
}

std::vector<std::string> doubts_about(PreparedData const &data)
{
  Dataset const &given = data.given();
  std::vector<std::string> doubts;
  if (!given.remark.empty()) doubts.push_back(given.remark);
  std::size_t const known = known_starts(given), all = given.test.size() * given.test.count;
  if (known > 0) {
    doubts.push_back(fmt::format(
        "{} of {} test trajectories begin where a training trajectory of their environment does: "
        "errors on them say nothing about new starts",
        known, all));
  }
  if (std::string const padded = data.own() ? padding(given.train) : ""; !padded.empty()) {
    doubts.push_back(padded);
  }
  if (!data.own() || !data.scaling().none()) return doubts;
  for (std::size_t i = 0; i < data.deviation().size(); ++i) {
    if (is_usual(data.deviation()[i])) continue;
    doubts.push_back(
        fmt::format("{} varies by {:.2g} over the training data, far from 1, and training with "
                    "data.scale = \"none\" takes it as it is; set data.scale = \"standard\"",
                    given.state_names[i], data.deviation()[i]));
  }
  double const time = domains::Scaling::fit(given.train).time;
  if (!is_usual(time)) {
    doubts.push_back(fmt::format(
        "the states move within times of about {:.2g}, far from 1, and training with data.scale = "
        "\"none\" takes times as they are; set data.scale = \"standard\"",
        time));
  }
  return doubts;
}

void tell_support_loss(meta::Adapted &adapted, meta::Prediction const &found)
{
  std::size_t const each = found.status.size() / adapted.expert.size();
  for (std::size_t e = 0; e < adapted.expert.size(); ++e) {
    auto const first = found.status.begin() + static_cast<std::ptrdiff_t>(e * each);
    bool const followed = std::all_of(first, first + static_cast<std::ptrdiff_t>(each),
                                      [](Status status) { return status == Status::ok; });
    adapted.support_loss[e] =
        followed ? found.metrics.mse[e] : std::numeric_limits<double>::infinity();
  }
}

void tell_unfollowed(meta::Adapted &adapted)
{
  for (double &loss : adapted.support_loss) {
    if (loss >= std::numeric_limits<double>::max()) loss = std::numeric_limits<double>::infinity();
  }
}

}  // namespace tessera::model
