#pragma once

#include <Eigen/Dense>
#include <vector>

#include <tessera/meta/mixture.hpp>

namespace tessera::meta {

/// Normal distribution of the contexts one expert was trained with: where its new environments are
/// looked for.
struct ContextPrior {
  Eigen::VectorXd mean;
  Eigen::MatrixXd precision;
};

template <class T>
ContextPrior context_prior(Mixture<T> const &mixture, int expert);

/// `count` places to start a search on one expert: the mean of its training contexts, then its own
/// contexts, each time the one farthest from those before. Shape (count, rank); fewer where an
/// expert has fewer.
template <class T>
std::vector<std::vector<T>> context_starts(Mixture<T> const &mixture, int expert, int count);

}  // namespace tessera::meta
