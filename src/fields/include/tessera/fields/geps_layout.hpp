#pragma once

#include <cstddef>
#include <vector>

#include <tessera/core/config.hpp>

namespace tessera::fields {

/// Sizes of a GEPS expert: an MLP whose weights W + A diag(xi) B and vectors b + C xi follow a
/// context xi (Koupai et al., GEPS, NeurIPS 2024; MixER, section 3). `depth` counts linear layers.
struct GepsShape {
  int state = 2;
  int width = 64;
  int depth = 3;
  int rank = 4;  ///< context size of one expert
  static GepsShape read(Section &section, int state);
};

/// Where one linear layer's numbers stand in an expert's row, all row-major. Hidden layers end in
/// x sigma(beta x) with beta + D xi for slope.
struct GepsLayer {
  int in = 0, out = 0;
  bool hidden = false;
  std::size_t w = 0;     ///< (out, in)
  std::size_t b = 0;     ///< (out)
  std::size_t a = 0;     ///< (out, rank)
  std::size_t bt = 0;    ///< (rank, in)
  std::size_t c = 0;     ///< (out, rank)
  std::size_t beta = 0;  ///< (1), hidden only
  std::size_t d = 0;     ///< (rank), hidden only
};

/// The row of one GEPS expert. The last number is the shift added to every context component.
struct GepsLayout {
  static constexpr int max_depth = 8, max_rank = 64, max_state = 16;
  GepsShape shape;
  GepsLayer layers[max_depth];
  std::size_t shift = 0;
  std::size_t size = 0;

  explicit GepsLayout(GepsShape const &shape);
  /// Multiply-adds of products, dense and low rank, count 2, activations 1 (README, "Counting").
  double flops_per_evaluation() const;
};

}  // namespace tessera::fields
