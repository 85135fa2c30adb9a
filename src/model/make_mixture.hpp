#pragma once

#include <tessera/experts/expert_kind.hpp>
#include <tessera/meta/mixture.hpp>

#include "settings.hpp"

namespace tessera::model {

/// A bank of the experts of `kind` in the precision T, for `dimension` states.
template <class T>
std::shared_ptr<experts::ExpertBank<T>> make_bank(experts::ExpertKind const &kind, int dimension)
{
  if constexpr (sizeof(T) == sizeof(float)) {
    return kind.make_float(dimension);
  } else {
    return kind.make_double(dimension);
  }
}

/// The mixture that `settings` describe, at its random start from `seed`.
template <class T>
meta::Mixture<T> make_mixture(Settings const &settings, int dimension, std::size_t environments,
                              std::uint64_t seed)
{
  auto map = settings.trunk ? experts::make_trunk_map<T>(settings.trunk_options)
                            : experts::make_identity_map<T>();
  return {make_bank<T>(*settings.expert_kind, dimension),
          settings.experts,
          environments,
          settings.split,
          seed,
          settings.gate->make(settings.experts),
          std::move(map)};
}

/// The same from the seed of the run.
template <class T>
meta::Mixture<T> make_mixture(Settings const &settings, int dimension, std::size_t environments)
{
  return make_mixture<T>(settings, dimension, environments, settings.seed);
}

}  // namespace tessera::model
