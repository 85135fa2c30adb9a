#pragma once

#include <cstdint>

#include <tessera/meta/windows.hpp>

namespace tessera::meta {

struct PublishedWindow {
  int skip = 5;        ///< every skip-th stored point is kept
  double share = 0.6;  ///< a window has at least this share of the points kept; 1: all of them
};

/// The training set as the paper's code cuts it, once for the whole training: of the L points kept
/// each environment gets one window, the same for its trajectories, whose states are interpolated
/// linearly at L equispaced times (as MixER's loaders do: start ~ U{0..L-m-1}, end ~
/// U{start+m..L-1}, m = floor(share L), end excluded). Shapes as `data` with L points. Throws
/// InputError where fewer than two points would be left in a window.
domains::Trajectories cut_published_windows(domains::Trajectories const &data,
                                            PublishedWindow const &window, std::uint64_t seed);
/// Every inner step looks at the whole of what `cut_published_windows` has left.
std::shared_ptr<Windows const> make_published_windows(PublishedWindow const &window);

}  // namespace tessera::meta
