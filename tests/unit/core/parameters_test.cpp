#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/parameters.hpp>

namespace {

using tessera::Parameters;

TEST(Parameters, RowsAreApartByWholeCacheLinesAndShareOneFlatView)
{
  Parameters<float> parameters({{.name = "bank/a", .rows = 3, .columns = 17},
                                {.name = "contexts", .rows = 2, .columns = 4}});

  parameters.matrix("contexts")(1, 3) = 5;

  EXPECT_EQ(parameters.block("bank/a").stride, 32u);
  EXPECT_EQ(parameters.block("contexts").offset, 96u);
  EXPECT_EQ(parameters.flat().extent(0), 96u + 2 * 16u);
  EXPECT_EQ(parameters.flat()(96 + 16 + 3), 5);
}

TEST(Parameters, AnUnknownBlockIsNamed)
{
  Parameters<double> parameters({{.name = "shared", .rows = 1, .columns = 1}});

  EXPECT_THROW(parameters.matrix("gate"), tessera::Error);
}

}  // namespace
