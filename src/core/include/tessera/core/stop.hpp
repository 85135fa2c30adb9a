#pragma once

namespace tessera {

/// Asks whatever runs to stop at the next step, with a checkpoint. Safe in a signal handler.
void request_stop() noexcept;

/// Whether somebody asked since the start, or since clear_stop.
bool stop_requested() noexcept;

/// Forgets the request; for a host that starts another run in the same process.
void clear_stop() noexcept;

/// Turns SIGTERM, SIGINT and SIGUSR1 into request_stop. A second SIGINT ends the process at once.
/// For programs only: the library never touches signals by itself.
void stop_on_signals();

}  // namespace tessera
