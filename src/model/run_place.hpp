#pragma once

#include <tessera/model/experiment.hpp>

#include "place_settings.hpp"
#include "run_start.hpp"

namespace tessera::model {

/// Trains a network through the constraint layer and measures it beside bases that need no
/// training. Throws InputError, IoError, SolverError.
Outcome run_place(PlaceSettings const &settings, RunStart &start, bool resume);

}  // namespace tessera::model
