#include <array>
#include <cmath>
#include <memory>

#include <tessera/core/error.hpp>
#include <tessera/domains/family.hpp>
#include <tessera/domains/odebench.hpp>

namespace tessera::domains {
namespace {

using Derivative = std::array<double, 2>;

/// One row of the table below: x' = f(x; c) with x = (u, v), everything dimensionless.
struct Formula {
  char const *id;
  char const *name;
  int parameters;
  Derivative (*field)(double u, double v, std::span<double const> c);
};

/// ODEBench (d'Ascoli et al., 2024), its two-dimensional systems by their numbers there. 37 and 40
/// are the same field with one parameter each; 24 is 25 without damping.
constexpr std::array<Formula, 10> formulas{{
    {"24", "harmonic oscillator", 1,
     [](double u, double v, std::span<double const> c) {
       return Derivative{v, -c[0] * u};
     }},
    {"25", "damped harmonic oscillator", 2,
     [](double u, double v, std::span<double const> c) {
       return Derivative{v, -c[0] * u - c[1] * v};
     }},
    {"28", "frictionless pendulum", 1,
     [](double u, double v, std::span<double const> c) {
       return Derivative{v, -c[0] * std::sin(u)};
     }},
    {"32", "damped double-well oscillator", 1,
     [](double u, double v, std::span<double const> c) {
       return Derivative{v, -c[0] * v - u * u * u + u};
     }},
    {"34", "bead on a rotating hoop", 1,
     [](double u, double v, std::span<double const> c) {
       return Derivative{v, (std::cos(u) - c[0]) * std::sin(u)};
     }},
    {"35", "object in shear flow", 1,
     [](double u, double v, std::span<double const> c) {
       double const s2 = std::sin(v) * std::sin(v);
       return Derivative{std::cos(u) / std::tan(v), std::sin(u) * (c[0] * s2 + 1.0 - s2)};
     }},
    {"37", "Van der Pol oscillator", 1,
     [](double u, double v, std::span<double const> c) {
       return Derivative{v, -c[0] * v * (u * u - 1.0) - u};
     }},
    {"38", "Van der Pol oscillator (Lienard form)", 1,
     [](double u, double v, std::span<double const> c) {
       return Derivative{c[0] * (u + v - u * u * u / 3.0), -u / c[0]};
     }},
    {"39", "glycolytic oscillator", 2,
     [](double u, double v, std::span<double const> c) {
       return Derivative{c[0] * v + u * u * v - u, c[1] - c[0] * u - u * u * v};
     }},
    {"40", "Duffing oscillator", 1,
     [](double u, double v, std::span<double const> c) {
       return Derivative{v, c[0] * v * (1.0 - u * u) - u};
     }},
}};

class OdebenchFamily final : public Family {
 public:
  explicit OdebenchFamily(Formula const &formula) : formula_(formula) {}

  std::string name() const override { return formula_.name; }
  std::string id() const override { return formula_.id; }
  std::vector<std::string> state_names() const override { return {"u", "v"}; }
  std::vector<std::string> parameter_names() const override
  {
    return formula_.parameters == 1 ? std::vector<std::string>{"c0"}
                                    : std::vector<std::string>{"c0", "c1"};
  }
  std::vector<std::string> units() const override
  {
    return std::vector<std::string>(2 + static_cast<std::size_t>(formula_.parameters), "1");
  }
  void evaluate(double, std::span<double const> x, std::span<double const> c,
                std::span<double> dx) const override
  {
    TESSERA_ASSERT(c.size() == static_cast<std::size_t>(formula_.parameters));
    Derivative const d = formula_.field(x[0], x[1], c);
    dx[0] = d[0];
    dx[1] = d[1];
  }

 private:
  Formula const &formula_;
};

}  // namespace

void register_odebench_families(Registry &registry)
{
  for (Formula const &formula : formulas) {
    registry.add<Family>(
        formula.id, std::string("ODEBench: ") + formula.name,
        [&formula](Section &) { return std::make_unique<OdebenchFamily>(formula); });
  }
}

}  // namespace tessera::domains
