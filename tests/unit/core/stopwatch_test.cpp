#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include <tessera/core/stopwatch.hpp>

namespace {

using namespace tessera;

void wait()
{
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST(Stopwatch, LapsAddUpToItsSeconds)
{
  Stopwatch watch;
  wait();
  double const first = watch.lap();
  wait();
  double const second = watch.lap();

  EXPECT_GE(first, 0.005);
  EXPECT_GE(second, 0.005);
  EXPECT_GE(watch.seconds(), first + second);
}

TEST(Phase, SecondsOfAnInnerOneAreNotCountedTwice)
{
  double outer = 0, inner = 0, last = 0;
  Stopwatch watch;
  {
    Phase phase("tessera::test::outer", outer);
    wait();
    {
      Phase const within("tessera::test::inner", inner);
      wait();
    }
    wait();
    phase.next("tessera::test::last", last);
    wait();
  }
  double const all = watch.seconds();

  EXPECT_GE(outer, 0.010);
  EXPECT_GE(inner, 0.005);
  EXPECT_GE(last, 0.005);
  EXPECT_LE(outer + inner + last, all);
}

}  // namespace
