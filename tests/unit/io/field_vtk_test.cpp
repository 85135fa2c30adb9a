#include <tessera/io/field_vtk.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vtkCellData.h>
#include <vtkDataArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkSmartPointer.h>
#include <vtkXMLImageDataReader.h>

#include <tessera/core/error.hpp>

#include "temporary_folder.hpp"
#include "vtk_collection.hpp"

namespace tessera::io {
namespace {

using ::testing::ElementsAre;

vtkSmartPointer<vtkImageData> read(std::filesystem::path const &file)
{
  vtkNew<vtkXMLImageDataReader> reader;
  reader->SetFileName(file.c_str());
  reader->Update();
  return reader->GetOutput();
}

/// 5 cells over 2 along x, 3 over 0.6 along y, times 0, 0.25, 0.5.
domains::SpaceTimeGrid plane()
{
  return domains::SpaceTimeGrid::over({{5, 2}, {3, 0.6}}, 3, 0.5);
}

/// 100 level + 10 (cell along x) + (cell along y).
std::vector<double> numbered(domains::SpaceTimeGrid const &grid)
{
  std::vector<double> values;
  for (std::size_t p = 0; p < grid.size(); ++p) {
    std::size_t const cell = p % grid.cells;
    values.push_back(100 * double(p / grid.cells) + 10 * double(grid.place(cell, 0)) +
                     double(grid.place(cell, 1)));
  }
  return values;
}

TEST(FieldSeries, HasAFileForEachLevelAtItsTrueTime)
{
  TemporaryFolder const place;

  write_field_series(place.path(), "fields", plane(), {{"u", numbered(plane())}});

  std::vector<double> times;
  std::vector<std::string> files;
  for (Piece const &piece : pieces_of(place / "fields.pvd")) {
    times.push_back(piece.time);
    files.push_back(piece.file);
    EXPECT_TRUE(std::filesystem::exists(place / piece.file)) << piece.file;
  }
  EXPECT_THAT(times, ElementsAre(0, 0.25, 0.5));
  EXPECT_THAT(files, ElementsAre("fields/0000.vti", "fields/0001.vti", "fields/0002.vti"));
  EXPECT_FALSE(holds_temporaries(place.path()));
}

TEST(FieldSeries, CellsFillTheBoxOfSpaceWithoutASlit)
{
  TemporaryFolder const place;

  write_field_series(place.path(), "fields", plane(), {{"u", numbered(plane())}});

  auto const image = read(place / "fields/0001.vti");
  EXPECT_EQ(image->GetNumberOfCells(), 15);
  double bounds[6];
  image->GetBounds(bounds);
  double const whole[6] = {0, 2, 0, 0.6, 0, 0};
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(bounds[i], whole[i], 1e-12) << i;
}

TEST(FieldSeries, EachValueStandsInItsOwnCell)
{
  TemporaryFolder const place;
  auto const grid = plane();
  std::vector<double> const twice(grid.size(), 2);

  write_field_series(place.path(), "fields", grid, {{"u", numbered(grid)}, {"expert", twice}});

  auto const image = read(place / "fields/0002.vti");
  ASSERT_EQ(image->GetCellData()->GetNumberOfArrays(), 2);
  auto *const u = image->GetCellData()->GetArray("u");
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 3; ++j) {
      int cell[3] = {i, j, 0};
      EXPECT_EQ(u->GetTuple1(image->ComputeCellId(cell)), 200 + 10 * i + j) << i << " " << j;
    }
  }
  EXPECT_EQ(image->GetCellData()->GetArray("expert")->GetTuple1(7), 2);
}

TEST(FieldSeries, StandsOverOneAndThreeAxesToo)
{
  TemporaryFolder const place;
  domains::SpaceTimeGrid const line{.cells = 4, .levels = 2, .length = 1, .horizon = 1};
  auto const room = domains::SpaceTimeGrid::over({{2, 1}, {3, 1}, {4, 1}}, 2, 1);
  std::vector<double> values(room.size());
  for (std::size_t p = 0; p < values.size(); ++p) values[p] = double(p % room.cells);

  write_field_series(place.path(), "line", line, {{"u", std::vector<double>(line.size(), 3)}});
  write_field_series(place.path(), "room", room, {{"u", values}});

  EXPECT_EQ(read(place / "line/0000.vti")->GetNumberOfCells(), 4);
  auto const image = read(place / "room/0001.vti");
  int cell[3] = {1, 2, 3};
  EXPECT_EQ(image->GetCellData()->GetArray("u")->GetTuple1(image->ComputeCellId(cell)),
            1 * 12 + 2 * 4 + 3);
}

TEST(FieldSeries, ValuesThatDoNotFitTheGridAreAnError)
{
  TemporaryFolder const place;

  EXPECT_THROW(write_field_series(place.path(), "fields", plane(), {{"u", {1, 2}}}), Error);
  EXPECT_FALSE(std::filesystem::exists(place / "fields.pvd"));
}

TEST(FieldSeries, AnUnwritableFolderIsAnIoError)
{
  EXPECT_THROW(write_field_series("/proc/none", "fields", plane(), {{"u", numbered(plane())}}),
               IoError);
}

}  // namespace
}  // namespace tessera::io
