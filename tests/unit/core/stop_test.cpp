#include <csignal>

#include <gtest/gtest.h>

#include <tessera/core/stop.hpp>

namespace tessera {
namespace {

TEST(Stop, IsAskedForByASignalAndCanBeForgotten)
{
  stop_on_signals();
  bool const before = stop_requested();

  std::raise(SIGTERM);
  bool const after = stop_requested();
  clear_stop();

  EXPECT_FALSE(before);
  EXPECT_TRUE(after);
  EXPECT_FALSE(stop_requested());
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGUSR1, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace
}  // namespace tessera
