#pragma once

#include <filesystem>
#include <string>

#include <tessera/core/log.hpp>
#include <tessera/core/progress.hpp>
#include <tessera/meta/doubt.hpp>

#include "settings.hpp"

namespace tessera::model {

/// Trains mixtures as the run did, half as long and each without some of the systems of `train`,
/// and adds what they say otherwise of other starts to `doubt` (meta/rivals.hpp). Each keeps
/// checkpoints of its own below `folder` and goes on from them. Does nothing where `settings` want
/// no rivals, or where too few systems are left for the experts. `data`: the digest of what the run
/// is trained on. Throws Stopped where a stop is asked for.
template <class T>
void train_rivals(Settings const &settings, meta::Mixture<T> const &mixture,
                  domains::Trajectories const &train, std::filesystem::path const &folder,
                  std::string const &data, meta::Doubt &doubt, Log const &log, Progress progress);

}  // namespace tessera::model
