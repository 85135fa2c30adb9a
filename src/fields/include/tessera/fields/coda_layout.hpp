#pragma once

#include <cstddef>

#include <tessera/core/config.hpp>

namespace tessera::fields {

/// Sizes of a CoDA expert: an MLP whose every number follows a context, theta = theta_root + H xi
/// (Kirchmeyer et al., CoDA, ICML 2022; MixER, section 3). `depth` counts linear layers.
struct CodaShape {
  int state = 2;
  int width = 64;
  int depth = 3;
  int rank = 4;  ///< context size of one expert
  static CodaShape read(Section &section, int state);
};

/// Where one linear layer's numbers stand in theta. Hidden layers end in x sigma(beta x).
struct CodaLayer {
  int in = 0, out = 0;
  bool hidden = false;
  std::size_t w = 0;     ///< (in, out)
  std::size_t b = 0;     ///< (out)
  std::size_t beta = 0;  ///< (1), hidden only
};

/// The row of one CoDA expert: theta_root (theta), then H by context components (rank, theta), then
/// the shift added to every context component.
struct CodaLayout {
  static constexpr int max_depth = 8, max_rank = 1024;
  CodaShape shape;
  CodaLayer layers[max_depth];
  std::size_t theta = 0;  ///< numbers of the network
  std::size_t shift = 0;
  std::size_t size = 0;

  explicit CodaLayout(CodaShape const &shape);
  std::size_t hyper(int component) const
  {
    return theta * (static_cast<std::size_t>(component) + 1);
  }
  /// As GepsLayout counts; dense products of one network (README, "Counting"). Its weights are
  /// formed once per environment and block and not counted.
  double flops_per_evaluation() const;
};

}  // namespace tessera::fields
