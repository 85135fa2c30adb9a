#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/io/pdebench.hpp>

#include "pdebench_fields.hpp"
#include "support/refusal.hpp"

namespace tessera::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::FloatEq;
using testing::HasSubstr;
using testing::Pointwise;

/// What reading a sample of a file ends with.
std::string refused(char const *name, std::size_t sample)
{
  return refusal([&] {
    PdebenchFile const file(pdebench_data(name));
    std::vector<double> field(file.grid().size());
    file.read(sample, field);
  });
}

std::vector<float> read_single(PdebenchFile const &file, std::size_t sample)
{
  std::vector<double> field(file.grid().size());
  file.read(sample, field);
  return {field.begin(), field.end()};
}

class PublishedForm : public testing::TestWithParam<char const *> {};

TEST_P(PublishedForm, IsReadToTheLastNumber)
{
  PdebenchFile const file(pdebench_data(GetParam()));

  EXPECT_EQ(file.grid(), pdebench_small);
  for (std::size_t const sample : file.samples()) {
    EXPECT_THAT(read_single(file, sample), Pointwise(FloatEq(), pdebench_field(sample)));
  }
}

INSTANTIATE_TEST_SUITE_P(Pdebench, PublishedForm,
                         testing::Values("samples_lzf.h5", "samples_lzf_shuffle.h5",
                                         "samples_gzip.h5", "tensor.h5", "tensor_longer_t.h5"));

TEST(PdebenchFile, TellsLayoutsApartByNames)
{
  PdebenchFile const samples(pdebench_data("samples_lzf.h5")), tensor(pdebench_data("tensor.h5"));

  EXPECT_EQ(samples.layout(), PdebenchLayout::samples);
  EXPECT_THAT(samples.samples(), ElementsAre(0, 1, 3));
  EXPECT_EQ(tensor.layout(), PdebenchLayout::tensor);
  EXPECT_THAT(tensor.samples(), ElementsAre(0, 1, 2));
}

TEST(PdebenchFile, UnpacksWhatShrankToNothingAndWhatDidNotShrink)
{
  PdebenchFile const file(pdebench_data("packing.h5"));
  std::vector<double> even(1600), noise(1600);

  file.read(0, even);
  file.read(1, noise);

  EXPECT_EQ(even, std::vector<double>(1600, 0.25));
  EXPECT_NEAR(std::accumulate(noise.begin(), noise.end(), 0.), 972.3138682171702, 1e-9);
}

TEST(PdebenchFile, RefusesAMissingSample)
{
  EXPECT_THAT(refused("samples_lzf.h5", 2),
              AllOf(HasSubstr("samples_lzf.h5: sample 2 is missing"), HasSubstr("from 0 to 3")));
  EXPECT_THAT(refused("tensor.h5", 3), HasSubstr("tensor.h5: sample 3 is missing"));
  EXPECT_THAT(refused("never_written.h5", 1),
              AllOf(HasSubstr("tensor, sample 1"), HasSubstr("never written")));
  EXPECT_EQ(refused("never_written.h5", 2), "no error");
}

TEST(PdebenchFile, RefusesValuesThatAreNoConcentrations)
{
  EXPECT_THAT(refused("nan.h5", 1),
              AllOf(HasSubstr("nan.h5:/0001/data: not a finite number at level 2 (t = 10 s), "
                              "cell 3 (x = 0.4375)"),
                    HasSubstr("leave the sample out")));
  EXPECT_THAT(refused("negative.h5", 1),
              HasSubstr("a concentration of -2e-06, below -1e-06, at level 4 (t = 20 s), cell 7"));
  EXPECT_EQ(refused("barely_negative.h5", 1), "no error");
}

TEST(PdebenchFile, RefusesGridsThatDoNotFit)
{
  EXPECT_THAT(refused("uneven_x.h5", 0),
              AllOf(HasSubstr("uneven_x.h5:/0000/grid/x"), HasSubstr("equal width")));
  EXPECT_THAT(refused("late_t.h5", 0),
              AllOf(HasSubstr("late_t.h5:/0000/grid/t"), HasSubstr("begin at 0")));
  EXPECT_THAT(refused("tensor_short_t.h5", 0),
              AllOf(HasSubstr("t-coordinate"), HasSubstr("list of 5 numbers")));
  EXPECT_EQ(refused("two_grids.h5", 0), "no error");
  EXPECT_THAT(refused("two_grids.h5", 1),
              AllOf(HasSubstr("two_grids.h5:/0001"), HasSubstr("t = 40"), HasSubstr("t = 20")));
}

TEST(PdebenchFile, RefusesAnotherGridThanIsRequired)
{
  PdebenchFile const file(pdebench_data("tensor.h5"));

  EXPECT_THAT(refusal([&] { file.require({}); }),
              AllOf(HasSubstr("tensor.h5: has 8 cells"), HasSubstr("1024 cells"),
                    HasSubstr("on one grid")));
  EXPECT_NO_THROW(file.require(pdebench_small));
}

TEST(PdebenchFile, RefusesFilesOfOtherKinds)
{
  EXPECT_THAT(refused("two_channels.h5", 0), HasSubstr("has 2 channels"));
  EXPECT_THAT(refused("plane.h5", 0), HasSubstr("plane.h5:/0000/grid/y: this array is missing"));
  EXPECT_THAT(refused("other.h5", 0), HasSubstr("neither a tensor nor groups"));
  EXPECT_THAT(refused("make.py", 0), HasSubstr("cannot be opened as HDF5"));
  EXPECT_THAT(refused("nowhere.h5", 0), HasSubstr("there is no such file"));
}

}  // namespace
}  // namespace tessera::io
