#pragma once

#include <vector>

#include <tessera/constraint/placed_basis.hpp>
#include <tessera/domains/partition.hpp>

// Which columns of a basis stand where, and where boxes meet.
namespace tessera::constraint {

class PlaceGate;

/// Lays out a basis whose terms are known, all values 0: a point holds the columns of the experts
/// that reach it; where terms are kept, also of those that reach a cell its terms read.
void lay_out(PlacedBasis &placed, PlaceGate const &gate);
/// The same for a basis of one expert, whose functions are everywhere.
void lay_out(PlacedBasis &placed);

/// Points two layers on either side of every cut: along each axis of space for all levels, and in t
/// for all cells. Along a periodic axis the last box and the first meet in the two layers behind
/// the last, which are the first two again.
std::vector<PlacedBasis::Meeting> find_meetings(domains::Partition const &partition,
                                                domains::Pde const &pde);

}  // namespace tessera::constraint
