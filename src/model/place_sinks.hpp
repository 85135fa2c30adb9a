#pragma once

#include <tessera/model/sink.hpp>

namespace tessera::model {

/// plots/: loss, slices, the basis, errors over time.
void draw_place(PlaceResult const &result, io::RunFolder const &folder);

/// predictions.h5, in PDEBench's layout.
void keep_predictions(PlaceResult const &result, io::RunFolder const &folder);

}  // namespace tessera::model
