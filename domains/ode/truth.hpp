#pragma once

#include <span>

#include <tessera/core/status.hpp>
#include <tessera/domains/family.hpp>

namespace tessera::domains {

/// The trajectory of a family from `start` at increasing `times` (the first is the time of the
/// start), into `states` (time, state): Dormand-Prince 5(4) with dense output, absolute and
/// relative tolerance 1e-10.
Status integrate_truth(Family const &family, std::span<double const> parameters,
                       std::span<double const> start, std::span<double const> times,
                       std::span<double> states);

/// As integrate_truth with the published labels' loose tolerances, rtol 1e-3 and atol 1e-6, and
/// the step control of SciPy's RK45 (first step after Hairer, Norsett, Wanner, II.4). `horizon`
/// ends the last step. A stand-in: the published arrays themselves are not reproduced to the bit.
Status integrate_published(Family const &family, std::span<double const> parameters,
                           std::span<double const> start, std::span<double const> times,
                           double horizon, std::span<double> states);

}  // namespace tessera::domains
