#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tessera/domains/plain_pde.hpp>
#include <tessera/domains/program.hpp>

namespace tessera::domains {

/// The rate of an equation whose formula was typed, for all problems that differ in parameters.
/// Variables are u, the terms behind it, x, the parameters.
class TypedRate {
 public:
  /// `terms` are names out of u_x, u_xx; `rate` a formula of the variables in their order.
  TypedRate(Expression const &rate, std::vector<std::string> terms);

  std::vector<std::string> const &terms() const { return terms_; }
  /// Whether no second derivative by u and its terms is there.
  bool linear() const { return linear_; }
  /// Shapes: x (point), parameters (parameter).
  void evaluate(TermValues terms, std::span<double const> x, std::span<double const> parameters,
                PointValues out) const;

 private:
  // `all`: the rate, its gradient, its Hessian.
  TypedRate(std::vector<Expression> const &all, std::vector<std::string> terms);

  std::vector<std::string> terms_;
  Program value_, slope_, curvature_;  // with all that comes before in the list
  bool linear_;
};

/// One problem's equation.
class TypedPde final : public PlainPde {
 public:
  TypedPde(std::string name, std::string quantity, std::shared_ptr<TypedRate const> rate,
           Boundary const &boundary, std::vector<double> parameters, double middle);

  std::string name() const override { return name_; }
  std::string quantity() const override { return quantity_; }
  bool linear() const override { return rate_->linear(); }
  Boundary boundary() const override { return boundary_; }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override;
  void storage(Form form, std::span<double const> u, PointValues out) const override;
  void rate(Form form, SpaceTimeGrid const &grid, double t, TermValues terms,
            PointValues out) const override;
  void residual(SpaceTimeGrid const &grid, double t, std::size_t first, TermValues terms,
                PointValues out) const override;
  /// About a field that is flat at `middle`; growth by u itself is left to the rows.
  std::vector<double> frozen_rate(Form) const override { return frozen_; }

 private:
  std::string name_, quantity_;
  std::shared_ptr<TypedRate const> rate_;
  Boundary boundary_;
  std::vector<double> parameters_, frozen_;
};

}  // namespace tessera::domains
