#pragma once

#include <memory>
#include <span>
#include <vector>

#include <tessera/domains/scaling.hpp>
#include <tessera/experts/expert_bank.hpp>

namespace tessera::model {

/// A learnt vector field x' = f(t, x) of one system, in float64 whatever it was trained in. It is a
/// System of Boost.Odeint, whose steppers call `field(x, dxdt, t)`; t is the time of the data, and
/// plays no part unless experts.time was true. Copies share the weights and may be used by several
/// threads at once.
class VectorField {
 public:
  VectorField(std::shared_ptr<experts::ExpertBank<double> const> bank, std::vector<double> row,
              std::vector<double> context, std::size_t dimension, domains::Scaling scaling = {})
      : bank_(std::move(bank)),
        row_(std::make_shared<std::vector<double> const>(std::move(row))),
        context_(std::move(context)),
        dimension_(dimension),
        scaling_(std::move(scaling))
  {
  }

  std::size_t dimension() const { return dimension_; }

  /// dx = f(t, x), in the units of the data that it was learnt from. Shapes (state). Throws
  /// InputError where a length does not fit.
  void evaluate(std::span<double const> x, std::span<double> dx, double t = 0) const;

  /// For contiguous states of doubles: std::vector, std::array, boost::array.
  template <class State>
  void operator()(State const &x, State &dxdt, double t) const
  {
    evaluate(std::span<double const>(x.data(), x.size()),
             std::span<double>(dxdt.data(), dxdt.size()), t);
  }

 private:
  std::shared_ptr<experts::ExpertBank<double> const> bank_;
  std::shared_ptr<std::vector<double> const> row_;
  std::vector<double> context_;
  std::size_t dimension_;
  domains::Scaling scaling_;
};

}  // namespace tessera::model
