#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/io/numpy.hpp>
#include <tessera/io/problem_file.hpp>

#include "../io/hdf5.hpp"
#include "support/refusal.hpp"
#include "unit/io/pdebench_fields.hpp"
#include "unit/io/temporary_folder.hpp"

namespace tessera::io {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Rows = std::vector<std::vector<double>>;

class ProblemFileTest : public testing::Test {
 protected:
  std::string refused(std::map<std::string, NumpyArray> const &arrays,
                      std::vector<std::string> const &names) const
  {
    write_npz(folder_ / "bad.npz", arrays);
    return refusal([&] { open_problems(folder_ / "bad.npz", names); });
  }
  TemporaryFolder folder_;
};

TEST_F(ProblemFileTest, ReadsAnArrayForEachParameterFromAnArchive)
{
  write_npz(folder_ / "p.npz", {{"u0", {{2}, {0.1, 0.2}}}, {"log2 D", {{2, 1}, {-1, 1}}}});

  ProblemFile const found = open_problems(folder_ / "p.npz", {"u0", "log2 D"});

  EXPECT_EQ(found.parameters, (Rows{{0.1, -1}, {0.2, 1}}));
  EXPECT_FALSE(found.fields);
}

TEST_F(ProblemFileTest, ReadsOneArrayOfAllParametersFromHdf5)
{
  {
    hdf5::File const file = hdf5::File::on_disk(folder_ / "p.h5");
    std::vector<double> const values{0.1, -1, 0.2, 1, 0.3, 0};
    file.write<double>("parameters", {3, 2}, values, hdf5::Storage::checked);
  }

  ProblemFile const found = open_problems(folder_ / "p.h5", {"u0", "log2 D"});

  EXPECT_EQ(found.parameters, (Rows{{0.1, -1}, {0.2, 1}, {0.3, 0}}));
}

TEST_F(ProblemFileTest, OpensFieldsInPdebenchsLayouts)
{
  PdebenchWriter writer(folder_ / "fields.h5", {.grid = pdebench_small, .first = 3, .count = 2});
  writer.write(3, pdebench_field(3));
  writer.write(4, pdebench_field(4));
  writer.finish();

  ProblemFile const found = open_problems(folder_ / "fields.h5", {"u0"});

  EXPECT_TRUE(found.parameters.empty());
  ASSERT_TRUE(found.fields);
  EXPECT_EQ(found.fields->samples(), (std::vector<std::size_t>{3, 4}));
}

TEST_F(ProblemFileTest, ANumberThatIsNotFiniteIsRefusedWithItsSample)
{
  EXPECT_THAT(refused({{"u0", {{3}, {0.1, 0.2, std::nan("")}}}}, {"u0"}),
              AllOf(HasSubstr("bad.npz:/u0"), HasSubstr("nan at sample 2"), HasSubstr("leave")));
}

TEST_F(ProblemFileTest, WhatDoesNotFitIsRefused)
{
  NumpyArray const two{{2}, {0.1, 0.2}}, three{{3}, {0.1, 0.2, 0.3}};

  EXPECT_THAT(refused({{"u0", two}, {"D", three}}, {"u0", "D"}), HasSubstr("has 3 samples"));
  EXPECT_THAT(refused({{"u0", two}}, {"u0", "D"}), HasSubstr("no array \"D\""));
  EXPECT_THAT(refused({{"parameters", two}}, {"u0", "D"}), HasSubstr("(sample, 2)"));
  EXPECT_THAT(refused({{"v0", two}}, {"u0"}), HasSubstr("holds no problems"));
}

TEST_F(ProblemFileTest, AFileOfAnotherKindIsRefused)
{
  std::ofstream(folder_ / "p.txt") << "0.1\n";
  std::ofstream(folder_ / "p.h5") << "0.1\n";

  EXPECT_THAT(refusal([&] { open_problems(folder_ / "p.txt", {"u0"}); }), HasSubstr(".npz"));
  EXPECT_THAT(refusal([&] { open_problems(folder_ / "p.h5", {"u0"}); }), HasSubstr("HDF5"));
  EXPECT_THAT(refusal([&] { open_problems(folder_ / "no.h5", {"u0"}); }), HasSubstr("no.h5"));
}

}  // namespace
}  // namespace tessera::io
