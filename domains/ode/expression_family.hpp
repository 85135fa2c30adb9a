#pragma once

#include <string>
#include <vector>

#include <tessera/domains/family.hpp>
#include <tessera/domains/program.hpp>

#include "equation_setting.hpp"

namespace tessera::domains {

/// A family whose formulas were typed.
class ExpressionFamily final : public Family {
 public:
  /// Reads the formulas; `table` tells where they stand. Throws ConfigError.
  ExpressionFamily(EquationSetting const &setting, Section const &table);

  std::string name() const override { return name_; }
  std::string id() const override { return name_; }
  std::vector<std::string> state_names() const override { return states_; }
  std::vector<std::string> parameter_names() const override { return parameters_; }
  std::vector<std::string> units() const override { return units_; }
  void evaluate(double t, std::span<double const> x, std::span<double const> c,
                std::span<double> dx) const override
  {
    rates_.evaluate({x, c, {&t, 1}}, dx);
  }

 private:
  std::string name_;
  std::vector<std::string> states_, parameters_, units_;
  Program rates_;  // of states, parameters, t
};

}  // namespace tessera::domains
