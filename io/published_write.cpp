#include <algorithm>
#include <cmath>
#include <set>
#include <system_error>

#include <tessera/core/error.hpp>
#include <tessera/io/published_layout.hpp>

#include "check_dataset.hpp"
#include "published_archive.hpp"
#include "published_files.hpp"

namespace tessera::io {
namespace {

using domains::Dataset;
using domains::Environment;
using domains::Trajectories;

/// Appends environments, times and states of one environment to a split.
void append(Trajectories const &from, std::size_t environment, Trajectories &to)
{
  auto copy = [&](std::vector<double> const &values, std::size_t length,
                  std::vector<double> &into) {
    auto const begin = values.begin() + static_cast<std::ptrdiff_t>(environment * length);
    into.insert(into.end(), begin, begin + static_cast<std::ptrdiff_t>(length));
  };
  to.environments.push_back(from.environments[environment]);
  copy(from.times, from.points, to.times);
  copy(from.states, from.count * from.points * from.dimension, to.states);
}

/// Family after family; within a family in the given order.
Trajectories sorted_by_family(Trajectories const &split)
{
  std::vector<std::size_t> order(split.size());
  for (std::size_t e = 0; e < order.size(); ++e) order[e] = e;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return split.environments[a].family < split.environments[b].family;
  });
  Trajectories sorted{{}, split.count, split.points, split.dimension, {}, {}};
  for (std::size_t e : order) append(split, e, sorted);
  return sorted;
}

/// Environments of each family, of a split that is sorted.
std::vector<std::size_t> family_sizes(Trajectories const &split)
{
  std::vector<std::size_t> sizes;
  for (std::size_t e = 0; e < split.size(); ++e) {
    if (e == 0 || split.environments[e].family != split.environments[e - 1].family) {
      sizes.push_back(0);
    }
    ++sizes.back();
  }
  return sizes;
}

/// Arrays of the lengths that the counts ask for, with nothing that read_published would refuse.
void check_split(PublishedArchive const &archive, Dataset const &data)
{
  Trajectories const &split = archive.split;
  std::size_t const points = split.size() * split.points;
  auto check_length = [&](char const *array, std::size_t length, std::size_t expected) {
    if (length == expected && length > 0) return;
    fail_data(archive.array(array), "has " + std::to_string(length) + " values where " +
                                        std::to_string(expected) +
                                        " are expected, at least one; fill the split first");
  };
  check_length("t", split.times.size(), points);
  check_length("X", split.states.size(), points * split.count * split.dimension);
  if (split.dimension != data.state_names.size()) {
    fail_data(archive.array("X"), "has states of size " + std::to_string(split.dimension) +
                                      " where " + std::to_string(data.state_names.size()) +
                                      " have a name; name each component in state_names");
  }
  check_times(archive.array("t"), split);
  check_states(archive.array("X"), split);
}

/// Parameters by name; c0, c1, … where the family has no names for them.
NamedParameters named(Environment const &environment, Dataset const &data, std::string const &where)
{
  NamedParameters parameters;
  std::vector<std::string> names;
  auto const f = static_cast<std::size_t>(environment.family);
  if (environment.family >= 0 && f < data.parameter_names.size()) names = data.parameter_names[f];
  if (names.empty()) {
    for (std::size_t i = 0; i < environment.parameters.size(); ++i) {
      names.push_back("c" + std::to_string(i));
    }
  }
  if (!environment.parameters.empty() && environment.parameters.size() != names.size()) {
    fail_data(where, "has " + std::to_string(environment.parameters.size()) +
                         " parameters where its family names " + std::to_string(names.size()) +
                         "; give one value for each name");
  }
  for (std::size_t i = 0; i < environment.parameters.size(); ++i) {
    if (!std::isfinite(environment.parameters[i])) {
      fail_data(where, "parameter " + names[i] + " is not a finite number; leave all out instead");
    }
    parameters.emplace_back(names[i], environment.parameters[i]);
  }
  return parameters;
}

/// What the _envs.json of a sorted split says; empty where nothing is known.
std::vector<FamilyList> describe(PublishedArchive const &archive, Dataset const &data)
{
  std::vector<FamilyList> families;
  bool known = false;
  int last = 0;
  for (std::size_t e = 0; e < archive.split.size(); ++e) {
    Environment const &environment = archive.split.environments[e];
    int const f = environment.family;
    std::string const where = archive.file.string() + ": environment " + std::to_string(e);
    if (f < -1 || f >= static_cast<int>(data.families.size())) {
      fail_data(where, "is of family " + std::to_string(f) + " of " +
                           std::to_string(data.families.size()) + "; -1 means unknown");
    }
    if (families.empty() || f != last) {
      families.push_back({f < 0 ? "" : data.families[static_cast<std::size_t>(f)], {}});
    }
    last = f;
    NamedParameters parameters = named(environment, data, where);
    auto &list = families.back().environments;
    auto const given =
        std::find_if(list.begin(), list.end(), [](auto const &other) { return !other.empty(); });
    if (!parameters.empty() && given != list.end() && given->size() != parameters.size()) {
      fail_data(where, "has another number of parameters than the family's others; name them");
    }
    known = known || f >= 0 || !parameters.empty();
    list.push_back(std::move(parameters));
  }
  if (!known) families.clear();
  return families;
}

/// One split as it will stand in the folder.
struct Output {
  PublishedArchive archive;
  std::filesystem::path environments_file;
  std::vector<FamilyList> families;
};

Output make_output(std::filesystem::path const &folder, std::string const &name,
                   Trajectories const &split, Dataset const &data)
{
  Output output{
      {.file = archive_of(folder, name), .split = split}, environments_of(folder, name), {}};
  check_split(output.archive, data);
  output.archive.split = sorted_by_family(split);
  output.families = describe(output.archive, data);
  auto const sizes = family_sizes(output.archive.split);
  bool const equal =
      std::adjacent_find(sizes.begin(), sizes.end(), std::not_equal_to()) == sizes.end();
  output.archive.families = sizes.size() > 1 && equal ? sizes.size() : 0;
  check_grids(output.archive);
  return output;
}

/// A family's id is its key in the JSON files.
void check_families(std::filesystem::path const &folder, Dataset const &data)
{
  std::set<std::string> const ids(data.families.begin(), data.families.end());
  if (ids.size() != data.families.size() || ids.contains("")) {
    fail_data(folder.string(), "two families have the same id, or one has none; give each its own");
  }
  std::pair<char const *, std::size_t> const lists[] = {
      {"family_names", data.family_names.size()},
      {"parameter_names", data.parameter_names.size()},
      {"units", data.units.size()}};
  for (auto const &[name, size] : lists) {
    if (size == 0 || size == data.families.size()) continue;
    fail_data(folder.string(), std::string(name) + " has " + std::to_string(size) +
                                   " entries for " + std::to_string(data.families.size()) +
                                   " families; give one for each, or none");
  }
}

std::vector<Output> make_outputs(std::filesystem::path const &folder, Dataset const &data)
{
  std::vector<Output> outputs;
  for (PublishedPair const &pair : published_pairs()) {
    Trajectories const &first = data.*pair.first, &second = data.*pair.second;
    if (first.size() == 0 && second.size() == 0 && !pair.required) continue;
    auto const &[a, b] = pair.names.front();
    check_pairing(folder.string(), first, second, a + " and " + b,
                  pair.required ? Pairing::environments : Pairing::families);
    outputs.push_back(make_output(folder, a, first, data));
    outputs.push_back(make_output(folder, b, second, data));
  }
  return outputs;
}

/// Files of an earlier call must not be read as part of this data set.
void remove_earlier(std::filesystem::path const &folder)
{
  auto remove = [](std::filesystem::path const &file) {
    std::error_code error;
    std::filesystem::remove(file, error);
    if (error) throw IoError("cannot remove " + file.string() + ": " + error.message());
  };
  for (PublishedPair const &pair : published_pairs()) {
    auto const &[first, second] = pair.names.front();
    for (std::string const &name : {first, second}) {
      remove(archive_of(folder, name));
      remove(environments_of(folder, name));
    }
  }
  remove(names_of(folder));
}

void refuse_other_namings(std::filesystem::path const &folder)
{
  std::error_code ignored;
  for (PublishedPair const &pair : published_pairs()) {
    for (std::size_t i = 1; i < pair.names.size(); ++i) {
      for (std::string const &name : {pair.names[i].first, pair.names[i].second}) {
        if (!std::filesystem::exists(archive_of(folder, name), ignored)) continue;
        fail_data(archive_of(folder, name).string(),
                  "is of another naming than " + pair.names.front().first +
                      ".npz, they would be mixed up; choose an empty folder");
      }
    }
  }
}

}  // namespace

void write_published(std::filesystem::path const &folder, Dataset const &data)
{
  check_families(folder, data);
  std::vector<Output> const outputs = make_outputs(folder, data);
  refuse_other_namings(folder);
  remove_earlier(folder);
  for (Output const &output : outputs) {
    write_published_archive(output.archive);
    if (!output.families.empty()) write_family_lists(output.environments_file, output.families);
  }
  write_names(names_of(folder), data);
}

}  // namespace tessera::io
