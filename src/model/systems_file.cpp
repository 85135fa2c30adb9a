#include <tessera/model/systems_file.hpp>

#include <fstream>
#include <limits>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/whole_file.hpp>

#include "systems_json.hpp"

namespace tessera::model {

std::vector<System> to_systems(meta::Adapted const &found)
{
  std::vector<System> systems;
  std::size_t const n = found.expert.size();
  for (std::size_t e = 0; e < n; ++e) {
    auto const rank = static_cast<std::ptrdiff_t>(found.contexts.size() / n);
    auto const begin = found.contexts.begin() + static_cast<std::ptrdiff_t>(e) * rank;
    systems.push_back(
        {found.expert[e], {begin, begin + rank}, found.support_loss[e], found.gate_word[e]});
    if (found.misfit.empty()) continue;
    auto const square = found.covariance.begin() + static_cast<std::ptrdiff_t>(e) * rank * rank;
    systems.back().covariance.assign(square, square + rank * rank);
    systems.back().misfit = found.misfit[e];
    systems.back().distance = found.distance[e];
    systems.back().foreign = found.foreign[e] != 0;
  }
  return systems;
}

nlohmann::ordered_json systems_json(std::vector<System> const &systems,
                                    std::vector<std::string> const &labels)
{
  auto list = nlohmann::ordered_json::array();
  for (std::size_t e = 0; e < systems.size(); ++e) {
    System const &s = systems[e];
    list.push_back({{"environment", e < labels.size() ? labels[e] : std::to_string(e)},
                    {"expert", s.expert},
                    {"gate_word", s.gate_word},
                    {"support_loss", s.support_loss},  // null where it could not be followed
                    {"context", s.context}});
    if (s.covariance.empty()) continue;
    list.back()["covariance"] = s.covariance;
    list.back()["misfit"] = s.misfit;
    list.back()["distance"] = s.distance;
    list.back()["foreign"] = s.foreign;
  }
  return list;
}

void write_systems(std::filesystem::path const &file, std::vector<System> const &systems,
                   std::vector<std::string> const &labels)
{
  nlohmann::ordered_json const json{{"adapt", systems_json(systems, labels)}};
  io::write_whole(
      file, json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

namespace {

/// 0 where the key is absent; null stands for what is not finite.
double number_in(nlohmann::json const &entry, char const *key)
{
  auto const found = entry.find(key);
  if (found == entry.end()) return 0;
  return found->is_null() ? std::numeric_limits<double>::infinity() : found->get<double>();
}

}  // namespace

std::vector<System> read_systems(std::filesystem::path const &file)
{
  std::ifstream in(file);
  if (!in) {
    throw InputError(file.string() +
                     ": cannot be read; name a file that `tessera adapt` wrote, or a run's "
                     "adapted.json");
  }
  std::vector<System> systems;
  try {
    auto const json = nlohmann::json::parse(in);
    for (auto const &entry : json.at("adapt")) {
      System system;
      system.expert = entry.at("expert");
      system.context = entry.at("context").get<std::vector<double>>();
      system.gate_word = entry.value("gate_word", system.expert);
      system.support_loss = number_in(entry, "support_loss");
      system.misfit = number_in(entry, "misfit");
      system.distance = number_in(entry, "distance");
      system.foreign = entry.value("foreign", false);
      system.covariance = entry.value("covariance", std::vector<double>());
      systems.push_back(std::move(system));
    }
  } catch (nlohmann::json::exception const &error) {
    throw InputError(fmt::format("{}: adapt[{}]: {}; `tessera adapt` writes such files",
                                 file.string(), systems.size(), error.what()));
  }
  return systems;
}

}  // namespace tessera::model
