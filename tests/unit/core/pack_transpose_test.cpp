#include <gtest/gtest.h>

#include <tessera/core/pack_transpose.hpp>

namespace {

using tessera::Pack;

template <class T>
class PackTranspose : public ::testing::Test {
};
using Numbers = ::testing::Types<float, double>;
TYPED_TEST_SUITE(PackTranspose, Numbers);

TYPED_TEST(PackTranspose, RowsAndLanesChangePlaces)
{
  using T = TypeParam;
  constexpr int W = Pack<T>::width;
  Pack<T> square[W];
  for (int i = 0; i < W; ++i) {
    for (int j = 0; j < W; ++j) square[i].set_lane(j, T(100 * i + j));
  }

  tessera::transpose(square);

  for (int i = 0; i < W; ++i) {
    for (int j = 0; j < W; ++j) EXPECT_EQ(square[i].lane(j), T(100 * j + i)) << i << " " << j;
  }
}

}  // namespace
