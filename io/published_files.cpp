#include "published_files.hpp"

#include <fstream>
#include <functional>
#include <system_error>

#include <nlohmann/json.hpp>

#include <tessera/core/error.hpp>

#include <tessera/io/whole_file.hpp>
#include "check_dataset.hpp"

namespace tessera::io {
namespace {

using domains::Dataset;
using Json = nlohmann::ordered_json;  // families and parameters in the order of the file

constexpr std::uintmax_t most_json = std::uintmax_t{1} << 22;

bool is_there(std::filesystem::path const &file)
{
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

/// Hands the file's content to `take`; whatever the JSON library objects to is an InputError.
void read_json(std::filesystem::path const &file, std::function<void(Json const &)> const &take)
{
  try {
    std::error_code ignored;
    std::uintmax_t const bytes = std::filesystem::file_size(file, ignored);
    if (!ignored && bytes > most_json) {
      fail_data(file.string(), "has " + std::to_string(bytes) + " bytes, more than the " +
                                   std::to_string(most_json) +
                                   " that names and parameters may take; remove it");
    }
    std::ifstream in(file);
    Json const json = Json::parse(in);
    if (!json.is_object()) fail_data(file.string(), "must be an object, {\"name\": ...}");
    take(json);
  } catch (Json::exception const &error) {
    std::string const text = error.what();  // "[json.exception.parse_error.101] parse error at …"
    std::size_t const begin = text.find("] ");
    fail_data(file.string(), (begin == std::string::npos ? text : text.substr(begin + 2)) +
                                 "; correct the file or remove it, it may be absent");
  }
}

void write_json(std::filesystem::path const &file, Json const &json)
{
  write_whole(file, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

NamedParameters parameters_of(Json const &environment, std::string const &where)
{
  NamedParameters parameters;
  if (!environment.is_object()) fail_data(where, "must be an object, {\"parameter\": value}");
  for (auto const &[name, value] : environment.items()) {
    if (!value.is_number()) {
      fail_data(where, "parameter " + name + " is no number; write one number for each parameter");
    }
    parameters.emplace_back(name, value.get<double>());
  }
  return parameters;
}

/// One text of dataset.json and where it belongs.
template <typename Value>
bool take(Json const &json, char const *key, Value &value)
{
  if (!json.contains(key)) return false;
  json.at(key).get_to(value);
  return true;
}

}  // namespace

std::span<PublishedPair const> published_pairs()
{
  static std::vector<PublishedPair> const pairs = {
      {&Dataset::train, &Dataset::test, {{"train", "test"}, {"train_data", "test_data"}}, true},
      {&Dataset::support,
       &Dataset::query,
       {{"adapt_train", "adapt_test"}, {"ood_train", "ood_test"}},
       false},
      {&Dataset::outside_support,
       &Dataset::outside_query,
       {{"outside_train", "outside_test"}},
       false}};
  return pairs;
}

std::filesystem::path archive_of(std::filesystem::path const &folder, std::string const &name)
{
  return folder / (name + ".npz");
}

std::filesystem::path environments_of(std::filesystem::path const &folder, std::string const &name)
{
  return folder / (name + "_envs.json");
}

std::filesystem::path names_of(std::filesystem::path const &folder)
{
  return folder / "dataset.json";
}

std::optional<std::pair<std::string, std::string>> find_pair(std::filesystem::path const &folder,
                                                             PublishedPair const &pair)
{
  std::optional<std::pair<std::string, std::string>> found;
  for (auto const &names : pair.names) {
    bool const first = is_there(archive_of(folder, names.first));
    bool const second = is_there(archive_of(folder, names.second));
    if (!first && !second) continue;
    if (found) {
      fail_data(folder.string(), "holds files of two namings, " + found->first + ".npz and " +
                                     (first ? names.first : names.second) +
                                     ".npz; leave those of one");
    }
    found = names;
    if (first && (second || pair.required)) continue;
    auto const &[missing, present] =
        first ? std::pair(names.second, names.first) : std::pair(names.first, names.second);
    fail_data(archive_of(folder, missing).string(),
              "is missing beside " + present + ".npz; add it" +
                  (pair.required ? "" : ", or remove both to do without them"));
  }
  if (!found && pair.required) {
    auto const &names = pair.names.front();
    fail_data(folder.string(), "holds no " + names.first + ".npz (and " + names.second +
                                   ".npz, which may be absent); name a folder that does");
  }
  return found;
}

std::vector<FamilyList> read_family_lists(std::filesystem::path const &file)
{
  std::vector<FamilyList> families;
  read_json(file, [&](Json const &json) {
    for (auto const &[id, list] : json.items()) {
      std::string const where = file.string() + ": family " + id;
      if (!list.is_array()) fail_data(where, "must be a list of environments, [{...}, ...]");
      FamilyList family{id, {}};
      for (Json const &environment : list) {
        family.environments.push_back(parameters_of(
            environment, where + ", environment " + std::to_string(family.environments.size())));
      }
      families.push_back(std::move(family));
    }
  });
  return families;
}

void write_family_lists(std::filesystem::path const &file, std::vector<FamilyList> const &families)
{
  Json json = Json::object();
  for (FamilyList const &family : families) {
    Json list = Json::array();
    for (NamedParameters const &parameters : family.environments) {
      Json environment = Json::object();
      for (auto const &[name, value] : parameters) environment[name] = value;
      list.push_back(std::move(environment));
    }
    json[family.id] = std::move(list);
  }
  write_json(file, json);
}

StatedNames read_names(std::filesystem::path const &file, Dataset &data)
{
  StatedNames stated;
  if (!is_there(file)) return stated;
  read_json(file, [&](Json const &json) {
    take(json, "families", data.families);
    stated.name = take(json, "name", data.name);
    stated.family_names = take(json, "family_names", data.family_names);
    stated.state_names = take(json, "state_names", data.state_names);
    stated.parameter_names = take(json, "parameter_names", data.parameter_names);
    stated.units = take(json, "units", data.units);
  });
  return stated;
}

void write_names(std::filesystem::path const &file, Dataset const &data)
{
  write_json(file, {{"name", data.name},
                    {"families", data.families},
                    {"family_names", data.family_names},
                    {"state_names", data.state_names},
                    {"parameter_names", data.parameter_names},
                    {"units", data.units}});
}

}  // namespace tessera::io
