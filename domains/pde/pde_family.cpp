#include <tessera/domains/pde_family.hpp>

#include <cmath>

#include <tessera/core/rng.hpp>
#include <tessera/domains/diffusion_sorption_pde.hpp>

namespace tessera::domains {
namespace {

class FixedFamily final : public PdeFamily {
 public:
  std::string name() const override { return "diffusion_sorption"; }
  std::vector<std::string> parameters() const override { return {"u0"}; }
  PdeSample sample(std::uint64_t seed, std::string_view split, std::uint64_t index) const override
  {
    double const start = split == "test" ? diffusion_sorption_start(seed, index)
                                         : Rng(seed, split, index).uniform(0, 0.2);
    return {pde_, start, {start}};
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
    DiffusionSorption problem;
    problem.diffusion *= std::pow(2., speed);
    problem.exponent *= 1 + 0.1 * exponent;
    return {make_diffusion_sorption(problem), start, {start, speed, exponent}};
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
