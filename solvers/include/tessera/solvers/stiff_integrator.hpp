#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <tessera/core/status.hpp>

namespace tessera::solvers {

/// An autonomous stiff system u' = f(u) with a banded Jacobian, such as the semi-discretisation of
/// a one-dimensional PDE.
struct BandedSystem {
  std::size_t size = 0;              ///< unknowns
  std::size_t lower = 1, upper = 1;  ///< bands beside the diagonal, both below `size`
  /// rate = f(u); shapes (size), (size).
  std::function<void(std::span<double const> u, std::span<double> rate)> rate;
  /// bands(i, j - i + lower) = df_i/du_j, shape (size, lower + 1 + upper); what lies outside of the
  /// matrix is not read. Must be exact: a Rosenbrock method takes its order from it.
  std::function<void(std::span<double const> u, std::span<double> bands)> jacobian;

  std::size_t width() const { return lower + 1 + upper; }
};

/// The same with a sparse Jacobian, such as the semi-discretisation of a PDE along several axes.
struct SparseSystem {
  std::size_t size = 0;                ///< unknowns
  std::vector<std::size_t> rows{};     ///< where each row's entries begin, their number behind them
  std::vector<std::size_t> columns{};  ///< (entry): increasing in each row, the diagonal among them
  /// rate = f(u); shapes (size), (size).
  std::function<void(std::span<double const> u, std::span<double> rate)> rate{};
  /// values = df_i/du_j, shape (entry). Must be exact, as that of a BandedSystem.
  std::function<void(std::span<double const> u, std::span<double> values)> jacobian{};
};

/// Families of implicit methods, both L-stable and stiffly accurate, adaptive.
enum class StiffMethod {
  rosenbrock,  ///< RODAS3 of Sandu et al. 1997, order 3: four linear solves a step, no Newton
  dirk,        ///< ARKIMEX 5 without an explicit part (Kennedy, Carpenter 2003), order 5
};

struct StiffOptions {
  StiffMethod method = StiffMethod::rosenbrock;
  double rtol = 1e-6, atol = 1e-6;  ///< local error of a step, root mean square over unknowns
  double first_step = 1e-6;         ///< in units of time; grows by itself
  long max_steps = 100000;
};

struct StiffReport {
  Status status = Status::ok;
  long steps = 0, rejected = 0;
};

/// Follows `system` from `start` to the increasing `times` (the first is the time of the start),
/// which steps end on exactly, into `states` (time, size); behind a failure these are unchanged.
/// Runs on the calling process alone (PETSc TS) and needs a Runtime; calls must not overlap. Linear
/// systems are factored, a band in the order of the unknowns. Reads and changes no PETSc options of
/// the host. Exceptions of the callbacks pass through. Throws Error.
StiffReport integrate_stiff(BandedSystem const &system, std::span<double const> start,
                            std::span<double const> times, StiffOptions const &options,
                            std::span<double> states);
/// The same, unknowns factored in the order of nested dissection. Throws InputError where the
/// pattern is none.
StiffReport integrate_stiff(SparseSystem const &system, std::span<double const> start,
                            std::span<double const> times, StiffOptions const &options,
                            std::span<double> states);

}  // namespace tessera::solvers
