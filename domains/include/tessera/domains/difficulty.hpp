#pragma once

#include <cstdint>

#include <tessera/core/config.hpp>
#include <tessera/domains/trajectories.hpp>

namespace tessera::domains {

/// `[data]` noise, keep: what makes a hard set of an easy one.
struct Difficulty {
  /// Deviation of measurement noise, as a share of each component's own deviation in its
  /// environment; on what is learnt from (train, support), never on what errors are taken of.
  double noise = 0;
  int keep = 0;  ///< training environments that are left of each family; 0: all
  static Difficulty read(Section &data);
};

/// Thins out families and adds noise, from (seed, environment) alone: a Gaussian number for every
/// state that is stored. Test and query data stay as they are.
void make_harder(Dataset &data, Difficulty const &difficulty, std::uint64_t seed);

}  // namespace tessera::domains
