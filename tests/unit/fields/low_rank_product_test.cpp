#include <gtest/gtest.h>

#include <tessera/core/rng.hpp>
#include "../../../src/fields/low_rank_product.hpp"

// y = start + M x + N (xi ∘ L x) against plain loops: outputs that fit one pack together with the
// rank and such that do not, ranks of more than a pack, groups of any size.

namespace {

using namespace tessera;
using fields::LaneNumbers;
using fields::LowRankProduct;

struct Sizes {
  int inputs, outputs, rank;
};

/// A product with random matrices and room for five lanes.
template <class T>
struct Problem {
  static constexpr int lanes = 5;
  using Product = LowRankProduct<T>;

  explicit Problem(Sizes const &s) : sizes(s)
  {
    auto draw = [&](int count) {
      std::vector<T> numbers(count);
      for (T &number : numbers) number = static_cast<T>(rng.normal());
      return numbers;
    };
    main = draw(s.outputs * s.inputs);
    low = draw(s.rank * s.inputs);
    back = draw(s.outputs * s.rank);
    product.prepare([this](int j, int k) { return main[j * sizes.inputs + k]; },
                    [this](int r, int k) { return low[r * sizes.inputs + k]; },
                    [this](int j, int r) { return back[j * sizes.rank + r]; });
  }

  /// (lane, ld), the first `count` of each lane random, the rest zero.
  LaneNumbers<T> take(int count, int ld)
  {
    LaneNumbers<T> numbers{arena.take<T>(lanes * ld), ld};
    for (int l = 0; l < lanes; ++l) {
      for (int i = 0; i < ld; ++i) numbers(l)[i] = i < count ? static_cast<T>(rng.normal()) : T(0);
    }
    return numbers;
  }
  static LaneNumbers<T const> constant(LaneNumbers<T> n) { return {n.data, n.ld}; }

  T low_rank(int l, int r) const
  {
    T sum = 0;
    for (int k = 0; k < sizes.inputs; ++k) sum += low[r * sizes.inputs + k] * x(l)[k];
    return sum;
  }
  T output(int l, int j) const
  {
    T sum = start(l)[j];
    for (int k = 0; k < sizes.inputs; ++k) sum += main[j * sizes.inputs + k] * x(l)[k];
    for (int r = 0; r < sizes.rank; ++r)
      sum += back[j * sizes.rank + r] * xi(l)[r] * low_rank(l, r);
    return sum;
  }

  Sizes sizes;
  Rng rng{7, "test/low_rank_product"};
  std::vector<char> memory = std::vector<char>(1 << 20);
  solvers::LaneArena arena{
      reinterpret_cast<void *>((reinterpret_cast<std::uintptr_t>(memory.data()) + 63) / 64 * 64),
      memory.size() - 64};
  std::vector<T> main, low, back;
  Product product{arena, sizes.inputs, sizes.outputs, sizes.rank};
  LaneNumbers<T> x = take(sizes.inputs, Product::roomy(sizes.inputs, sizes.rank)),
                 xi = take(sizes.rank, Product::padded(sizes.rank)),
                 start = take(sizes.outputs, Product::padded(sizes.outputs)),
                 q = take(0, Product::padded(sizes.rank)),
                 y = take(0, Product::roomy(sizes.outputs, sizes.rank));
};

template <class T>
void expect_plain_loops(Sizes const &sizes, fields::LaneGroup const &group, T tolerance)
{
  Problem<T> p(sizes);

  p.product.run(group, p.x, p.constant(p.xi), p.q, p.constant(p.start), p.y);

  for (int l = 0; l < Problem<T>::lanes; ++l) {
    bool const in_group =
        std::find(group.lane, group.lane + group.count, l) != group.lane + group.count;
    for (int j = 0; j < p.y.ld; ++j) {
      T const expected = in_group && j < sizes.outputs ? p.output(l, j) : T(0);
      ASSERT_NEAR(p.y(l)[j], expected, tolerance) << "lane " << l << ", output " << j;
    }
    for (int r = 0; r < sizes.rank; ++r) {
      T const expected = in_group ? p.low_rank(l, r) : T(0);
      ASSERT_NEAR(p.q(l)[r], expected, tolerance) << "lane " << l << ", rank " << r;
      ASSERT_NEAR(p.x(l)[sizes.inputs + r], p.xi(l)[r] * expected, tolerance);
    }
  }
}

class LowRankProductOf : public ::testing::TestWithParam<Sizes> {};

TEST_P(LowRankProductOf, IsThePlainOneInGroupsOfOneToFourLanes)
{
  int const order[] = {3, 0, 4, 1};
  for (int count = 1; count <= 4; ++count) {
    fields::LaneGroup group;
    group.shared = true;
    group.count = count;
    for (int u = 0; u < count; ++u) group.lane[u] = order[u];

    expect_plain_loops<double>(GetParam(), group, 1e-12);
    expect_plain_loops<float>(GetParam(), group, 1e-3f);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, LowRankProductOf,
                         ::testing::Values(Sizes{1, 1, 1}, Sizes{64, 64, 4}, Sizes{13, 2, 3},
                                           Sizes{2, 37, 1}, Sizes{5, 8, 9}, Sizes{70, 3, 20}),
                         [](auto const &s) {
                           return std::to_string(s.param.inputs) + "_" +
                                  std::to_string(s.param.outputs) + "_" +
                                  std::to_string(s.param.rank);
                         });

}  // namespace
