#include <tessera/io/field_vtk.hpp>

#include <fmt/format.h>
#include <vtkDoubleArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkRectilinearGrid.h>
#include <vtkXMLRectilinearGridWriter.h>

#include <tessera/core/error.hpp>
#include <tessera/io/whole_file.hpp>

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

/// The bytes of a .vtr: raw appended data behind zlib.
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
  vtkNew<vtkXMLRectilinearGridWriter> writer;
  writer->SetInputData(grid);
  writer->SetDataModeToAppended();
  writer->EncodeAppendedDataOff();
  writer->SetCompressorTypeToZLib();
  writer->WriteToOutputStringOn();
  writer->Write();
  return writer->GetOutputString();
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
  write_whole(folder / (name + ".pvd"),
              "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"1.0\" "
              "byte_order=\"LittleEndian\">\n  <Collection>\n" +
                  entries + "  </Collection>\n</VTKFile>\n");
}

}  // namespace tessera::io
