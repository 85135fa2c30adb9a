#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <tessera/domains/space_time_grid.hpp>

// Files of fields u(t, x), u(t, x, y) or u(t, x, y, z) as PDEBench publishes them (Takamoto et al.,
// NeurIPS 2022); lzf, gzip and plain storage are read. Readers and writers work on the calling
// process alone.
namespace tessera::io {

/// How samples lie in a file.
enum class PdebenchLayout {
  samples,  ///< groups 0000, 0001, … with data (time, x[, y[, z]], channel), grid/t, grid/x, …
  tensor,   ///< tensor (sample, time, x[, y[, z]]), t-coordinate, x-coordinate, …
};

/// "samples" or "tensor"; throws InputError for another word.
PdebenchLayout pdebench_layout(std::string const &word);

/// A file of fields of one scalar, open for reading. What it finds wrong is an InputError that
/// names file, data set and place, and says what to do.
class PdebenchFile {
 public:
  /// Opens the file and looks at its layout, by names, and at the grid of its first sample: cells
  /// must be of equal width from 0 on, levels of equal distance from 0 on. A list of times one
  /// longer than the time axis (as published files have) is cut.
  explicit PdebenchFile(std::filesystem::path const &path);
  ~PdebenchFile();
  PdebenchFile(PdebenchFile &&) noexcept;

  PdebenchLayout layout() const;
  domains::SpaceTimeGrid const &grid() const;
  /// Numbers of the samples, increasing.
  std::vector<std::size_t> const &samples() const;

  /// What a sample says that it was made from (the attribute `config`); empty where it does not.
  std::string config(std::size_t sample) const;

  /// Throws where the file's grid is not this one.
  void require(domains::SpaceTimeGrid const &grid) const;
  /// Reads one sample into `field` (level, cell). A sample that is missing or was never written, a
  /// grid other than the first sample's, and a value that is not finite or below `lowest` are
  /// errors.
  void read(std::size_t sample, std::span<double> field, double lowest = -1e-6) const;

 private:
  struct Contents;
  std::unique_ptr<Contents const> contents_;
};

/// What a file to be written holds.
struct PdebenchPlan {
  PdebenchLayout layout = PdebenchLayout::samples;
  domains::SpaceTimeGrid grid;
  std::size_t first = 0, count = 0;  ///< numbers of the samples
  std::string config;                ///< kept as an attribute: what the samples were made from
  std::string time_unit = "s", length_unit = "m";  ///< empty: axes say none
};

/// Writes fields as float32, deflated. The file lies beside its final name, as temporary_beside
/// names it, until finish; without that it is removed.
class PdebenchWriter {
 public:
  /// Throws IoError where the file cannot be made; so do write and finish where the disk is full.
  PdebenchWriter(std::filesystem::path const &path, PdebenchPlan const &plan);
  ~PdebenchWriter();
  PdebenchWriter(PdebenchWriter &&) noexcept;

  /// One sample of the plan, once. Shape (level, cell).
  void write(std::size_t sample, std::span<double const> field);
  /// Puts the whole file in place. Throws Error where a sample of the plan was not written.
  void finish();

 private:
  struct Contents;
  std::unique_ptr<Contents> contents_;
};

}  // namespace tessera::io
