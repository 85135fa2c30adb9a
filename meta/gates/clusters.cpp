#include "clusters.hpp"

#include <tessera/meta/kmeans.hpp>

namespace tessera::meta {
namespace {

Rng stream(GateEvidence const &evidence)
{
  return Rng(evidence.seed, "gate/kmeans", static_cast<std::uint64_t>(evidence.outer),
             static_cast<std::uint64_t>(evidence.inner));
}

/// Lloyd's rounds on standardised contexts, from the means of the present clusters.
class Lloyd final : public Clusters {
 public:
  explicit Lloyd(int count) : count_(count) {}
  void begin(int count) override { count_ = count; }

  std::vector<int> find(GateEvidence const &evidence, std::vector<int> const &present) override
  {
    auto const points = Standardizer::fit(evidence.contexts).apply(evidence.contexts);
    if (present.empty()) {
      Rng rng = stream(evidence);
      return kmeans(points, count_, rng).assignment;
    }
    auto const means = cluster_means(points, present, static_cast<std::size_t>(count_));
    return lloyd(points, means, 100).assignment;
  }

 private:
  int count_;
};

/// As published: raw contexts, L1, from the centroids of last time.
class PublishedClusters final : public Clusters {
 public:
  explicit PublishedClusters(int count) : count_(count) {}
  void begin(int count) override
  {
    count_ = count;
    centroids_.clear();
  }

  std::vector<int> find(GateEvidence const &evidence, std::vector<int> const &) override
  {
    Rng rng = stream(evidence);
    KMeans found = kmeans_published(evidence.contexts.table(), evidence.contexts.components, count_,
                                    centroids_, rng);
    centroids_ = found.centroids;
    return found.assignment;
  }

  void register_state(State &state) override
  {
    state.add("gate/published_centroids", 1, &centroids_);
  }

 private:
  int count_;
  std::vector<double> centroids_;
};

}  // namespace

std::unique_ptr<Clusters> make_clusters(Clustering rule, int count)
{
  if (rule == Clustering::published) return std::make_unique<PublishedClusters>(count);
  return std::make_unique<Lloyd>(count);
}

}  // namespace tessera::meta
