#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include <tessera/core/rng.hpp>
#include <tessera/meta/gate.hpp>
#include <tessera/meta/gate_fit.hpp>

namespace tessera::meta {

/// A gate that begins as published: all experts are there from the first step, the gate is random,
/// so that all environments (their contexts are zero) share one expert, and what counts from then
/// on is the word of the fitted gate.
template <class Base>
class PublishedStart final : public Base {
 public:
  using Base::Base;

  bool splits() const override { return false; }

  experts::Routes first_routes(std::size_t environments, std::size_t components,
                               std::uint64_t seed) override
  {
    Rng rng(seed, "gate/initialise");
    auto const experts = static_cast<std::size_t>(this->experts());
    LinearGate gate{components, this->experts(), Standardizer::identity(components), {}};
    double const bound = 1 / std::sqrt(static_cast<double>(components) + 1);
    for (std::size_t i = 0; i < (components + 1) * experts; ++i) {
      gate.weights.push_back(rng.uniform(-bound, bound));
    }
    int const first = gate.route(std::vector<double>(components, 0.0));
    this->linear() = std::move(gate);
    return experts::Routes::single(std::vector<int>(environments, first));
  }

  std::optional<experts::Routes> fit(GateEvidence const &evidence) override
  {
    auto routes = Base::fit(evidence);
    if (!routes) return routes;
    Base::learn({evidence.seed,
                 evidence.outer,
                 evidence.inner,
                 evidence.renew,
                 evidence.contexts,
                 *routes,
                 {}});
    std::vector<int> word;
    for (std::size_t e = 0; e < routes->size(); ++e) {
      word.push_back(this->linear().route(evidence.contexts.row(e)));
    }
    return experts::Routes::single(word);
  }

  // It has learnt the clusters' experts in `fit`, and goes by what it says itself.
  void learn(GateEvidence const &) override {}
};

}  // namespace tessera::meta
