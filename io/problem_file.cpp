#include <tessera/io/problem_file.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/numpy.hpp>

#include "check_dataset.hpp"
#include "hdf5.hpp"
#include "pdebench_names.hpp"

namespace tessera::io {
namespace {

using Arrays = std::map<std::string, NumpyArray>;

constexpr char together[] = "parameters";

bool holds_fields(hdf5::File const &file)
{
  auto const entries = file.names();
  return file.has("tensor") || std::any_of(entries.begin(), entries.end(), [](auto const &entry) {
           return pdebench_sample(entry).has_value();
         });
}

/// The arrays of these names that an HDF5 file holds, and whether it holds fields.
Arrays read_hdf5(std::filesystem::path const &path, std::vector<std::string> const &names,
                 bool &fields)
{
  Arrays arrays;
  try {
    hdf5::File const file(path);
    fields = holds_fields(file);
    for (std::string const &name : names) {
      if (!file.has(name)) continue;
      hdf5::Dataset const data = file.dataset(name);
      NumpyArray &array = arrays[name];
      array = {data.shape(), std::vector<double>(data.size())};
      data.read<double>(array.values);
    }
  } catch (IoError const &error) {
    throw InputError(error.what());  // data is the user's input
  }
  return arrays;
}

Arrays read_arrays(std::filesystem::path const &path, std::vector<std::string> const &names,
                   bool &fields)
{
  std::string const ending = path.extension().string();
  if (ending == ".h5" || ending == ".hdf5") return read_hdf5(path, names, fields);
  if (ending == ".npz") return read_npz(path);
  throw InputError(path.string() + ": has the ending \"" + ending +
                   "\"; problems are kept in .h5 (HDF5) or .npz (NumPy)");
}

/// The columns of an array of shape (sample, column), or of (sample) where there is one.
std::size_t columns_of(NumpyArray const &array)
{
  if (array.shape.size() == 1) return 1;
  return array.shape.size() == 2 ? array.shape[1] : 0;
}

/// One array into columns `first`, `first` + 1, … of all samples.
void take(std::string const &where, NumpyArray const &array, std::size_t first, std::size_t columns,
          std::vector<std::vector<double>> &rows)
{
  if (columns_of(array) != columns || array.values.empty()) {
    fail_data(where, fmt::format("has shape ({}); it must be (sample{}) with a sample at least",
                                 fmt::join(array.shape, ", "),
                                 columns == 1 ? "" : fmt::format(", {}", columns)));
  }
  std::size_t const samples = array.shape[0];
  if (first > 0 && samples != rows.size()) {
    fail_data(where, fmt::format("has {} samples, the parameters before it have {}; give each "
                                 "sample all of them",
                                 samples, rows.size()));
  }
  rows.resize(samples);
  for (std::size_t k = 0; k < samples; ++k) {
    for (std::size_t c = 0; c < columns; ++c) {
      double const value = array.values[k * columns + c];
      if (!std::isfinite(value)) {
        fail_data(
            where,
            fmt::format("{} at sample {} is not a finite number; leave that sample out", value, k));
      }
      rows[k].push_back(value);
    }
  }
}

std::vector<std::vector<double>> rows_of(std::string const &file, Arrays const &arrays,
                                         std::vector<std::string> const &names)
{
  std::vector<std::vector<double>> rows;
  auto const there = [&](std::string const &name) { return arrays.contains(name); };
  if (std::none_of(names.begin(), names.end(), there)) {
    if (there(together)) {
      take(file + ":/" + together, arrays.at(together), 0, names.size(), rows);
    }
    return rows;
  }
  for (std::size_t p = 0; p < names.size(); ++p) {
    if (!there(names[p])) {
      fail_data(file, fmt::format("has no array \"{}\"; a problem is told by {}", names[p],
                                  fmt::join(names, ", ")));
    }
    take(file + ":/" + names[p], arrays.at(names[p]), p, 1, rows);
  }
  return rows;
}

}  // namespace

ProblemFile open_problems(std::filesystem::path const &path, std::vector<std::string> const &names)
{
  std::vector<std::string> wanted = names;
  wanted.emplace_back(together);
  bool fields = false;
  Arrays const arrays = read_arrays(path, wanted, fields);
  ProblemFile found{.parameters = rows_of(path.string(), arrays, names), .fields = {}};
  if (fields) found.fields.emplace(path);
  if (!fields && found.parameters.empty()) {
    fail_data(path.string(),
              fmt::format("holds no problems; give an array (sample) for {}, one array "
                          "\"parameters\" (sample, {}), or fields in one of PDEBench's layouts",
                          fmt::join(names, ", "), names.size()));
  }
  if (fields && !found.parameters.empty() &&
      found.fields->samples().size() != found.parameters.size()) {
    fail_data(path.string(), fmt::format("has {} fields and the parameters of {} samples",
                                         found.fields->samples().size(), found.parameters.size()));
  }
  return found;
}

}  // namespace tessera::io
