#include <gtest/gtest.h>

#include <tessera/core/rng.hpp>
#include <tessera/experts/row_map.hpp>

namespace {

using namespace tessera;
using namespace tessera::experts;

constexpr std::size_t count = 3, columns = 21;

struct Made {
  explicit Made(std::unique_ptr<RowMap<double>> m)
      : map(std::move(m)), parameters(blocks()), gradient(blocks())
  {
    rows = map->rows(parameters, "field");
    row_gradient = map->rows(gradient, "field");
  }
  std::vector<ParameterBlock> blocks() const
  {
    std::vector<ParameterBlock> list;
    for (auto const &block : map->blocks("field", count)) {
      list.push_back({.name = block.name, .rows = block.segments, .columns = columns});
    }
    return list;
  }
  void randomise()
  {
    Rng rng(4, "test/rows");
    for (auto const &block : parameters.blocks()) {
      auto const values = parameters.matrix(block.name);
      for (std::size_t i = 0; i < block.rows; ++i) {
        for (std::size_t k = 0; k < columns; ++k) values(i, k) = rng.normal();
      }
    }
    map->materialise(parameters, "field", rows);
  }

  std::unique_ptr<RowMap<double>> map;
  Parameters<double> parameters, gradient;
  View2<double> rows, row_gradient;
};

// A function of all rows whose gradient is easy: sum over i, k of (i + 1) sin(k) rows².
double value_of(View2<double> const &rows)
{
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < columns; ++k) {
      sum += double(i + 1) * std::sin(double(k)) * rows(i, k) * rows(i, k);
    }
  }
  return sum;
}

void expect_gradient(Made &made)
{
  made.randomise();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < columns; ++k) {
      made.row_gradient(i, k) = 2 * double(i + 1) * std::sin(double(k)) * made.rows(i, k);
    }
  }
  std::vector<std::uint8_t> const all(count, 1);

  made.map->pull_back(made.row_gradient, all, made.gradient, "field");

  double const eps = 1e-6;
  for (auto const &block : made.parameters.blocks()) {
    auto const values = made.parameters.matrix(block.name);
    auto const bars = made.gradient.matrix(block.name);
    for (std::size_t i = 0; i < block.rows; ++i) {
      for (std::size_t k = 0; k < columns; ++k) {
        double const kept = values(i, k);
        values(i, k) = kept + eps;
        made.map->materialise(made.parameters, "field", made.rows);
        double const above = value_of(made.rows);
        values(i, k) = kept - eps;
        made.map->materialise(made.parameters, "field", made.rows);
        double const below = value_of(made.rows);
        values(i, k) = kept;
        EXPECT_NEAR(bars(i, k), (above - below) / (2 * eps), 1e-7) << block.name << i << " " << k;
      }
    }
  }
}

TEST(RowMap, IdentityPullsGradientsBackAsFiniteDifferencesDo)
{
  Made made(make_identity_map<double>());

  expect_gradient(made);
}

TEST(RowMap, TrunkAndPartsPullGradientsBackAsFiniteDifferencesDo)
{
  Made made(make_trunk_map<double>({}));

  expect_gradient(made);
}

TEST(RowMap, TrunkAndPartsBeginWithTheSameRowForAllAndNoParts)
{
  Made made(make_trunk_map<double>({}));
  std::vector<double> const row(count * columns, 0.5);

  made.map->fill(made.parameters, "field", row);
  made.map->materialise(made.parameters, "field", made.rows);

  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < columns; ++k) {
      EXPECT_EQ(made.rows(i, k), 0.5);
      EXPECT_EQ(made.parameters.matrix("bank/field")(i, k), 0);
    }
  }
}

TEST(RowMap, ExpertsThatDidNotRunGiveTheTrunkNothing)
{
  Made made(make_trunk_map<double>({}));
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < columns; ++k) made.row_gradient(i, k) = double(i + 1);
  }

  made.map->pull_back(made.row_gradient, std::vector<std::uint8_t>{1, 0, 1}, made.gradient,
                      "field");

  for (std::size_t k = 0; k < columns; ++k) {
    EXPECT_EQ(made.gradient.matrix("trunk/field")(0, k), 4);
  }
}

}  // namespace
