#include "rosenbrock.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include <boost/numeric/odeint.hpp>
#include <boost/numeric/ublas/matrix.hpp>
#include <boost/numeric/ublas/vector.hpp>

namespace tessera::domains {
namespace {

namespace odeint = boost::numeric::odeint;
namespace ublas = boost::numeric::ublas;

using Vector = ublas::vector<double>;
using Matrix = ublas::matrix<double>;

struct System {
  PlainField const &field;
  void operator()(Vector const &x, Vector &dx, double t) const { field(t, &x[0], &dx[0]); }
};

// Central differences: a Rosenbrock method's error control sees what an inexact Jacobian costs.
struct Jacobian {
  System system;
  void operator()(Vector const &x, Matrix &jacobian, double t, Vector &dfdt) const
  {
    Vector moved = x, up(x.size()), down(x.size());
    for (std::size_t j = 0; j < x.size(); ++j) {
      double const step = 6e-6 * std::max(1.0, std::abs(x[j]));
      moved[j] = x[j] + step;
      system(moved, up, t);
      moved[j] = x[j] - step;
      system(moved, down, t);
      moved[j] = x[j];
      for (std::size_t i = 0; i < x.size(); ++i) jacobian(i, j) = (up[i] - down[i]) / (2 * step);
    }
    double const step = 6e-6 * std::max(1.0, std::abs(t));
    system(x, up, t + step);
    system(x, down, t - step);
    for (std::size_t i = 0; i < x.size(); ++i) dfdt(i) = (up[i] - down[i]) / (2 * step);
  }
};

}  // namespace

std::vector<double> integrate_rosenbrock(PlainField const &field, std::vector<double> const &start,
                                         std::vector<double> const &times)
{
  constexpr double tolerance = 1e-9;
  std::size_t const d = start.size();
  std::vector<double> states(times.size() * d, std::numeric_limits<double>::quiet_NaN());
  std::copy(start.begin(), start.end(), states.begin());
  Vector x(d);
  std::copy(start.begin(), start.end(), x.begin());
  auto stepper = odeint::make_controlled<odeint::rosenbrock4<double>>(tolerance, tolerance);
  System const system{field};
  try {
    for (std::size_t k = 1; k < times.size(); ++k) {
      double const length = times[k] - times[k - 1];
      odeint::integrate_adaptive(stepper, std::make_pair(system, Jacobian{system}), x, times[k - 1],
                                 times[k], 1e-4 * length);
      std::copy(x.begin(), x.end(), states.begin() + static_cast<std::ptrdiff_t>(k * d));
    }
  } catch (std::runtime_error const &) {  // a step that cannot be made small enough, or no pivot
  }
  return states;
}

}  // namespace tessera::domains
