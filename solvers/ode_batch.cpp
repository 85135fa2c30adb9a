#include <tessera/solvers/ode/ode_batch.hpp>

namespace tessera::solvers {

StepControl StepControl::read(Section &section)
{
  StepControl c;
  c.rtol = section.get_in("rtol", c.rtol, 1e-14, 1.0);
  c.atol = section.get_in("atol", c.atol, 1e-16, 1.0);
  c.max_steps = section.get_in("max_steps", c.max_steps, 1, 1000000);
  c.safety = section.get_in("safety", c.safety, 0.1, 1.0);
  c.min_factor = section.get_in("min_factor", c.min_factor, 0.01, 1.0);
  c.max_factor = section.get_in("max_factor", c.max_factor, 1.0, 100.0);
  return c;
}

template <class T, class Space>
OdeSolution<T, Space>::OdeSolution(std::size_t trajectories, std::size_t points, std::size_t state,
                                   std::size_t tape_steps)
    : states("tessera::ode::states", trajectories, points, state),
      status("tessera::ode::status", trajectories),
      attempted("tessera::ode::attempted", trajectories),
      accepted("tessera::ode::accepted", trajectories)
{
  if (tape_steps == 0) return;
  using Kokkos::view_alloc, Kokkos::WithoutInitializing;
  // Not initialised: pages of steps that are never taken are never touched.
  tape_time = View2<double, Space>(view_alloc("tessera::ode::tape_time", WithoutInitializing),
                                   trajectories, tape_steps);
  tape_step = View2<T, Space>(view_alloc("tessera::ode::tape_step", WithoutInitializing),
                              trajectories, tape_steps);
  tape_state = View3<T, Space>(view_alloc("tessera::ode::tape_state", WithoutInitializing),
                               trajectories, tape_steps, state);
}

template struct OdeSolution<float>;
template struct OdeSolution<double>;

}  // namespace tessera::solvers
