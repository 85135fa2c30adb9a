#pragma once

#include <cstddef>

#include <tessera/core/config.hpp>

namespace tessera::fields {

/// Sizes of an NCF expert: a network of two codes, one of the state and one of the context (Nzoyem
/// et al., Neural Context Flows, ICLR 2025; MixER, section 3). Depths count hidden layers.
struct NcfShape {
  int state = 2;
  int width = 64;
  int depth = 3;  ///< of the main network: intermediate · 2 -> width -> ... -> state
  int depth_data = 1;
  int depth_ctx = 1;
  int intermediate = 32;  ///< size of either code
  int rank = 4;           ///< context size of one expert
  static NcfShape read(Section &section, int state);
};

/// Where one linear layer's numbers stand in an expert's row. Hidden layers end in
/// x sigma(beta x).
struct NcfLayer {
  int in = 0, out = 0;
  bool hidden = false;
  std::size_t w = 0;     ///< (out, in)
  std::size_t b = 0;     ///< (out)
  std::size_t beta = 0;  ///< (1), hidden only
};

/// The row of one NCF expert: encoder of the state, encoder of the context, main network on
/// [code of the state; code of the context]. The last number is the shift added to every context
/// component. Widths of encoders lie geometrically between their ends, rounded up to even.
struct NcfLayout {
  static constexpr int max_depth = 8, max_rank = 1024;
  NcfShape shape;
  NcfLayer data[max_depth + 1], context[max_depth + 1], main[max_depth + 1];
  std::size_t shift = 0;
  std::size_t size = 0;

  explicit NcfLayout(NcfShape const &shape);
  /// As GepsLayout counts (README, "Counting"). Nothing bends between the state's code and the
  /// main network's first layer: their product is formed once, and the context's code enters as
  /// a term that is constant along a trajectory.
  double flops_per_evaluation() const;
};

}  // namespace tessera::fields
