#pragma once

#include "field_blocks.hpp"
#include "geps_neurons.hpp"
#include "geps_tangents.hpp"

namespace tessera::fields {

/// Two packs per row: 32 float lanes share each broadcast weight. In small blocks, where most lanes
/// would be empty, packs hold neurons.
template <class T>
struct GepsFields {
  using Layout = GepsLayout;
  using Wide = GepsField<T, 2>;
  using Tangents = GepsTangents<T, 2>;
  using Narrow = GepsNeurons<T, 1>;
  using NarrowTangents = GepsTangents<T, 1>;
};

// In geps_timed.cpp.
extern template struct FieldBlocks<float, TimedFields<GepsFields<float>>>;
extern template struct FieldBlocks<double, TimedFields<GepsFields<double>>>;

}  // namespace tessera::fields
