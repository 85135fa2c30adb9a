#pragma once

#include "field_blocks.hpp"
#include "ncf_tangents.hpp"

namespace tessera::fields {

/// Two packs per row: 32 float lanes, enough independent sums to fill both multiply-add pipes.
template <class T>
struct NcfFields {
  using Layout = NcfLayout;
  using Wide = NcfField<T, 2>;
  using Tangents = NcfTangents<T, 2>;
  using Narrow = Wide;
  using NarrowTangents = Tangents;
};

// In ncf_timed.cpp.
extern template struct FieldBlocks<float, TimedFields<NcfFields<float>>>;
extern template struct FieldBlocks<double, TimedFields<NcfFields<double>>>;

}  // namespace tessera::fields
