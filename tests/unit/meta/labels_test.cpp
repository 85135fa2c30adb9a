#include <gtest/gtest.h>

#include <Kokkos_Core.hpp>
#include <string_view>

#include <tessera/fields/geps.hpp>
#include <tessera/meta/gates/least_squares.hpp>
#include <tessera/meta/mixer_trainer.hpp>

namespace {

using namespace tessera;
int seen = 0;

// Kokkos's own helpers (deep_copy, initialisation of Views) are let through.
void expect_prefix(char const *label)
{
  ++seen;
  std::string_view const name(label);
  EXPECT_TRUE(name.starts_with("tessera::") || name.starts_with("Kokkos::")) << name;
}

TEST(Labels, EveryAllocationAndKernelOfATrainingStepHasOurPrefix)
{
  namespace tools = Kokkos::Tools::Experimental;
  tools::set_allocate_data_callback([](Kokkos::Profiling::SpaceHandle, char const *label,
                                       void const *, std::uint64_t) { expect_prefix(label); });
  tools::set_begin_parallel_for_callback(
      [](char const *label, std::uint32_t, std::uint64_t *) { expect_prefix(label); });
  domains::Trajectories data;
  data.environments.resize(3);
  data.count = 1;
  data.points = 9;
  data.dimension = 2;
  for (int i = 0; i < 27; ++i) data.times.push_back(0.1 * (i % 9));
  for (int i = 0; i < 54; ++i) data.states.push_back(0.01 * i);

  {
    meta::Mixture<float> mixture(fields::make_geps_bank<float>({.width = 8}), 2, 3, true, 0,
                                 meta::make_least_squares_gate({}, 2));
    meta::MixerTrainer<float> trainer(
        mixture, data, {.warmup = 1, .windows = meta::make_fresh_windows(8, 9)}, {}, 0, {});
    meta::mixer_step(trainer, 0);
    meta::mixer_step(trainer, 1);
  }

  tools::set_allocate_data_callback(nullptr);
  tools::set_begin_parallel_for_callback(nullptr);
  EXPECT_GT(seen, 100);
}

}  // namespace
