#include <algorithm>

#include <Kokkos_Core.hpp>

#include <tessera/core/config.hpp>
#include <tessera/core/pack.hpp>
#include <tessera/core/stopwatch.hpp>

#include "bench_parts.hpp"

namespace tessera::benchmarks {
namespace {

using Space = Kokkos::DefaultHostExecutionSpace;
constexpr long rounds = 4000000;

// Twelve independent sums per thread fill the multiply-add pipes whatever their latency.
template <class T>
double multiply_add_gflops(int threads)
{
  constexpr int chains = 12;
  Kokkos::View<T *, Space> kept("tessera::bench::kept", threads);
  Stopwatch const watch;
  Kokkos::parallel_for("tessera::bench::peak", Kokkos::RangePolicy<Space>(0, threads),
                       [=](int thread) {
                         Pack<T> sum[chains];
                         for (int c = 0; c < chains; ++c) sum[c] = Pack<T>(T(c));
                         Pack<T> factor(T(0.999)), term(T(0.001));
                         for (long i = 0; i < rounds; ++i) {
                           for (int c = 0; c < chains; ++c) sum[c] = fma(sum[c], factor, term);
                         }
                         T total = 0;
                         for (int c = 0; c < chains; ++c) total += sum[c].lane(0);
                         kept(thread) = total;  // so that the sums are not optimised away
                       });
  double const spent = watch.seconds();
  return 2.0 * chains * Pack<T>::width * double(rounds) * threads / spent / 1e9;
}

// a = b + s c over arrays far larger than the caches: two reads and one write of 8 bytes.
double triad_gigabytes(std::size_t n)
{
  Kokkos::View<double *, Space> a("tessera::bench::a", n), b("tessera::bench::b", n),
      c("tessera::bench::c", n);
  Stopwatch const watch;
  Kokkos::parallel_for("tessera::bench::triad", Kokkos::RangePolicy<Space>(0, n),
                       [=](std::size_t i) { a(i) = b(i) + 3.0 * c(i); });
  double const spent = watch.seconds();
  return 24.0 * double(n) / spent / 1e9;
}

}  // namespace

double peak_gflops_float64()
{
  return multiply_add_gflops<double>(Space().concurrency());
}

double peak_gflops_float32()
{
  return multiply_add_gflops<float>(Space().concurrency());
}

BenchResult bench_peak(std::vector<std::string> const &overrides, Progress progress)
{
  Config const config = Config::parse("[bench]\n", "bench peak", overrides);
  Section section = config.section("bench");
  int const repeats = section.get_in("repeats", 7, 1, 1000);
  config.finish();
  std::vector<double> single, twice, single_one, twice_one, triad;
  progress.start("bench peak", static_cast<std::size_t>(repeats));
  for (int r = 0; r < repeats; ++r) {
    single.push_back(peak_gflops_float32());
    twice.push_back(peak_gflops_float64());
    single_one.push_back(multiply_add_gflops<float>(1));
    twice_one.push_back(multiply_add_gflops<double>(1));
    triad.push_back(triad_gigabytes(std::size_t(1) << 24));
    progress.update(static_cast<std::size_t>(r + 1));
  }
  progress.finish();
  BenchResult result;
  result.add("float32_gflops", "GFlop/s", single);
  result.add("float64_gflops", "GFlop/s", twice);
  result.add("float32_gflops_one_thread", "GFlop/s", single_one);
  result.add("float64_gflops_one_thread", "GFlop/s", twice_one);
  result.add("triad_gigabytes_per_second", "GB/s", triad);
  result.note = "12 independent full-width multiply-add chains on each of " +
                std::to_string(Space().concurrency()) + " threads; triad of 3 x 128 MiB";
  return result;
}

}  // namespace tessera::benchmarks
