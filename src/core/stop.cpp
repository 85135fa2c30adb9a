#include <tessera/core/stop.hpp>

#include <signal.h>

#include <atomic>

namespace tessera {

namespace {

std::atomic<bool> asked = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must not lock");

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
  return asked.load();
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
