#include "expression_family.hpp"

#include <algorithm>

#include <tessera/domains/equations.hpp>

namespace tessera::domains {
namespace {

std::vector<Expression> read_rates(EquationSetting const &s, Section const &table)
{
  std::vector<std::string> variables = s.states;
  variables.insert(variables.end(), s.parameters.begin(), s.parameters.end());
  variables.push_back("t");
  std::vector<Expression> rates;
  for (std::size_t i = 0; i < s.equations.size(); ++i) {
    try {
      rates.push_back(Expression::parse(s.equations[i], variables, s.constants));
    } catch (ExpressionError const &error) {
      table.fail_in("equations." + std::to_string(i), error.position(), error.reason());
    }
  }
  for (std::string const &name : s.parameters) {
    bool const used = std::any_of(rates.begin(), rates.end(),
                                  [&](Expression const &rate) { return rate.depends_on(name); });
    if (!used) {
      table.fail("parameters." + name,
                 "is in no equation, and systems that differ in it alone are "
                 "the same; use it, or leave it out");
    }
  }
  return rates;
}

}  // namespace

ExpressionFamily::ExpressionFamily(EquationSetting const &setting, Section const &table)
    : name_(setting.name),
      states_(setting.states),
      parameters_(setting.parameters),
      units_(setting.units),
      rates_(read_rates(setting, table))
{
}

std::unique_ptr<Family> read_equation_family(Section &table)
{
  return std::make_unique<ExpressionFamily>(EquationSetting::read(table), table);
}

}  // namespace tessera::domains
