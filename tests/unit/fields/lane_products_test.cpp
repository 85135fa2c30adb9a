#include <gtest/gtest.h>

#include <vector>

#include <tessera/core/rng.hpp>
#include "../../../src/fields/lane_products.hpp"

namespace {

using namespace tessera;
using fields::Rows;

// Rows and plain numbers of random values, in memory that outlives them.
template <class T, int NV>
struct Store {
  std::vector<char> memory = std::vector<char>(1 << 20);
  solvers::LaneArena arena{
      reinterpret_cast<void *>((reinterpret_cast<std::uintptr_t>(memory.data()) + 63) / 64 * 64),
      memory.size() - 64};
  Rng rng{5, "test/lane_products"};

  Rows<T, NV> rows(int count)
  {
    Rows<T, NV> rows(arena, count);
    for (int i = 0; i < count; ++i) {
      for (int l = 0; l < Rows<T, NV>::lanes; ++l) rows.at(i, l) = static_cast<T>(rng.normal());
    }
    return rows;
  }
  T *numbers(int count)
  {
    T *numbers = arena.template take<T>(count);
    for (int i = 0; i < count; ++i) numbers[i] = static_cast<T>(rng.normal());
    return numbers;
  }
};

template <class Width>
class LaneProducts : public ::testing::Test {
};
using Widths = ::testing::Types<std::integral_constant<int, 1>, std::integral_constant<int, 2>,
                                std::integral_constant<int, 3>>;
TYPED_TEST_SUITE(LaneProducts, Widths);

TYPED_TEST(LaneProducts, TiledProductIsThePlainOneOnOddSizes)
{
  constexpr int NV = TypeParam::value, inputs = 7, outputs = 29;
  Store<double, NV> store;
  auto const x = store.rows(inputs), start = store.rows(outputs), y = store.rows(outputs);
  double const *matrix = store.numbers(inputs * outputs);
  double *tiles = store.numbers(inputs * outputs);

  fields::write_tiles<NV>(tiles, inputs, outputs,
                          [=](int k, int n) { return matrix[k * outputs + n]; });
  fields::tiled_product(tiles, inputs, outputs, x, start,
                        [=](int n, int v, Pack<double> const &sum) { y(n, v) = sum; });

  for (int n = 0; n < outputs; ++n) {
    for (int l = 0; l < Rows<double, NV>::lanes; ++l) {
      double sum = start.at(n, l);
      for (int k = 0; k < inputs; ++k) sum += matrix[k * outputs + n] * x.at(k, l);
      EXPECT_NEAR(y.at(n, l), sum, 1e-13);
    }
  }
}

TYPED_TEST(LaneProducts, RowMajorProductIsThePlainOneOnOddSizes)
{
  constexpr int NV = TypeParam::value, inputs = 5, outputs = 13, ld = 17;
  Store<double, NV> store;
  auto const x = store.rows(inputs), start = store.rows(outputs), y = store.rows(outputs);
  double const *matrix = store.numbers(inputs * ld);

  fields::product(matrix, ld, inputs, outputs, x, start, y);

  for (int n = 0; n < outputs; ++n) {
    for (int l = 0; l < Rows<double, NV>::lanes; ++l) {
      double sum = start.at(n, l);
      for (int k = 0; k < inputs; ++k) sum += matrix[k * ld + n] * x.at(k, l);
      EXPECT_NEAR(y.at(n, l), sum, 1e-13);
    }
  }
}

TYPED_TEST(LaneProducts, OuterProductsSumOverTheLanes)
{
  constexpr int NV = TypeParam::value, rows = 11, columns = 21, W = Pack<double>::width;
  constexpr int ld = (columns + W - 1) / W * W;
  Store<double, NV> store;
  auto const d = store.rows(rows), x = store.rows(columns);
  double *turned = store.numbers(ld * Rows<double, NV>::lanes);
  double *gradient = store.numbers(rows * ld);
  std::vector<double> const before(gradient, gradient + rows * ld);

  fields::lanes_to_rows(x, columns, turned, ld);
  fields::add_outer(d, rows, turned, ld, gradient, ld, columns);

  for (int i = 0; i < rows; ++i) {
    for (int k = 0; k < ld; ++k) {
      double sum = before[i * ld + k];
      for (int l = 0; l < Rows<double, NV>::lanes && k < columns; ++l) {
        sum += d.at(i, l) * x.at(k, l);
      }
      EXPECT_NEAR(gradient[i * ld + k], sum, 1e-12) << i << " " << k;
    }
  }
}

TYPED_TEST(LaneProducts, ProductsKeptByLaneGiveTheSameSums)
{
  constexpr int NV = TypeParam::value, rows = 7, columns = 19;
  Store<float, NV> store;
  auto const d = store.rows(rows), x = store.rows(columns);
  Rows<float, 1> const sums(store.arena, rows * columns);
  fill(sums, rows * columns, 0.0f);
  std::vector<float> total(rows * columns);

  fields::add_lane_products(d, rows, x, columns, sums.data);
  fields::sum_lanes(sums.data, rows * columns, total.data());

  for (int i = 0; i < rows * columns; ++i) {
    double sum = 0;
    for (int l = 0; l < Rows<float, NV>::lanes; ++l) {
      sum += double(d.at(i / columns, l)) * double(x.at(i % columns, l));
    }
    EXPECT_NEAR(total[i], sum, 1e-4) << i;
  }
}

}  // namespace
