#include "context_prior.hpp"

#include <algorithm>
#include <limits>

namespace tessera::meta {
namespace {

template <class T>
std::vector<Eigen::VectorXd> own_contexts(Mixture<T> const &mixture, int expert)
{
  int const rank = mixture.rank();
  bool const trunk = mixture.map().has_trunk();
  std::vector<Eigen::VectorXd> own;
  for (std::size_t e = 0; e < mixture.environments(); ++e) {
    // With a trunk a context means about the same to all experts, and so all of them tell.
    if (mixture.leader(e) != expert && !trunk) continue;
    Eigen::VectorXd context(rank);
    T const *slice = mixture.slice(e, mixture.leader(e));
    for (int r = 0; r < rank; ++r) context[r] = slice[r];
    own.push_back(context);
  }
  return own;
}

}  // namespace

template <class T>
ContextPrior context_prior(Mixture<T> const &mixture, int expert)
{
  int const rank = mixture.rank();
  auto const own = own_contexts(mixture, expert);
  ContextPrior prior{Eigen::VectorXd::Zero(rank), Eigen::MatrixXd::Identity(rank, rank)};
  if (own.empty()) return prior;
  for (auto const &context : own) prior.mean += context / double(own.size());
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(rank, rank);
  for (auto const &context : own) {
    Eigen::VectorXd const d = context - prior.mean;
    covariance += d * d.transpose() / double(own.size());
  }
  // Few environments leave directions without any spread; a hundredth of the mean one is allowed.
  double const floor = std::max(1e-2 * covariance.trace() / rank, 1e-8);
  covariance += floor * Eigen::MatrixXd::Identity(rank, rank);
  prior.precision = covariance.inverse();
  return prior;
}

template <class T>
std::vector<std::vector<T>> context_starts(Mixture<T> const &mixture, int expert, int count)
{
  auto const own = own_contexts(mixture, expert);
  std::vector<Eigen::VectorXd> places{context_prior(mixture, expert).mean};
  while (static_cast<int>(places.size()) < count) {
    double farthest = 0;
    Eigen::VectorXd next;
    for (auto const &context : own) {
      double nearest = std::numeric_limits<double>::max();
      for (auto const &place : places) nearest = std::min(nearest, (context - place).squaredNorm());
      if (nearest <= farthest) continue;
      farthest = nearest;
      next = context;
    }
    if (farthest == 0) break;
    places.push_back(next);
  }
  std::vector<std::vector<T>> starts;
  for (auto const &place : places) {
    std::vector<T> &start = starts.emplace_back();
    for (double value : place) start.push_back(static_cast<T>(value));
  }
  return starts;
}

template ContextPrior context_prior(Mixture<float> const &, int);
template ContextPrior context_prior(Mixture<double> const &, int);
template std::vector<std::vector<float>> context_starts(Mixture<float> const &, int, int);
template std::vector<std::vector<double>> context_starts(Mixture<double> const &, int, int);

}  // namespace tessera::meta
