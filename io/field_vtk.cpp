#include <tessera/io/field_vtk.hpp>

#include <fmt/format.h>
#include <vtkCellData.h>
#include <vtkDoubleArray.h>
#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkRectilinearGrid.h>
#include <vtkXMLImageDataWriter.h>
#include <vtkXMLRectilinearGridWriter.h>

#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/io/whole_file.hpp>

#include "vtk_bytes.hpp"

namespace tessera::io {
namespace {

vtkNew<vtkDoubleArray> array_of(std::string const &name, std::vector<double> const &values,
                                double scale = 1)
{
  vtkNew<vtkDoubleArray> array;
  array->SetName(name.c_str());
  array->SetNumberOfTuples(static_cast<vtkIdType>(values.size()));
  for (std::size_t k = 0; k < values.size(); ++k) {
    array->SetValue(static_cast<vtkIdType>(k), scale * values[k]);
  }
  return array;
}

std::string vtr_bytes(FieldBlock const &block, double time_scale)
{
  vtkNew<vtkRectilinearGrid> grid;
  grid->SetDimensions(static_cast<int>(block.x.size()), static_cast<int>(block.t.size()), 1);
  grid->SetXCoordinates(array_of("x", block.x));
  grid->SetYCoordinates(array_of("t", block.t, time_scale));
  grid->SetZCoordinates(array_of("z", {0}));
  for (auto const &[name, values] : block.arrays) {
    if (values.size() != block.x.size() * block.t.size()) {
      throw Error(fmt::format("field block \"{}\": {} values of {} for {} levels x {} cells",
                              block.part, values.size(), name, block.t.size(), block.x.size()));
    }
    grid->GetPointData()->AddArray(array_of(name, values));
  }
  return vtk_bytes<vtkXMLRectilinearGridWriter>(grid);
}

/// Numbers of a grid's cells in the order of VTK, x fastest.
std::vector<std::size_t> vtk_order(domains::SpaceTimeGrid const &grid)
{
  std::vector<std::size_t> order(grid.cells, 0);
  for (std::size_t v = 0; v < grid.cells; ++v) {
    std::size_t rest = v;
    for (std::size_t k = 0; k < grid.dimensions(); ++k) {
      std::size_t const along = grid.axis(k).cells;
      order[v] += rest % along * grid.stride(k);
      rest /= along;
    }
  }
  return order;
}

std::string vti_bytes(domains::SpaceTimeGrid const &grid, FieldArrays const &arrays,
                      std::vector<std::size_t> const &order, std::size_t level)
{
  int points[3] = {1, 1, 1};  // corners of cells
  double spacing[3] = {1, 1, 1};
  for (std::size_t k = 0; k < grid.dimensions(); ++k) {
    points[k] = static_cast<int>(grid.axis(k).cells) + 1;
    spacing[k] = grid.axis(k).width();
  }
  vtkNew<vtkImageData> image;
  image->SetDimensions(points);
  image->SetSpacing(spacing);
  image->SetOrigin(0, 0, 0);
  for (auto const &[name, values] : arrays) {
    vtkNew<vtkFloatArray> array;
    array->SetName(name.c_str());
    array->SetNumberOfTuples(static_cast<vtkIdType>(grid.cells));
    for (std::size_t v = 0; v < grid.cells; ++v) {
      array->SetValue(static_cast<vtkIdType>(v),
                      static_cast<float>(values[level * grid.cells + order[v]]));
    }
    image->GetCellData()->AddArray(array);
  }
  return vtk_bytes<vtkXMLImageDataWriter>(image);
}

void write_collection(std::filesystem::path const &file, std::string const &entries)
{
  write_whole(file,
              "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"1.0\" "
              "byte_order=\"LittleEndian\">\n  <Collection>\n" +
                  entries + "  </Collection>\n</VTKFile>\n");
}

}  // namespace

void write_fields(std::filesystem::path const &folder, std::string const &name,
                  std::vector<FieldBlock> const &blocks, double time_scale)
{
  std::filesystem::create_directories(folder / name);
  std::string entries;
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    std::string const file = fmt::format("{}/{:03}.vtr", name, k);
    write_whole(folder / file, vtr_bytes(blocks[k], time_scale));
    entries += fmt::format("    <DataSet timestep=\"0\" part=\"{}\" name=\"{}\" file=\"{}\"/>\n", k,
                           blocks[k].part, file);
  }
  write_collection(folder / (name + ".pvd"), entries);
}

void write_field_series(std::filesystem::path const &folder, std::string const &name,
                        domains::SpaceTimeGrid const &grid, FieldArrays const &arrays)
{
  for (auto const &[array, values] : arrays) {
    if (values.size() == grid.size()) continue;
    throw Error(fmt::format("field series \"{}\": {} values of {} for {} levels x {} cells", name,
                            values.size(), array, grid.levels, grid.cells));
  }
  auto const times = grid.times();
  auto const order = vtk_order(grid);
  std::string entries;
  for (std::size_t n = 0; n < grid.levels; ++n) {
    throw_if_stopped();
    std::string const file = fmt::format("{}/{:04}.vti", name, n);
    write_whole(folder / file, vti_bytes(grid, arrays, order, n), Durability::cached);
    entries +=
        fmt::format("    <DataSet timestep=\"{}\" part=\"0\" file=\"{}\"/>\n", times[n], file);
  }
  write_collection(folder / (name + ".pvd"), entries);
}

}  // namespace tessera::io
