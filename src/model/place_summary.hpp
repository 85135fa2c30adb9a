#pragma once

#include <string>
#include <vector>

#include "place_measure.hpp"

namespace tessera::model {

/// Times and counts of a run that trained experts by place.
struct PlaceFigures {
  long steps = 0, unconverged = 0, settled = 0, fallbacks = 0;
  double train_seconds = 0, loss = 0, wall_seconds = 0;
  double seconds_single_query = 0;  ///< median; 0: not timed
  std::size_t parameters = 0;
  std::string digest;
};

/// summary.json of such a run (README, "What a run is"). The first measure is the network's.
std::string summarise_place(PlaceSettings const &settings, PlaceFigures const &figures,
                            std::vector<PlaceMeasure> const &measures);

/// The measures as a table in Markdown.
std::string place_table(std::vector<PlaceMeasure> const &measures, std::size_t boxes);

}  // namespace tessera::model
