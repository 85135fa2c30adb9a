#include "doubt_file.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include <tessera/core/error.hpp>

namespace tessera::model {

std::string describe_doubt(meta::Doubt const &doubt)
{
  nlohmann::ordered_json const json{{"states", doubt.dimension},
                                    {"noise", doubt.noise},
                                    {"drift", doubt.drift},
                                    {"elsewhere", doubt.elsewhere},
                                    {"horizon", doubt.horizon},
                                    {"factor", doubt.factor},
                                    {"most_misfit", doubt.most_misfit},
                                    {"most_distance", doubt.most_distance}};
  return json.dump(2) + "\n";
}

meta::Doubt read_doubt(std::filesystem::path const &file)
{
  std::ifstream in(file);
  if (!in) return {};
  auto const refuse = [&](std::string const &what) {
    throw InputError(file.string() + ": is damaged (" + what +
                     "); remove it to go on without error bands");
  };
  meta::Doubt doubt;
  try {
    auto const json = nlohmann::json::parse(in);
    json.at("states").get_to(doubt.dimension);
    json.at("noise").get_to(doubt.noise);
    json.at("drift").get_to(doubt.drift);
    // Runs of earlier versions have none.
    if (json.contains("elsewhere")) json.at("elsewhere").get_to(doubt.elsewhere);
    json.at("horizon").get_to(doubt.horizon);
    json.at("factor").get_to(doubt.factor);
    json.at("most_misfit").get_to(doubt.most_misfit);
    json.at("most_distance").get_to(doubt.most_distance);
  } catch (nlohmann::json::exception const &error) {
    refuse(error.what());
  }
  std::size_t const values = doubt.horizon.size() * doubt.dimension;
  if (values == 0 || doubt.most_misfit.size() != doubt.horizon.size() ||
      doubt.most_distance.size() != doubt.horizon.size() || doubt.noise.size() != values ||
      doubt.drift.size() != values * meta::Doubt::parts ||
      (!doubt.elsewhere.empty() && doubt.elsewhere.size() != doubt.drift.size())) {
    refuse("its arrays do not fit each other");
  }
  return doubt;
}

}  // namespace tessera::model
