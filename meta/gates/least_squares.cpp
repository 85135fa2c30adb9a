#include <tessera/meta/gates/least_squares.hpp>

#include <numeric>

#include <tessera/meta/routing.hpp>

#include "clusters.hpp"
#include "published_start.hpp"

namespace tessera::meta {

GateOptions GateOptions::read(Section &s)
{
  GateOptions o;
  o.start = s.choose("start", o.start,
                     {{"split", GateStart::split}, {"published", GateStart::published}});
  o.clustering = s.choose("clustering", o.clustering,
                          {{"lloyd", Clustering::lloyd}, {"published", Clustering::published}});
  o.matching = s.choose("matching", o.matching,
                        {{"hungarian", Matching::hungarian}, {"greedy", Matching::greedy}});
  o.assign = s.choose("assign", o.assign,
                      {{"clusters", Assignment::clusters}, {"loss", Assignment::loss}});
  o.fit.published = s.choose("fit", false, {{"ridge", false}, {"published", true}});
  o.fit.ridge = s.get_in("ridge", o.fit.ridge, 0.0, 1e6);
  o.fit.noise = s.get_in("noise", o.fit.noise, 0.0, 1.0);
  o.structure = s.get_in("structure", o.structure, 0.0, 1.0);
  o.every = s.get_in("every", o.every, 1, 1000000);
  o.refresh = s.get_in("refresh", o.refresh, 0, 1000000);
  o.full_update = s.get("full_update", o.full_update);
  CrossOptions &cross = o.cross;
  bool const published = o.start == GateStart::published;
  if (published) cross.inner = 0;
  if (published || o.full_update) cross.trajectories = 0, cross.stop = 0;
  cross.inner = s.get_in("inner", cross.inner, 0, 10000);
  cross.trajectories = s.get_in("trajectories", cross.trajectories, 0, 1000000);
  cross.stop = s.get_in("stop", cross.stop, 0.0, 1e12);
  if (cross.stop > 0 && cross.stop < 1) s.fail("stop", "must be 0 (never) or at least 1");
  return o;
}

namespace {

class LeastSquaresGate : public Gate {
 public:
  LeastSquaresGate(GateOptions const &options, int experts)
      : options_(options), experts_(experts), clusters_(make_clusters(options.clustering, experts))
  {
  }

  bool splits() const override { return true; }
  double structure() const override { return options_.structure; }

  experts::Routes first_routes(std::size_t environments, std::size_t, std::uint64_t) override
  {
    return experts::Routes::single(std::vector<int>(environments, 0));
  }

  void begin(int experts, std::vector<int> const &cluster) override
  {
    experts_ = experts;
    clusters_->begin(experts);
    gate_ = {};
    renewed_ = -1;
    cluster_ = cluster;
    cluster_expert_.resize(static_cast<std::size_t>(experts_));
    std::iota(cluster_expert_.begin(), cluster_expert_.end(), 0);
  }

  bool due(long step) const override { return step % options_.every == 0; }
  CrossOptions const &cross() const override { return options_.cross; }

  std::optional<experts::Routes> fit(GateEvidence const &evidence) override
  {
    std::vector<int> const present = cluster_expert_.empty() ? std::vector<int>() : cluster_;
    std::vector<int> cluster = clusters_->find(evidence, present);
    if (cluster.empty()) return std::nullopt;
    std::vector<int> route = evidence.routes.leaders();
    if (evidence.renew || stale(evidence.outer) || cluster != present) {
      std::vector<double> const cross = evidence.cross_losses();
      renewed_ = evidence.outer;
      cluster_expert_ = match_clusters(cluster, cross, experts_, experts_, options_.matching);
      if (options_.assign == Assignment::loss) route = assign_by_loss(cross, experts_);
    }
    cluster_ = std::move(cluster);
    if (options_.assign == Assignment::clusters) {
      for (std::size_t e = 0; e < route.size(); ++e) {
        route[e] = cluster_expert_[static_cast<std::size_t>(cluster_[e])];
      }
    }
    return experts::Routes::single(route);
  }

  void learn(GateEvidence const &evidence) override
  {
    Rng rng(evidence.seed, "gate/noise", static_cast<std::uint64_t>(evidence.outer),
            static_cast<std::uint64_t>(evidence.inner));
    gate_ = fit_gate(evidence.contexts, evidence.routes.leaders(), experts_, options_.fit, rng);
  }

  std::vector<double> values(std::span<double const> context) const override
  {
    return gate_.values(context);
  }

  void register_state(State &state) override
  {
    gate_.register_state(state);
    state.add("gate/cluster", 1, &cluster_);
    state.add("gate/cluster_expert", 1, &cluster_expert_);
    state.add("gate/renewed", 1, std::span(&renewed_, 1));
    clusters_->register_state(state);
  }

  void restored() override { gate_.restored(experts_); }

 protected:
  int experts() const { return experts_; }
  LinearGate &linear() { return gate_; }

 private:
  // Cross losses are old, or there are none yet.
  bool stale(long outer) const
  {
    bool const due = options_.refresh > 0 && outer - renewed_ >= options_.refresh;
    return renewed_ < 0 || due || options_.full_update || cluster_expert_.empty();
  }

  GateOptions options_;
  int experts_;
  std::unique_ptr<Clusters> clusters_;
  LinearGate gate_;                  // empty until first fitted
  std::vector<int> cluster_;         // (environment)
  std::vector<int> cluster_expert_;  // (cluster)
  std::int64_t renewed_ = -1;        // outer step of the last cross losses
};

}  // namespace

std::unique_ptr<Gate> make_least_squares_gate(GateOptions const &options, int experts)
{
  if (options.start == GateStart::published) {
    return std::make_unique<PublishedStart<LeastSquaresGate>>(options, experts);
  }
  return std::make_unique<LeastSquaresGate>(options, experts);
}

}  // namespace tessera::meta
