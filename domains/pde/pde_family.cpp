#include <tessera/domains/pde_family.hpp>

#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/diffusion_sorption.hpp>
#include <tessera/domains/diffusion_sorption_pde.hpp>

namespace tessera::domains {
namespace {

void check(PdeFamily const &family, std::vector<double> const &values)
{
  auto const names = family.parameters();
  if (values.size() != names.size()) {
    throw InputError(fmt::format("a problem of {} has {} parameters ({}), not {}", family.name(),
                                 names.size(), fmt::join(names, ", "), values.size()));
  }
  for (std::size_t p = 0; p < values.size(); ++p) {
    if (std::isfinite(values[p])) continue;
    throw InputError(
        fmt::format("{} = {} is not a finite number; leave that problem out", names[p], values[p]));
  }
}

class FixedFamily final : public PdeFamily {
 public:
  std::string name() const override { return "diffusion_sorption"; }
  std::vector<std::string> parameters() const override { return {"u0"}; }
  PdeSample sample(std::uint64_t seed, std::string_view split, std::uint64_t index) const override
  {
    double const start = split == "test" ? diffusion_sorption_start(seed, index)
                                         : Rng(seed, split, index).uniform(0, 0.2);
    return problem({start});
  }
  std::vector<ParameterRange> ranges() const override { return {{0, 0.2}}; }
  std::string truth_settings() const override { return settings_text(DiffusionSorption{}); }
  PdeSample problem(std::vector<double> const &parameters) const override
  {
    check(*this, parameters);
    return {pde_, constant_field(parameters[0]), parameters};
  }

 private:
  std::shared_ptr<Pde const> pde_ = make_diffusion_sorption();
};

class VariedFamily final : public PdeFamily {
 public:
  std::string name() const override { return "diffusion_sorption_varied"; }
  std::vector<std::string> parameters() const override { return {"u0", "log2 D", "n_f"}; }
  PdeSample sample(std::uint64_t seed, std::string_view split, std::uint64_t index) const override
  {
    Rng rng(seed, split, index, 1);
    double const start = rng.uniform(0, 0.2), speed = rng.uniform(-1, 1),
                 exponent = rng.uniform(-1, 1);
    return problem({start, speed, exponent});
  }
  std::vector<ParameterRange> ranges() const override { return {{0, 0.2}, {-1, 1}, {-1, 1}}; }
  PdeSample problem(std::vector<double> const &parameters) const override
  {
    check(*this, parameters);
    DiffusionSorption constants;
    constants.diffusion *= std::pow(2., parameters[1]);
    constants.exponent *= 1 + 0.1 * parameters[2];
    return {make_diffusion_sorption(constants), constant_field(parameters[0]), parameters};
  }
};

}  // namespace

std::unique_ptr<PdeFamily> make_diffusion_sorption_family()
{
  return std::make_unique<FixedFamily>();
}

std::unique_ptr<PdeFamily> make_varied_diffusion_sorption_family()
{
  return std::make_unique<VariedFamily>();
}

void register_pde_families(Registry &registry)
{
  registry.add<PdeFamily>("diffusion_sorption", "PDEBench's diffusion-sorption, u0 in [0, 0.2)",
                          [](Section &) { return make_diffusion_sorption_family(); });
  registry.add<PdeFamily>("diffusion_sorption_varied",
                          "the same, D within a factor of 4 and n_f within 10 % drawn too",
                          [](Section &) { return make_varied_diffusion_sorption_family(); });
}

}  // namespace tessera::domains
