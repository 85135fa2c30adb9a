#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkXMLPolyDataReader.h>

#include <tessera/core/error.hpp>
#include <tessera/io/trajectory_vtk.hpp>

#include "temporary_folder.hpp"
#include "vtk_collection.hpp"

namespace {

using namespace tessera::io;
using ::testing::ElementsAre;

/// x = t, y = height, z = 0 at t = 0, 0.1, … with speed 2.
VtkTrajectory straight(std::string part, int times, double height)
{
  VtkTrajectory line{std::move(part), {}, {}, {{"speed", {}}}};
  for (int k = 0; k < times; ++k) {
    line.times.push_back(0.1 * k);
    line.points.insert(line.points.end(), {0.1 * k, height, 0});
    line.arrays[0].second.push_back(2);
  }
  return line;
}

vtkSmartPointer<vtkPolyData> read(std::filesystem::path const &file)
{
  vtkNew<vtkXMLPolyDataReader> reader;
  reader->SetFileName(file.c_str());
  reader->Update();
  return reader->GetOutput();
}

TEST(Trajectories, TheCollectionNamesEveryBlockAtTrueTimes)
{
  TemporaryFolder const place;

  write_trajectories(place.path(), "phase", {straight("a/1", 11, 0), straight("b & c", 11, 1)}, 3);

  auto const pieces = pieces_of(place / "phase.pvd");
  std::vector<double> times;
  std::vector<std::string> names, parts;
  for (Piece const &piece : pieces) {
    times.push_back(piece.time);
    names.push_back(piece.name);
    parts.push_back(piece.part);
    EXPECT_TRUE(std::filesystem::exists(place / piece.file)) << piece.file;
  }
  EXPECT_THAT(times, ElementsAre(0, 0, 0.5, 0.5, 1, 1));
  EXPECT_THAT(names, ElementsAre("a/1", "b & c", "a/1", "b & c", "a/1", "b & c"));
  EXPECT_THAT(parts, ElementsAre("0", "1", "0", "1", "0", "1"));
}

TEST(Trajectories, APieceShowsTheLineUpToItsTime)
{
  TemporaryFolder const place;

  write_trajectories(place.path(), "phase", {straight("a", 11, 0.5)}, 3);

  auto const pieces = pieces_of(place / "phase.pvd");
  auto const half = read(place / pieces.at(1).file);
  ASSERT_EQ(half->GetNumberOfPoints(), 6);  // t = 0, 0.1, ..., 0.5
  EXPECT_EQ(half->GetNumberOfLines(), 1);
  EXPECT_FLOAT_EQ(float(half->GetPoint(5)[0]), 0.5f);
  EXPECT_FLOAT_EQ(float(half->GetPoint(5)[1]), 0.5f);
  EXPECT_EQ(read(place / pieces.at(0).file)->GetNumberOfVerts(), 1);
}

TEST(Trajectories, PointsCarryTimeAndTheGivenArrays)
{
  TemporaryFolder const place;

  write_trajectories(place.path(), "phase", {straight("a", 5, 0)}, 1);

  auto const data = read(place / pieces_of(place / "phase.pvd").at(0).file);
  ASSERT_NE(data->GetPointData()->GetArray("time"), nullptr);
  ASSERT_NE(data->GetPointData()->GetArray("speed"), nullptr);
  EXPECT_FLOAT_EQ(float(data->GetPointData()->GetArray("time")->GetTuple1(4)), 0.4f);
  EXPECT_EQ(data->GetPointData()->GetArray("speed")->GetTuple1(4), 2);
}

TEST(Trajectories, OnePartHoldsAllItsPolyLines)
{
  TemporaryFolder const place;

  write_trajectories(place.path(), "phase", {straight("a", 5, 0), straight("a", 3, 1)}, 1);

  auto const pieces = pieces_of(place / "phase.pvd");
  ASSERT_EQ(pieces.size(), 1u);
  auto const data = read(place / pieces[0].file);
  EXPECT_EQ(data->GetNumberOfLines(), 2);
  EXPECT_EQ(data->GetNumberOfPoints(), 8);
}

TEST(Trajectories, ALineEndsWhereItIsNoLongerFinite)
{
  TemporaryFolder const place;
  VtkTrajectory line = straight("a", 5, 0);
  line.points[3 * 3 + 1] = std::numeric_limits<double>::infinity();

  write_trajectories(place.path(), "phase", {line}, 1);

  auto const pieces = pieces_of(place / "phase.pvd");
  EXPECT_EQ(read(place / pieces.at(0).file)->GetNumberOfPoints(), 3);
}

TEST(Trajectories, APieceOfAHundredPointsIsSmall)
{
  TemporaryFolder const place;

  write_trajectories(place.path(), "phase", {straight("a", 100, 0)}, 25);

  for (Piece const &piece : pieces_of(place / "phase.pvd")) {
    EXPECT_LT(std::filesystem::file_size(place / piece.file), 5000u);
  }
}

TEST(Trajectories, PointsThatDoNotFitTheTimesAreAnError)
{
  TemporaryFolder const place;
  VtkTrajectory line = straight("a", 5, 0);
  line.points.pop_back();

  EXPECT_THROW(write_trajectories(place.path(), "phase", {line}), tessera::Error);
  EXPECT_FALSE(std::filesystem::exists(place / "phase.pvd"));
}

TEST(Trajectories, AnUnwritableFolderIsAnIoError)
{
  EXPECT_THROW(write_trajectories("/proc/none", "phase", {straight("a", 5, 0)}), tessera::IoError);
}

}  // namespace
