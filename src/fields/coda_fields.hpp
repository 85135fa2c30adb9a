#pragma once

#include "coda_tangents.hpp"
#include "field_blocks.hpp"

namespace tessera::fields {

/// One pack of states: sixteen float lanes, four environments of four trajectories.
template <class T>
struct CodaFields {
  using Layout = CodaLayout;
  using Wide = CodaField<T, 1>;
  using Tangents = CodaTangents<T, 1>;
  using Narrow = Wide;
  using NarrowTangents = Tangents;
};

// In coda_timed.cpp.
extern template struct FieldBlocks<float, TimedFields<CodaFields<float>>>;
extern template struct FieldBlocks<double, TimedFields<CodaFields<double>>>;

}  // namespace tessera::fields
