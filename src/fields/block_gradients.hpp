#pragma once

#include <tessera/core/ordered_sum.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>

namespace tessera::fields {

/// gradient(expert) = the sum of its blocks' `parts` (block, parameter) in a fixed tree, zero for
/// an expert without a block. `blocks` stand grouped by expert; one launch serves all experts.
template <class T, class Space>
void add_block_gradients(Space const &space, solvers::View1<solvers::Block> const &blocks,
                         solvers::View2<T, Space> const &parts,
                         solvers::View2<T, Space> const &gradient)
{
  std::size_t const experts = gradient.extent(0), columns = gradient.extent(1), chunk = 1024;
  std::size_t const chunks = (columns + chunk - 1) / chunk;
  using Kokkos::view_alloc, Kokkos::WithoutInitializing;
  solvers::View1<int> begins(view_alloc("tessera::fields::block_begins", WithoutInitializing),
                             experts + 1);
  std::size_t b = 0;
  for (std::size_t e = 0; e <= experts; ++e) {
    while (b < blocks.extent(0) && blocks(b).expert < static_cast<int>(e)) ++b;
    begins(e) = static_cast<int>(b);
  }
  auto const from = Kokkos::create_mirror_view_and_copy(typename Space::memory_space(), begins);
  Kokkos::parallel_for(
      "tessera::fields::add_block_gradients",
      Kokkos::RangePolicy<Space>(space, 0, experts * chunks), KOKKOS_LAMBDA(std::size_t const i) {
        std::size_t const e = i / chunks, begin = i % chunks * chunk;
        std::size_t const end = Kokkos::min(begin + chunk, columns);
        std::size_t const first = from(e), last = from(e + 1);
        if (first < last) add_in_order(parts, first, last, begin, end);
        for (std::size_t k = begin; k < end; ++k) {
          gradient(e, k) = first < last ? parts(first, k) : T(0);
        }
      });
}

}  // namespace tessera::fields
