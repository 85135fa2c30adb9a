#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>

#include <mpi.h>

namespace tessera {

/// How long work tells how far it is. The library calls it; where the words go is the
/// program's choice. A default-made one is silent.
class Progress {
 public:
  /// Shows on `stream` (rank 0 of `comm` only; MPI_COMM_SELF is alone): a bar that redraws itself
  /// where that is a terminal, else a line every 30 s with share done and time left.
  static Progress on(std::FILE *stream, MPI_Comm comm);

  Progress() = default;
  /// A new piece of work of `total` steps.
  void start(std::string const &label, std::size_t total);
  /// `done` of `total` steps are over; `note` stands behind the bar (for instance the loss).
  void update(std::size_t done, std::string const &note = {});
  /// Closes the line. Safe to call twice.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void draw(std::size_t done, std::string const &note, bool last);
  std::FILE *stream_ = nullptr;
  bool terminal_ = false;
  bool open_ = false;
  std::string label_;
  std::size_t total_ = 0, done_ = 0;
  std::string note_;
  Clock::time_point begin_, shown_;
};

}  // namespace tessera
