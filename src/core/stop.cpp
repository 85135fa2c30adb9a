#include <tessera/core/stop.hpp>

#include <signal.h>

#include <atomic>
#include <chrono>

namespace tessera {

namespace {

std::atomic<bool> asked = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must not lock");

using Clock = std::chrono::steady_clock;

// Made while the program is loaded.
Clock::time_point const process_start = Clock::now();
std::atomic<double> wall_time = 0;

void on_signal(int)
{
  request_stop();
}

}  // namespace

void request_stop() noexcept
{
  asked.store(true);
}

bool stop_requested() noexcept
{
  return asked.load() || WallTime::is_over();
}

void throw_if_stopped()
{
  if (asked.load()) throw Stopped("stopped on a signal");
  if (WallTime::is_over()) throw Stopped("stopped: the wall time is over");
}

WallTime::WallTime(double seconds) noexcept
{
  wall_time.store(seconds);
}

WallTime::~WallTime()
{
  wall_time.store(0);
}

bool WallTime::is_over() noexcept
{
  double const most = wall_time.load();
  return most > 0 && std::chrono::duration<double>(Clock::now() - process_start).count() > most;
}

void clear_stop() noexcept
{
  asked.store(false);
}

void stop_on_signals()
{
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;  // reads and writes under way go on
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGUSR1, &action, nullptr);
  action.sa_flags |= static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
}

}  // namespace tessera
