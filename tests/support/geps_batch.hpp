#pragma once

#include <tessera/fields/geps.hpp>

#include "support/bank_batch.hpp"

namespace tessera::twins {

/// A BankBatch of GEPS experts, with their layout.
template <class T>
struct GepsBatch : BankBatch<T> {
  fields::GepsLayout layout;

  GepsBatch(fields::GepsShape const &shape, int experts_count, int trajectories, int points,
            double step, double context_size = 0.3)
      : BankBatch<T>(fields::make_geps_bank<T>(shape), shape.state, experts_count, trajectories,
                     points, step, context_size),
        layout(shape)
  {
  }
};

}  // namespace tessera::twins
