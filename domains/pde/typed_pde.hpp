#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <tessera/domains/plain_pde.hpp>
#include <tessera/domains/program.hpp>

namespace tessera::domains {

/// How formulas call the axes of space, in their order.
constexpr std::array<char const *, 3> axis_names{"x", "y", "z"};

/// Throws InputError where a grid has another number of axes.
void require_axes(SpaceTimeGrid const &grid, std::size_t axes);

/// A derivative by one axis, as formulas call it: u_x, u_yy.
struct TypedTerm {
  int order = 1;  ///< 1 or 2
  std::size_t axis = 0;

  std::string name() const;
};

/// The terms that a rate over so many axes may read: u_x, u_y, …, then u_xx, u_yy, ….
std::vector<TypedTerm> typed_terms(std::size_t axes);

/// The rate of an equation whose formula was typed, for all problems that differ in parameters.
/// Variables are u, the terms behind it, the axes, the parameters.
class TypedRate {
 public:
  /// `rate` is a formula of the variables in their order.
  TypedRate(Expression const &rate, std::vector<TypedTerm> terms, std::size_t axes);

  std::vector<TypedTerm> const &terms() const { return terms_; }
  std::size_t axes() const { return reads_.size(); }
  /// Whether the formula reads an axis.
  bool reads(std::size_t axis) const { return reads_[axis]; }
  /// Whether no second derivative by u and its terms is there.
  bool linear() const { return linear_; }
  /// Shapes: terms (term, point), places (axis, point), empty for an axis that is not read,
  /// parameters (parameter).
  void evaluate(TermValues terms, std::span<std::span<double const> const> places,
                std::span<double const> parameters, PointValues out) const;

 private:
  // `all`: the rate, its gradient, its Hessian.
  TypedRate(std::vector<Expression> const &all, std::vector<TypedTerm> terms, std::size_t axes);

  std::vector<TypedTerm> terms_;
  std::vector<bool> reads_;            // (axis)
  Program value_, slope_, curvature_;  // with all that comes before in the list
  bool linear_;
};

/// One problem's equation.
class TypedPde final : public PlainPde {
 public:
  /// `boundaries`: (axis).
  TypedPde(std::string name, std::string quantity, std::shared_ptr<TypedRate const> rate,
           std::vector<Boundary> boundaries, std::vector<double> parameters, double middle);

  std::string name() const override { return name_; }
  std::string quantity() const override { return quantity_; }
  bool linear() const override { return rate_->linear(); }
  Boundary boundary() const override { return boundaries_.front(); }
  Boundary boundary_along(std::size_t k) const override { return boundaries_[k]; }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override;
  void storage(Form form, std::span<double const> u, PointValues out) const override;
  void rate(Form form, SpaceTimeGrid const &grid, double t, TermValues terms,
            PointValues out) const override;
  void residual(SpaceTimeGrid const &grid, double t, std::size_t first, TermValues terms,
                PointValues out) const override;
  /// About a field that is flat at `middle`; growth by u itself is left to the rows.
  std::vector<double> frozen_rate(Form) const override { return frozen_; }

 private:
  /// Where all cells of a level stand, along the axes that the rate reads. Shape (axis, cell).
  std::vector<std::vector<double>> places(SpaceTimeGrid const &grid) const;

  std::string name_, quantity_;
  std::shared_ptr<TypedRate const> rate_;
  std::vector<Boundary> boundaries_;
  std::vector<double> parameters_, frozen_;
};

}  // namespace tessera::domains
