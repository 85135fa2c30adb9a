#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/io/pdebench.hpp>

#include "hdf5.hpp"
#include "pdebench_fields.hpp"
#include "support/refusal.hpp"
#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

using testing::ElementsAre;
using testing::FloatEq;
using testing::Pointwise;

class PdebenchWriterOf : public testing::TestWithParam<PdebenchLayout> {
 protected:
  PdebenchPlan plan() const { return {GetParam(), pdebench_small, 9998, 3, "seed: 4\n"}; }
  TemporaryFolder folder;
};

TEST_P(PdebenchWriterOf, WritesWhatIsReadBack)
{
  PdebenchWriter writer(folder / "made/new.h5", plan());
  for (std::size_t const sample : {10000, 9998, 9999}) {
    writer.write(sample, pdebench_field(sample));
  }
  writer.finish();

  PdebenchFile const file(folder / "made/new.h5");
  EXPECT_EQ(file.layout(), GetParam());
  EXPECT_EQ(file.grid(), pdebench_small);
  EXPECT_THAT(file.samples(), ElementsAre(9998, 9999, 10000));
  for (std::size_t const sample : file.samples()) {
    std::vector<double> field(40);
    file.read(sample, field);
    EXPECT_THAT((std::vector<float>(field.begin(), field.end())),
                Pointwise(FloatEq(), pdebench_field(sample)));
  }
  EXPECT_FALSE(holds_temporaries(folder.path()));
}

TEST_P(PdebenchWriterOf, LeavesTheOldFileAloneWithoutFinish)
{
  std::ofstream(folder / "x.h5") << "old";

  {
    PdebenchWriter writer(folder / "x.h5", plan());
    writer.write(9998, pdebench_field(0));
  }

  EXPECT_EQ(read_text(folder / "x.h5"), "old");
  EXPECT_FALSE(holds_temporaries(folder.path()));
}

TEST_P(PdebenchWriterOf, RefusesToFinishWithASampleMissing)
{
  PdebenchWriter writer(folder / "x.h5", plan());
  writer.write(9998, pdebench_field(0));
  writer.write(10000, pdebench_field(0));

  std::string text;
  try {
    writer.finish();
  } catch (Error const &error) {
    text = error.what();
  }

  EXPECT_THAT(text, testing::HasSubstr("x.h5: sample 9999 was not written"));
  EXPECT_FALSE(std::filesystem::exists(folder / "x.h5"));
}

TEST_P(PdebenchWriterOf, NamesAFolderThatCannotBeWritten)
{
  std::ofstream(folder / "file") << "";

  EXPECT_THROW(PdebenchWriter(folder / "file/x.h5", plan()), IoError);
}

INSTANTIATE_TEST_SUITE_P(Layouts, PdebenchWriterOf,
                         testing::Values(PdebenchLayout::samples, PdebenchLayout::tensor));

TEST(PdebenchWriter, WritesTheNamesShapesAndTypesThatOthersLookFor)
{
  TemporaryFolder folder;
  auto const write = [&](PdebenchLayout layout) {
    PdebenchWriter writer(folder / "x.h5", {layout, pdebench_small, 7, 1, "seed: 4\n"});
    writer.write(7, pdebench_field(7));
    writer.finish();
  };

  write(PdebenchLayout::samples);
  {
    hdf5::File const file(folder / "x.h5");
    EXPECT_THAT(file.names(), ElementsAre("0007"));
    hdf5::Group const group = file.group("0007");
    EXPECT_THAT(group.names(), ElementsAre("data", "grid"));
    EXPECT_EQ(group.dataset("data").shape(), (hdf5::Shape{5, 8, 1}));
    EXPECT_TRUE(group.dataset("data").holds<float>());
    EXPECT_EQ(group.dataset("grid/x").attribute("units").text(), "m");
    EXPECT_EQ(group.dataset("grid/t").shape(), hdf5::Shape{5});
    EXPECT_EQ(group.dataset("grid/t").attribute("units").text(), "s");
    EXPECT_EQ(group.attribute("config").text(), "seed: 4\n");
  }
  write(PdebenchLayout::tensor);
  hdf5::File const file(folder / "x.h5");
  EXPECT_THAT(file.names(), ElementsAre("t-coordinate", "tensor", "x-coordinate"));
  EXPECT_EQ(file.dataset("tensor").shape(), (hdf5::Shape{1, 5, 8}));
  EXPECT_EQ(file.dataset("t-coordinate").attribute("units").text(), "s");
  EXPECT_TRUE(file.dataset("tensor").holds<float>());
}

/// 3 cells over 0.6 along x, 5 over 2 along y.
domains::SpaceTimeGrid plane()
{
  return domains::SpaceTimeGrid::over({{3, 0.6}, {5, 2}}, 4, 0.3);
}

std::vector<double> plane_field()
{
  std::vector<double> field;
  for (std::size_t p = 0; p < plane().size(); ++p) field.push_back(0.5 + double(p) / 100);
  return field;
}

TEST_P(PdebenchWriterOf, WritesFieldsOfAPlaneThatAreReadBack)
{
  PdebenchWriter writer(folder / "x.h5", {GetParam(), plane(), 0, 1});
  writer.write(0, plane_field());
  writer.finish();

  PdebenchFile const file(folder / "x.h5");
  EXPECT_EQ(file.grid(), plane());
  std::vector<double> field(plane().size());
  file.read(0, field);
  EXPECT_THAT((std::vector<float>(field.begin(), field.end())),
              Pointwise(FloatEq(), plane_field()));
  EXPECT_THAT(refusal([&] { file.require(pdebench_small); }),
              testing::HasSubstr("3 x 5 cells to x = 0.6, y = 2 and 4 levels to t = 0.3"));
}

TEST(PdebenchWriter, APlaneHasAListOfMiddlesAlongEachAxis)
{
  TemporaryFolder folder;
  PdebenchWriter writer(folder / "x.h5", {.grid = plane(), .count = 1});
  writer.write(0, plane_field());
  writer.finish();

  hdf5::File const file(folder / "x.h5");
  hdf5::Group const group = file.group("0000");
  EXPECT_EQ(group.dataset("data").shape(), (hdf5::Shape{4, 3, 5, 1}));
  EXPECT_EQ(group.dataset("grid/t").shape(), hdf5::Shape{4});
  std::vector<double> x(3), y(5);
  group.dataset("grid/x").read<double>(x);
  group.dataset("grid/y").read<double>(y);
  EXPECT_THAT(x, Pointwise(testing::DoubleNear(1e-6), {0.1, 0.3, 0.5}));
  EXPECT_THAT(y, Pointwise(testing::DoubleNear(1e-6), {0.2, 0.6, 1., 1.4, 1.8}));
}

TEST(PdebenchFile, NamesBothPlacesOfABadValueInAPlane)
{
  TemporaryFolder folder;
  auto bad = plane_field();
  bad[2 * 15 + 1 * 5 + 4] = -1;
  PdebenchWriter writer(folder / "x.h5", {.grid = plane(), .count = 1});
  writer.write(0, bad);
  writer.finish();

  PdebenchFile const file(folder / "x.h5");
  EXPECT_THAT(refusal([&] { file.read(0, bad); }),
              testing::HasSubstr("at level 2 (t = 0.2 s), cell 9 (x = 0.3, y = 1.8)"));
}

TEST(PdebenchWriter, AxesWithoutAUnitSayNone)
{
  TemporaryFolder folder;
  PdebenchWriter writer(folder / "x.h5",
                        {.grid = pdebench_small, .count = 1, .time_unit = "", .length_unit = ""});
  writer.write(0, pdebench_field(0));
  writer.finish();

  hdf5::File const file(folder / "x.h5");
  EXPECT_FALSE(file.group("0000").dataset("grid/x").attribute("units").exists());
  EXPECT_FALSE(file.group("0000").dataset("grid/t").attribute("units").exists());
}

TEST(PdebenchLayout, RefusesAnotherWord)
{
  EXPECT_EQ(pdebench_layout("tensor"), PdebenchLayout::tensor);
  EXPECT_THAT(refusal([] { pdebench_layout("cube"); }), testing::HasSubstr("no layout \"cube\""));
}

}  // namespace
}  // namespace tessera::io
