#pragma once

#include <memory>

#include <tessera/core/config.hpp>
#include <tessera/meta/gate.hpp>

namespace tessera::meta {

/// `[gate]`, score "softmax": shares instead of decisions.
struct SoftmaxOptions {
  int top_k = 0;        ///< experts that share an environment at most; 0: all
  int every = 12;       ///< inner steps between expectations
  double spread = 0.5;  ///< of the experts at first: the share of a random one in each copy
  CrossOptions cross{.inner = 0, .trajectories = 0, .stop = 0};
  static SoftmaxOptions read(Section &section);
};

/// Expectation-maximisation (Jordan and Jacobs, 1994, with priors that do not depend on contexts):
///
///     r_ei ∝ π_i exp(−l_ei / 2 s²),   s² = the median own loss,
///
/// for the losses l of environments under all experts, each with a slice of its own, and priors π
/// for which all experts are wanted alike, mean over e of r_ei = 1 / experts: with π the mean of r
/// the first expert that is a little better takes every environment. An environment's loss is
/// Σ_i r_ei l_ei over the `top_k` largest shares, those below 1e-3 left out. All experts are there
/// from the start, as disturbed copies. What names the leader for a context not seen is a linear
/// gate fitted as the least-squares gate's.
std::unique_ptr<Gate> make_softmax_gate(SoftmaxOptions const &options, int experts);

}  // namespace tessera::meta
