#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>

namespace tessera::experts {

using solvers::Block;
using solvers::HostSpace;
using solvers::OdeBatch;
using solvers::OdeSolution;
using solvers::StepControl;
using solvers::View1;
using solvers::View2;
using solvers::View3;
using solvers::View4;

/// Experts of one kind, or of several (make_mixed_bank). Their parameters are rows of a (expert,
/// parameter) view that somebody else owns; the bank knows what the numbers mean. Called once per
/// step, never inside a kernel.
template <class T>
class ExpertBank {
 public:
  virtual ~ExpertBank() = default;
  virtual std::string kind() const = 0;
  /// Numbers of one expert; rows may be longer (padding stays zero).
  virtual std::size_t row_size() const = 0;
  virtual int context_size() const = 0;
  /// Multiply-adds of products count 2, activations 1.
  virtual double flops_per_evaluation() const = 0;
  /// Starting values of one expert. Shape (row_size).
  virtual void initialise(std::span<T> row, Rng &rng) const = 0;

  /// How many kinds of experts there are, which one an expert is of, and the bank of that kind
  /// alone, which reads the first numbers of the expert's row and context.
  virtual int kinds() const { return 1; }
  virtual int kind_of(int) const { return 0; }
  virtual ExpertBank const &of(int) const { return *this; }
  /// From now on there are only the experts that `stay`, by their numbers before, ascending.
  virtual void keep(std::span<std::size_t const>) {}

  /// Solves every trajectory of the batch with its expert. Failures stand in solution.status.
  virtual void integrate(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                         StepControl const &control, OdeSolution<T> const &solution) const = 0;

  /// Pulls cotangents (trajectory, point, state) of a recorded solution back: writes the
  /// gradient (expert, parameter) of every expert that has a block and zero for the others, and
  /// context_bar (trajectory, component), zero for failed trajectories. With a `gradient` of no
  /// rows only context_bar is made, for about a third less work.
  virtual void pull_back(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                         OdeSolution<T> const &solution, View3<T> const &cotangent,
                         View2<T> const &gradient, View2<T> const &context_bar) const = 0;

  /// Whether push_forward is there; ask before work begins that will need it.
  virtual bool has_push_forward() const { return false; }

  /// Sensitivities of a recorded solution to its contexts, its steps frozen as in pull_back. Writes
  /// (trajectory, point, state, component); zero at the start, behind a trajectory's last point and
  /// for failed ones. Throws InputError where the kind has none.
  virtual void push_forward(HostSpace const &, View2<T> const &, OdeBatch<T> const &,
                            OdeSolution<T> const &, View4<T> const &) const
  {
    throw InputError("experts of type \"" + kind() +
                     "\" cannot push tangents forward, and so have no sensitivities to contexts");
  }

  /// One expert's vector field at one time and state, by plain loops: what users integrate
  /// themselves. A field that takes no time ignores t.
  virtual void evaluate(std::span<T const> row, std::span<T const> context, double t,
                        std::span<T const> x, std::span<T> dx) const = 0;
};

}  // namespace tessera::experts
