#include <tessera/solvers/stiff_integrator.hpp>

#include <petscts.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <vector>

#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>

#include "session.hpp"
#include "sparse_matrix.hpp"

namespace tessera::solvers {
namespace {

using petsc::check;
using Vector = petsc::Handle<Vec, VecDestroy>;
using Matrix = petsc::Handle<Mat, MatDestroy>;
using Stepper = petsc::Handle<TS, TSDestroy>;

/// What the callbacks share. Exceptions may not cross PETSc's C: they wait here.
struct Work {
  SparseSystem const &system;
  std::vector<double> values;
  std::exception_ptr thrown;
  bool finite = true;
};

/// Lets PETSc see a failure of `action`, keeping its exception.
template <class Action>
PetscErrorCode guarded(Work &work, Action action)
{
  try {
    return action();
  } catch (...) {
    work.thrown = std::current_exception();
    return PETSC_ERR_USER;
  }
}

// F(u, u') = u' - f(u).
PetscErrorCode residual(TS, PetscReal, Vec u, Vec slope, Vec out, void *context)
{
  Work &work = *static_cast<Work *>(context);
  std::size_t const n = work.system.size;
  PetscScalar const *state = nullptr, *derivative = nullptr;
  PetscScalar *rate = nullptr;
  PetscCall(VecGetArrayRead(u, &state));
  PetscCall(VecGetArrayRead(slope, &derivative));
  PetscCall(VecGetArrayWrite(out, &rate));
  PetscErrorCode const code = guarded(work, [&] {
    throw_if_stopped();
    work.system.rate({state, n}, {rate, n});
    for (std::size_t i = 0; i < n; ++i) {
      work.finite = work.finite && std::isfinite(rate[i]);
      rate[i] = derivative[i] - rate[i];
    }
    return PetscErrorCode(work.finite ? 0 : PETSC_ERR_FP);
  });
  PetscCall(VecRestoreArrayWrite(out, &rate));
  PetscCall(VecRestoreArrayRead(slope, &derivative));
  PetscCall(VecRestoreArrayRead(u, &state));
  return code;
}

// shift dF/du' + dF/du.
PetscErrorCode jacobian(TS, PetscReal, Vec u, Vec, PetscReal shift, Mat, Mat matrix, void *context)
{
  Work &work = *static_cast<Work *>(context);
  PetscScalar const *state = nullptr;
  PetscCall(VecGetArrayRead(u, &state));
  PetscErrorCode const code = guarded(work, [&] {
    work.system.jacobian({state, work.system.size}, work.values);
    return petsc::fill_shifted(work.system, work.values, shift, matrix);
  });
  PetscCall(VecRestoreArrayRead(u, &state));
  return code;
}

void choose_method(TS stepper, StiffOptions const &options)
{
  if (options.method == StiffMethod::rosenbrock) {
    check(TSSetType(stepper, TSROSW), "choosing the method");
    check(TSRosWSetType(stepper, TSROSWRODAS3), "choosing the method");
    return;
  }
  check(TSSetType(stepper, TSARKIMEX), "choosing the method");
  check(TSARKIMEXSetType(stepper, TSARKIMEX5), "choosing the method");
  check(TSARKIMEXSetFullyImplicit(stepper, PETSC_TRUE), "choosing the method");
}

/// Newton's method with a direct solve, the unknowns in the order of `ordering`.
void choose_linear_solver(TS stepper, StiffOptions const &options, MatOrderingType ordering)
{
  SNES newton = nullptr;
  KSP linear = nullptr;
  PC factors = nullptr;
  SNESLineSearch search = nullptr;
  check(TSGetSNES(stepper, &newton), "choosing the solver");
  check(SNESGetKSP(newton, &linear), "choosing the solver");
  check(KSPSetType(linear, KSPPREONLY), "choosing the solver");
  check(KSPGetPC(linear, &factors), "choosing the solver");
  check(PCSetType(factors, PCLU), "choosing the solver");
  check(PCFactorSetMatOrderingType(factors, ordering), "choosing the solver");
  if (options.method == StiffMethod::rosenbrock) return;  // solves linear systems only
  // A stage solved to a hundredth of a step's tolerance leaves no mark on its error estimate.
  check(SNESSetTolerances(newton, 0.01 * options.rtol, 1e-12, 0.01 * options.rtol, 20, 1000),
        "choosing the solver");
  check(SNESGetLineSearch(newton, &search), "choosing the solver");
  check(SNESLineSearchSetType(search, SNESLINESEARCHBASIC), "choosing the solver");
}

void set_course(TS stepper, std::span<double const> times, StiffOptions const &options)
{
  check(TSSetTolerances(stepper, options.atol, nullptr, options.rtol, nullptr), "tolerances");
  TSAdapt adaptor = nullptr;
  check(TSGetAdapt(stepper, &adaptor), "step control");
  check(TSAdaptSetType(adaptor, TSADAPTBASIC), "step control");
  check(TSSetExactFinalTime(stepper, TS_EXACTFINALTIME_MATCHSTEP), "step control");
  std::vector<double> span(times.begin(), times.end());  // copied, though its type is not const
  check(TSSetTimeSpan(stepper, static_cast<PetscInt>(span.size()), span.data()), "times");
  check(TSSetTimeStep(stepper, options.first_step), "step control");
  check(TSSetMaxSteps(stepper, static_cast<PetscInt>(options.max_steps)), "step control");
  // Failures are told in the report.
  check(TSSetErrorIfStepFails(stepper, PETSC_FALSE), "step control");
  check(TSSetMaxSNESFailures(stepper, -1), "step control");
  check(TSSetMaxStepRejections(stepper, 50), "step control");
}

StiffReport report_of(TS stepper)
{
  TSConvergedReason reason = TS_CONVERGED_ITERATING;
  PetscInt steps = 0, rejected = 0;
  TSGetConvergedReason(stepper, &reason);
  TSGetStepNumber(stepper, &steps);
  TSGetStepRejections(stepper, &rejected);
  Status status = Status::ok;
  if (reason == TS_CONVERGED_ITS) status = Status::step_limit;
  if (reason < 0) status = Status::step_too_small;
  return {status, static_cast<long>(steps), static_cast<long>(rejected)};
}

/// Returns ok, or not_finite before the first state that is not.
Status copy_states(TS stepper, std::size_t n, std::span<double> states)
{
  PetscInt count = 0;
  Vec *solutions = nullptr;
  check(TSGetTimeSpanSolutions(stepper, &count, &solutions), "reading the solution");
  if (static_cast<std::size_t>(count) * n != states.size()) {
    throw Error("PETSc ended before the last of the times");
  }
  for (PetscInt k = 0; k < count; ++k) {
    PetscReal largest = 0;
    check(VecNorm(solutions[k], NORM_INFINITY, &largest), "reading the solution");
    if (!std::isfinite(largest)) return Status::not_finite;
  }
  for (std::size_t k = 0; k * n < states.size(); ++k) {
    PetscScalar const *state = nullptr;
    check(VecGetArrayRead(solutions[k], &state), "reading the solution");
    std::copy_n(state, n, states.begin() + static_cast<std::ptrdiff_t>(k * n));
    check(VecRestoreArrayRead(solutions[k], &state), "reading the solution");
  }
  return Status::ok;
}

StiffReport integrate(SparseSystem const &system, MatOrderingType ordering,
                      std::span<double const> start, std::span<double const> times,
                      StiffOptions const &options, std::span<double> states)
{
  TESSERA_ASSERT(start.size() == system.size && states.size() == times.size() * system.size);
  TESSERA_ASSERT(times.size() > 1);
  petsc::Session const session;
  Work work{system, std::vector<double>(system.columns.size()), nullptr};
  Vector u;
  Matrix matrix;
  Stepper stepper;
  check(VecCreateSeq(PETSC_COMM_SELF, static_cast<PetscInt>(system.size), u.out()), "a vector");
  PetscScalar *state = nullptr;
  check(VecGetArrayWrite(u, &state), "a vector");
  std::copy(start.begin(), start.end(), state);
  check(VecRestoreArrayWrite(u, &state), "a vector");
  petsc::make_matrix(system, matrix.out());
  check(TSCreate(PETSC_COMM_SELF, stepper.out()), "a time stepper");
  choose_method(stepper, options);
  check(TSSetIFunction(stepper, nullptr, residual, &work), "the residual");
  check(TSSetIJacobian(stepper, matrix, matrix, jacobian, &work), "the Jacobian");
  choose_linear_solver(stepper, options, ordering);
  set_course(stepper, times, options);
  PetscErrorCode const code = TSSolve(stepper, u);
  if (work.thrown) std::rethrow_exception(work.thrown);
  StiffReport report = report_of(stepper);
  if (!work.finite) {
    report.status = Status::not_finite;
    return report;
  }
  check(code, "stepping");
  if (report.status == Status::ok) report.status = copy_states(stepper, system.size, states);
  return report;
}

/// The pattern of a band inside of the matrix.
SparseSystem pattern_of(BandedSystem const &band)
{
  SparseSystem pattern;
  pattern.size = band.size;
  pattern.rows.push_back(0);
  for (std::size_t i = 0; i < band.size; ++i) {
    std::size_t const last = std::min(band.size, i + band.upper + 1);
    for (std::size_t j = i - std::min(i, band.lower); j < last; ++j) pattern.columns.push_back(j);
    pattern.rows.push_back(pattern.columns.size());
  }
  return pattern;
}

}  // namespace

StiffReport integrate_stiff(BandedSystem const &system, std::span<double const> start,
                            std::span<double const> times, StiffOptions const &options,
                            std::span<double> states)
{
  TESSERA_ASSERT(system.lower < system.size && system.upper < system.size);
  SparseSystem sparse = pattern_of(system);
  std::vector<double> bands(system.size * system.width());
  sparse.rate = [&](std::span<double const> u, std::span<double> rate) { system.rate(u, rate); };
  sparse.jacobian = [&](std::span<double const> u, std::span<double> values) {
    system.jacobian(u, bands);
    for (std::size_t i = 0; i < system.size; ++i) {
      for (std::size_t e = sparse.rows[i]; e < sparse.rows[i + 1]; ++e) {
        values[e] = bands[i * system.width() + sparse.columns[e] + system.lower - i];
      }
    }
  };
  // In the order of the unknowns a band fills no further.
  return integrate(sparse, MATORDERINGNATURAL, start, times, options, states);
}

StiffReport integrate_stiff(SparseSystem const &system, std::span<double const> start,
                            std::span<double const> times, StiffOptions const &options,
                            std::span<double> states)
{
  return integrate(system, MATORDERINGND, start, times, options, states);
}

}  // namespace tessera::solvers
