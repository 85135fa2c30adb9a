#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/family.hpp>
#include <tessera/domains/odebench.hpp>

namespace tessera::domains {
namespace {

OdebenchOptions small_options(std::string const &labels = "converged")
{
  OdebenchOptions options;
  options.labels = labels;
  options.test_starts = 2;
  return options;
}

/// The largest error of family 24's test labels against x(t) of u'' = -c u.
double harmonic_error(Dataset const &data)
{
  double largest = 0.0;
  for (std::size_t e = 0; e < data.test.size(); ++e) {
    if (data.families[static_cast<std::size_t>(data.test.environments[e].family)] != "24") continue;
    double const w = std::sqrt(data.test.environments[e].parameters[0]);
    for (std::size_t n = 0; n < data.test.count; ++n) {
      auto const start = data.test.state(e, n, 0);
      for (std::size_t k = 0; k < data.test.points; ++k) {
        double const t = data.test.grid(e)[k], c = std::cos(w * t), s = std::sin(w * t);
        auto const x = data.test.state(e, n, k);
        largest = std::max(largest, std::abs(x[0] - (start[0] * c + start[1] / w * s)));
        largest = std::max(largest, std::abs(x[1] - (start[1] * c - start[0] * w * s)));
      }
    }
  }
  return largest;
}

TEST(Truth, OfTheHarmonicOscillatorIsCosineAndSineToEightDigits)
{
  Registry registry;
  register_odebench_families(registry);

  Dataset const data = make_odebench(small_options(), 0, registry);

  EXPECT_LT(harmonic_error(data), 1e-8);
  EXPECT_GT(harmonic_error(data), 0.0);
}

TEST(Truth, WithThePublishedToleranceErrsByAThousandth)
{
  Registry registry;
  register_odebench_families(registry);

  Dataset const data = make_odebench(small_options("published_tolerance"), 0, registry);

  // The published labels of this family are 1.0e-3 to 1.4e-3 off.
  EXPECT_GT(harmonic_error(data), 2e-4);
  EXPECT_LT(harmonic_error(data), 3e-3);
}

/// x' = rate x^2 runs to infinity at t = 1/(rate x(0)).
class Explosive : public Family {
 public:
  Explosive(std::string id, double rate) : id_(std::move(id)), rate_(rate) {}
  std::string name() const override { return "explosive"; }
  std::string id() const override { return id_; }
  std::vector<std::string> state_names() const override { return {"u", "v"}; }
  std::vector<std::string> parameter_names() const override { return {"c0"}; }
  std::vector<std::string> units() const override { return {"1", "1", "1"}; }
  void evaluate(double, std::span<double const> x, std::span<double const>,
                std::span<double> dx) const override
  {
    dx[0] = rate_ * x[0] * x[0];
    dx[1] = 0.0;
  }

 private:
  std::string id_;
  double rate_;
};

TEST(Truth, ATrajectoryThatBlowsUpIsAnErrorThatNamesFamilyParametersAndStart)
{
  Registry registry;
  for (std::string const id : {"24", "32", "35", "40"}) {
    double const rate = id == "24" ? 1.0 : 0.0;
    registry.add<Family>(id, "test",
                         [=](Section &) { return std::make_unique<Explosive>(id, rate); });
  }

  for (std::string const labels : {"converged", "published_tolerance"}) {
    try {
      make_odebench(small_options(labels), 0, registry);
      ADD_FAILURE() << labels << ": 0.5 explodes at t = 2, before the horizon 6";
    } catch (SolverError const &error) {
      std::string const text = error.what();
      EXPECT_NE(text.find("family 24 (explosive)"), std::string::npos) << text;
      EXPECT_NE(text.find("(0.5, 0.5)"), std::string::npos) << text;
      EXPECT_NE(text.find("parameters ("), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace tessera::domains
