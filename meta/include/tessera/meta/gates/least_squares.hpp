#pragma once

#include <memory>

#include <tessera/core/config.hpp>
#include <tessera/meta/gate.hpp>
#include <tessera/meta/gate_fit.hpp>
#include <tessera/meta/routing.hpp>

namespace tessera::meta {

enum class GateStart { split, published };   ///< published: all experts from step 0
enum class Clustering { lloyd, published };  ///< published: L1, gives up on an empty cluster
enum class Assignment { clusters, loss };    ///< loss: the expert of least cross loss

/// `[gate]`, score "least_squares": how environments find their experts (MixER, section 3.2).
struct GateOptions {
  GateStart start = GateStart::split;
  Clustering clustering = Clustering::lloyd;
  Matching matching = Matching::hungarian;
  Assignment assign = Assignment::clusters;
  GateFitOptions fit;
  double structure = 0;  ///< see Gate::structure
  int every = 12;        ///< inner steps between updates of clusters and gate
  int refresh = 25;      ///< outer steps between cross losses without a change of clusters; 0: none
  bool full_update = false;  ///< cross losses in every update, as published
  CrossOptions cross;
  /// As published all trajectories are followed to their ends and contexts stay as they are; else
  /// `cross` has the cheapest way that was found to lose no accuracy (experiments/odebench10b).
  static GateOptions read(Section &section);
};

/// K-means over contexts, clusters matched to experts by cross losses, routes by clusters, and a
/// least-squares fit that learns them. Started as published it is the published gate: it begins
/// random, and what counts is the fitted gate's word, whatever the clusters say.
std::unique_ptr<Gate> make_least_squares_gate(GateOptions const &options, int experts);

}  // namespace tessera::meta
