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

void write_axis(hdf5::Group const &group, char const *name, std::vector<double> const &values,
                char const *units)
{
  auto const axis =
      group.write<float>(name, {values.size()}, narrowed(values), hdf5::Storage::compressed);
  axis.attribute("units").write(units);
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
    tensor.emplace(file->make_dataset<float>("tensor", {plan.count, grid.levels, grid.cells},
                                             hdf5::Storage::compressed));
    describe(*tensor);
    write_axis(*file, "x-coordinate", grid.centres(), "m");
    write_axis(*file, "t-coordinate", grid.times(), "s");
    file->attribute("config").write(plan.config);
    file->attribute(first_sample_attribute).write(static_cast<std::int64_t>(plan.first));
  }
  void write_group(std::size_t sample, std::span<float const> field) const
  {
    auto const &grid = plan.grid;
    hdf5::Group const group = file->make_group(pdebench_group(sample));
    describe(
        group.write<float>("data", {grid.levels, grid.cells, 1}, field, hdf5::Storage::compressed));
    hdf5::Group const axes = group.make_group("grid");
    write_axis(axes, "x", grid.centres(), "m");
    write_axis(axes, "t", grid.times(), "s");
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
