#include <cmath>
#include <optional>

#include <gtest/gtest.h>
#include <Eigen/Cholesky>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/diffusion_sorption_pde.hpp>

#include "support/exact_equations.hpp"

// The derivative of a loss of the solved field by the basis, against central differences of solves
// converged to rounding: every kind of row, every coupling.
namespace tessera::constraint {
namespace {

using domains::Box;
using domains::PdeSample;
using domains::SpaceTimeGrid;

/// A bank plus `amount` times another one: a line through the space of bases.
class Moved final : public BasisBank {
 public:
  Moved(BasisBank const &bank, BasisBank const &direction, double amount)
      : bank_(bank), direction_(direction), amount_(amount)
  {
  }
  std::string kind() const override { return "moved"; }
  int functions() const override { return bank_.functions(); }
  void evaluate(SpaceTimeGrid const &grid, Box const &box, Box const &where,
                PdeSample const &sample, std::span<double> values) const override
  {
    std::vector<double> along(values.size());
    bank_.evaluate(grid, box, where, sample, values);
    direction_.evaluate(grid, box, where, sample, along);
    for (std::size_t k = 0; k < along.size(); ++k) values[k] += amount_ * along[k];
  }

 private:
  BasisBank const &bank_, &direction_;
  double amount_;
};

struct Case {
  std::string name;
  LayerOptions options;
  std::size_t boxes;
  /// None: diffusion-sorption from 0.15.
  std::optional<twins::ExactEquation> equation = {};
};

// Without it GoogleTest prints the bytes.
void PrintTo(Case const &tried, std::ostream *out)
{
  *out << tried.name;
}

LayerOptions options_of(RowKind kind, RowNorm norm, bool lift, Coupling coupling)
{
  LayerOptions options;
  options.rows.kind = kind, options.rows.norm = norm, options.rows.lift = lift;
  options.coupling = coupling;
  options.rows.continuity = 1;  // so that boxes have something to say of their own
  options.solver.tolerance = 1e-12;
  options.solver.max_iterations = 200;
  return options;
}

std::vector<Case> cases()
{
  auto const consistent = RowKind::consistent, reference = RowKind::reference;
  auto const step = RowNorm::step, plain = RowNorm::plain;
  std::vector<Case> all{
      {"step", options_of(consistent, step, false, Coupling::joint), 1},
      {"plain", options_of(consistent, plain, false, Coupling::joint), 1},
      {"lifted", options_of(consistent, step, true, Coupling::joint), 1},
      {"reference", options_of(reference, plain, false, Coupling::none), 1},
      {"joint", options_of(consistent, step, false, Coupling::joint), 3},
      {"schwarz", options_of(consistent, step, false, Coupling::schwarz), 3},
      {"partition", options_of(consistent, plain, false, Coupling::partition_of_unity), 3},
      {"none", options_of(consistent, step, false, Coupling::none), 3}};
  auto add = [&](std::string const &name, auto const &change) {
    all.push_back({name, options_of(consistent, step, false, Coupling::joint), 1});
    change(all.back().options.rows);
  };
  add("bdf2", [](RowOptions &r) { r.time = TimeScheme::bdf2; });
  add("conservative", [](RowOptions &r) { r.form = domains::Form::conservative; });
  add("two_cells", [](RowOptions &r) { r.cells = 2; });
  add("early_boundary", [](RowOptions &r) { r.early = 0.1, r.boundary = true; });
  add("drawn_points", [](RowOptions &r) { r.points = 150, r.draw = 3; });
  add("logarithmic", [](RowOptions &r) { r.time = TimeScheme::logarithmic; });
  add("propagated", [](RowOptions &r) {
    r.norm = RowNorm::propagated, r.lift = true, r.spreading = 90, r.cells = 2;
  });
  add("levels_left_out", [](RowOptions &r) { r.last_level = 9; });
  for (auto const &equation : twins::exact_equations()) {
    for (std::size_t const boxes : {1, 3}) {
      auto options =
          options_of(consistent, boxes == 1 ? RowNorm::propagated : step, true, Coupling::joint);
      options.rows.first_level = 1;
      all.push_back(
          {equation.name + (boxes == 1 ? "_propagated" : "_boxes"), options, boxes, equation});
    }
  }
  all.push_back({"drawn_reference", options_of(reference, plain, false, Coupling::none), 1});
  all.back().options.rows.points = 300;
  return all;
}

class ConstraintPullBack : public ::testing::Test {
 protected:
  SpaceTimeGrid grid_{.cells = 36, .levels = 13};
  std::shared_ptr<domains::Pde const> const pde_ = domains::make_diffusion_sorption();
  PdeSample sample_{pde_, domains::constant_field(0.15), {}};

  /// Modes of true fields, bent so that they cannot meet the rows: r at the solution is not 0, and
  /// its second derivatives count.
  std::unique_ptr<BasisBank> bank(bool lift) const
  {
    if (lift) return make_random_features(3, 2, 0.8);
    std::vector<std::vector<double>> fields;
    for (double const start : {0.08, 0.13, 0.19}) {
      fields.emplace_back(grid_.size());
      PdeSample{pde_, domains::constant_field(start), {}}.truth(grid_, fields.back());
    }
    for (std::size_t p = 0; p < grid_.size(); ++p) {
      fields[2][p] += 0.03 * std::sin(0.3 * double(p % grid_.cells));
    }
    return make_pod_basis(grid_, fields, 3);
  }
};

/// What a cotangent says of a change of the basis.
double along(LayerCotangent const &cotangent, ConstraintLayer::Gathered const &change)
{
  double sum = 0;
  for (std::size_t part = 0; part < cotangent.bases.size(); ++part) {
    auto const &placed = change.alone.empty() ? change.placed : change.alone[part];
    auto const &bar = cotangent.bases[part];
    for (std::size_t k = 0; k < bar.value.size(); ++k) sum += bar.value[k] * placed.value[k];
    for (std::size_t k = 0; k < bar.meeting_values.size(); ++k) {
      sum += bar.meeting_values[k] * placed.meeting_values[k];
    }
  }
  return sum;
}

class ConstraintPullBackOf : public ConstraintPullBack, public ::testing::WithParamInterface<Case> {
 protected:
  ConstraintPullBackOf()
  {
    if (!GetParam().equation) return;
    grid_ = GetParam().equation->grid(36, 13);
    sample_ = GetParam().equation->sample();
  }
};

TEST_P(ConstraintPullBackOf, IsTheDerivativeOfTheSolvedField)
{
  auto const &[name, options, boxes, equation] = GetParam();
  ConstraintLayer const layer(domains::Partition(grid_, 1, boxes), options);
  auto const base = bank(options.rows.lift);
  auto const direction = make_random_features(3, 11, 0.5);
  std::vector<double> loss_bar(grid_.size());
  Rng rng(1, "constraint_pull_back");
  for (double &bar : loss_bar) bar = rng.normal();
  auto const loss = [&](double amount) {
    auto const solution =
        layer.solve(layer.gather(Moved(*base, *direction, amount), sample_), sample_);
    EXPECT_TRUE(solution.converged()) << solution.solves[0].gradient;
    double sum = 0;
    for (std::size_t p = 0; p < grid_.size(); ++p) sum += loss_bar[p] * solution.field[p];
    return sum;
  };

  auto const gathered = layer.gather(*base, sample_);
  auto const solution = layer.solve(gathered, sample_);
  auto const cotangent = layer.pull_back(gathered, sample_, solution, loss_bar);
  // Gathering is linear in the bank: the direction's own values are the change.
  auto const change = layer.gather(*direction, sample_);
  double const pulled = along(cotangent, change);
  double const h = 1e-4,
               fourth = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h);
  EXPECT_EQ(cotangent.fallbacks, 0);
  EXPECT_NEAR(pulled, fourth, 1e-5 * std::abs(fourth)) << name;
}

TEST_P(ConstraintPullBackOf, OfTheCostNeedsNoDerivativeOfTheCoefficients)
{
  auto const &[name, options, boxes, equation] = GetParam();
  ConstraintLayer const layer(domains::Partition(grid_, 1, boxes), options);
  auto const base = bank(options.rows.lift);
  auto const direction = make_random_features(3, 11, 0.5);
  auto const cost = [&](double amount) {
    return layer.solve(layer.gather(Moved(*base, *direction, amount), sample_), sample_).cost;
  };

  auto const gathered = layer.gather(*base, sample_);
  auto const solution = layer.solve(gathered, sample_);
  auto const cotangent = layer.pull_back_cost(gathered, sample_, solution, 0.5);
  auto const change = layer.gather(*direction, sample_);
  double const pulled = along(cotangent, change);
  double const h = 1e-4,
               fourth = (8 * (cost(h) - cost(-h)) - (cost(2 * h) - cost(-2 * h))) / (12 * h);
  EXPECT_NEAR(2 * pulled, fourth, 1e-5 * std::abs(fourth)) << name;
}

INSTANTIATE_TEST_SUITE_P(Table, ConstraintPullBackOf, ::testing::ValuesIn(cases()),
                         [](auto const &each) { return each.param.name; });

TEST_F(ConstraintPullBack, FallsBackToGaussNewtonWhereTheHessianIsNoMinimumsAndCountsIt)
{
  auto const options = options_of(RowKind::consistent, RowNorm::step, false, Coupling::joint);
  ConstraintLayer const layer(domains::Partition(grid_, 1, 1), options);
  auto const base = bank(false);
  auto const gathered = layer.gather(*base, sample_);
  auto solution = layer.solve(gathered, sample_);
  std::vector<double> const bar(grid_.size(), 1.);
  Rng rng(4, "indefinite");

  // Far from the minimum rows are large and bend the wrong way somewhere.
  int fallbacks = 0;
  for (int k = 0; k < 50 && fallbacks == 0; ++k) {
    for (double &w : solution.solves[0].w) w = rng.normal();
    auto const cotangent = layer.pull_back(gathered, sample_, solution, bar);
    fallbacks = cotangent.fallbacks;
    for (double const value : cotangent.bases[0].value) ASSERT_TRUE(std::isfinite(value));
  }
  EXPECT_EQ(fallbacks, 1);
}

TEST_F(ConstraintPullBack, AgreesWithTheDerivativeOfUnrolledSteps)
{
  // w <- w - (J^T J)^-1 J^T r, its tangent carried along: dw <- dT(w, basis)(dw, d basis).
  auto const options = options_of(RowKind::consistent, RowNorm::step, false, Coupling::joint);
  ConstraintLayer const layer(domains::Partition(grid_, 1, 1), options);
  auto const base = bank(false), direction = make_random_features(3, 11, 0.5);
  auto const gathered = layer.gather(*base, sample_);
  auto const solution = layer.solve(gathered, sample_);
  double const h = 1e-5;
  auto const up = layer.gather(Moved(*base, *direction, h), sample_),
             down = layer.gather(Moved(*base, *direction, -h), sample_);
  auto const step = [&](ConstraintLayer::Gathered const &at, Eigen::Vector3d w) {
    Box const whole = domains::whole(grid_);
    auto const rows = make_rows(sample_, at.placed, whole, options.rows, true);
    Eigen::Matrix3d a;
    Eigen::Vector3d b;
    rows->normal_equations({w.data(), 3}, -1, {a.data(), 9}, {b.data(), 3});
    return Eigen::Vector3d(w - a.ldlt().solve(b));
  };
  Eigen::Vector3d const w(solution.w.data());
  Eigen::Vector3d tangent = Eigen::Vector3d::Zero();
  for (int k = 0; k < 60; ++k) {
    tangent = ((step(up, w + h * tangent) - step(down, w - h * tangent)) / (2 * h)).eval();
  }

  // The loss w_0, by a field cotangent that picks it: d w_0 = e_0^T (V^T V)^-1 V^T du.
  Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor> const> const values(
      gathered.placed.value.data(), Eigen::Index(grid_.size()), 3);
  Eigen::Matrix3d const gram = values.transpose() * values;
  Eigen::VectorXd const bar = values * gram.ldlt().solve(Eigen::Vector3d(1, 0, 0));
  auto const cotangent = layer.pull_back(gathered, sample_, solution, {bar.data(), grid_.size()});
  auto const change = layer.gather(*direction, sample_);
  double pulled = 0, direct = 0;
  for (std::size_t p = 0; p < grid_.size(); ++p) {
    for (std::size_t c = 0; c < 3; ++c) {
      double const moved = change.placed.value[3 * p + c];
      pulled += cotangent.bases[0].value[3 * p + c] * moved;
      direct += bar[Eigen::Index(p)] * solution.w[c] * moved;  // of the field at fixed w
    }
  }

  EXPECT_NEAR(pulled - direct, tangent[0], 1e-5 * std::abs(tangent[0]));
}

TEST_F(ConstraintPullBack, SettlingLeavesAMinimumAndLowersTheCostOfASaddle)
{
  auto const options = options_of(RowKind::consistent, RowNorm::step, false, Coupling::joint);
  ConstraintLayer const layer(domains::Partition(grid_, 1, 1), options);
  auto const base = bank(false);
  auto const gathered = layer.gather(*base, sample_);
  auto const minimum = layer.solve(gathered, sample_);
  auto solution = minimum;
  Box const whole = domains::whole(grid_);
  auto const rows = make_rows(sample_, gathered.placed, whole, options.rows, true);

  EXPECT_EQ(layer.settle(gathered, sample_, solution), 0);
  EXPECT_EQ(solution.w, minimum.w);

  Rng rng(4, "indefinite");
  int moved = 0;
  double before = 0;
  for (int k = 0; k < 50 && moved == 0; ++k) {
    for (double &w : solution.solves[0].w) w = rng.normal();
    before = rows->cost(solution.solves[0].w);
    moved = layer.settle(gathered, sample_, solution);
  }
  EXPECT_EQ(moved, 1);
  EXPECT_LT(rows->cost(solution.w), before);
}

TEST_F(ConstraintPullBack, ASampleThatDidNotConvergeGivesNoGradient)
{
  auto options = options_of(RowKind::consistent, RowNorm::step, false, Coupling::joint);
  options.solver.max_iterations = 1;
  options.solver.frozen_passes = 0;
  ConstraintLayer const layer(domains::Partition(grid_, 1, 1), options);
  auto const base = bank(false);
  auto const gathered = layer.gather(*base, sample_);
  auto const solution = layer.solve(gathered, sample_);
  std::vector<double> const bar(grid_.size(), 1.);

  ASSERT_FALSE(solution.converged());
  auto const cotangent = layer.pull_back(gathered, sample_, solution, bar);
  for (double const value : cotangent.bases[0].value) EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace tessera::constraint
