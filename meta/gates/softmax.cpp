#include <tessera/meta/gates/softmax.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <tessera/core/median.hpp>
#include <tessera/meta/gate_fit.hpp>

namespace tessera::meta {

SoftmaxOptions SoftmaxOptions::read(Section &s)
{
  SoftmaxOptions o;
  o.top_k = s.get_in("top_k", o.top_k, 0, 4096);
  o.every = s.get_in("every", o.every, 1, 1000000);
  o.spread = s.get_in("spread", o.spread, 1e-6, 1.0);
  return o;
}

namespace {

class SoftmaxGate final : public Gate {
 public:
  SoftmaxGate(SoftmaxOptions const &options, int experts) : options_(options)
  {
    begin(experts, {});
  }

  bool splits() const override { return false; }
  double spread() const override { return options_.spread; }

  experts::Routes first_routes(std::size_t environments, std::size_t, std::uint64_t) override
  {
    return experts::Routes::even(environments, experts_);
  }

  void begin(int experts, std::vector<int> const &) override
  {
    experts_ = experts;
    prior_.assign(static_cast<std::size_t>(experts), 1.0 / experts);
    gate_ = {};
  }

  bool due(long step) const override { return step % options_.every == 0; }
  CrossOptions const &cross() const override { return options_.cross; }

  std::optional<experts::Routes> fit(GateEvidence const &evidence) override
  {
    std::vector<double> const losses = evidence.cross_losses();
    std::size_t const count = evidence.routes.size(), experts = prior_.size();
    std::vector<double> own;
    for (std::size_t e = 0; e < count; ++e) {
      own.push_back(losses[e * experts + static_cast<std::size_t>(evidence.routes.leader(e))]);
    }
    double const square = median(own);
    if (!std::isfinite(square) || square <= 0) return std::nullopt;
    std::vector<double> const likelihood = likelihoods(losses, square);
    balance(likelihood);
    experts::Routes routes;
    for (std::size_t e = 0; e < count; ++e) {
      add_largest(routes, expectation(std::span(likelihood).subspan(e * experts, experts)));
    }
    return routes;
  }

  void learn(GateEvidence const &evidence) override
  {
    Rng rng(evidence.seed, "gate/noise");  // the fit without noise draws nothing
    gate_ = fit_gate(evidence.contexts, evidence.routes.leaders(), experts_, {}, rng);
  }

  std::vector<double> values(std::span<double const> context) const override
  {
    return gate_.values(context);
  }

  void register_state(State &state) override
  {
    gate_.register_state(state);
    state.add("gate/prior", 1, &prior_);
  }

  void restored() override { gate_.restored(experts_); }

 private:
  // exp(−l / 2 s²) (environment, expert), up to a factor for each environment: losses are taken
  // from its least, so that the largest exponent is 0 whatever their size.
  std::vector<double> likelihoods(std::vector<double> const &losses, double square) const
  {
    std::vector<double> likelihood;
    for (std::size_t q = 0; q < losses.size(); q += prior_.size()) {
      auto const own = std::span(losses).subspan(q, prior_.size());
      double const least = *std::min_element(own.begin(), own.end());
      for (double loss : own) likelihood.push_back(std::exp((least - loss) / (2 * square)));
    }
    return likelihood;
  }

  // Finds the priors with which all experts are wanted alike, by scaling them in turn.
  void balance(std::vector<double> const &likelihood)
  {
    std::size_t const experts = prior_.size(), count = likelihood.size() / experts;
    for (int round = 0; round < 100; ++round) {
      std::vector<double> mean(experts, 0.0);
      for (std::size_t e = 0; e < count; ++e) {
        auto const shares = expectation(std::span(likelihood).subspan(e * experts, experts));
        for (std::size_t i = 0; i < experts; ++i) mean[i] += shares[i] / double(count);
      }
      for (std::size_t i = 0; i < experts; ++i) {
        prior_[i] = std::max(prior_[i] / (std::max(mean[i], 1e-6) * double(experts)), 1e-12);
      }
    }
  }

  // (expert): shares of one environment, sum 1, from its likelihoods.
  std::vector<double> expectation(std::span<double const> likelihood) const
  {
    std::vector<double> shares;
    for (std::size_t i = 0; i < likelihood.size(); ++i) {
      shares.push_back(prior_[i] * likelihood[i]);
    }
    double const sum = std::reduce(shares.begin(), shares.end());
    for (double &share : shares) share /= sum;
    return shares;
  }

  void add_largest(experts::Routes &routes, std::vector<double> const &shares) const
  {
    std::vector<int> order(shares.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return shares[static_cast<std::size_t>(a)] > shares[static_cast<std::size_t>(b)];
    });
    std::size_t const most = options_.top_k == 0
                                 ? order.size()
                                 : std::min(order.size(), static_cast<std::size_t>(options_.top_k));
    std::vector<double> weight;
    double sum = 0;
    for (std::size_t k = 0; k < most; ++k) {
      double const share = shares[static_cast<std::size_t>(order[k])];
      if (k > 0 && share < 1e-3) break;
      weight.push_back(share);
      sum += share;
    }
    for (double &share : weight) share /= sum;
    routes.add(std::span<int const>(order).first(weight.size()), weight);
  }

  SoftmaxOptions options_;
  int experts_ = 0;
  std::vector<double> prior_;  // (expert)
  LinearGate gate_;            // empty until first fitted
};

}  // namespace

std::unique_ptr<Gate> make_softmax_gate(SoftmaxOptions const &options, int experts)
{
  return std::make_unique<SoftmaxGate>(options, experts);
}

}  // namespace tessera::meta
