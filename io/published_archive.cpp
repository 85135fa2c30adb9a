#include "published_archive.hpp"

#include <algorithm>
#include <cmath>

#include <tessera/io/numpy.hpp>

#include "check_dataset.hpp"

namespace tessera::io {
namespace {

using domains::Trajectories;

std::string text_of(std::vector<std::size_t> const &shape)
{
  std::string text;
  for (std::size_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return "(" + text + ")";
}

/// Whether each environment has times of its own: (environment, time).
bool has_own_times(NumpyArray const &t, NumpyArray const &x)
{
  return x.shape.size() == 4 && t.shape == std::vector<std::size_t>{x.shape[0], x.shape[2]};
}

void check_shapes(PublishedArchive const &archive, NumpyArray const &t, NumpyArray const &x)
{
  std::size_t const axes = x.shape.size();
  if (axes != 4 && axes != 5) {
    fail_data(archive.array("X"),
              "must have the axes (environment, trajectory, time, state), or one for families "
              "before them; has shape " +
                  text_of(x.shape));
  }
  if (x.values.empty()) {
    fail_data(archive.array("X"),
              "is empty, its shape is " + text_of(x.shape) + "; save at least one trajectory");
  }
  std::vector<std::size_t> expected = {x.shape[axes - 2]};
  if (axes == 5) expected.insert(expected.begin(), x.shape[0]);
  bool const list = axes == 4 && is_list(t.shape) && t.values.size() == expected[0];
  if (list || t.shape == expected || has_own_times(t, x)) return;
  fail_data(archive.array("t"),
            "has shape " + text_of(t.shape) + " where X, of shape " + text_of(x.shape) +
                ", asks for " + text_of(expected) +
                "; save one time for each stored state, or (environment, time)");
}

std::vector<std::string> names_in(PublishedArchive const &archive, char const *array,
                                  std::size_t expected, char const *of)
{
  auto const names = read_npz_texts(archive.file, array);
  if (!names) return {};
  if (names->size() == expected) return *names;
  fail_data(archive.array(array), "has " + std::to_string(names->size()) + " entries for " +
                                      std::to_string(expected) + " " + of + "; give one for each");
}

/// Names and parameters of environments that are kept in the archive itself.
void take_descriptions(std::map<std::string, NumpyArray> const &arrays, PublishedArchive &archive)
{
  Trajectories &split = archive.split;
  archive.names = names_in(archive, "names", split.size(), "environments");
  auto const found = arrays.find("parameters");
  if (found == arrays.end()) return;
  NumpyArray const &parameters = found->second;
  std::size_t const each = parameters.values.size() / split.size();
  bool const fits = parameters.shape.size() >= 2 && each == parameters.shape.back() && each > 0 &&
                    parameters.values.size() == each * split.size();
  if (!fits) {
    fail_data(archive.array("parameters"),
              "has shape " + text_of(parameters.shape) + "; it must be (environment, parameter) " +
                  "with the " + std::to_string(split.size()) + " environments of X");
  }
  for (std::size_t i = 0; i < parameters.values.size(); ++i) {
    if (!std::isfinite(parameters.values[i])) {
      fail_data(archive.array("parameters"),
                "not a finite number at environment " + std::to_string(i / each) + ", parameter " +
                    std::to_string(i % each) + "; give every parameter");
    }
    split.environments[i / each].parameters.push_back(parameters.values[i]);
  }
  archive.has_parameters = true;
  archive.parameter_names = names_in(archive, "parameter_names", each, "parameters");
}

/// Environments that share one time grid.
std::size_t sharing(PublishedArchive const &archive)
{
  return archive.split.size() / std::max<std::size_t>(archive.families, 1);
}

}  // namespace

PublishedArchive read_published_archive(std::filesystem::path const &file)
{
  auto arrays = read_npz(file, {"t", "X"}, {"parameters"});
  NumpyArray const &t = arrays.at("t");
  NumpyArray &x = arrays.at("X");
  PublishedArchive archive{.file = file};
  check_shapes(archive, t, x);

  std::size_t const axes = x.shape.size(), nested = axes == 5 ? x.shape[0] : 1;
  Trajectories &split = archive.split;
  archive.families = axes == 5 ? nested : 0;
  split.environments.resize(nested * x.shape[axes - 4]);
  split.count = x.shape[axes - 3];
  split.points = x.shape[axes - 2];
  split.dimension = x.shape[axes - 1];
  split.states = std::move(x.values);
  std::size_t const sharing = has_own_times(t, x) ? 1 : x.shape[axes - 4];
  for (std::size_t e = 0; e < split.size(); ++e) {
    auto const grid = t.values.begin() + static_cast<std::ptrdiff_t>(e / sharing * split.points);
    split.times.insert(split.times.end(), grid, grid + static_cast<std::ptrdiff_t>(split.points));
  }
  check_times(archive.array("t"), split);
  check_states(archive.array("X"), split);
  take_descriptions(arrays, archive);
  return archive;
}

void check_grids(PublishedArchive const &archive)
{
  std::size_t const each = sharing(archive);
  for (std::size_t e = 0; e < archive.split.size(); ++e) {
    auto const grid = archive.split.grid(e), shared = archive.split.grid(e - e % each);
    if (std::equal(grid.begin(), grid.end(), shared.begin())) continue;
    fail_data(archive.array("t"),
              archive.families > 0
                  ? "environments of one family differ in their times, and this layout has one "
                    "time grid for each family; store them at the same times"
                  : "environments differ in their times, and this layout has one time grid for "
                    "all where families are not known and equally large; store them at the same "
                    "times, or as many environments of each family");
  }
}

void write_published_archive(PublishedArchive const &archive)
{
  check_grids(archive);
  Trajectories const &split = archive.split;
  std::size_t const each = sharing(archive);
  NumpyArray t{{split.points}, {}};
  NumpyArray x{{each, split.count, split.points, split.dimension}, split.states};
  for (std::size_t e = 0; e < split.size(); e += each) {
    t.values.insert(t.values.end(), split.grid(e).begin(), split.grid(e).end());
  }
  if (archive.families > 0) {
    for (NumpyArray *array : {&t, &x}) array->shape.insert(array->shape.begin(), archive.families);
  }
  write_npz(archive.file, {{"t", std::move(t)}, {"X", std::move(x)}});
}

}  // namespace tessera::io
