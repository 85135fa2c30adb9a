#include <tessera/model/place_model.hpp>

#include <algorithm>
#include <cmath>

#include <tessera/io/checkpoint.hpp>
#include <tessera/model/experiment.hpp>

#include "place_settings.hpp"
#include "trained_run.hpp"

namespace tessera::model {

struct PlaceModel::Parts {
  PlaceSettings settings;
  std::unique_ptr<constraint::BasisNetwork> network;
  std::vector<std::string> parameters;
  std::vector<domains::ParameterRange> ranges;
  long steps = 0;
};

PlaceModel::PlaceModel(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PlaceModel::PlaceModel(PlaceModel &&) noexcept = default;
PlaceModel &PlaceModel::operator=(PlaceModel &&) noexcept = default;
PlaceModel::~PlaceModel() = default;

PlaceModel PlaceModel::load(std::filesystem::path const &run)
{
  Registry registry;
  register_builtins(registry);
  return load(run, registry);
}

PlaceModel PlaceModel::load(std::filesystem::path const &run, Registry const &registry)
{
  Config const config = config_of_trained(run, registry, "place",
                                          "which trains no basis for problems of a PDE; name the "
                                          "folder of a run of type place");
  auto parts = std::make_unique<Parts>();
  parts->settings = PlaceSettings::read(config, registry);
  parts->network = constraint::make_basis_network(parts->settings.network);
  parts->parameters = parts->settings.family->parameters();
  parts->ranges = parts->settings.family->ranges();
  State state;
  parts->network->register_state(state);
  parts->steps = long(io::read_checkpoint_part(checkpoint_of_run(run), state).step);
  return PlaceModel(std::move(parts));
}

std::string const &PlaceModel::title() const
{
  return parts_->settings.title;
}
long PlaceModel::steps() const
{
  return parts_->steps;
}
domains::SpaceTimeGrid const &PlaceModel::grid() const
{
  return parts_->settings.grid;
}
std::vector<std::string> const &PlaceModel::parameters() const
{
  return parts_->parameters;
}
std::vector<domains::ParameterRange> const &PlaceModel::ranges() const
{
  return parts_->ranges;
}

domains::PdeSample PlaceModel::problem(std::vector<double> const &parameters) const
{
  return parts_->settings.family->problem(parameters);
}

PlaceSolution PlaceModel::solve(domains::PdeSample const &problem) const
{
  return std::move(solve(std::span(&problem, 1)).front());
}

std::vector<PlaceSolution> PlaceModel::solve(std::span<domains::PdeSample const> problems) const
{
  constexpr std::size_t batch = 64;  // residuals and reports of so many are held at once
  auto const options = parts_->settings.testing();
  std::vector<PlaceSolution> solutions;
  for (std::size_t first = 0; first < problems.size(); first += batch) {
    auto const part = problems.subspan(first, std::min(batch, problems.size() - first));
    auto found = constraint::predict(*parts_->network, options, parts_->settings.grid, part);
    for (auto &s : found) {
      solutions.push_back({.field = std::move(s.field),
                           .converged = s.converged(),
                           .iterations = s.iterations(),
                           .residual = std::sqrt(s.cost),
                           .jump = s.jump});
    }
  }
  return solutions;
}

}  // namespace tessera::model
