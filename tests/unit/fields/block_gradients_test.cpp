#include <gtest/gtest.h>

#include "../../../src/fields/block_gradients.hpp"

namespace {

using namespace tessera;
using Space = Kokkos::DefaultHostExecutionSpace;

// Experts 1 and 3 of five have blocks; in float64 1 vanishes beside 1e16, so that only the tree
// (a + b) + (c + d) gives this sum.
TEST(BlockGradients, AreAddedExpertByExpertInATreeAndOverwriteWhatStoodThere)
{
  solvers::View1<solvers::Block> blocks("blocks", 5);
  for (int b = 0; b < 5; ++b) blocks(b) = {b < 4 ? 1 : 3, b, b + 1};
  std::size_t const columns = 2500;
  solvers::View2<double> parts("parts", 5, columns), gradient("gradient", 5, columns);
  double const values[] = {1, 1e16, -1e16, 3, 7};
  for (std::size_t b = 0; b < 5; ++b) {
    for (std::size_t k = 0; k < columns; ++k) parts(b, k) = values[b];
  }
  Kokkos::deep_copy(gradient, std::numeric_limits<double>::quiet_NaN());

  fields::add_block_gradients<double>(Space(), blocks, parts, gradient);

  double const expected[] = {0, (1 + 1e16) + (-1e16 + 3), 0, 7, 0};
  for (std::size_t e = 0; e < 5; ++e) {
    for (std::size_t k : {std::size_t(0), std::size_t(1023), std::size_t(1024), columns - 1}) {
      EXPECT_EQ(gradient(e, k), expected[e]) << "expert " << e << ", parameter " << k;
    }
  }
}

}  // namespace
