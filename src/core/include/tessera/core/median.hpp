#pragma once

#include <vector>

namespace tessera {

/// The middle value, or the mean of the two middle ones (halved first, so that the largest finite
/// numbers do not overflow); 0 of nothing.
double median(std::vector<double> values);

}  // namespace tessera
