#include <tessera/io/trajectory_file.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>
#include <tessera/io/csv_data.hpp>
#include <tessera/io/dataset_file.hpp>
#include <tessera/io/numpy.hpp>

#include <tessera/io/whole_file.hpp>
#include "check_dataset.hpp"
#include "hdf5.hpp"

namespace tessera::io {
namespace {

using domains::Trajectories;

enum class Format { numpy, hdf5, csv };

Format format_of(std::filesystem::path const &file)
{
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));  // .H5, as other systems write it
  });
  if (ending == ".npz") return Format::numpy;
  if (ending == ".h5" || ending == ".hdf5") return Format::hdf5;
  if (ending == ".csv") return Format::csv;
  throw InputError(file.string() + ": has the ending \"" + ending +
                   "\"; trajectories are kept in .npz (NumPy), .h5 (HDF5), or one of them in .csv");
}

[[noreturn]] void fail(std::filesystem::path const &file, std::string const &array,
                       std::string const &what)
{
  throw InputError(file.string() + ": " + array + ": " + what);
}

NumpyArray read_hdf5_array(hdf5::File const &file, std::string const &name)
{
  if (!file.has(name)) {
    throw InputError(file.where() + ": has no array \"" + name +
                     "\"; it needs t (time) and X (environment, trajectory, time, state), or name "
                     "a split of a data set with --split");
  }
  hdf5::Dataset const dataset = file.dataset(name);
  NumpyArray array{dataset.shape(), std::vector<double>(dataset.size())};
  dataset.read<double>(array.values);
  return array;
}

std::map<std::string, NumpyArray> read_arrays(std::filesystem::path const &path)
{
  if (format_of(path) == Format::numpy) return read_npz(path, {"t", "X"});
  try {
    hdf5::File const file(path);
    return {{"t", read_hdf5_array(file, "t")}, {"X", read_hdf5_array(file, "X")}};
  } catch (IoError const &error) {
    throw InputError(error.what());  // data is the user's input
  }
}

std::string text_of(std::vector<std::size_t> const &shape)
{
  return fmt::format("({})", fmt::join(shape, ", "));
}

/// The grid of every environment from one for all, or from one for each.
std::vector<double> grids(std::filesystem::path const &file, NumpyArray const &t,
                          std::size_t environments)
{
  if (t.shape.size() == 2 && t.shape[0] == environments && t.shape[1] > 1) return t.values;
  if (!is_list(t.shape)) {
    fail(file, "t",
         "has shape " + text_of(t.shape) +
             "; it must be (time), or (environment, time) with the environments of X");
  }
  std::vector<double> times;
  for (std::size_t e = 0; e < environments; ++e) {
    times.insert(times.end(), t.values.begin(), t.values.end());
  }
  return times;
}

void check_times(std::filesystem::path const &file, Trajectories const &data)
{
  if (data.points < 2) fail(file, "t", "needs at least two times");
  for (std::size_t e = 0; e < data.size(); ++e) {
    auto const grid = data.grid(e);
    for (std::size_t k = 0; k < grid.size(); ++k) {
      if (std::isfinite(grid[k]) && (k == 0 || grid[k] > grid[k - 1])) continue;
      fail(file, "t",
           fmt::format("{} at environment {}, time {}; times must be numbers that increase",
                       grid[k], e, k));
    }
  }
}

/// X into `data.states`, where the first axes and the times behind the start may be missing.
void take_states(std::filesystem::path const &file, NumpyArray const &x, bool starts_alone,
                 Trajectories &data)
{
  std::size_t const stored = x.shape[x.shape.size() - 2];
  if (stored != data.points && !(starts_alone && stored == 1)) {
    fail(
        file, "X",
        fmt::format("has shape {}, but t has {} times{}{}", text_of(x.shape), data.points,
                    starts_alone ? " (a time axis of length 1 gives starts alone)" : "",
                    x.shape[1] == data.points
                        ? "; MATLAB stores axes in reverse: permute(X, ndims(X):-1:1) before saving"
                        : ""));
  }
  auto const bad =
      std::find_if(x.values.begin(), x.values.end(), [](double v) { return !std::isfinite(v); });
  if (bad != x.values.end()) {
    auto const row = static_cast<std::size_t>(bad - x.values.begin()) / data.dimension;
    fail(file, "X",
         fmt::format("{} at environment {}, trajectory {}, time {}; leave that trajectory out, or "
                     "cut all before that time",
                     *bad, row / stored / data.count, row / stored % data.count, row % stored));
  }
  data.states.assign(data.size() * data.count * data.points * data.dimension, 0.0);
  std::size_t const block = stored * data.dimension;
  for (std::size_t n = 0; n < data.size() * data.count; ++n) {
    std::copy_n(
        x.values.begin() + static_cast<std::ptrdiff_t>(n * block), block,
        data.states.begin() + static_cast<std::ptrdiff_t>(n * data.points * data.dimension));
  }
}

/// What the owner calls the environments, where the file says it.
void take_names(std::filesystem::path const &path, Trajectories &data)
{
  std::vector<std::string> names;
  if (format_of(path) == Format::numpy) {
    names = read_npz_texts(path, "names").value_or(names);
  } else {
    try {
      hdf5::File const file(path);
      if (file.has("names")) names = file.texts("names");
    } catch (IoError const &error) {
      throw InputError(error.what());
    }
  }
  if (names.empty()) return;
  if (names.size() != data.size()) {
    fail(path, "names",
         fmt::format("has {} entries for {} environments; give one for each", names.size(),
                     data.size()));
  }
  for (std::size_t e = 0; e < names.size(); ++e) data.environments[e].name = names[e];
}

Trajectories from_arrays(std::filesystem::path const &file, bool starts_alone)
{
  auto const arrays = read_arrays(file);
  NumpyArray const &t = arrays.at("t"), &x = arrays.at("X");
  std::size_t const axes = x.shape.size();
  if (axes < 2 || axes > 4 || x.values.empty()) {
    fail(file, "X",
         "has shape " + text_of(x.shape) +
             "; it must be (environment, trajectory, time, state), the first axes left out where "
             "there is one of them");
  }
  Trajectories data;
  data.environments.resize(axes == 4 ? x.shape[0] : 1);
  data.count = axes >= 3 ? x.shape[axes - 3] : 1;
  data.dimension = x.shape[axes - 1];
  data.times = grids(file, t, data.size());
  data.points = data.times.size() / data.size();
  check_times(file, data);
  take_states(file, x, starts_alone, data);
  take_names(file, data);
  return data;
}

/// One trajectory of one environment.
Trajectories from_table(std::filesystem::path const &file)
{
  CsvTrajectory table = read_csv_trajectory(file);
  Trajectories data;
  data.environments.resize(1);
  data.environments[0].name = printable(file.stem().string());
  data.count = 1;
  data.points = table.times.size();
  data.dimension = table.state_names.size();
  data.times = std::move(table.times);
  data.states = std::move(table.states);
  check_times(file, data);
  return data;
}

void write_table(std::filesystem::path const &path, Trajectories const &data,
                 std::vector<std::string> state_names)
{
  if (data.size() * data.count != 1) {
    throw InputError(
        fmt::format("{}: a table holds one trajectory, and there are {}; name it .npz "
                    "or .h5",
                    path.string(), data.size() * data.count));
  }
  for (std::size_t i = state_names.size(); i < data.dimension; ++i) {
    state_names.push_back("x" + std::to_string(i + 1));
  }
  if (data.deviation.empty()) {
    return write_csv_trajectory(path, {std::move(state_names), data.times, data.states, {}});
  }
  std::size_t const d = data.dimension;
  for (std::size_t i = 0; i < d; ++i) state_names.push_back(state_names[i] + "_deviation");
  std::vector<double> rows;
  for (std::size_t k = 0; k < data.points; ++k) {
    for (auto const *values : {&data.states, &data.deviation}) {
      rows.insert(rows.end(), &(*values)[k * d], &(*values)[k * d] + d);
    }
  }
  write_csv_trajectory(path, {std::move(state_names), data.times, std::move(rows), {}});
}

Trajectories from_split(std::filesystem::path const &file, std::string const &split)
{
  domains::Dataset data = read_dataset(file);
  std::map<std::string, Trajectories *> const splits{{"train", &data.train},
                                                     {"test", &data.test},
                                                     {"support", &data.support},
                                                     {"query", &data.query},
                                                     {"outside_support", &data.outside_support},
                                                     {"outside_query", &data.outside_query}};
  auto const found = splits.find(split);
  if (found == splits.end() || found->second->size() == 0) {
    std::vector<std::string> known;
    for (auto const &[name, held] : splits) {
      if (held->size() > 0) known.push_back(name);
    }
    throw InputError(fmt::format("{}: has no split \"{}\"; it holds {}", file.string(), split,
                                 fmt::join(known, ", ")));
  }
  return std::move(*found->second);
}

}  // namespace

Trajectories read_trajectory_file(std::filesystem::path const &file, std::string const &split,
                                  bool starts_alone)
{
  if (!split.empty()) return from_split(file, split);
  return format_of(file) == Format::csv ? from_table(file) : from_arrays(file, starts_alone);
}

void check_trajectory_file_name(std::filesystem::path const &file)
{
  format_of(file);
}

void write_trajectory_file(std::filesystem::path const &path, Trajectories const &data,
                           std::vector<std::string> const &state_names)
{
  if (format_of(path) == Format::csv) return write_table(path, data, state_names);
  bool common = true;
  for (std::size_t e = 1; e < data.size(); ++e) {
    common = common && std::equal(data.grid(e).begin(), data.grid(e).end(), data.grid(0).begin());
  }
  std::size_t const rows = common ? 1 : data.size();
  NumpyArray t{
      {data.points},
      {data.times.begin(), data.times.begin() + static_cast<std::ptrdiff_t>(rows * data.points)}};
  if (!common) t.shape = {data.size(), data.points};
  NumpyArray x{{data.size(), data.count, data.points, data.dimension}, data.states};
  NumpyArray deviation{x.shape, data.deviation};
  bool const doubted = !data.deviation.empty();
  if (format_of(path) == Format::numpy) {
    std::map<std::string, NumpyArray> arrays{{"t", std::move(t)}, {"X", std::move(x)}};
    if (doubted) arrays["deviation"] = std::move(deviation);
    write_npz(path, arrays);
    return;
  }
  hdf5::File const file = hdf5::File::in_memory(path);
  file.write<double>("t", t.shape, t.values, hdf5::Storage::compressed);
  file.write<double>("X", x.shape, x.values, hdf5::Storage::compressed);
  if (doubted) {
    file.write<double>("deviation", deviation.shape, deviation.values, hdf5::Storage::compressed);
  }
  std::vector<std::string> names;
  for (auto const &environment : data.environments) names.push_back(environment.name);
  bool const named = std::any_of(names.begin(), names.end(), [](auto &n) { return !n.empty(); });
  if (named) file.write_texts("names", names);
  write_whole(path, file.image());
}

std::vector<std::string> state_names_in(std::filesystem::path const &file)
{
  if (format_of(file) != Format::csv) return {};
  return read_csv_trajectory(file).state_names;
}

}  // namespace tessera::io
