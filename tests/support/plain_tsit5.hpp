#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include <tessera/solvers/ode/ode_batch.hpp>
#include <tessera/solvers/ode/tsit5.hpp>

/// Tsit5 for one trajectory by plain loops over any scalar; the twin of the lane integrator.
namespace tessera::twins {

template <class S>
using PlainField = std::function<std::vector<S>(std::vector<S> const &)>;

template <class S>
struct PlainSolution {
  std::vector<std::vector<S>> states;  ///< (point, state)
  std::vector<double> steps;           ///< accepted
  int attempted = 0;
};

/// All slopes of one step of size h; the new state is returned.
template <class S>
std::vector<S> plain_step(PlainField<S> const &f, std::vector<S> const &y, double h,
                          std::vector<std::vector<S>> &k)
{
  using Method = solvers::Tsit5<double>;
  std::vector<S> stage;
  k.assign(7, {});
  for (int s = 0; s < 7; ++s) {
    stage = y;
    for (std::size_t i = 0; i < y.size(); ++i) {
      for (int j = 0; j < s; ++j) stage[i] += h * Method::a[s][j] * k[j][i];
    }
    k[s] = f(stage);
  }
  return stage;
}

template <class S>
std::vector<S> plain_dense(std::vector<S> const &y, double h, double theta,
                           std::vector<std::vector<S>> const &k)
{
  std::vector<S> out = y;
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (int s = 0; s < 7; ++s) {
      out[i] += h * solvers::Tsit5<double>::dense_weight(s, theta) * k[s][i];
    }
  }
  return out;
}

/// Takes the given steps from times.front(), whatever the error: what the adjoint differentiates.
template <class S>
PlainSolution<S> replay(PlainField<S> const &f, std::vector<S> y, std::vector<double> const &times,
                        std::vector<double> const &begins, std::vector<double> const &steps)
{
  PlainSolution<S> solution;
  solution.states.push_back(y);
  std::vector<std::vector<S>> k;
  std::size_t point = 1;
  for (std::size_t n = 0; n < steps.size(); ++n) {
    std::vector<S> const next = plain_step(f, y, steps[n], k);
    bool const last = n + 1 == steps.size();
    double const end = last ? times.back() : begins[n + 1];
    for (; point < times.size() && times[point] <= end; ++point) {
      double const theta = (times[point] - begins[n]) / steps[n];
      solution.states.push_back(plain_dense(y, steps[n], theta, k));
    }
    y = next;
  }
  return solution;
}

/// Adaptive, with the same controller as the lanes. The last `unmeasured` components, such as the
/// time, have no part in the error.
inline PlainSolution<double> plain_tsit5(PlainField<double> const &f, std::vector<double> y,
                                         std::vector<double> const &times,
                                         solvers::StepControl const &control,
                                         std::size_t unmeasured = 0)
{
  PlainSolution<double> solution;
  solution.states.push_back(y);
  std::vector<std::vector<double>> k;
  double t = times.front(), wanted = times[1] - times[0];
  std::size_t point = 1;
  while (solution.attempted < control.max_steps) {
    ++solution.attempted;
    bool const last = wanted >= times.back() - t;
    double const h = last ? times.back() - t : wanted;
    std::vector<double> const next = plain_step(f, y, h, k);
    double squares = 0;
    std::size_t const measured = y.size() - unmeasured;
    for (std::size_t i = 0; i < measured; ++i) {
      double error = 0;
      for (int s = 0; s < 7; ++s) error += h * solvers::Tsit5<double>::error[s] * k[s][i];
      double const scale =
          control.atol + control.rtol * std::max(std::abs(y[i]), std::abs(next[i]));
      squares += error / scale * error / scale;
    }
    double const norm = std::sqrt(squares / static_cast<double>(measured));
    bool const accept = norm < 1;
    double factor = control.safety * std::pow(std::max(norm, 1e-10), -0.2);
    factor = std::max(factor, accept ? 1.0 : control.min_factor);
    factor = std::min(factor, accept ? control.max_factor : control.safety);
    if (accept) {
      double const now = last ? times.back() : t + h;
      for (; point < times.size() && times[point] <= now; ++point) {
        solution.states.push_back(plain_dense(y, h, (times[point] - t) / h, k));
      }
      solution.steps.push_back(h);
      y = next;
      t = now;
      if (last) break;
    }
    wanted = h * factor;
  }
  return solution;
}

}  // namespace tessera::twins
