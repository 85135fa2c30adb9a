#include <cmath>

#include <gtest/gtest.h>
#include <Eigen/QR>

#include <tessera/constraint/constrained_step.hpp>
#include <tessera/constraint/fixed_bases.hpp>

#include "support/space_equations.hpp"

// Solutions of equations over two and three axes of space, by boxes in all of them.
namespace tessera::constraint {
namespace {

using domains::Partition;
using domains::PdeSample;
using domains::SpaceTimeGrid;

/// A hump that spreads in a tube, x between walls, y a ring; and grows, where asked.
PdeSample hump(double growth, double x, double y)
{
  std::vector<domains::Boundary> const ends{twins::flux_wave(0).boundary,
                                            twins::ring_wave().boundary};
  return {std::make_shared<twins::Spreading<3>>(0.02, growth, ends),
          [x, y](SpaceTimeGrid const &grid, std::span<double> out) {
            for (std::size_t i = 0; i < out.size(); ++i) {
              auto const at = twins::SpaceEquation::place(grid, i);
              out[i] = 0.8 * std::exp(-20 * (std::pow(at[0] - x, 2) + std::pow(at[1] - y, 2)));
            }
          },
          {}};
}

/// What a field is behind the lift of its problem.
std::vector<double> behind_lift(PdeSample const &sample, SpaceTimeGrid const &grid,
                                std::vector<double> field)
{
  std::vector<double> lift(grid.size()), distance(grid.size());
  sample.lift(grid, lift);
  sample.pde->distance(grid, distance);
  for (std::size_t p = 0; p < field.size(); ++p) {
    field[p] = distance[p] == 0 ? 0 : (field[p] - lift[p]) / distance[p];
  }
  return field;
}

/// A field and two functions that have nothing to do with it.
std::unique_ptr<BasisBank> bank_with(SpaceTimeGrid const &grid, std::vector<double> const &field)
{
  auto wrong = field, other = field;
  for (std::size_t p = 0; p < grid.size(); ++p) {
    auto const at = twins::SpaceEquation::place(grid, p % grid.cells);
    double const t = double(p / grid.cells) / double(grid.levels);
    wrong[p] = std::cos(3.1 * at[0]) * (1 + t);
    other[p] = 1 + 0.5 * t;
  }
  return make_pod_basis(grid, {field, wrong, other}, 3);
}

LayerOptions options_of(Coupling coupling = Coupling::joint)
{
  LayerOptions options;
  options.rows.first_level = 1;
  options.coupling = coupling;
  return options;
}

PlacedSolution solve(BasisBank const &bank, PdeSample const &sample, SpaceTimeGrid const &grid,
                     LayerOptions const &options, std::size_t in_time,
                     std::vector<std::size_t> const &in_space)
{
  ConstraintLayer const layer(Partition(grid, in_time, in_space), options);
  return layer.solve(layer.gather(bank, sample), sample);
}

class Tube : public ::testing::Test {
 protected:
  static void SetUpTestSuite()
  {
    truth = new std::vector<double>(twins::plain_truth(sample(), grid));
    auto const rest = behind_lift(sample(), grid, *truth);
    bank = bank_with(grid, rest).release();
  }
  static void TearDownTestSuite()
  {
    delete bank;
    delete truth;
  }
  static PdeSample sample() { return hump(2, 0.45, 0.7); }

  inline static SpaceTimeGrid const grid = SpaceTimeGrid::over({{16, 1}, {20, 1.5}}, 21, 1);
  inline static std::vector<double> *truth = nullptr;
  inline static BasisBank const *bank = nullptr;
};

TEST_F(Tube, FindsAFieldInTheSpanWithEveryNorm)
{
  for (RowNorm const norm : {RowNorm::step, RowNorm::plain, RowNorm::propagated}) {
    auto options = options_of();
    options.rows.norm = norm;

    auto const solution = solve(*bank, sample(), grid, options, 1, {1, 1});

    EXPECT_TRUE(solution.converged()) << int(norm);
    EXPECT_LT(domains::relative_l2(solution.field, *truth), 1e-2) << int(norm);
  }
}

TEST_F(Tube, FourBoxesGiveTheFieldOfOne)
{
  for (RowNorm const norm : {RowNorm::step, RowNorm::propagated}) {
    auto options = options_of();
    options.rows.norm = norm;
    auto const one = solve(*bank, sample(), grid, options, 1, {1, 1}),
               four = solve(*bank, sample(), grid, options, 1, {2, 2});

    EXPECT_TRUE(four.converged());
    EXPECT_LT(domains::relative_l2(four.field, one.field), 1e-6) << int(norm);
    EXPECT_LT(four.jump, 1e-6) << int(norm);
  }
}

TEST_F(Tube, BoxesInTimeTooAndOtherCouplingsGiveItAsWell)
{
  auto const one = solve(*bank, sample(), grid, options_of(), 1, {1, 1}),
             in_time = solve(*bank, sample(), grid, options_of(), 2, {2, 2});
  EXPECT_LT(domains::relative_l2(in_time.field, one.field), 1e-5);
  for (Coupling const coupling : {Coupling::schwarz, Coupling::partition_of_unity}) {
    auto const boxes = solve(*bank, sample(), grid, options_of(coupling), 1, {2, 2});

    EXPECT_TRUE(boxes.converged());
    EXPECT_LT(domains::relative_l2(boxes.field, one.field), 1e-5) << int(coupling);
  }
}

TEST_F(Tube, WithoutALiftInitialRowsHoldTheStart)
{
  auto options = options_of();
  options.rows.lift = false;
  auto const whole_field = bank_with(grid, *truth);

  auto const solution = solve(*whole_field, sample(), grid, options, 1, {2, 2});

  EXPECT_TRUE(solution.converged());
  EXPECT_LT(domains::relative_l2(solution.field, *truth), 1e-2);
}

TEST_F(Tube, BoxesAloneDoNotAgreeWhereTheyMeet)
{
  auto const legendre = make_legendre_basis(3, {3, 3});

  auto const joint = solve(*legendre, sample(), grid, options_of(), 1, {2, 2}),
             alone = solve(*legendre, sample(), grid, options_of(Coupling::none), 1, {2, 2});

  EXPECT_EQ(alone.solves.size(), 4u);
  EXPECT_GT(alone.jump, 10 * joint.jump);
}

TEST_F(Tube, ExpertsTellWhereTheirWorstRowIs)
{
  Partition const partition(grid, 1, {2, 2});

  auto const solution = solve(*bank, sample(), grid, options_of(), 1, {2, 2});

  double squares = 0, all = 0;
  for (double const r : solution.residual) all += r * r;
  for (std::size_t e = 0; e < partition.size(); ++e) {
    auto const &report = solution.experts[e];
    EXPECT_TRUE(partition.box(e).holds(grid, report.worst_level, report.worst_cell));
    double const worst = solution.residual[report.worst_level * grid.cells + report.worst_cell];
    for (std::size_t p = 0; p < grid.size(); ++p) {
      if (!partition.box(e).holds(grid, p / grid.cells, p % grid.cells)) continue;
      EXPECT_LE(solution.residual[p], worst);
    }
    squares += report.residual * report.residual;
  }
  EXPECT_NEAR(squares, all, 1e-12 * all);
}

TEST_F(Tube, PredictionTakesBoxesAlongEveryAxis)
{
  ConstrainedOptions options;
  options.layer = options_of();
  options.boxes_in_space = {2, 2};
  std::vector<PdeSample> const problems{sample()};

  auto const found = predict(*bank, options, grid, problems);

  EXPECT_EQ(found[0].field, solve(*bank, sample(), grid, options_of(), 1, {2, 2}).field);
}

TEST(LayerInSpace, TheAnswerIsAboutTheBestThereIsInTheSpan)
{
  // Behind their lifts, modes of five fields; a sixth one is not in their span.
  auto const grid = SpaceTimeGrid::over({{16, 1}, {20, 1.5}}, 21, 1);
  auto const unseen = hump(0, 0.5, 0.8);
  std::vector<std::vector<double>> known;
  for (auto const &[x, y] : {std::pair{0.3, 0.5}, {0.7, 0.6}, {0.4, 1.0}, {0.6, 0.9}, {0.5, 0.6}}) {
    auto const sample = hump(0, x, y);
    known.push_back(behind_lift(sample, grid, twins::plain_truth(sample, grid)));
  }
  auto const bank = make_pod_basis(grid, known, 4);
  auto const truth = twins::plain_truth(unseen, grid);
  auto options = options_of();
  options.rows.norm = RowNorm::propagated;

  auto const one = solve(*bank, unseen, grid, options, 1, {1, 1});

  std::vector<double> lift(grid.size());
  unseen.lift(grid, lift);
  auto const placed = place(unseen, Partition(grid, 1, {1, 1}), *bank, Coupling::joint, true);
  Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, 4, Eigen::RowMajor> const> const values(
      placed.value.data(), Eigen::Index(grid.size()), 4);
  Eigen::VectorXd rest(Eigen::Index(grid.size()));
  for (std::size_t p = 0; p < grid.size(); ++p) rest[Eigen::Index(p)] = truth[p] - lift[p];
  Eigen::MatrixXd const dense = values;
  Eigen::VectorXd const w = dense.colPivHouseholderQr().solve(rest);
  double const best = (dense * w - rest).norm();
  double found = 0;
  for (std::size_t p = 0; p < grid.size(); ++p) found += std::pow(one.field[p] - truth[p], 2);
  EXPECT_GT(best, 1e-3 * rest.norm());
  EXPECT_LT(std::sqrt(found), 1.2 * best);
}

TEST(LayerInSpace, SolvesOverThreeAxesByBoxes)
{
  auto const exact = twins::solid_equation();
  auto const grid = exact.grid({8, 8, 6}, 11);
  auto const sample = exact.sample();
  auto const truth = twins::plain_truth(sample, grid);
  auto const bank = bank_with(grid, behind_lift(sample, grid, truth));

  auto const one = solve(*bank, sample, grid, options_of(), 1, {1, 1, 1}),
             four = solve(*bank, sample, grid, options_of(), 1, {2, 2, 1});

  EXPECT_TRUE(four.converged());
  EXPECT_LT(domains::relative_l2(one.field, truth), 1e-2);
  EXPECT_LT(domains::relative_l2(four.field, one.field), 1e-6);
}

}  // namespace
}  // namespace tessera::constraint
