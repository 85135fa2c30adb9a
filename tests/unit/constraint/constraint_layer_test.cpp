#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>
#include <tessera/domains/diffusion_sorption_pde.hpp>
#include <tessera/domains/heat.hpp>

namespace tessera::constraint {
namespace {

using domains::Partition;
using domains::PdeSample;
using domains::SpaceTimeGrid;

PdeSample diffusion_sorption(double start)
{
  return {domains::make_diffusion_sorption(), domains::constant_field(start), {}};
}

/// True fields on a small grid, a basis of their modes, and one field that is not among them.
class ConstraintLayerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite()
  {
    problem = new PdeSample(diffusion_sorption(0.113));
    known = new std::vector<std::vector<double>>;
    for (double const start : {0.02, 0.06, 0.1, 0.14, 0.18}) {
      known->emplace_back(grid.size());
      diffusion_sorption(start).truth(grid, known->back());
    }
    unseen = new std::vector<double>(grid.size());
    problem->truth(grid, *unseen);
  }
  static void TearDownTestSuite()
  {
    delete unseen;
    delete known;
    delete problem;
  }
  static LayerOptions unlifted(Coupling coupling = Coupling::joint)
  {
    LayerOptions options;
    options.rows.lift = false;
    options.rows.early = 0.1;
    options.coupling = coupling;
    return options;
  }
  static PlacedSolution solve(BasisBank const &bank, LayerOptions const &options,
                              std::size_t in_time = 1, std::size_t in_space = 1)
  {
    ConstraintLayer const layer(Partition(grid, in_time, in_space), options);
    return layer.solve(layer.gather(bank, *problem), *problem);
  }
  static double error(PlacedSolution const &solution)
  {
    return domains::relative_l2(solution.field, *unseen);
  }

  inline static SpaceTimeGrid const grid{.cells = 122, .levels = 41};
  inline static PdeSample *problem = nullptr;
  inline static std::vector<std::vector<double>> *known = nullptr;
  inline static std::vector<double> *unseen = nullptr;
};

double distance(std::vector<double> const &a, std::vector<double> const &b)
{
  double largest = 0;
  for (std::size_t p = 0; p < a.size(); ++p) largest = std::max(largest, std::abs(a[p] - b[p]));
  return largest;
}

TEST_F(ConstraintLayerTest, FindsAnUnseenFieldInTheSpanOfOthers)
{
  auto const bank = make_pod_basis(grid, *known, 3);

  auto const solution = solve(*bank, unlifted());

  EXPECT_TRUE(solution.converged());
  EXPECT_LE(solution.iterations(), 10);
  EXPECT_LT(error(solution), 1e-3);
}

TEST_F(ConstraintLayerTest, FindsItWithEveryKindOfConsistentRow)
{
  auto const bank = make_pod_basis(grid, *known, 3);
  for (RowNorm const norm : {RowNorm::step, RowNorm::plain}) {
    for (TimeScheme const time : {TimeScheme::crank_nicolson, TimeScheme::bdf2}) {
      for (domains::Form const form : {domains::Form::rate, domains::Form::conservative}) {
        for (std::size_t const cells : {1, 2}) {
          auto options = unlifted();
          options.rows.norm = norm, options.rows.time = time, options.rows.form = form;
          options.rows.cells = cells;

          EXPECT_LT(error(solve(*bank, options)), 5e-3)
              << int(norm) << int(time) << int(form) << cells;
        }
      }
    }
  }
}

TEST_F(ConstraintLayerTest, ReferenceRowsPreferAWrongFieldThatCostsLessThanTheTruth)
{
  auto const bank = make_pod_basis(grid, *known, 5);
  auto options = unlifted(Coupling::none);
  options.rows.kind = RowKind::reference;
  options.solver.max_iterations = 100;

  auto const solution = solve(*bank, options);

  EXPECT_LT(solution.cost, reference_cost(*problem, grid, *unseen));
  EXPECT_GT(error(solution), 0.02);
}

TEST_F(ConstraintLayerTest, BoxesHeldTogetherGiveTheFieldOfOneDomain)
{
  auto const bank = make_pod_basis(grid, *known, 3);
  auto const one = solve(*bank, unlifted());
  for (Coupling const coupling :
       {Coupling::joint, Coupling::schwarz, Coupling::partition_of_unity}) {
    auto const boxes = solve(*bank, unlifted(coupling), 1, 4);

    EXPECT_TRUE(boxes.converged());
    EXPECT_LE(boxes.iterations(), 16);
    EXPECT_LE(boxes.jump, 1e-6);
    EXPECT_LE(distance(boxes.field, one.field), 1e-5) << int(coupling);
  }
}

TEST_F(ConstraintLayerTest, BoxesInTimeAreHeldTogetherToo)
{
  auto const bank = make_pod_basis(grid, *known, 3);
  auto const one = solve(*bank, unlifted()), boxes = solve(*bank, unlifted(), 2, 2);

  EXPECT_LE(boxes.jump, 1e-6);
  EXPECT_LE(distance(boxes.field, one.field), 1e-5);
}

TEST_F(ConstraintLayerTest, CoordinatesOfABoxDoNotMatterWhereCouplingHolds)
{
  auto const bank = make_pod_basis(grid, *known, 3);
  auto const rotated = make_rotated_basis(*bank, 7);
  auto const one = solve(*bank, unlifted()), boxes = solve(*rotated, unlifted(), 1, 4);

  EXPECT_LE(distance(boxes.field, one.field), 1e-5);
}

TEST_F(ConstraintLayerTest, BoxesAloneFailVisibly)
{
  auto const bank = make_pod_basis(grid, *known, 3);

  auto const alone = solve(*bank, unlifted(Coupling::none), 1, 4);

  EXPECT_GT(error(alone), 0.05);
  EXPECT_GT(alone.jump, 0.05);
}

TEST_F(ConstraintLayerTest, ALiftedPolynomialBasisNeedsNoTrueField)
{
  auto const bank = make_legendre_basis(4, 4);

  auto const solution = solve(*bank, {}, 1, 4);

  EXPECT_LT(error(solution), 1e-2);
  EXPECT_EQ(solution.field[5], 0.113);  // the initial value is exact
}

TEST_F(ConstraintLayerTest, ALinearEquationTakesOneStep)
{
  PdeSample const heat{domains::make_heat(), domains::constant_field(0.1), {}};
  ConstraintLayer const layer(Partition(grid, 1, 2), {});
  auto const bank = make_legendre_basis(5, 6);
  std::vector<double> truth(grid.size());
  heat.truth(grid, truth);

  auto const solution = layer.solve(layer.gather(*bank, heat), heat);

  EXPECT_EQ(solution.experts[0].frozen_passes, 1);
  EXPECT_EQ(solution.iterations(), 0);
  EXPECT_LT(domains::relative_l2(solution.field, truth), 1e-2);
}

TEST_F(ConstraintLayerTest, StartsFromAnInitialFieldThatIsNoConstant)
{
  PdeSample const heat{domains::make_heat(),
                       [](SpaceTimeGrid const &at, std::span<double> u) {
                         auto const x = at.centres();
                         for (std::size_t i = 0; i < u.size(); ++i) {
                           u[i] = 0.2 + 0.1 * std::sin(5 * x[i]);
                         }
                       },
                       {}};
  ConstraintLayer const layer(Partition(grid, 1, 2), {});
  auto const bank = make_legendre_basis(6, 8);
  std::vector<double> truth(grid.size());
  heat.truth(grid, truth);

  auto const solution = layer.solve(layer.gather(*bank, heat), heat);

  EXPECT_LT(domains::relative_l2(solution.field, truth), 1e-2);
  auto const initial = heat.start(grid);
  EXPECT_TRUE(std::equal(initial.begin(), initial.end(), solution.field.begin()));
}

TEST_F(ConstraintLayerTest, SamplesSideBySideHaveTheBitsOfEachAlone)
{
  auto const bank = make_pod_basis(grid, *known, 3);
  ConstraintLayer const layer(Partition(grid, 1, 4), unlifted());
  auto const gathered = layer.gather(*bank, *problem);
  std::vector<PdeSample> const samples{diffusion_sorption(0.03), diffusion_sorption(0.07),
                                       diffusion_sorption(0.11), diffusion_sorption(0.19)};

  auto const together = layer.solve(gathered, samples);

  for (std::size_t k = 0; k < samples.size(); ++k) {
    EXPECT_EQ(together[k].field, layer.solve(gathered, samples[k]).field);
  }
}

TEST_F(ConstraintLayerTest, ExpertsTellWhereTheirWorstRowIs)
{
  auto const bank = make_pod_basis(grid, *known, 3);
  Partition const partition(grid, 1, 4);

  auto const solution = solve(*bank, unlifted(), 1, 4);

  for (std::size_t e = 0; e < partition.size(); ++e) {
    auto const &report = solution.experts[e];
    EXPECT_TRUE(partition.box(e).holds(grid, report.worst_level, report.worst_cell));
    EXPECT_GE(report.residual,
              solution.residual[report.worst_level * grid.cells + report.worst_cell]);
  }
}

TEST_F(ConstraintLayerTest, ANoisyBasisIsBroughtBackByRowsOverCells)
{
  auto const bank = make_pod_basis(grid, *known, 3);
  auto const noisy = make_noisy_basis(*bank, 1e-4, 1);
  auto narrow = unlifted(), wide = unlifted();
  narrow.rows.norm = wide.rows.norm = RowNorm::plain;
  wide.rows.cells = 2;

  EXPECT_LT(error(solve(*noisy, wide)), error(solve(*noisy, narrow)));
}

TEST_F(ConstraintLayerTest, RefusesWhatContradictsItself)
{
  auto options = unlifted(Coupling::none);
  EXPECT_THROW(ConstraintLayer(Partition(grid, 2, 2), options), InputError);
  options.coupling = Coupling::joint;
  options.rows.kind = RowKind::reference;
  EXPECT_THROW(ConstraintLayer(Partition(grid, 1, 4), options), InputError);
  auto const bank = make_pod_basis(grid, *known, 3);
  auto odd = unlifted();
  odd.rows.cells = 5;
  EXPECT_THROW(solve(*bank, odd), InputError);
}

}  // namespace
}  // namespace tessera::constraint
