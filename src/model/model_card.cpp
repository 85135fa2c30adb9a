#include "model_card.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include <tessera/core/error.hpp>
#include <tessera/model/sink.hpp>

namespace tessera::model {

std::string describe_model(domains::Dataset const &data)
{
  ModelCard card{data.state_names, {}};
  for (auto const &environment : data.train.environments) {
    card.environments.push_back(environment_label(data, environment));
  }
  nlohmann::ordered_json const json{{"state_names", card.state_names},
                                    {"environments", card.environments}};
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
    ModelCard card{json.at("state_names"), json.at("environments")};
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
