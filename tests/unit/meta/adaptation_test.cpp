#include <gtest/gtest.h>

#include <cmath>

#include <tessera/core/error.hpp>
#include <tessera/fields/geps.hpp>
#include <tessera/meta/adaptation.hpp>

#include "context_prior.hpp"

namespace {

using namespace tessera;
using namespace tessera::meta;

// Two random experts, four training environments on each with contexts on a cross, and support
// trajectories that expert 1 made with contexts between them.
struct Adaptation : ::testing::Test {
  std::shared_ptr<experts::ExpertBank<double>> bank =
      fields::make_geps_bank<double>({.state = 2, .width = 12, .depth = 3, .rank = 2});
  Mixture<double> mixture{bank, 2, 8, true, 5};
  experts::StepControl tight{.rtol = 1e-9, .atol = 1e-9};
  std::vector<double> truth{0.3, -0.2, -0.25, 0.4, 0.1, 0.1};
  domains::Trajectories support;

  Adaptation()
  {
    mixture.wake();
    mixture.set_routes(std::vector<int>{0, 0, 0, 0, 1, 1, 1, 1});
    Rng rng(9, "test/adaptation");
    bank->initialise(std::span<double>(&mixture.rows()(1, 0), bank->row_size()), rng);
    for (int e = 0; e < 8; ++e) {
      double *slice = mixture.slice(e, e / 4);
      slice[e % 2] = e % 4 < 2 ? 0.6 : -0.6;
      slice[1 - e % 2] = 0;
    }
    support.environments.resize(3);
    support.count = 1;
    support.points = 21;
    support.dimension = 2;
    for (int k = 0; k < 63; ++k) support.times.push_back(0.2 * (k % 21));
    for (int k = 0; k < 126; ++k) support.states.push_back(0.5);
    std::vector<Task> const tasks{{0, 1, 0, 0}, {1, 1, 0, 0}, {2, 1, 0, 0}};
    TaskWorkspace<double> workspace;
    TaskBatch<double> batch(support, tasks, truth, workspace);
    batch.solve(*bank, mixture.rows(), tight, false);
    for (std::size_t e = 0; e < 3; ++e) {
      for (std::size_t k = 0; k < 21; ++k) {
        for (int i = 0; i < 2; ++i)
          support.states[(e * 21 + k) * 2 + i] = batch.predicted(e, 0, k)[i];
      }
    }
  }
};

TEST_F(Adaptation, LevenbergMarquardtFindsTheExpertAndTheContextThatMadeTheData)
{
  AdaptOptions options{.method = "levenberg_marquardt"};
  options.prior = 1e-14;
  options.iterations = 40;

  Adapted const found = adapt(mixture, support, options, tight);

  for (std::size_t e = 0; e < 3; ++e) {
    EXPECT_EQ(found.expert[e], 1);
    EXPECT_LT(found.support_loss[e], 1e-10);
    for (std::size_t r = 0; r < 2; ++r) {
      EXPECT_NEAR(found.contexts[2 * e + r], truth[2 * e + r], 1e-3);
    }
  }
}

TEST_F(Adaptation, LevenbergMarquardtReachesALowerObjectiveThanAdaBelief)
{
  AdaptOptions slow{.method = "adabelief"}, fast{.method = "levenberg_marquardt"};
  slow.prior = fast.prior = 0;

  Adapted const gradient = adapt(mixture, support, slow, tight);
  Adapted const squares = adapt(mixture, support, fast, tight);

  EXPECT_EQ(gradient.expert, squares.expert);
  for (std::size_t e = 0; e < 3; ++e) {
    EXPECT_LE(squares.support_loss[e], gradient.support_loss[e] + 1e-12);
  }
}

TEST_F(Adaptation, AnEnvironmentThatCannotBeFollowedLeavesTheOthersAlone)
{
  AdaptOptions const options{.method = "levenberg_marquardt"};
  Adapted const expected = adapt(mixture, support, options, tight);
  support.states[2 * 21] = std::nan("");

  Adapted const found = adapt(mixture, support, options, tight);

  EXPECT_EQ(found.contexts[0], expected.contexts[0]);
  EXPECT_EQ(found.contexts[4], expected.contexts[4]);
}

TEST_F(Adaptation, SearchesStartAtTheMeanAndThenWhereItIsFarthestFromAll)
{
  mixture.slice(4, 1)[0] = 0.9;

  auto const starts = context_starts(mixture, 1, 3);

  ASSERT_EQ(starts.size(), 3u);
  EXPECT_NEAR(starts[0][0], 0.075, 1e-12);
  EXPECT_EQ(starts[1], (std::vector<double>{0.9, 0}));
  EXPECT_EQ(starts[2], (std::vector<double>{-0.6, 0}));
  EXPECT_EQ(context_starts(mixture, 1, 100).size(), 5u);
}

// Experts that share a trunk and have no parts are the same expert: a new system is searched for
// from the training context that fits it best, also where that belongs to the other expert's
// systems.
TEST_F(Adaptation, WithATrunkSearchesStartAtTheTrainingContextOfLeastLossWhoeversItIs)
{
  Mixture<double> shared(bank, 2, 8, true, 5, nullptr, experts::make_trunk_map<double>({}));
  auto const trunk = shared.parameters().matrix("trunk/" + bank->kind());
  for (std::size_t k = 0; k < bank->row_size(); ++k) trunk(0, k) = mixture.rows()(1, k);
  shared.materialise();
  shared.wake();
  shared.set_routes(mixture.routes());
  for (int e = 0; e < 8; ++e) {
    // Expert 0's systems lie around the truth of environment 0, expert 1's far from all.
    shared.slice(e, e / 4)[0] = e < 4 ? truth[0] + 1e-3 * e : -3 - 0.1 * e;
    shared.slice(e, e / 4)[1] = e < 4 ? truth[1] : 3;
  }
  AdaptOptions options;
  options.search_steps = options.polish_steps = 0;
  options.prior = 0;

  Adapted const found = adapt(shared, support, options, tight);

  EXPECT_LT(found.support_loss[0], 1e-10);
  EXPECT_NEAR(found.contexts[0], truth[0], 1e-12);
  EXPECT_NEAR(found.contexts[1], truth[1], 1e-12);
}

// A bank whose vector fields cannot push tangents forward.
struct NoTangents final : experts::ExpertBank<double> {
  std::shared_ptr<experts::ExpertBank<double>> bank;
  explicit NoTangents(std::shared_ptr<experts::ExpertBank<double>> b) : bank(std::move(b)) {}
  std::string kind() const override { return "plain"; }
  std::size_t row_size() const override { return bank->row_size(); }
  int context_size() const override { return bank->context_size(); }
  double flops_per_evaluation() const override { return bank->flops_per_evaluation(); }
  void initialise(std::span<double> row, Rng &rng) const override { bank->initialise(row, rng); }
  void integrate(experts::HostSpace const &space, experts::View2<double> const &rows,
                 experts::OdeBatch<double> const &batch, experts::StepControl const &control,
                 experts::OdeSolution<double> const &solution) const override
  {
    bank->integrate(space, rows, batch, control, solution);
  }
  void pull_back(experts::HostSpace const &space, experts::View2<double> const &rows,
                 experts::OdeBatch<double> const &batch,
                 experts::OdeSolution<double> const &solution,
                 experts::View3<double> const &cotangent, experts::View2<double> const &gradient,
                 experts::View2<double> const &context_bar) const override
  {
    bank->pull_back(space, rows, batch, solution, cotangent, gradient, context_bar);
  }
  void evaluate(std::span<double const> row, std::span<double const> context, double t,
                std::span<double const> x, std::span<double> dx) const override
  {
    bank->evaluate(row, context, t, x, dx);
  }
};

TEST_F(Adaptation, WithoutSensitivitiesTheErrorNamesTheKeyAndTheWayOut)
{
  Mixture<double> const plain(std::make_shared<NoTangents>(bank), 2, 8, true, 5);

  try {
    adapt(plain, support, {.method = "levenberg_marquardt"}, tight);
    FAIL() << "must throw";
  } catch (InputError const &error) {
    std::string const text = error.what();
    EXPECT_NE(text.find("adapt.method"), std::string::npos);
    EXPECT_NE(text.find("\"plain\""), std::string::npos);
    EXPECT_NE(text.find("adabelief"), std::string::npos);
  }
}

TEST_F(Adaptation, ABankWithoutPushForwardSaysSo)
{
  NoTangents const plain(bank);

  EXPECT_FALSE(plain.has_push_forward());
  EXPECT_THROW(plain.push_forward({}, {}, {}, {}, {}), InputError);
}

}  // namespace
