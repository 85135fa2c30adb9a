#pragma once

#include <span>

namespace tessera {

/// The mean of `values`; NaN of nothing.
double mean(std::span<double const> values);

/// Their standard deviation, divided by their number; NaN of nothing.
double deviation(std::span<double const> values);

}  // namespace tessera
