#include <tessera/io/dataset_file.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <tessera/core/error.hpp>

#include <tessera/io/whole_file.hpp>
#include "check_dataset.hpp"
#include "hdf5.hpp"

namespace tessera::io {
namespace {

using domains::Dataset;
using domains::Environment;
using domains::Trajectories;

constexpr std::int64_t format_version = 1;

struct Split {
  char const *name;
  Trajectories Dataset::*member;
  bool required;
};
constexpr Split splits[] = {{"train", &Dataset::train, true},
                            {"test", &Dataset::test, false},
                            {"support", &Dataset::support, false},
                            {"query", &Dataset::query, false},
                            {"outside_support", &Dataset::outside_support, false},
                            {"outside_query", &Dataset::outside_query, false}};

/// Parameters (environment, parameter), padded with NaN to the longest row.
void write_environments(hdf5::Group const &group, std::vector<Environment> const &environments)
{
  std::size_t width = 0;
  for (Environment const &e : environments) width = std::max(width, e.parameters.size());
  std::vector<std::int64_t> families;
  std::vector<double> parameters(environments.size() * width,
                                 std::numeric_limits<double>::quiet_NaN());
  for (std::size_t e = 0; e < environments.size(); ++e) {
    families.push_back(environments[e].family);
    std::copy(environments[e].parameters.begin(), environments[e].parameters.end(),
              parameters.begin() + static_cast<std::ptrdiff_t>(e * width));
  }
  group.write<std::int64_t>("family", {families.size()}, families, hdf5::Storage::compressed);
  group.write<double>("parameters", {environments.size(), width}, parameters,
                      hdf5::Storage::compressed);
  std::vector<std::string> names;
  for (Environment const &environment : environments) names.push_back(environment.name);
  bool const named = std::any_of(names.begin(), names.end(), [](auto &n) { return !n.empty(); });
  if (named) group.write_texts("names", names);
}

void write_split(hdf5::Group const &group, Trajectories const &split)
{
  write_environments(group, split.environments);
  group.write<double>("times", {split.size(), split.points}, split.times, hdf5::Storage::compressed)
      .attribute("axes")
      .write("environment, time");
  auto const write_like_states = [&](char const *name, std::vector<double> const &values) {
    group
        .write<double>(name, {split.size(), split.count, split.points, split.dimension}, values,
                       hdf5::Storage::compressed)
        .attribute("axes")
        .write("environment, trajectory, time, state");
  };
  write_like_states("states", split.states);
  if (!split.deviation.empty()) write_like_states("deviation", split.deviation);
}

std::vector<double> read_numbers(hdf5::Dataset const &dataset, std::size_t rank)
{
  if (dataset.shape().size() != rank) {
    fail_data(dataset.where(), "must have " + std::to_string(rank) + " axes, has " +
                                   std::to_string(dataset.shape().size()));
  }
  std::vector<double> values(dataset.size());
  dataset.read<double>(values);
  return values;
}

void expect_extent(hdf5::Dataset const &dataset, std::size_t axis, std::size_t expected,
                   char const *of)
{
  std::size_t const extent = dataset.shape()[axis];
  if (extent == expected) return;
  fail_data(dataset.where(), "axis " + std::to_string(axis) + " has length " +
                                 std::to_string(extent) + " where " + std::to_string(expected) +
                                 " " + of + " are expected");
}

/// What their owner calls the environments.
void read_names(hdf5::Group const &group, Trajectories &split)
{
  if (!group.has("names")) return;
  std::vector<std::string> const names = group.texts("names");
  if (names.size() != split.size()) {
    fail_data(group.dataset("names").where(), "has " + std::to_string(names.size()) +
                                                  " names for " + std::to_string(split.size()) +
                                                  " environments; give one for each");
  }
  for (std::size_t e = 0; e < names.size(); ++e) split.environments[e].name = names[e];
}

/// What is known about the environments; family and parameters may both be absent.
void read_environments(hdf5::Group const &group, std::size_t families, Trajectories &split)
{
  if (group.has("family")) {
    hdf5::Dataset const dataset = group.dataset("family");
    if (dataset.size() != split.size()) {
      fail_data(dataset.where(), "needs one number an environment");
    }
    std::vector<std::int64_t> values(split.size());
    dataset.read<std::int64_t>(values);
    for (std::size_t e = 0; e < split.size(); ++e) {
      if (values[e] < -1 || values[e] >= static_cast<std::int64_t>(families)) {
        fail_data(dataset.where(), "names family " + std::to_string(values[e]) + " of " +
                                       std::to_string(families) + " (-1 means unknown)");
      }
      split.environments[e].family = static_cast<int>(values[e]);
    }
  }
  read_names(group, split);
  if (!group.has("parameters")) return;
  hdf5::Dataset const dataset = group.dataset("parameters");
  std::vector<double> const values = read_numbers(dataset, 2);
  expect_extent(dataset, 0, split.size(), "environments");
  std::size_t const width = dataset.shape()[1];
  for (std::size_t e = 0; e < split.size(); ++e) {
    std::vector<double> row(values.begin() + static_cast<std::ptrdiff_t>(e * width),
                            values.begin() + static_cast<std::ptrdiff_t>((e + 1) * width));
    while (!row.empty() && std::isnan(row.back())) row.pop_back();  // padding
    for (double c : row) {
      if (!std::isfinite(c)) {
        fail_data(dataset.where(), "not a finite number at environment " + std::to_string(e));
      }
    }
    split.environments[e].parameters = std::move(row);
  }
}

/// A grid for each environment, or one list that all share.
std::vector<double> read_times(hdf5::Dataset const &times, Trajectories const &split)
{
  hdf5::Shape const shape = times.shape();
  if (!is_list(shape) || times.size() != split.points) {
    auto const grids = read_numbers(times, 2);
    expect_extent(times, 0, split.size(), "environments");
    expect_extent(times, 1, split.points, "times of /states");
    return grids;
  }
  auto const list = read_numbers(times, shape.size());
  std::vector<double> grids;
  for (std::size_t e = 0; e < split.size(); ++e) {
    grids.insert(grids.end(), list.begin(), list.end());
  }
  return grids;
}

Trajectories read_split(hdf5::Group const &group, Dataset const &data)
{
  hdf5::Dataset const states = group.dataset("states"), times = group.dataset("times");
  Trajectories split;
  split.states = read_numbers(states, 4);
  hdf5::Shape const shape = states.shape();
  split.environments.resize(shape[0]);
  split.count = shape[1];
  split.points = shape[2];
  split.dimension = shape[3];
  if (split.states.empty()) fail_data(states.where(), "is empty");
  expect_extent(states, 3, data.state_names.size(), "states (attribute state_names)");
  split.times = read_times(times, split);
  check_times(times.where(), split);
  check_states(states.where(), split);
  read_environments(group, data.families.size(), split);
  if (group.has("deviation")) {
    split.deviation = read_numbers(group.dataset("deviation"), 4);
    if (split.deviation.size() != split.states.size()) {
      fail_data(group.dataset("deviation").where(), "is not of the shape of /states");
    }
  }
  return split;
}

/// The group of a family. HDF5 reads "a/b" and "." as paths, which no id of a user is.
std::string group_of(std::string const &id)
{
  std::string name;
  for (char const c : id) name += c == '/' ? "%2F" : c == '%' ? "%25" : std::string(1, c);
  return name.empty() ? "%" : name == "." ? "%2E" : name;
}

void write_families(hdf5::File const &file, Dataset const &data)
{
  file.attribute("families").write(data.families);
  hdf5::Group const families = file.make_group("families");
  auto write = [](hdf5::Group const &group, char const *name, auto const &list, std::size_t f) {
    if (f < list.size()) group.attribute(name).write(list[f]);
  };
  for (std::size_t f = 0; f < data.families.size(); ++f) {
    hdf5::Group const group = families.make_group(group_of(data.families[f]));
    write(group, "name", data.family_names, f);
    write(group, "parameter_names", data.parameter_names, f);
    write(group, "units", data.units, f);
  }
}

void read_families(hdf5::File const &file, Dataset &data)
{
  if (!file.attribute("families").exists()) return;
  data.families = file.attribute("families").texts();
  hdf5::Group const families = file.group("families");
  for (std::string const &id : data.families) {
    hdf5::Group const group = families.group(group_of(id));
    data.family_names.push_back(group.attribute("name").text());
    auto list = [&](char const *name) {
      hdf5::Attribute const attribute = group.attribute(name);
      return attribute.exists() ? attribute.texts() : std::vector<std::string>{};
    };
    data.parameter_names.push_back(list("parameter_names"));
    data.units.push_back(list("units"));
  }
}

Dataset read_file(std::filesystem::path const &path)
{
  hdf5::File const file(path);
  std::int64_t const version = file.attribute("tessera_format").number();
  if (version != format_version) {
    fail_data(path.string(), "is of format " + std::to_string(version) +
                                 ", this program reads format " + std::to_string(format_version) +
                                 "; make the data anew");
  }
  Dataset data;
  data.name = file.attribute("name").text();
  data.state_names = file.attribute("state_names").texts();
  read_families(file, data);
  for (Split const &split : splits) {
    if (!split.required && !file.has(split.name)) continue;
    data.*split.member = read_split(file.group(split.name), data);
  }
  // A test environment is the training environment of the same index.
  if (data.test.size() > 0) check_pairing(path.string(), data.train, data.test, "train and test");
  check_pairing(path.string(), data.support, data.query, "support and query");
  check_pairing(path.string(), data.outside_support, data.outside_query,
                "outside_support and outside_query");
  return data;
}

}  // namespace

void write_dataset(std::filesystem::path const &path, Dataset const &data,
                   std::string const &settings)
{
  hdf5::File const file = hdf5::File::in_memory(path);
  file.attribute("tessera_format").write(format_version);
  file.attribute("name").write(data.name);
  file.attribute("settings").write(settings);
  file.attribute("state_names").write(data.state_names);
  write_families(file, data);
  for (Split const &split : splits) {
    Trajectories const &trajectories = data.*split.member;
    if (trajectories.size() > 0) write_split(file.make_group(split.name), trajectories);
  }
  write_whole(path, file.image());
}

Dataset read_dataset(std::filesystem::path const &file)
{
  try {
    return read_file(file);
  } catch (IoError const &error) {
    throw InputError(error.what());  // data is the user's input
  }
}

std::string dataset_settings(std::filesystem::path const &path)
{
  try {
    return hdf5::File(path).attribute("settings").text();
  } catch (IoError const &) {
    return {};
  }
}

}  // namespace tessera::io
