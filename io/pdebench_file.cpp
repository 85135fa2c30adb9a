#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/pdebench.hpp>

#include "check_dataset.hpp"
#include "hdf5.hpp"
#include "pdebench_grid.hpp"
#include "pdebench_names.hpp"

namespace tessera::io {
namespace {

using domains::SpaceTimeGrid;

struct Extents {
  std::size_t levels;
  hdf5::Shape cells;  ///< (axis)
};

/// Of `data`: time stands at `first`, one to three axes of space behind it, and `behind` others at
/// the end; at least two levels and two cells along each axis.
Extents extents_of(hdf5::Dataset const &data, std::size_t first, std::size_t behind,
                   char const *names)
{
  hdf5::Shape const shape = data.shape();
  std::size_t const others = first + 1 + behind;
  if (shape.size() > others && shape.size() <= others + pdebench_axes.size()) {
    auto const time = shape.begin() + static_cast<std::ptrdiff_t>(first);
    auto const end = shape.end() - static_cast<std::ptrdiff_t>(behind);
    bool const fits = std::all_of(time, end, [](std::size_t n) { return n > 1; });
    if (fits) return {*time, hdf5::Shape(time + 1, end)};
  }
  fail_data(data.where(), fmt::format("must have the axes {}, with two levels and two cells along "
                                      "each axis at least, and has another shape",
                                      names));
}

/// The grid whose lists stand in `group`, each called by its axis and `ending`.
SpaceTimeGrid grid_of(hdf5::Group const &group, std::string const &ending, Extents const &extents)
{
  std::vector<hdf5::Dataset> axes;
  for (std::size_t k = 0; k < extents.cells.size(); ++k) {
    axes.push_back(group.dataset(pdebench_axes[k] + ending));
  }
  return read_pdebench_grid(axes, group.dataset("t" + ending), extents.cells, extents.levels);
}

SpaceTimeGrid sample_grid(hdf5::Group const &group)
{
  hdf5::Dataset const data = group.dataset("data");
  Extents const found = extents_of(data, 0, 1, "time, x (and y, z), channel");
  if (std::size_t const channels = data.shape().back(); channels != 1) {
    fail_data(data.where(), fmt::format("has {} channels; one field is expected", channels));
  }
  return grid_of(group.group("grid"), "", found);
}

SpaceTimeGrid tensor_grid(hdf5::Group const &file)
{
  return grid_of(file, "-coordinate",
                 extents_of(file.dataset("tensor"), 1, 0, "sample, time, x (and y, z)"));
}

/// Finite, not below `lowest`, and written at all.
void check_field(std::string const &where, SpaceTimeGrid const &grid, std::span<double const> field,
                 double lowest)
{
  if (std::all_of(field.begin(), field.end(), [](double u) { return u == 0; })) {
    fail_data(where, "holds only zeros, so it was never written; make or fetch the file again");
  }
  auto const bad = std::find_if(field.begin(), field.end(),
                                [&](double u) { return !std::isfinite(u) || u < lowest; });
  if (bad == field.end()) return;
  auto const place = static_cast<std::size_t>(bad - field.begin());
  std::size_t const level = place / grid.cells, cell = place % grid.cells;
  std::string const what = std::isfinite(*bad)
                               ? fmt::format("a concentration of {:.6g}, below {:g},", *bad, lowest)
                               : "not a finite number";
  std::string middle;
  for (std::size_t k = 0; k < grid.dimensions(); ++k) {
    middle += fmt::format("{}{} = {:.6g}", k > 0 ? ", " : "", pdebench_axes[k],
                          (static_cast<double>(grid.place(cell, k)) + 0.5) * grid.axis(k).width());
  }
  fail_data(where,
            fmt::format("{} at level {} (t = {:.6g} s), cell {} ({}); leave the sample out "
                        "or solve it again",
                        what, level, static_cast<double>(level) * grid.interval(), cell, middle));
}

/// Turns what HDF5 cannot read into the user's mistake: data is the user's input.
template <class Action>
auto as_input(Action action)
{
  try {
    return action();
  } catch (IoError const &error) {
    throw InputError(error.what());
  }
}

}  // namespace

struct PdebenchFile::Contents {
  explicit Contents(std::filesystem::path const &path) : name(path.string()), file(path)
  {
    if (file.has("tensor")) {
      layout = PdebenchLayout::tensor;
      grid = tensor_grid(file);
      hdf5::Attribute const first = file.attribute(first_sample_attribute);
      auto const begin = static_cast<std::size_t>(first.exists() ? first.number() : 0);
      for (std::size_t i = 0; i < file.dataset("tensor").shape()[0]; ++i) {
        samples.push_back(begin + i);
      }
    } else {
      for (std::string const &entry : file.names()) {
        if (auto const sample = pdebench_sample(entry)) samples.push_back(*sample);
      }
      std::sort(samples.begin(), samples.end());  // 10000 stands before 9999 in the alphabet
      if (!samples.empty()) grid = sample_grid(file.group(pdebench_group(samples.front())));
    }
    if (samples.empty()) {
      fail_data(name,
                "holds neither a tensor nor groups 0000, 0001, …; give a file in one of "
                "PDEBench's layouts");
    }
  }

  std::string name;
  hdf5::File file;
  PdebenchLayout layout = PdebenchLayout::samples;
  SpaceTimeGrid grid;
  std::vector<std::size_t> samples;
};

PdebenchFile::PdebenchFile(std::filesystem::path const &path)
    : contents_(as_input([&] { return std::make_unique<Contents const>(path); }))
{
}
PdebenchFile::~PdebenchFile() = default;
PdebenchFile::PdebenchFile(PdebenchFile &&) noexcept = default;

PdebenchLayout PdebenchFile::layout() const
{
  return contents_->layout;
}
SpaceTimeGrid const &PdebenchFile::grid() const
{
  return contents_->grid;
}
std::vector<std::size_t> const &PdebenchFile::samples() const
{
  return contents_->samples;
}

std::string PdebenchFile::config(std::size_t sample) const
{
  Contents const &c = *contents_;
  try {
    bool const tensor = c.layout == PdebenchLayout::tensor;
    return tensor ? c.file.attribute("config").text()
                  : c.file.group(pdebench_group(sample)).attribute("config").text();
  } catch (IoError const &) {
    return {};
  }
}

void PdebenchFile::require(SpaceTimeGrid const &grid) const
{
  check_same_grid(contents_->name, contents_->grid, grid);
}

void PdebenchFile::read(std::size_t sample, std::span<double> field, double lowest) const
{
  Contents const &c = *contents_;
  TESSERA_ASSERT(field.size() == c.grid.size());
  auto const found = std::lower_bound(c.samples.begin(), c.samples.end(), sample);
  if (found == c.samples.end() || *found != sample) {
    fail_data(c.name, fmt::format("sample {} is missing ({} samples from {} to {} are there); "
                                  "choose others or make it with tessera truth",
                                  sample, c.samples.size(), c.samples.front(), c.samples.back()));
  }
  as_input([&] {
    if (c.layout == PdebenchLayout::tensor) {
      hdf5::Dataset const tensor = c.file.dataset("tensor");
      tensor.read_slab<double>(static_cast<std::size_t>(found - c.samples.begin()), field);
      check_field(fmt::format("{}, sample {}", tensor.where(), sample), c.grid, field, lowest);
      return;
    }
    hdf5::Group const group = c.file.group(pdebench_group(sample));
    check_same_grid(group.where(), sample_grid(group), c.grid);
    hdf5::Dataset const data = group.dataset("data");
    data.read<double>(field);
    check_field(data.where(), c.grid, field, lowest);
  });
}

}  // namespace tessera::io
