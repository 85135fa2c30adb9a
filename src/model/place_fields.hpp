#pragma once

#include <span>
#include <string>
#include <vector>

#include <tessera/core/log.hpp>
#include <tessera/core/progress.hpp>
#include <tessera/io/pdebench.hpp>

#include "place_settings.hpp"

namespace tessera::model {

/// Whether problems with these parameters are told apart by their constant start alone, so that a
/// field tells its problem.
bool told_by_start(std::vector<std::string> const &parameters);

/// u0 of a field that starts from a constant. Throws InputError, with `path` and `sample`, where it
/// does not. Shape (level, cell).
double start_of(std::span<double const> field, domains::SpaceTimeGrid const &grid,
                std::string const &path, std::size_t sample);

/// The file of true fields of the test, given or of the run's name below data/; empty where the
/// family's are solved anew. Throws InputError where one is given all the same.
std::string fields_path(PlaceSettings const &settings);

/// Opens it: the grid, the number of samples and what they were made from are the test's. Throws
/// InputError.
io::PdebenchFile open_fields(std::string const &path, PlaceSettings const &settings,
                             Log const &log);

/// The problems a network is tested on, with their true fields, held in memory in float32 (as
/// PDEBench keeps them).
class PlaceFields {
 public:
  /// Families that tessera truth makes: reads `test.path`, or a file of the run's name below data/,
  /// which is made where it is missing; others are solved anew, each by its own equation. Throws
  /// InputError where the file cannot be used, IoError, SolverError.
  PlaceFields(PlaceSettings const &settings, Log const &log, Progress progress);

  domains::SpaceTimeGrid const &grid() const { return grid_; }
  std::size_t size() const { return problems_.size(); }
  std::span<domains::PdeSample const> problems() const { return problems_; }
  /// FNV-1a of all fields, as a checkpoint keeps it.
  std::string digest() const;
  /// Shape (level, cell).
  std::vector<double> truth(std::size_t sample) const
  {
    return {fields_[sample].begin(), fields_[sample].end()};
  }

 private:
  void read(std::string const &path, PlaceSettings const &settings, Log const &log,
            Progress &progress);
  void take(domains::PdeSample problem, std::span<double const> field);
  domains::SpaceTimeGrid grid_;
  std::vector<domains::PdeSample> problems_;
  std::vector<std::vector<float>> fields_;
};

}  // namespace tessera::model
