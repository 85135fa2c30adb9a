#include <tessera/solvers/least_squares/levenberg_marquardt.hpp>

#include <algorithm>
#include <cmath>
#include <exception>

#include <Kokkos_Core.hpp>

#include "step.hpp"

namespace tessera::solvers {
namespace {

using Eigen::VectorXd;

/// One solve, as its method reads: frozen passes, then damped steps until the gradient is small.
class Solve {
 public:
  Solve(LeastSquaresProblem &problem, std::vector<double> start, LeastSquaresOptions const &options)
      : problem_(problem), options_(options), n_(problem.unknowns())
  {
    out_.w = std::move(start);
  }

  LeastSquaresResult run()
  {
    if (problem_.linear()) {
      frozen_pass(0);
    } else {
      for (int pass = 0; pass < options_.frozen_passes; ++pass) {
        if (frozen_pass(pass) < 1e-3) break;
      }
    }
    if (out_.status == Status::ok) descend();
    return std::move(out_);
  }

 private:
  double frozen_pass(int pass)
  {
    ScaledNormal normal = linearise(pass);
    int dropped = 0;
    if (!std::isfinite(normal.cost)) return fail(Status::not_finite), 0;
    first_cost_ = std::max(first_cost_, normal.cost);
    scale_by(equilibrate(normal.matrix.diagonal(), options_.drop, dropped), normal);
    VectorXd step;
    if (!solve_step(problem_, out_.w, pass, normal, ridge_gradient(normal.scale), 0, options_, out_,
                    step)) {
      return fail(Status::singular), 0;
    }
    VectorXd const change = normal.scale.cwiseProduct(step);
    Eigen::Map<VectorXd> w(out_.w.data(), n_);
    for (int j = 0; j < n_; ++j) w[j] = normal.scale[j] == 0 ? 0 : w[j] + change[j];
    ++out_.frozen_passes;
    return change.norm() / std::max(w.norm(), 1e-300);
  }

  void descend()
  {
    ScaledNormal normal = linearise(-1);
    if (!std::isfinite(normal.cost)) return fail(Status::not_finite);
    // The ridge's scale stays that of the first linearisation: one objective for all steps.
    VectorXd const scale = equilibrate(normal.matrix.diagonal(), options_.drop, out_.dropped);
    for (int j = 0; j < n_; ++j) {
      if (scale[j] == 0) out_.w[std::size_t(j)] = 0;
    }
    scale_by(scale, normal);
    double damping = options_.damping, growth = 2;
    double objective = normal.cost + ridge_of(scale, out_.w);
    out_.history.push_back(normal.cost);
    first_cost_ = std::max(first_cost_, normal.cost);
    while (true) {
      out_.cost = normal.cost;
      if (converged(normal)) break;
      if (out_.iterations == options_.max_iterations) return finish(scale, Status::not_converged);
      ++out_.iterations;
      VectorXd step;
      VectorXd const pull = ridge_gradient(scale), slope = normal.right + pull;
      if (!solve_step(problem_, out_.w, -1, normal, pull, damping, options_, out_, step)) {
        damping = std::max(damping, 1e-10) * growth, growth *= 2;
        if (damping > 1e10) return finish(scale, Status::singular);
        continue;
      }
      double const predicted = step.dot(damping * step - slope);
      std::vector<double> trial = out_.w;
      for (int j = 0; j < n_; ++j) trial[std::size_t(j)] += scale[j] * step[j];
      double const cost = problem_.cost(trial), next = cost + ridge_of(scale, trial);
      // Below rounding of the objective nothing can be compared: the step is a Newton step near
      // the solution and is taken.
      bool const at_floor = predicted <= 1e-13 * objective;
      if (std::isfinite(next) && (next < objective || at_floor)) {
        double const gain = (objective - next) / std::max(predicted, 1e-300);
        damping *= at_floor ? 0.1 : std::max(0.1, 1 - std::pow(2 * gain - 1, 3));
        growth = 2;
        out_.w = std::move(trial);
        normal = linearise(-1);
        scale_by(scale, normal);
        objective = normal.cost + ridge_of(scale, out_.w);
        out_.history.push_back(normal.cost);
        if (at_floor && ++floor_steps_ > 2) break;
      } else {
        damping = std::max(damping, 1e-10) * growth, growth *= 2;
        if (damping > 1e12) return finish(scale, Status::not_converged);
      }
    }
    out_.cost = normal.cost;
    converged(normal);
    finish(scale, Status::ok);
  }

  bool converged(ScaledNormal const &normal)
  {
    double const length = std::sqrt(std::max(normal.cost, 0.));
    // Rows that can be met exactly: what is left is rounding, whose gradient says nothing.
    if (normal.cost <= 1e-26 * first_cost_ || length == 0) return out_.gradient = 0, true;
    out_.gradient =
        (normal.right + ridge_gradient(normal.scale)).lpNorm<Eigen::Infinity>() / length;
    return out_.gradient <= options_.tolerance;
  }

  ScaledNormal linearise(int frozen)
  {
    std::vector<double> a(std::size_t(n_) * std::size_t(n_));
    ScaledNormal normal{.matrix = {}, .right = VectorXd(n_), .scale = VectorXd::Ones(n_)};
    normal.cost =
        problem_.normal_equations(out_.w, frozen, a, {normal.right.data(), std::size_t(n_)});
    normal.matrix = Eigen::Map<Eigen::MatrixXd>(a.data(), n_, n_);
    if (!normal.matrix.allFinite()) normal.cost = NAN;
    return normal;
  }
  void scale_by(VectorXd const &scale, ScaledNormal &normal) const
  {
    normal.scale = scale;
    normal.matrix = scale.asDiagonal() * normal.matrix * scale.asDiagonal();
    normal.right = normal.right.cwiseProduct(scale);
    for (int j = 0; j < n_; ++j) {
      if (scale[j] == 0) normal.matrix(j, j) = 1;
    }
  }
  VectorXd ridge_gradient(VectorXd const &scale) const
  {
    VectorXd pull(n_);
    for (int j = 0; j < n_; ++j) {
      pull[j] = scale[j] == 0 ? 0 : options_.ridge * out_.w[std::size_t(j)] / scale[j];
    }
    return pull;
  }
  double ridge_of(VectorXd const &scale, std::vector<double> const &w) const
  {
    double sum = 0;
    for (int j = 0; j < n_; ++j) {
      if (scale[j] != 0) sum += std::pow(w[std::size_t(j)] / scale[j], 2);
    }
    return options_.ridge * sum;
  }
  void fail(Status status) { out_.status = status; }
  void finish(VectorXd const &scale, Status status)
  {
    out_.status = status;
    out_.scale.assign(scale.data(), scale.data() + n_);
  }

  LeastSquaresProblem &problem_;
  LeastSquaresOptions const &options_;
  int n_, floor_steps_ = 0;
  double first_cost_ = 0;
  LeastSquaresResult out_;
};

}  // namespace

bool LeastSquaresProblem::rows(std::span<double const>, int, std::vector<double> &,
                               std::vector<double> &)
{
  return false;
}

LeastSquaresResult solve_least_squares(LeastSquaresProblem &problem, std::vector<double> start,
                                       LeastSquaresOptions const &options)
{
  return Solve(problem, std::move(start), options).run();
}

std::vector<LeastSquaresResult> solve_lanes(
    std::size_t lanes, std::function<LeastSquaresResult(std::size_t lane)> const &solve)
{
  using Host = Kokkos::DefaultHostExecutionSpace;
  std::vector<LeastSquaresResult> results(lanes);
  std::vector<std::exception_ptr> errors(lanes);
  Kokkos::parallel_for(
      "tessera::solve_lanes",
      Kokkos::RangePolicy<Host, Kokkos::Schedule<Kokkos::Dynamic>>(0, lanes).set_chunk_size(1),
      [&](std::size_t lane) {
        try {
          results[lane] = solve(lane);
        } catch (...) {
          errors[lane] = std::current_exception();
        }
      });
  for (auto const &error : errors) {
    if (error) std::rethrow_exception(error);
  }
  return results;
}

}  // namespace tessera::solvers
