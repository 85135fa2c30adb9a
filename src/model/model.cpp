#include <tessera/model/model.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/checkpoint.hpp>
#include <tessera/meta/doubt.hpp>
#include <tessera/meta/evaluation.hpp>
#include <tessera/model/experiment.hpp>

#include "doubt_file.hpp"
#include "make_mixture.hpp"
#include "model_card.hpp"
#include "systems_json.hpp"
#include "trained_run.hpp"

namespace tessera::model {
namespace {

/// A mixture whose precision is known only from its config.
class AnyMixture {
 public:
  virtual ~AnyMixture() = default;
  virtual long read(std::filesystem::path const &checkpoint) = 0;
  virtual System trained(std::size_t environment) const = 0;
  virtual meta::Adapted adapt(domains::Trajectories const &support, Settings const &settings,
                              meta::Doubt const &doubt, Progress progress) const = 0;
  virtual meta::Prediction predict(std::vector<int> const &expert,
                                   std::vector<double> const &contexts,
                                   domains::Trajectories const &starts,
                                   Settings const &settings) const = 0;
  virtual std::vector<double> deviations(meta::Adapted const &found, meta::Doubt const &doubt,
                                         domains::Trajectories const &starts,
                                         Settings const &settings) const = 0;
  virtual int rank() const = 0;
  virtual bool has_push_forward() const = 0;
  virtual std::vector<double> row(int expert) const = 0;
};

template <class T>
class TypedMixture final : public AnyMixture {
 public:
  TypedMixture(Settings const &settings, ModelCard const &card)
      : mixture_(make_mixture<T>(settings, static_cast<int>(card.state_names.size()),
                                 card.environments.size()))
  {
  }

  long read(std::filesystem::path const &checkpoint) override
  {
    State state;
    mixture_.register_state(state);
    io::CheckpointHeader const header = io::read_checkpoint_part(checkpoint, state);
    mixture_.restored();
    return static_cast<long>(header.step);
  }
  System trained(std::size_t environment) const override
  {
    int const expert = mixture_.leader(environment);
    T const *slice = mixture_.slice(environment, expert);
    auto const rank = static_cast<std::size_t>(mixture_.rank());
    System system{expert, {slice, slice + rank}, 0.0, expert};
    system.covariance.assign(rank * rank, 0.0);  // what trained systems err by is drift
    return system;
  }
  meta::Adapted adapt(domains::Trajectories const &support, Settings const &settings,
                      meta::Doubt const &doubt, Progress progress) const override
  {
    auto found =
        meta::adapt(mixture_, support, settings.adapt, settings.solver, std::move(progress));
    meta::tell_doubt(mixture_, doubt, support, settings.adapt, settings.solver, found);
    return found;
  }
  meta::Prediction predict(std::vector<int> const &expert, std::vector<double> const &contexts,
                           domains::Trajectories const &starts,
                           Settings const &settings) const override
  {
    return meta::predict(mixture_, starts, expert, contexts, settings.solver);
  }
  std::vector<double> deviations(meta::Adapted const &found, meta::Doubt const &doubt,
                                 domains::Trajectories const &starts,
                                 Settings const &settings) const override
  {
    return meta::deviations(mixture_, doubt, starts, found.expert, found.contexts, found.covariance,
                            settings.solver);
  }
  int rank() const override { return mixture_.rank(); }
  bool has_push_forward() const override { return mixture_.bank().has_push_forward(); }
  std::vector<double> row(int expert) const override
  {
    T const *begin = &mixture_.rows()(expert, 0);
    return {begin, begin + mixture_.bank().row_size()};
  }

 private:
  meta::Mixture<T> mixture_;
};

void check_times(std::span<double const> times)
{
  if (times.size() < 2) throw InputError("times: at least two are needed");
  for (std::size_t k = 0; k < times.size(); ++k) {
    if (!std::isfinite(times[k])) throw InputError(fmt::format("times[{}] is not finite", k));
    if (k > 0 && times[k] <= times[k - 1]) {
      throw InputError(fmt::format("times[{}] = {} does not lie behind times[{}] = {}", k, times[k],
                                   k - 1, times[k - 1]));
    }
  }
}

void check_finite(std::span<double const> values, char const *name)
{
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      throw InputError(fmt::format("{}[{}] is {}; leave that trajectory out", name, i, values[i]));
    }
  }
}

/// How many rows of `length` numbers stand in an array.
std::size_t rows_of(std::span<double const> values, std::size_t length, char const *name,
                    char const *shape)
{
  if (values.empty() || values.size() % length != 0) {
    throw InputError(fmt::format("{}: {} numbers are not of shape {}, a multiple of {}", name,
                                 values.size(), shape, length));
  }
  return values.size() / length;
}

}  // namespace

struct Model::Parts {
  Settings settings;
  ModelCard card;
  meta::Doubt doubt;
  std::unique_ptr<AnyMixture> mixture;
  long outer_steps = 0;

  std::size_t dimension() const { return card.state_names.size(); }

  void check(System const &system) const
  {
    if (system.expert < 0 || system.expert >= settings.experts) {
      throw InputError(
          fmt::format("expert {} of a system: the model has {}", system.expert, settings.experts));
    }
    if (static_cast<int>(system.context.size()) != mixture->rank()) {
      throw InputError(fmt::format("the context of a system has {} components, the model's have {}",
                                   system.context.size(), mixture->rank()));
    }
    std::size_t const square = system.context.size() * system.context.size();
    if (!system.covariance.empty() && system.covariance.size() != square) {
      throw InputError(
          fmt::format("the covariance of a system has {} numbers, its context asks for {}",
                      system.covariance.size(), square));
    }
  }
  /// Deviations in the user's units.
  std::vector<double> deviations(meta::Adapted const &found, std::vector<System> const &systems,
                                 domains::Trajectories const &starts) const
  {
    if (!doubt.known()) return {};
    auto deviation = mixture->deviations(found, doubt, card.scaling.apply(starts), settings);
    card.scaling.restore_deviations(deviation);
    std::size_t const length = starts.count * starts.points * starts.dimension;
    for (std::size_t e = 0; e < systems.size(); ++e) {
      if (systems[e].followed() && !systems[e].covariance.empty()) continue;
      std::fill_n(deviation.begin() + static_cast<std::ptrdiff_t>(e * length), length,
                  std::numeric_limits<double>::quiet_NaN());
    }
    return deviation;
  }
  void check(domains::Trajectories const &data) const
  {
    if (data.dimension != dimension()) {
      throw InputError(fmt::format("the trajectories have {} states, the model has {} ({})",
                                   data.dimension, dimension(), fmt::join(card.state_names, ", ")));
    }
    for (std::size_t e = 0; e < data.size(); ++e) check_times(data.grid(e));
    check_finite(data.states, "states");
  }
  /// Support losses in the user's units.
  void tell_losses(meta::Adapted &found, domains::Trajectories const &scaled,
                   domains::Trajectories const &support) const
  {
    if (card.scaling.none()) return tell_unfollowed(found);
    meta::Prediction followed = mixture->predict(found.expert, found.contexts, scaled, settings);
    card.scaling.restore(followed.states);
    meta::score(followed, support);
    tell_support_loss(found, followed);
  }
  domains::Trajectories one_environment(std::span<double const> times, std::size_t count) const
  {
    domains::Trajectories data;
    data.environments.resize(1);
    data.count = count;
    data.points = times.size();
    data.dimension = dimension();
    data.times.assign(times.begin(), times.end());
    data.states.assign(count * data.points * data.dimension, 0.0);
    return data;
  }
};

Model::Model(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Model::Model(Model &&) noexcept = default;
Model &Model::operator=(Model &&) noexcept = default;
Model::~Model() = default;

Model Model::load(std::filesystem::path const &run)
{
  Registry registry;
  register_builtins(registry);
  return load(run, registry);
}

Model Model::load(std::filesystem::path const &run, Registry const &registry)
{
  Config const config =
      config_of_trained(run, registry, "mixture",
                        "which has no vector fields to adapt or follow; load it as a "
                        "model::PlaceModel, or use tessera predict");
  auto parts = std::make_unique<Parts>();
  parts->card = read_model_card(run / "model.json");
  parts->settings = Settings::read(config, registry);
  parts->doubt = read_doubt(run / "doubt.json");
  if (parts->settings.precision == "float64") {
    parts->mixture = std::make_unique<TypedMixture<double>>(parts->settings, parts->card);
  } else {
    parts->mixture = std::make_unique<TypedMixture<float>>(parts->settings, parts->card);
  }
  parts->outer_steps = parts->mixture->read(checkpoint_of_run(run));
  return Model(std::move(parts));
}

std::string const &Model::title() const
{
  return parts_->settings.title;
}
long Model::outer_steps() const
{
  return parts_->outer_steps;
}
int Model::experts() const
{
  return parts_->settings.experts;
}
std::vector<std::string> const &Model::state_names() const
{
  return parts_->card.state_names;
}
bool Model::tells_deviations() const
{
  return parts_->mixture->has_push_forward();
}
std::vector<std::string> const &Model::environments() const
{
  return parts_->card.environments;
}

System Model::trained(std::size_t environment) const
{
  std::size_t const known = parts_->card.environments.size();
  if (environment >= known) {
    throw InputError(fmt::format("environment {}: the model was trained on {}, counted from 0",
                                 environment, known));
  }
  auto const &order = parts_->card.order;
  auto const at = std::find(order.begin(), order.end(), environment);
  if (at == order.end()) return parts_->mixture->trained(environment);
  return parts_->mixture->trained(static_cast<std::size_t>(at - order.begin()));
}

System Model::adapt(std::span<double const> times, std::span<double const> states) const
{
  check_times(times);
  std::size_t const count =
      rows_of(states, times.size() * parts_->dimension(), "states", "(trajectory, time, state)");
  domains::Trajectories support = parts_->one_environment(times, count);
  support.states.assign(states.begin(), states.end());
  return adapt(support).front();
}

std::vector<System> Model::adapt(domains::Trajectories const &support, Progress progress) const
{
  if (support.size() == 0) return {};
  parts_->check(support);
  domains::Trajectories const scaled = parts_->card.scaling.apply(support);
  meta::Adapted found =
      parts_->mixture->adapt(scaled, parts_->settings, parts_->doubt, std::move(progress));
  parts_->tell_losses(found, scaled, support);
  return to_systems(found);
}

Predicted Model::predict(System const &system, std::span<double const> times,
                         std::span<double const> starts) const
{
  check_times(times);
  std::size_t const d = parts_->dimension();
  std::size_t const count = rows_of(starts, d, "starts", "(trajectory, state)");
  domains::Trajectories batch = parts_->one_environment(times, count);
  for (std::size_t j = 0; j < count; ++j) {
    for (std::size_t i = 0; i < d; ++i) batch.states[j * times.size() * d + i] = starts[j * d + i];
  }
  return predict(std::vector{system}, batch);
}

Predicted Model::predict(std::vector<System> const &systems,
                         domains::Trajectories const &starts) const
{
  if (systems.size() != starts.size()) {
    throw InputError(fmt::format("{} systems for the trajectories of {} environments",
                                 systems.size(), starts.size()));
  }
  parts_->check(starts);
  meta::Adapted told;
  for (System const &system : systems) {
    parts_->check(system);
    told.expert.push_back(system.expert);
    told.contexts.insert(told.contexts.end(), system.context.begin(), system.context.end());
    auto covariance = system.covariance;
    covariance.resize(system.context.size() * system.context.size(), 0.0);
    told.covariance.insert(told.covariance.end(), covariance.begin(), covariance.end());
  }
  meta::Prediction found = parts_->mixture->predict(
      told.expert, told.contexts, parts_->card.scaling.apply(starts), parts_->settings);
  parts_->card.scaling.restore(found.states);
  std::size_t const length = starts.points * starts.dimension;
  for (std::size_t n = 0; n < found.status.size(); ++n) {
    if (!systems[n / starts.count].followed()) found.status[n] = Status::not_finite;
  }
  for (std::size_t n = 0; n < found.status.size(); ++n) {
    if (found.status[n] == Status::ok) continue;
    std::fill_n(found.states.begin() + static_cast<std::ptrdiff_t>(n * length), length,
                std::numeric_limits<double>::quiet_NaN());
  }
  return {std::move(found.states), std::move(found.status),
          parts_->deviations(told, systems, starts)};
}

VectorField Model::vector_field(System const &system) const
{
  parts_->check(system);
  std::shared_ptr<experts::ExpertBank<double> const> const bank =
      make_bank<double>(*parts_->settings.expert_kind, static_cast<int>(parts_->dimension()));
  return {{bank, &bank->of(system.expert)},
          parts_->mixture->row(system.expert),
          system.context,
          parts_->dimension(),
          parts_->card.scaling};
}

void VectorField::evaluate(std::span<double const> x, std::span<double> dx, double t) const
{
  if (x.size() != dimension_ || dx.size() != dimension_) {
    throw InputError(fmt::format("a vector field of {} states was given {} and {} numbers",
                                 dimension_, x.size(), dx.size()));
  }
  if (scaling_.none()) return bank_->evaluate(*row_, context_, t, x, dx);
  std::vector<double> scaled(dimension_);
  for (std::size_t i = 0; i < dimension_; ++i) {
    scaled[i] = (x[i] - scaling_.offset[i]) / scaling_.scale[i];
  }
  bank_->evaluate(*row_, context_, t / scaling_.time, scaled, dx);
  for (std::size_t i = 0; i < dimension_; ++i) dx[i] *= scaling_.scale[i] / scaling_.time;
}

}  // namespace tessera::model
