#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <tessera/core/config.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/domains/pde_family.hpp>

namespace tessera::model {

/// The family of problems that a config of experts by place states in [equation] or names in
/// [data]; `registry` knows those that can be named. Throws ConfigError.
std::unique_ptr<domains::PdeFamily> place_family(Config const &config, Registry const &registry);

/// What experts by place make of a problem.
struct PlaceSolution {
  std::vector<double> field;  ///< u, shape (level, cell)
  bool converged = true;      ///< whether the constraint did
  int iterations = 0;
  double residual = 0;  ///< root of the sum of squared rows; 0 where there is no constraint
  double jump = 0;      ///< largest one where boxes meet
};

/// A trained basis network with its experts by place, as a run left it: solves problems of the
/// family that it was trained on. Needs a Runtime. Its functions compute with all threads of the
/// process; call them from one thread at a time.
class PlaceModel {
 public:
  /// Reads the newest undamaged checkpoint of a run folder. Families of your own need a registry
  /// that knows them. Throws InputError where the folder holds no run of type "place" or no
  /// checkpoint, IoError where it cannot be read.
  static PlaceModel load(std::filesystem::path const &run);
  static PlaceModel load(std::filesystem::path const &run, Registry const &registry);
  PlaceModel(PlaceModel &&) noexcept;
  PlaceModel &operator=(PlaceModel &&) noexcept;
  ~PlaceModel();

  std::string const &title() const;
  long steps() const;  ///< of the training behind it
  /// Where fields are solved for: the grid of the run's test.
  domains::SpaceTimeGrid const &grid() const;
  /// What tells a problem from others, and what it was trained on. Shape (parameter).
  std::vector<std::string> const &parameters() const;
  std::vector<domains::ParameterRange> const &ranges() const;

  /// The problem with these parameters. Shape (parameter). Throws InputError as
  /// PdeFamily::problem.
  domains::PdeSample problem(std::vector<double> const &parameters) const;

  /// Solves one problem.
  PlaceSolution solve(domains::PdeSample const &problem) const;
  /// Solves several, which is faster; each as it would be alone.
  std::vector<PlaceSolution> solve(std::span<domains::PdeSample const> problems) const;

 private:
  struct Parts;
  explicit PlaceModel(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tessera::model
