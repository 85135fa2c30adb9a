#include "dynamics_families.hpp"

#include <cmath>
#include <memory>

#include <tessera/domains/family.hpp>

namespace tessera::domains {
namespace {

/// x' = x/2 - beta x y, y' = delta x y - y/2: prey and predators.
class LotkaVolterra final : public Family {
 public:
  std::string name() const override { return "Lotka-Volterra"; }
  std::string id() const override { return "lotka_volterra"; }
  std::vector<std::string> state_names() const override { return {"prey", "predators"}; }
  std::vector<std::string> parameter_names() const override { return {"beta", "delta"}; }
  std::vector<std::string> units() const override { return {"1", "1", "1", "1"}; }
  void evaluate(double, std::span<double const> x, std::span<double const> c,
                std::span<double> dx) const override
  {
    constexpr double growth = 0.5, death = 0.5;
    dx[0] = growth * x[0] - c[0] * x[0] * x[1];
    dx[1] = c[1] * x[0] * x[1] - death * x[1];
  }
};

/// Seven concentrations of yeast glycolysis (Daniels and Nemenman, 2015), mM and minutes.
class Glycolysis final : public Family {
 public:
  std::string name() const override { return "yeast glycolysis"; }
  std::string id() const override { return "glycolytic"; }
  std::vector<std::string> state_names() const override
  {
    return {"S1", "S2", "S3", "S4", "S5", "S6", "S7"};
  }
  std::vector<std::string> parameter_names() const override { return {"k1", "K1"}; }
  std::vector<std::string> units() const override
  {
    return {"mM", "mM", "mM", "mM", "mM", "mM", "mM", "1/(mM min)", "mM"};
  }
  void evaluate(double, std::span<double const> s, std::span<double const> c,
                std::span<double> ds) const override
  {
    constexpr double inflow = 2.5, k2 = 6, k3 = 16, k4 = 100, k5 = 1.28, k6 = 12, k = 1.8;
    constexpr double n_total = 1, a_total = 4, kappa = 13, psi = 0.1;  // q = 4, below
    double const ratio = s[5] / c[1];
    double const inhibited = c[0] * s[0] * s[5] / (1 + ratio * ratio * ratio * ratio);
    double const glyceraldehyde = k2 * s[1] * (n_total - s[4]);
    double const phosphate = k3 * s[2] * (a_total - s[5]);
    double const alcohol = k4 * s[3] * s[4], glycerol = k6 * s[1] * s[4];
    double const membrane = kappa * (s[3] - s[6]);
    ds[0] = inflow - inhibited;
    ds[1] = 2 * inhibited - glyceraldehyde - glycerol;
    ds[2] = glyceraldehyde - phosphate;
    ds[3] = phosphate - alcohol - membrane;
    ds[4] = glyceraldehyde - alcohol - glycerol;
    ds[5] = -2 * inhibited + 2 * phosphate - k5 * s[5];
    ds[6] = psi * membrane - k * s[6];
  }
};

/// x' = -x + a y + x² y, y' = b - a y - x² y with a = 0.1: glycolysis in two variables.
class Selkov final : public Family {
 public:
  std::string name() const override { return "Sel'kov"; }
  std::string id() const override { return "selkov"; }
  std::vector<std::string> state_names() const override { return {"x", "y"}; }
  std::vector<std::string> parameter_names() const override { return {"b"}; }
  std::vector<std::string> units() const override { return {"1", "1", "1"}; }
  void evaluate(double, std::span<double const> x, std::span<double const> c,
                std::span<double> dx) const override
  {
    constexpr double a = 0.1;
    double const turned = a * x[1] + x[0] * x[0] * x[1];
    dx[0] = -x[0] + turned;
    dx[1] = c[0] - turned;
  }
};

/// x'' + c x' + x = a cos(omega t) with c = 0.3, x' = v: a damped spring that is shaken.
class ForcedOscillator final : public Family {
 public:
  std::string name() const override { return "forced oscillator"; }
  std::string id() const override { return "forced_oscillator"; }
  std::vector<std::string> state_names() const override { return {"x", "v"}; }
  std::vector<std::string> parameter_names() const override { return {"a", "omega"}; }
  std::vector<std::string> units() const override { return {"1", "1", "1", "1"}; }
  void evaluate(double t, std::span<double const> x, std::span<double const> c,
                std::span<double> dx) const override
  {
    constexpr double damping = 0.3;
    dx[0] = x[1];
    dx[1] = c[0] * std::cos(c[1] * t) - damping * x[1] - x[0];
  }
};

template <class T>
void add(Registry &registry, std::string const &about)
{
  registry.add<Family>(T().id(), about, [](Section &) { return std::make_unique<T>(); });
}

}  // namespace

void register_dynamics_families(Registry &registry)
{
  add<LotkaVolterra>(registry, "prey and predators, two parameters");
  add<Glycolysis>(registry, "yeast glycolysis, seven concentrations, stiff");
  add<Selkov>(registry, "Sel'kov's glycolysis: equilibria and limit cycles, stiff");
  add<ForcedOscillator>(registry, "a damped spring shaken by a cosine: a function of time, too");
}

}  // namespace tessera::domains
