#include <tessera/domains/pde_family.hpp>

#include <cmath>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/diffusion_sorption.hpp>
#include <tessera/domains/diffusion_sorption_pde.hpp>
#include <tessera/domains/fisher_kpp.hpp>
#include <tessera/domains/heat.hpp>
#include <tessera/domains/transport.hpp>

#include "check_problem.hpp"

namespace tessera::domains {
namespace {

/// One equation from constants.
class ConstantFamily : public PdeFamily {
 public:
  explicit ConstantFamily(std::unique_ptr<Pde> pde) : pde_(std::move(pde)) {}
  std::string name() const override { return pde_->name(); }
  std::vector<std::string> parameters() const override { return {"u0"}; }
  PdeSample sample(std::uint64_t seed, std::string_view split, std::uint64_t index) const override
  {
    return problem({Rng(seed, split, index).uniform(0, 0.2)});
  }
  std::vector<ParameterRange> ranges() const override { return {{0, 0.2}}; }
  PdeSample problem(std::vector<double> const &parameters) const override
  {
    check_problem(*this, parameters);
    return {pde_, constant_field(parameters[0]), parameters};
  }

 private:
  std::shared_ptr<Pde const> pde_;
};

class FixedFamily final : public ConstantFamily {
 public:
  FixedFamily() : ConstantFamily(make_diffusion_sorption()) {}
  PdeSample sample(std::uint64_t seed, std::string_view split, std::uint64_t index) const override
  {
    if (split == "test") return problem({diffusion_sorption_start(seed, index)});
    return ConstantFamily::sample(seed, split, index);
  }
  std::string truth_settings() const override { return settings_text(DiffusionSorption{}); }
  std::string time_unit() const override { return "s"; }
  std::string length_unit() const override { return "m"; }
};

class VariedFamily final : public PdeFamily {
 public:
  std::string name() const override { return "diffusion_sorption_varied"; }
  std::vector<std::string> parameters() const override { return {"u0", "log2 D", "n_f"}; }
  std::string time_unit() const override { return "s"; }
  std::string length_unit() const override { return "m"; }
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
    check_problem(*this, parameters);
    DiffusionSorption constants;
    constants.diffusion *= std::pow(2., parameters[1]);
    constants.exponent *= 1 + 0.1 * parameters[2];
    return {make_diffusion_sorption(constants), constant_field(parameters[0]), parameters};
  }
};

}  // namespace

void check_problem(PdeFamily const &family, std::vector<double> const &parameters)
{
  auto const names = family.parameters();
  if (parameters.size() != names.size()) {
    throw InputError(fmt::format("a problem of {} has {} parameters ({}), not {}", family.name(),
                                 names.size(), fmt::join(names, ", "), parameters.size()));
  }
  for (std::size_t p = 0; p < names.size(); ++p) {
    if (std::isfinite(parameters[p])) continue;
    throw InputError(fmt::format("{} = {} is not a finite number; leave that problem out", names[p],
                                 parameters[p]));
  }
}

std::unique_ptr<PdeFamily> make_heat_family(double diffusion, double source)
{
  return std::make_unique<ConstantFamily>(make_heat(diffusion, source));
}

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
  registry.add<PdeFamily>("heat", "u_t = D u_xx + q sin(pi x), u = 1 on the left", [](Section &s) {
    double const diffusion = s.get_in("diffusion", 1.3e-4, 0.0, 1e9),
                 source = s.get_in("source", 1e-3, -1e9, 1e9);
    return make_heat_family(diffusion, source);
  });
  registry.add<PdeFamily>("advection", "u_t + a u_x = 0, periodic, from two waves", [](Section &s) {
    double const speed = s.get_in("speed", 0.1, -1e9, 1e9),
                 horizon = s.get_in("horizon", 2.0, 1e-9, 1e9);
    return make_wave_family(make_advection(speed), horizon);
  });
  registry.add<PdeFamily>("burgers", "u_t + u u_x = nu u_xx, periodic, from two waves",
                          [](Section &s) {
                            double const viscosity = s.get_in("viscosity", 0.01, 0.0, 1e9),
                                         horizon = s.get_in("horizon", 2.0, 1e-9, 1e9);
                            return make_wave_family(make_burgers(viscosity), horizon);
                          });
  registry.add<PdeFamily>("fisher_kpp", "u_t = D u_xx + r u (1 - u), closed ends, from a hump",
                          [](Section &s) {
                            double const diffusion = s.get_in("diffusion", 2e-3, 0.0, 1e9),
                                         growth = s.get_in("growth", 8.0, -1e9, 1e9);
                            return make_fisher_kpp_family(diffusion, growth);
                          });
}

}  // namespace tessera::domains
