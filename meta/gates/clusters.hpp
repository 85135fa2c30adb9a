#pragma once

#include <memory>

#include <tessera/meta/gate.hpp>
#include <tessera/meta/gates/least_squares.hpp>

namespace tessera::meta {

/// Finds the clusters of contexts again and again, from where it found them last.
class Clusters {
 public:
  virtual ~Clusters() = default;
  /// There are `count` clusters from now on, and what was found before is forgotten.
  virtual void begin(int count) = 0;
  /// The cluster of every environment, from the present ones (empty before the first time); empty
  /// where nothing can be said.
  virtual std::vector<int> find(GateEvidence const &evidence, std::vector<int> const &present) = 0;
  virtual void register_state(State &) {}
};

std::unique_ptr<Clusters> make_clusters(Clustering rule, int count);

}  // namespace tessera::meta
