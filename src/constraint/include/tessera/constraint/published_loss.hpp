#pragma once

#include <span>
#include <vector>

#include <tessera/domains/pde_family.hpp>

namespace tessera::constraint {

/// What the published training loss weighs (PI-HC-MoE, Chalapathi et al., ICLR 2024, §4).
struct PublishedLossOptions {
  double initial = 1, boundary = 1, equation = 1;
  bool true_right = false;  ///< the right boundary against true values, as published: a leak
};

/// A loss of a batch of fields, by term, and its derivative by the fields.
struct PublishedLoss {
  double initial = 0, left = 0, right = 0, equation = 0;
  double total = 0;                      ///< weighted
  std::vector<std::vector<double>> bar;  ///< (sample), each (level, cell)
};

/// |u(0) - u0| / |u0| over the whole batch; the mean over samples of |u - 1| in the first cells, of
/// |u - D u_x| in the last ones (or |u - true|), and of the pointwise residual by wide central
/// differences, all Euclidean norms over the grid. `truths`: (sample), each (level, cell), only
/// read where true_right. Throws InputError where they are missing then, or the grid has more than
/// one axis of space.
PublishedLoss published_loss(PublishedLossOptions const &options,
                             domains::SpaceTimeGrid const &grid,
                             std::span<domains::PdeSample const> samples,
                             std::span<std::vector<double> const> fields,
                             std::span<std::vector<double> const> truths = {});

}  // namespace tessera::constraint
