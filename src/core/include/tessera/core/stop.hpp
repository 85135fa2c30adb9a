#pragma once

#include <tessera/core/error.hpp>

namespace tessera {

/// What long work throws where it was asked to stop; what it had done is lost, what was saved
/// stays.
class Stopped : public Error {
 public:
  using Error::Error;
};

/// Asks whatever runs to stop at the next safe point. Safe in a signal handler.
void request_stop() noexcept;

/// Whether somebody asked since the start, or since clear_stop, or a WallTime is over.
bool stop_requested() noexcept;

/// Throws Stopped where stop_requested: for loops whose work is begun anew when the run goes on.
void throw_if_stopped();

/// Forgets the request; for a host that starts another run in the same process.
void clear_stop() noexcept;

/// As long as one lives, stop_requested is true once `seconds` have passed since the start of the
/// process; 0: never. One at a time.
class WallTime {
 public:
  explicit WallTime(double seconds) noexcept;
  ~WallTime();
  WallTime(WallTime const &) = delete;
  WallTime &operator=(WallTime const &) = delete;
  static bool is_over() noexcept;
};

/// Turns SIGTERM, SIGINT and SIGUSR1 into request_stop. A second SIGINT ends the process at once.
/// For programs only: the library never touches signals by itself.
void stop_on_signals();

}  // namespace tessera
