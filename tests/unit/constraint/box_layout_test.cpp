#include "box_layout.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/rng.hpp>

#include "support/space_equations.hpp"

// What a point of a plane holds of the experts' functions, and where boxes meet.
namespace tessera::constraint {
namespace {

using domains::Box;
using domains::Partition;
using domains::PdeSample;
using domains::SpaceTimeGrid;

/// x between walls, y a ring.
PdeSample tube()
{
  return twins::decaying_waves<3>("tube", {1, 1.5}, {twins::flux_wave(0), twins::ring_wave()})
      .sample();
}

SpaceTimeGrid plane(std::size_t x, std::size_t y, std::size_t levels = 5)
{
  return SpaceTimeGrid::over({{x, 1}, {y, 1.5}}, levels, 1);
}

/// One function, which tells where it was asked for: level + 100 x + 10000 y, in cells, beyond a
/// ring's end too.
class WhereBank final : public BasisBank {
 public:
  static double at(std::size_t level, std::size_t x, std::size_t y)
  {
    return double(level) + 100 * double(x) + 10000 * double(y);
  }
  std::string kind() const override { return "where"; }
  int functions() const override { return 1; }
  void evaluate(SpaceTimeGrid const &, Box const &, Box const &where, PdeSample const &,
                std::span<double> values) const override
  {
    std::size_t k = 0;
    for (std::size_t n = where.first_level; n < where.last_level; ++n) {
      for (std::size_t x = where.first_cell; x < where.last_cell; ++x) {
        for (std::size_t y = where.beyond[0].first; y < where.beyond[0].last; ++y) {
          values[k++] = at(n, x, y);
        }
      }
    }
  }
};

std::vector<double> random_numbers(std::size_t count, std::uint64_t index)
{
  std::vector<double> out;
  Rng rng(index, "box_layout");
  for (std::size_t k = 0; k < count; ++k) out.push_back(rng.normal());
  return out;
}

TEST(BoxLayout, BoxesOfAPlaneMeetAcrossEveryCutAndAroundARing)
{
  SpaceTimeGrid const grid = plane(8, 10, 3);
  Partition const partition(grid, 1, {2, 2});

  auto const placed = place(tube(), partition, WhereBank(), Coupling::joint, false);

  // Across x at 10 places along y, across y at 8 along x, and there around the ring.
  ASSERT_EQ(placed.meetings.size(), 3 * (10 * 4 + 8 * 4 + 8 * 2));
  std::size_t around = 0;
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    auto const &at = placed.meetings[m];
    std::size_t const x = at.cell / 10, y = at.cell % 10,
                      owner = partition.owner(at.level, at.cell);
    EXPECT_NE(at.one, at.other);
    EXPECT_TRUE(owner == at.one || owner == at.other);
    EXPECT_EQ(placed.meeting_values[2 * m + 1], WhereBank::at(at.level, x, y));
    bool const beyond = at.around == 1;
    EXPECT_EQ(placed.meeting_values[2 * m], WhereBank::at(at.level, x, beyond ? y + 10 : y));
    around += beyond;
    if (!beyond) continue;
    EXPECT_LT(y, 2u);
    EXPECT_EQ(at.one, at.other + 1);  // the last box along y finds the first one behind it
  }
  EXPECT_EQ(around, 3u * 8 * 2);
}

TEST(BoxLayout, BoxesInTimeAndSpaceMeetInAllDirections)
{
  SpaceTimeGrid const grid = plane(8, 10, 7);

  auto const placed =
      place(tube(), Partition(grid, 2, {2, 2}), WhereBank(), Coupling::joint, false);

  EXPECT_EQ(placed.meetings.size(), 7 * (10 * 4 + 8 * 4 + 8 * 2) + 80 * 4);
  auto const &last = placed.meetings.back();
  EXPECT_EQ(last.cell, 79u);
  EXPECT_EQ(last.one, 3u);
  EXPECT_EQ(last.other, 7u);
}

TEST(BoxLayout, APointHoldsTheFunctionsOfItsOwnBoxAlone)
{
  SpaceTimeGrid const grid = plane(9, 8);
  std::size_t const n = 3;
  auto const functions = random_numbers(grid.size() * n, 1);
  Partition const partition(grid, 2, {2, 2});

  auto const placed = place(tube(), partition, *make_tabulated_basis(grid, functions, int(n)),
                            Coupling::joint, false);

  EXPECT_EQ(placed.value.size(), grid.size() * n);  // of 8 n columns
  EXPECT_TRUE(placed.term_values.empty());
  auto const dense = dense_values(placed);
  for (std::size_t p = 0; p < grid.size(); ++p) {
    std::size_t const owner = partition.owner(p / grid.cells, p % grid.cells);
    for (std::size_t c = 0; c < 8 * n; ++c) {
      EXPECT_EQ(dense[p * 8 * n + c], c / n == owner ? functions[p * n + c % n] : 0);
    }
  }
}

TEST(BoxLayout, OnALineAPointHoldsWhatItsTermsReadToo)
{
  SpaceTimeGrid const grid{.cells = 12, .levels = 3, .length = 1, .horizon = 1};
  PdeSample const sample{std::make_shared<twins::Spreading<2>>(
                             0.1, 0, std::vector<domains::Boundary>{twins::flux_wave(0).boundary}),
                         domains::constant_field(0),
                         {}};
  std::vector<double> const ones(grid.size(), 1.);

  auto const placed = place(sample, Partition(grid, 1, 3), *make_tabulated_basis(grid, ones, 1),
                            Coupling::joint, false);

  EXPECT_EQ(placed.value.size(), grid.levels * (12 + 4));
  EXPECT_EQ(placed.held[3], (Columns{0, 2}));
  EXPECT_EQ(placed.held[4], (Columns{0, 2}));
  EXPECT_EQ(placed.held[5], (Columns{1, 2}));
  EXPECT_EQ(placed.row(0, 4)[0], 0);
  EXPECT_EQ(placed.row(0, 4)[1], 1);
  EXPECT_NEAR(placed.row(1, 4)[0], 144, 1e-10);
  EXPECT_NEAR(placed.row(1, 4)[1], -144, 1e-10);
}

TEST(BoxLayout, WindowsOverlapAlongBothAxesAndAddUpToOne)
{
  SpaceTimeGrid const grid = plane(16, 12);
  std::vector<double> const ones(grid.size(), 1.);

  auto const placed =
      place(tube(), Partition(grid, 1, {2, 2}), *make_tabulated_basis(grid, ones, 1),
            Coupling::partition_of_unity, false);

  auto const dense = dense_values(placed);
  for (std::size_t p = 0; p < grid.size(); ++p) {
    EXPECT_NEAR(dense[4 * p] + dense[4 * p + 1] + dense[4 * p + 2] + dense[4 * p + 3], 1, 1e-14);
  }
  std::size_t const corner = 8 * 12 + 6, inside = 1 * 12 + 1;
  for (std::size_t e = 0; e < 4; ++e) EXPECT_GT(dense[4 * corner + e], 0.1);
  EXPECT_EQ(dense[4 * inside], 1);
}

TEST(BoxLayout, PullingBackIsTheTransposedOfPlacing)
{
  SpaceTimeGrid const grid = plane(9, 8);
  std::size_t const n = 2;
  auto const functions = random_numbers(grid.size() * n, 2);
  auto const bank = make_tabulated_basis(grid, functions, int(n));
  auto const sample = tube();
  Partition const partition(grid, 2, {2, 2});
  for (Coupling const coupling : {Coupling::joint, Coupling::partition_of_unity}) {
    for (bool const lift : {false, true}) {
      auto const placed = place(sample, partition, *bank, coupling, lift);
      auto const value_bar = random_numbers(placed.value.size(), 3),
                 meeting_bar = random_numbers(placed.meeting_values.size(), 4);
      std::vector<double> functions_bar(functions.size(), 0.);

      pull_back_place(*sample.pde, partition, placed, coupling, lift, value_bar, meeting_bar,
                      functions_bar);

      double there = 0, back = 0;
      for (std::size_t k = 0; k < value_bar.size(); ++k) there += value_bar[k] * placed.value[k];
      for (std::size_t k = 0; k < meeting_bar.size(); ++k) {
        there += meeting_bar[k] * placed.meeting_values[k];
      }
      for (std::size_t k = 0; k < functions.size(); ++k) back += functions_bar[k] * functions[k];
      EXPECT_NEAR(back, there, 1e-11 * (1 + std::abs(there)));
    }
  }
}

}  // namespace
}  // namespace tessera::constraint
