#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include <tessera/domains/expression.hpp>

namespace tessera::domains {

enum class Operation : std::uint8_t;

/// One variable at many points.
struct Column {
  double const *values;     ///< (point), or one number
  bool everywhere = false;  ///< one number for all points
};

/// Formulas of the same variables as one list of operations without branches; what they have in
/// common is computed once. The order of operations is that of the texts, so that numbers are those
/// of the same formula in C++. Safe to use from several threads at once.
class Program {
 public:
  /// Throws InputError where variables differ or there are too many operations.
  explicit Program(std::vector<Expression> const &outputs);

  std::size_t variables() const { return variables_; }
  std::size_t outputs() const { return outputs_.size(); }
  std::size_t operations() const { return steps_.size(); }

  /// At one point, with the functions of std. `values` are those of the variables, in one piece or
  /// several. Shapes (variable), (output).
  void evaluate(std::initializer_list<std::span<double const>> values,
                std::span<double> outputs) const;

  /// At many points, on packs: exp, log and tanh are those of pack_math.hpp. `columns` (variable),
  /// `outputs` (output) arrays of as many numbers as there are points; none may overlap another.
  void evaluate(std::size_t points, std::span<Column const> columns,
                std::span<double *const> outputs) const;

 private:
  struct Step {
    Operation operation;
    int to, a, b;  // places of numbers: variables, constants, then what steps leave
  };
  std::size_t variables_ = 0;
  std::vector<double> constants_;
  std::vector<Step> steps_;
  std::vector<int> outputs_;  // (output), places
  std::size_t places_ = 0;
};

}  // namespace tessera::domains
