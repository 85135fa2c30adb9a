#include <gtest/gtest.h>

#include <tessera/meta/evaluation.hpp>
#include <tessera/meta/rivals.hpp>

#include "support/lines_bank.hpp"

namespace {

using namespace tessera;
using namespace tessera::meta;
using ::testing::Test;

// Two systems x(t) = x(0) + c t on [0, 1], begun at 0 and at 1, one trajectory each; a rival that
// knows the first alone believes in x(0) + (c + pull x(0)) t.
struct RivalsOfLines : Test {
  static constexpr std::size_t points = 31;
  static constexpr double pull = 0.4, told = Rivals::margin * pull / nine_tenths;
  Mixture<double> mixture{std::make_shared<twins::Lines>(), 1, 2, true, 3};
  AdaptOptions options{.method = "levenberg_marquardt", .iterations = 10, .prior = 0};
  domains::Trajectories seen;
  Doubt doubt{.dimension = 1,
              .noise = {0},
              .drift = std::vector<double>(Doubt::parts, 0.0),
              .horizon = {1},
              .most_misfit = {1},
              .most_distance = {1}};

  RivalsOfLines()
  {
    seen.environments.resize(2);
    seen.count = 1;
    seen.points = points;
    seen.dimension = 1;
    for (int e = 0; e < 2; ++e) {
      mixture.slice(e, 0)[0] = 0.5 + e;
      for (std::size_t k = 0; k < points; ++k) {
        double const t = double(k) / double(points - 1);
        seen.times.push_back(t);
        seen.states.push_back(e + (0.5 + e) * t);
      }
    }
  }

  void hear_a_rival(double pulled)
  {
    auto const bank = std::make_shared<twins::Lines>();
    bank->pull = pulled;
    Mixture<double> rival(bank, 1, 1, true, 3);
    rival.slice(0, 0)[0] = 0.5;
    Rivals heard(doubt);
    heard.hear(mixture, rival, {1}, seen, options, {}, {});
    heard.tell(doubt);
  }
};

TEST_F(RivalsOfLines, TellWhatTheySayOtherwiseOfStartsOfOthers)
{
  hear_a_rival(pull);

  // Adapted to the line from 1 a rival has the slope c - pull, and from 0 falls behind by pull t.
  ASSERT_EQ(doubt.elsewhere.size(), Doubt::parts);
  for (std::size_t part = 1; part < Doubt::parts; ++part) {
    double const latest = (3 * double(part) + 2) / 30;
    EXPECT_LE(doubt.elsewhere[part], told * (latest + 1.0 / 30) + 1e-9) << part;
    EXPECT_GE(doubt.elsewhere[part], told * (latest - 1.0 / 30) - 1e-9) << part;
  }
}

TEST_F(RivalsOfLines, WidenBandsOfTheMixtureTheyWereComparedWith)
{
  auto const band = [&] {
    return deviations(mixture, doubt, seen, {0, 0}, {0.5, 1.5}, {0, 0}, {});
  };
  auto const before = band();

  hear_a_rival(pull);

  auto const after = band();
  EXPECT_EQ(before[points - 1], 0);
  EXPECT_NEAR(after[points - 1], told, 0.05 * told);
  EXPECT_EQ(after[0], 0);
}

TEST_F(RivalsOfLines, ThatAgreeAddNothing)
{
  hear_a_rival(0);

  for (double deviation : doubt.elsewhere) EXPECT_NEAR(deviation, 0, 1e-9);
}

TEST(Rivals, TogetherLeaveOutEverySystemOnceAndNeverAll)
{
  std::vector<int> left(7);
  for (int number = 0; number < 3; ++number) {
    for (std::size_t e : Rivals::left_out(7, 3, number)) ++left[e];
  }

  EXPECT_EQ(left, std::vector<int>(7, 1));
  EXPECT_EQ(Rivals::left_out(5, 1, 0), (std::vector<std::size_t>{0, 2, 4}));
}

}  // namespace
