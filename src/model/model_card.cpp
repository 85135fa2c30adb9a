#include "model_card.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include <tessera/core/error.hpp>
#include <tessera/model/sink.hpp>

namespace tessera::model {
namespace {

domains::Scaling scaling_of(nlohmann::json const &json, std::size_t states,
                            std::filesystem::path const &file)
{
  domains::Scaling scaling{json.at("offset"), json.at("scale"), json.at("time")};
  if (scaling.offset.size() == states && scaling.scale.size() == states) return scaling;
  throw InputError(file.string() +
                   ": its scaling is of another number of states than it names; "
                   "`tessera run CONFIG --out FOLDER --resume` writes it again");
}

}  // namespace

std::string describe_model(PreparedData const &data)
{
  std::vector<std::string> labels;
  for (auto const &environment : data.given().train.environments) {
    labels.push_back(environment_label(data.given(), environment));
  }
  nlohmann::ordered_json json{
      {"state_names", data.given().state_names}, {"environments", labels}, {"order", data.order()}};
  domains::Scaling const &scaling = data.scaling();
  if (!scaling.none()) {
    json["scaling"] = {
        {"offset", scaling.offset}, {"scale", scaling.scale}, {"time", scaling.time}};
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

ModelCard read_model_card(std::filesystem::path const &file)
{
  std::ifstream in(file);
  if (!in) {
    throw InputError(file.string() +
                     ": is not there; name the folder of a run (it holds config.resolved.toml, "
                     "model.json and checkpoints/)");
  }
  try {
    auto const json = nlohmann::json::parse(in);
    ModelCard card{json.at("state_names"), json.at("environments"), {}, {}};
    if (json.contains("order")) json.at("order").get_to(card.order);
    if (json.contains("scaling")) {
      card.scaling = scaling_of(json.at("scaling"), card.state_names.size(), file);
    }
    if (card.state_names.empty() || card.environments.empty()) {
      throw InputError(file.string() + ": names no states or no environments; start the run anew");
    }
    return card;
  } catch (nlohmann::json::exception const &error) {
    throw InputError(file.string() + ": is damaged (" + error.what() +
                     "); `tessera run CONFIG --out FOLDER --resume` writes it again");
  }
}

}  // namespace tessera::model
