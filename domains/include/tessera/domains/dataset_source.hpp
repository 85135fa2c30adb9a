#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <tessera/core/progress.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/domains/trajectories.hpp>

namespace tessera::domains {

/// The seam Domain: what `data.type` names, where an experiment's trajectories come from.
class DatasetSource {
 public:
  virtual ~DatasetSource() = default;
  /// What is made, as users see it: "odebench small-4".
  virtual std::string name() const = 0;
  /// Every option but the seed that the numbers depend on, as one line: a file made with the same
  /// line and seed is as good as a new one. Empty for a source that reads the user's own data.
  virtual std::string settings() const = 0;
  /// Whether states are in units that the user chose: they are standardised for training then,
  /// unless data.scale says otherwise.
  virtual bool own_units() const { return settings().empty(); }
  /// The set; a source that makes its numbers permutes the training environments by `seed`, one
  /// that reads the user's own leaves all in the order of the files, numbered. Needs a Runtime.
  /// Throws InputError, IoError or SolverError.
  virtual Dataset make(std::uint64_t seed, Registry const &registry, Progress progress) const = 0;
};

/// Order of the seed: environment e of the permuted set is order[e] of the set as it was.
std::vector<std::size_t> environment_order(std::uint64_t seed, std::size_t environments);

/// Puts environments that stand in the published order, family after family, into the order of the
/// seed, train and test alike: selection by nearest context breaks ties by index, and would learn
/// the families from their order.
void permute_environments(Dataset &data, std::uint64_t seed);

/// Undoes permute_environments.
void restore_environments(Dataset &data, std::uint64_t seed);

}  // namespace tessera::domains
