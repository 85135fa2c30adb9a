#pragma once

namespace tessera {

/// How a solve ended. Failure of a solver is a value, not an exception.
enum class Status : unsigned char {
  ok,
  step_limit,      ///< more steps than `max_steps`
  step_too_small,  ///< the step no longer changes the time
  not_finite,      ///< NaN or infinity in the state or the vector field
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
  }
  return "unknown status";
}

}  // namespace tessera
