#include "truth.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <boost/numeric/odeint.hpp>

#include <tessera/core/stop.hpp>

namespace tessera::domains {
namespace {

namespace odeint = boost::numeric::odeint;

using Vector = std::vector<double>;
using Dopri5 = odeint::runge_kutta_dopri5<Vector>;

constexpr long max_steps = 1'000'000;  // a trajectory of the benchmark needs about a thousand

/// A family with its parameters fixed, as odeint calls it.
struct System {
  Family const &family;
  std::span<double const> parameters;
  void operator()(Vector const &x, Vector &dx, double t) const
  {
    family.evaluate(t, x, parameters, dx);
  }
};

bool finite(Vector const &x)
{
  return std::all_of(x.begin(), x.end(), [](double value) { return std::isfinite(value); });
}

void store(Vector const &x, std::size_t time, std::span<double> states)
{
  std::copy(x.begin(), x.end(), states.begin() + static_cast<std::ptrdiff_t>(time * x.size()));
}

/// Root mean square of a vector in units of the tolerance.
double scaled_norm(Vector const &x, Vector const &scale)
{
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] / scale[i]) * (x[i] / scale[i]);
  return std::sqrt(sum / static_cast<double>(x.size()));
}

/// One adaptive step after another with SciPy's RK45 rules.
class LooseIntegrator {
 public:
  LooseIntegrator(System const &system, Vector x, double t, double horizon)
      : system_(system), t_(t), horizon_(horizon), x_(std::move(x)), dx_(x_.size())
  {
    system_(x_, dx_, t_);
    old_x_ = x_;
    old_dx_ = dx_;
    old_t_ = t_;
    step_ = first_step();
  }

  double time() const { return t_; }

  Status step()
  {
    Vector x(x_.size()), dx(x_.size()), error(x_.size());
    bool rejected = false;
    while (true) {
      double const h = std::min(step_, horizon_ - t_);
      if (!(t_ + h > t_)) return Status::step_too_small;
      stepper_.do_step(system_, x_, dx_, t_, x, dx, h, error);
      if (!finite(x) || !finite(dx)) return Status::not_finite;
      double const norm = scaled_norm(error, scale(x));
      double const factor = 0.9 * std::pow(norm, -0.2);
      if (norm < 1.0) {
        step_ = h * std::min(factor, rejected ? 1.0 : 10.0);
        accept(x, dx, h);
        return Status::ok;
      }
      step_ = h * std::max(factor, 0.2);
      rejected = true;
    }
  }

  /// The continuous extension of the last step at time t.
  void at(double t, Vector &x) const
  {
    stepper_.calc_state(t, x, old_x_, old_dx_, old_t_, x_, dx_, t_);
  }

 private:
  static constexpr double rtol = 1e-3, atol = 1e-6;

  Vector scale(Vector const &other) const
  {
    Vector s(x_.size());
    for (std::size_t i = 0; i < s.size(); ++i) {
      s[i] = atol + rtol * std::max(std::abs(x_[i]), std::abs(other[i]));
    }
    return s;
  }

  double first_step() const
  {
    Vector const s = scale(x_);
    double const d0 = scaled_norm(x_, s), d1 = scaled_norm(dx_, s);
    double const h0 = std::min(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1, horizon_ - t_);
    Vector x = x_, change(x_.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += h0 * dx_[i];
    system_(x, change, t_ + h0);
    for (std::size_t i = 0; i < x.size(); ++i) change[i] -= dx_[i];
    double const d2 = scaled_norm(change, s) / h0;
    double const largest = std::max(d1, d2);
    double const h1 = largest <= 1e-15 ? std::max(1e-6, h0 * 1e-3) : std::pow(0.01 / largest, 0.2);
    return std::min(100.0 * h0, h1);
  }

  void accept(Vector &x, Vector &dx, double h)
  {
    old_t_ = t_;
    t_ = h < horizon_ - t_ ? t_ + h : horizon_;
    old_x_.swap(x_);
    old_dx_.swap(dx_);
    x_.swap(x);
    dx_.swap(dx);
  }

  System system_;
  mutable Dopri5 stepper_;  // keeps the inner stages; odeint's calc_state is const in spirit only
  double t_, horizon_, step_ = 0.0, old_t_ = 0.0;
  Vector x_, dx_, old_x_, old_dx_;
};

}  // namespace

Status integrate_truth(Family const &family, std::span<double const> parameters,
                       std::span<double const> start, std::span<double const> times,
                       std::span<double> states)
{
  constexpr double tolerance = 1e-10;
  System const system{family, parameters};
  auto stepper = odeint::make_dense_output(tolerance, tolerance, Dopri5());
  Vector x(start.begin(), start.end());
  stepper.initialize(x, times.front(), 1e-3 * (times.back() - times.front()));
  store(x, 0, states);
  long steps = 0;
  for (std::size_t k = 1; k < times.size(); ++k) {
    while (stepper.current_time() < times[k]) {
      double const before = stepper.current_time();
      try {
        stepper.do_step(system);
      } catch (std::runtime_error const &) {  // odeint gave up after 500 rejections
        return Status::step_too_small;
      }
      if (!finite(stepper.current_state())) return Status::not_finite;
      if (!(stepper.current_time() > before)) return Status::step_too_small;
      if (++steps > max_steps || stop_requested()) return Status::step_limit;
    }
    stepper.calc_state(times[k], x);
    if (!finite(x)) return Status::not_finite;
    store(x, k, states);
  }
  return Status::ok;
}

Status integrate_published(Family const &family, std::span<double const> parameters,
                           std::span<double const> start, std::span<double const> times,
                           double horizon, std::span<double> states)
{
  Vector x(start.begin(), start.end());
  store(x, 0, states);
  LooseIntegrator integrator(System{family, parameters}, x, times.front(), horizon);
  long steps = 0;
  for (std::size_t k = 1; k < times.size(); ++k) {
    while (integrator.time() < times[k]) {
      Status const status = integrator.step();
      if (status != Status::ok) return status;
      if (++steps > max_steps || stop_requested()) return Status::step_limit;
    }
    integrator.at(times[k], x);
    store(x, k, states);
  }
  return Status::ok;
}

}  // namespace tessera::domains
