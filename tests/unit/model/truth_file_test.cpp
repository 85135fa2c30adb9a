#include "truth_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/domains/diffusion_sorption.hpp>
#include <tessera/domains/heat.hpp>
#include <tessera/domains/pde_family.hpp>

#include "place_fields.hpp"
#include "support/refusal.hpp"
#include "tessera/model/experiment.hpp"
#include "tessera/model/truth.hpp"
#include "unit/io/temporary_folder.hpp"

namespace tessera::model {
namespace {

using testing::HasSubstr;

TEST(TruthFile, FieldsOfTheSameEquationAreTaken)
{
  std::string const wanted = domains::settings_text({});

  EXPECT_EQ(other_truth(wanted + "  solver: implicit\n  seed: 3\n", wanted, 3), "");
  // As PDEBench's own generator writes it, with seeds of another meaning.
  EXPECT_EQ(other_truth("name: 1d_diff-sorp\nsim:\n  D: 0.0005\n  seed: 17\n", wanted, 0), "");
}

TEST(TruthFile, FieldsOfAnotherEquationOtherConstantsOrAnotherSeedAreNot)
{
  std::string const wanted = domains::settings_text({});

  EXPECT_THAT(other_truth("predictions: mine\n", wanted, 0), HasSubstr("which equation"));
  EXPECT_THAT(other_truth("name: burgers\n", wanted, 0), HasSubstr("name = burgers"));
  EXPECT_THAT(other_truth(domains::settings_text({.diffusion = 1e-3}), wanted, 0),
              HasSubstr("D = 0.001, not 0.0005"));
  EXPECT_THAT(other_truth(wanted + "  solver: implicit\n  seed: 1\n", wanted, 2),
              HasSubstr("seed 1, not of test.seed = 2"));
}

/// Somebody's own equation, whose problems are told by their start too.
class Warming final : public domains::PdeFamily {
 public:
  std::string name() const override { return "warming"; }
  std::vector<std::string> parameters() const override { return {"u0"}; }
  std::vector<domains::ParameterRange> ranges() const override { return {{0, 1}}; }
  domains::PdeSample problem(std::vector<double> const &parameters) const override
  {
    return {domains::make_heat(), domains::constant_field(parameters[0]), parameters};
  }
  domains::PdeSample sample(std::uint64_t, std::string_view, std::uint64_t index) const override
  {
    return problem({0.25 + 0.125 * double(index)});
  }
};

class OwnEquation : public testing::Test {
 protected:
  OwnEquation()
  {
    register_builtins(registry_);
    registry_.add<domains::PdeFamily>("warming", "heat",
                                      [](Section &) { return std::make_unique<Warming>(); });
  }
  PlaceSettings settings(std::vector<std::string> const &overrides)
  {
    return PlaceSettings::read(
        Config::parse("[grid]\ncells = 32\nlevels = 21\n[test]\nsamples = 2\n", "x.toml",
                      overrides),
        registry_);
  }
  Registry registry_;
  TemporaryFolder folder_;
};

TEST_F(OwnEquation, IsTestedAgainstItsOwnTruth)
{
  PlaceSettings const s = settings({"data.type=warming"});

  PlaceFields const fields(s, Log(), Progress());

  std::vector<double> own(s.grid.size());
  std::vector<double> const start(s.grid.cells, 0.375);
  domains::make_heat()->truth(s.grid, start, own);
  for (double &u : own) u = double(float(u));
  EXPECT_EQ(fields.truth(1), own);
}

TEST_F(OwnEquation, TakesNoFileOfAnotherOne)
{
  auto const path = (folder_ / "fields.h5").string();

  EXPECT_THAT(refusal([&] {
                fields_path(settings({"data.type=warming", "data.path=" + path}));
              }),
              HasSubstr("is solved anew"));
}

TEST_F(OwnEquation, ATruthFileOfAnotherSeedIsRefused)
{
  auto const path = (folder_ / "fields.h5").string();
  write_truth(MPI_COMM_SELF,
              {.samples = {0, 2}, .seed = 1, .cells = 32, .levels = 21, .file = path}, Progress());

  EXPECT_THAT(refusal([&] { PlaceFields(settings({"data.path=" + path}), Log(), Progress()); }),
              HasSubstr("seed 1, not of test.seed = 0"));
  EXPECT_EQ(PlaceFields(settings({"data.path=" + path, "test.seed=1"}), Log(), Progress()).size(),
            2u);
}

}  // namespace
}  // namespace tessera::model
