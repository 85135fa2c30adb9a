#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace tessera::domains {

/// x' = f(t, x), both of `dimension` numbers.
using PlainField = std::function<void(double t, double const *x, double *dx)>;

/// Follows `field` from `start` at increasing `times` with odeint's Rosenbrock 4, adaptive,
/// absolute and relative tolerance 1e-9. Returns the states (time, state), NaN from where it gave
/// up. The header and its source are C++17: Boost 1.74's matrices are not C++20.
std::vector<double> integrate_rosenbrock(PlainField const &field, std::vector<double> const &start,
                                         std::vector<double> const &times);

}  // namespace tessera::domains
