#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

namespace tessera::io {

enum class FolderMode { fresh, resume, force };

class FolderLock;

/// The folder of one run (README, "What a run is"), locked as long as this lives: another process
/// is refused with the number of this one. A non-empty folder is refused in mode `fresh`; `force`
/// takes only one that holds a run.json. Nothing in it changes before `begin`, and a folder that
/// was made for a run that never began is gone again. Throws InputError where it is refused or
/// cannot be made.
class RunFolder {
 public:
  RunFolder(std::filesystem::path const &path, FolderMode mode);
  ~RunFolder();
  RunFolder(RunFolder &&) noexcept;
  RunFolder &operator=(RunFolder &&) = delete;

  /// The run is sure to start: empties the folder in mode `force`, makes what every run has.
  void begin();

  std::filesystem::path const &path() const { return path_; }
  std::filesystem::path checkpoints() const { return path_ / "checkpoints"; }
  std::filesystem::path fields() const { return path_ / "fields"; }
  std::filesystem::path plots() const { return path_ / "plots"; }

  /// Writes a whole text file: temporary name, then rename.
  void write(std::string const &name, std::string const &text) const;

 private:
  void take();
  std::filesystem::path path_;
  FolderMode mode_;
  bool made_ = false, begun_ = false;
  std::unique_ptr<FolderLock> lock_;
};

/// metrics.csv: a header of named columns, one row a step, flushed each row. With `keep_rows`
/// the file's rows up to that step are kept (a resumed run), else it starts anew.
class MetricsCsv {
 public:
  MetricsCsv(std::filesystem::path const &file, std::vector<std::string> columns,
             long keep_rows_up_to_step = -1);
  /// One value per column; the first column is the step. NaN is written as an empty cell.
  void row(std::vector<double> const &values);

 private:
  std::ofstream out_;
  std::size_t columns_;
};

/// Makes versions, git description, host, compiler, back end, start time and how many ranks `comm`
/// has, as JSON text.
std::string describe_run(std::string const &experiment, std::uint64_t seed, MPI_Comm comm);

}  // namespace tessera::io
