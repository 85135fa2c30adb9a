#pragma once

#include <chrono>

#include <Kokkos_Core.hpp>

namespace tessera {

/// Seconds of the wall clock.
class Stopwatch {
 public:
  /// Since it was made.
  double seconds() const { return between(begin_, Clock::now()); }
  /// Since the last call of this, or since it was made.
  double lap()
  {
    auto const now = Clock::now();
    double const spent = between(last_, now);
    last_ = now;
    return spent;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static double between(Clock::time_point from, Clock::time_point to)
  {
    return std::chrono::duration<double>(to - from).count();
  }
  Clock::time_point begin_ = Clock::now(), last_ = begin_;
};

/// One verb of a step: while it lives, a region of that name for the profilers that Kokkos loads;
/// its seconds are added at its end, without those of phases inside it. Names begin with
/// "tessera::". Phases of one thread end in the reverse order of their beginnings.
class Phase {
 public:
  Phase(char const *name, double &seconds) : seconds_(&seconds), outer_(innermost_)
  {
    if (outer_ != nullptr) outer_->count();
    innermost_ = this;
    Kokkos::Profiling::pushRegion(name);
  }
  Phase(Phase const &) = delete;
  Phase &operator=(Phase const &) = delete;
  ~Phase()
  {
    end();
    innermost_ = outer_;
    if (outer_ != nullptr) outer_->watch_.lap();
  }

  /// Ends this verb and begins another.
  void next(char const *name, double &seconds)
  {
    end();
    seconds_ = &seconds;
    Kokkos::Profiling::pushRegion(name);
  }

 private:
  void count() { *seconds_ += watch_.lap(); }
  void end()
  {
    count();
    Kokkos::Profiling::popRegion();
  }
  inline static thread_local Phase *innermost_ = nullptr;
  double *seconds_;
  Phase *outer_;
  Stopwatch watch_;
};

}  // namespace tessera
