#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tessera/core/registry.hpp>
#include <tessera/domains/pde_sample.hpp>

namespace tessera::domains {

/// What a parameter is drawn from: [low, high).
struct ParameterRange {
  double low = 0, high = 1;
};

/// The seam Domain for experts by place: equations and initial fields drawn at random.
class PdeFamily {
 public:
  virtual ~PdeFamily() = default;
  virtual std::string name() const = 0;
  /// What PdeSample::parameters holds.
  virtual std::vector<std::string> parameters() const = 0;
  /// Length and horizon of its problems; cells and levels are the run's.
  virtual SpaceTimeGrid grid() const { return {}; }
  /// What samples have these drawn from. Shape (parameter).
  virtual std::vector<ParameterRange> ranges() const = 0;
  /// The problem with these parameters, in their ranges or not. Throws InputError where their
  /// number is another or one is not finite.
  virtual PdeSample problem(std::vector<double> const &parameters) const = 0;
  /// What a file of true fields must say that it was made from, "key: value" lines, where
  /// `tessera truth` makes such files for this family; empty: its test is solved anew.
  virtual std::string truth_settings() const { return {}; }
  /// What times and lengths are measured in, "s" and "m"; empty where an equation has no units.
  virtual std::string time_unit() const { return {}; }
  virtual std::string length_unit() const { return {}; }
  /// Sample `index` of a split, from (seed, split, index) alone. Split "test" with the start alone
  /// drawn is that of `tessera truth`.
  virtual PdeSample sample(std::uint64_t seed, std::string_view split,
                           std::uint64_t index) const = 0;
};

/// PDEBench's diffusion-sorption, u0 uniform in [0, 0.2).
std::unique_ptr<PdeFamily> make_diffusion_sorption_family();
/// The same with D log-uniform over a factor of 4, n_f within ±10 %, u0 uniform in [0, 0.2).
std::unique_ptr<PdeFamily> make_varied_diffusion_sorption_family();

/// Heat (heat.hpp) from u0 uniform in [0, 0.2).
std::unique_ptr<PdeFamily> make_heat_family(double diffusion = 1.3e-4, double source = 1e-3);

/// Adds these and those of transport.hpp and fisher_kpp.hpp to the seam PdeFamily.
void register_pde_families(Registry &registry);

}  // namespace tessera::domains
