#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/pdebench.hpp>
#include <tessera/io/whole_file.hpp>

#include "hdf5.hpp"
#include "pdebench_names.hpp"

namespace tessera::io {
namespace {

std::vector<float> narrowed(std::span<double const> values)
{
  std::vector<float> narrow(values.size());
  std::transform(values.begin(), values.end(), narrow.begin(),
                 [](double value) { return static_cast<float>(value); });
  return narrow;
}

void write_axis(hdf5::Group const &group, std::string const &name,
                std::vector<double> const &values, std::string const &unit)
{
  auto const axis =
      group.write<float>(name, {values.size()}, narrowed(values), hdf5::Storage::compressed);
  if (!unit.empty()) axis.attribute("units").write(unit);
}

/// Lists of places, each called by its axis and `ending`.
void write_axes(hdf5::Group const &group, PdebenchPlan const &plan, std::string const &ending)
{
  for (std::size_t k = 0; k < plan.grid.dimensions(); ++k) {
    domains::Axis const axis = plan.grid.axis(k);
    std::vector<double> middles(axis.cells);
    for (std::size_t i = 0; i < axis.cells; ++i) {
      middles[i] = (static_cast<double>(i) + 0.5) * axis.width();
    }
    write_axis(group, pdebench_axes[k] + ending, middles, plan.length_unit);
  }
  write_axis(group, "t" + ending, plan.grid.times(), plan.time_unit);
}

/// `shape` with the cells along every axis of space behind it.
hdf5::Shape with_cells(hdf5::Shape shape, domains::SpaceTimeGrid const &grid)
{
  for (std::size_t k = 0; k < grid.dimensions(); ++k) shape.push_back(grid.axis(k).cells);
  return shape;
}

void describe(hdf5::Dataset const &data)
{
  data.attribute("name").write("concentration");
  data.attribute("units").write("1");
}

}  // namespace

struct PdebenchWriter::Contents {
  Contents(std::filesystem::path const &path, PdebenchPlan const &chosen)
      : plan(chosen), name(path), temporary(temporary_beside(path)), written(chosen.count, false)
  {
    file.reset(new hdf5::File(hdf5::File::on_disk(make_folder_of(temporary))));
  }
  ~Contents()
  {
    tensor.reset();
    file.reset();
    std::error_code ignored;
    if (!finished) std::filesystem::remove(temporary, ignored);
  }
  static std::filesystem::path const &make_folder_of(std::filesystem::path const &path)
  {
    std::error_code ignored;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
    return path;
  }
  void begin_tensor()
  {
    auto const &grid = plan.grid;
    tensor.emplace(file->make_dataset<float>("tensor", with_cells({plan.count, grid.levels}, grid),
                                             hdf5::Storage::compressed));
    describe(*tensor);
    write_axes(*file, plan, "-coordinate");
    file->attribute("config").write(plan.config);
    file->attribute(first_sample_attribute).write(static_cast<std::int64_t>(plan.first));
  }
  void write_group(std::size_t sample, std::span<float const> field) const
  {
    auto const &grid = plan.grid;
    hdf5::Group const group = file->make_group(pdebench_group(sample));
    hdf5::Shape shape = with_cells({grid.levels}, grid);
    shape.push_back(1);
    describe(group.write<float>("data", shape, field, hdf5::Storage::compressed));
    write_axes(group.make_group("grid"), plan, "");
    group.attribute("config").write(plan.config);
  }

  PdebenchPlan plan;
  std::filesystem::path name, temporary;
  std::vector<bool> written;
  std::unique_ptr<hdf5::File> file;
  std::optional<hdf5::Dataset> tensor;
  bool finished = false;
};

PdebenchWriter::PdebenchWriter(std::filesystem::path const &path, PdebenchPlan const &plan)
    : contents_(std::make_unique<Contents>(path, plan))
{
  if (plan.layout == PdebenchLayout::tensor) contents_->begin_tensor();
}
PdebenchWriter::~PdebenchWriter() = default;
PdebenchWriter::PdebenchWriter(PdebenchWriter &&) noexcept = default;

void PdebenchWriter::write(std::size_t sample, std::span<double const> field)
{
  Contents &c = *contents_;
  TESSERA_ASSERT(field.size() == c.plan.grid.size());
  TESSERA_ASSERT(sample >= c.plan.first && sample - c.plan.first < c.plan.count);
  std::vector<float> const narrow = narrowed(field);
  std::size_t const row = sample - c.plan.first;
  try {
    if (c.tensor) {
      c.tensor->write_slab<float>(row, narrow);
    } else {
      c.write_group(sample, narrow);
    }
  } catch (IoError const &) {
    c.file->check_disk(c.name);  // the reason, where that is the disk
    throw;
  }
  c.file->check_disk(c.name);
  c.written[row] = true;
}

void PdebenchWriter::finish()
{
  Contents &c = *contents_;
  auto const gap = std::find(c.written.begin(), c.written.end(), false);
  if (gap != c.written.end()) {
    throw Error(fmt::format("{}: sample {} was not written", c.name.string(),
                            c.plan.first + static_cast<std::size_t>(gap - c.written.begin())));
  }
  c.tensor.reset();
  c.file->flush();
  c.file->check_disk(c.name);
  c.file.reset();
  put_in_place(c.temporary, c.name);
  c.finished = true;
}

}  // namespace tessera::io
