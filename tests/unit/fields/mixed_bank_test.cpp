#include <gtest/gtest.h>

#include <numeric>

#include <tessera/experts/mixed_bank.hpp>
#include <tessera/fields/coda.hpp>
#include <tessera/fields/geps.hpp>

#include "support/bank_batch.hpp"

// Experts of two kinds in one bank, which differ in the lengths of rows and contexts.

namespace {

using namespace tessera;
using Bank = experts::ExpertBank<double>;
using twins::BankBatch;

constexpr int count = 120, points = 6, states = 3;

std::shared_ptr<Bank> geps()
{
  return fields::make_geps_bank<double>({.state = states, .width = 13, .depth = 3, .rank = 4});
}

std::shared_ptr<Bank> coda()
{
  return fields::make_coda_bank<double>({.state = states, .width = 17, .depth = 3, .rank = 2});
}

/// What a bank makes of a batch: every result that an expert is trained and adapted with.
struct Results {
  experts::OdeSolution<double> solution;
  experts::View2<double> gradient, context_bar;
  experts::View4<double> sensitivities;

  Results(Bank const &bank, experts::View2<double> const &rows,
          experts::OdeBatch<double> const &batch, experts::View3<double> const &cotangent)
      : solution(batch.size(), points, states, 60),
        gradient("tessera::test::gradient", rows.extent(0), rows.extent(1)),
        context_bar("tessera::test::context_bar", batch.size(), bank.context_size()),
        sensitivities("tessera::test::sensitivities", batch.size(), points, states,
                      bank.context_size())
  {
    bank.integrate({}, rows, batch, {}, solution);
    bank.pull_back({}, rows, batch, solution, cotangent, gradient, context_bar);
    bank.push_forward({}, rows, batch, solution, sensitivities);
  }
};

struct MixedBank : ::testing::Test {
  // GEPS experts 0 and 1, CoDA expert 2.
  MixedBank()
  {
    Rng rng(5, "test/cotangent");
    for (std::size_t i = 0; i < cotangent.size(); ++i) cotangent.data()[i] = rng.normal();
  }

  // The trajectories of experts [first, last) alone, for a bank of their kind.
  Results alone(Bank const &one, int first, int last) const
  {
    std::pair const own(first * count / 3, last * count / 3), experts(first, last);
    auto batch = all.batch;
    batch.initial = Kokkos::subview(all.batch.initial, own, Kokkos::ALL);
    batch.times = Kokkos::subview(all.batch.times, own, Kokkos::ALL);
    batch.points = Kokkos::subview(all.batch.points, own);
    batch.context_row = Kokkos::subview(all.batch.context_row, own);
    batch.origin = Kokkos::subview(all.batch.origin, own);
    std::vector<int> expert(all.expert.begin() + own.first, all.expert.begin() + own.second);
    for (int &number : expert) number -= first;
    batch.blocks = experts::make_blocks(expert, 16);
    batch.contexts = experts::View2<double>("tessera::test::contexts", all.batch.contexts.extent(0),
                                            one.context_size());
    for (std::size_t e = 0; e < batch.contexts.extent(0); ++e) {
      for (std::size_t r = 0; r < batch.contexts.extent(1); ++r) {
        batch.contexts(e, r) = all.batch.contexts(e, r);
      }
    }
    return {one, Kokkos::subview(all.rows, experts, Kokkos::ALL), batch,
            Kokkos::subview(cotangent, own, Kokkos::ALL, Kokkos::ALL)};
  }

  void expect_same(Results const &mixed, Results const &single, int first) const
  {
    int const from = first * count / 3, n = single.context_bar.extent_int(0);
    double sum = 0;
    for (int t = 0; t < n; ++t) {
      for (std::size_t r = 0; r < single.context_bar.extent(1); ++r) {
        ASSERT_EQ(mixed.context_bar(from + t, r), single.context_bar(t, r));
        sum += std::abs(single.context_bar(t, r));
      }
      for (int k = 0; k < points; ++k) {
        for (int i = 0; i < states; ++i) {
          ASSERT_EQ(mixed.solution.states(from + t, k, i), single.solution.states(t, k, i));
          for (std::size_t r = 0; r < single.context_bar.extent(1); ++r) {
            ASSERT_EQ(mixed.sensitivities(from + t, k, i, r), single.sensitivities(t, k, i, r));
          }
        }
      }
    }
    for (std::size_t e = 0; e < single.gradient.extent(0); ++e) {
      for (std::size_t k = 0; k < single.gradient.extent(1); ++k) {
        ASSERT_EQ(mixed.gradient(first + e, k), single.gradient(e, k));
        sum += std::abs(single.gradient(e, k));
      }
    }
    EXPECT_GT(sum, 0);
  }

  std::shared_ptr<Bank> bank = experts::make_mixed_bank<double>({{geps(), 2}, {coda(), 1}});
  BankBatch<double> all{bank, states, 3, count, points, 0.1};
  experts::View3<double> cotangent{"tessera::test::cotangent", count, points, states};
};

TEST_F(MixedBank, EachKindSolvesAndPullsBackAsItDoesAlone)
{
  Results const mixed(*bank, all.rows, all.batch, cotangent);

  expect_same(mixed, alone(*geps(), 0, 2), 0);
  expect_same(mixed, alone(*coda(), 2, 3), 2);
  for (int t = 2 * count / 3; t < count; ++t) {
    EXPECT_EQ(mixed.context_bar(t, 2), 0) << "beyond the context of its kind";
    EXPECT_EQ(mixed.sensitivities(t, points - 3, 0, 3), 0);
  }
}

TEST_F(MixedBank, AnExpertWithoutABlockHasNoGradient)
{
  auto batch = all.batch;
  batch.blocks = Kokkos::subview(all.batch.blocks, std::pair(0, 1));
  experts::View2<double> gradient("tessera::test::gradient", 3, all.rows.extent(1)),
      bar("tessera::test::context_bar", count, bank->context_size());
  Kokkos::deep_copy(gradient, 1.0);
  experts::OdeSolution<double> solution(count, points, states, 60);

  bank->integrate({}, all.rows, batch, {}, solution);
  bank->pull_back({}, all.rows, batch, solution, cotangent, gradient, bar);

  for (std::size_t k = 0; k < gradient.extent(1); ++k) {
    ASSERT_EQ(gradient(1, k), 0);
    ASSERT_EQ(gradient(2, k), 0);
  }
}

TEST_F(MixedBank, KnowsEveryExpertsKindAlsoWhenSomeAreGone)
{
  EXPECT_EQ(bank->kind(), "geps+coda");
  EXPECT_EQ(bank->kinds(), 2);
  EXPECT_EQ(bank->row_size(), std::max(geps()->row_size(), coda()->row_size()));
  EXPECT_EQ(bank->of(1).kind(), "geps");
  EXPECT_EQ(bank->of(2).kind(), "coda");
  EXPECT_EQ(bank->of(2).context_size(), 2);

  bank->keep(std::vector<std::size_t>{0, 2});

  EXPECT_EQ(bank->kind_of(0), 0);
  EXPECT_EQ(bank->kind_of(1), 1);
  EXPECT_THROW(experts::make_mixed_bank<double>({}), Error);
}

}  // namespace
