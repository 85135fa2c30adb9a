#pragma once

namespace tessera {

/// How a solve ended. Failure of a solver is a value, not an exception.
enum class Status : unsigned char {
  ok,
  step_limit,      ///< more steps than `max_steps`
  step_too_small,  ///< the step no longer changes the time
  not_finite,      ///< NaN or infinity in the state or the vector field
  not_converged,   ///< a minimum was not reached within the iterations allowed
  singular,        ///< a linear system could not be solved
  outdone,         ///< given up on purpose: its error already exceeds the bound it was given
};

/// One sentence that says what happened and what to try.
constexpr char const *message(Status status)
{
  switch (status) {
    case Status::ok:
      return "done";
    case Status::step_limit:
      return "step limit reached; raise solver.max_steps or loosen solver.rtol";
    case Status::step_too_small:
      return "step size fell below the resolution of time; the problem is stiff or singular here: "
             "loosen solver.atol or shorten the window";
    case Status::not_finite:
      return "NaN or infinity in the vector field; lower optimizer.rate or check the data";
    case Status::not_converged:
      return "the least-squares solve did not converge; raise constraint.max_iterations or take "
             "fewer basis functions";
    case Status::singular:
      return "the basis functions are linearly dependent on the rows; take fewer, or a larger "
             "constraint.ridge";
    case Status::outdone:
      return "given up early: the error already exceeds the bound; raise gate.stop to go on longer";
  }
  return "unknown status";
}

}  // namespace tessera
