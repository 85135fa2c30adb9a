#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <tessera/constraint/basis_bank.hpp>

// Banks without trainable parameters: what a network has to beat.
namespace tessera::constraint {

/// The leading modes of whole space-time fields (level, cell), root mean square 1: the best basis
/// for the fields' family that there is. `singular_values`, where given, takes those of all fields.
/// Throws InputError where there are fewer fields than functions, or fields of another size.
std::unique_ptr<BasisBank> make_pod_basis(domains::SpaceTimeGrid const &grid,
                                          std::vector<std::vector<double>> const &fields,
                                          int functions,
                                          std::vector<double> *singular_values = nullptr);

/// Products of Legendre polynomials over an expert's box, P_a(t) P_b(x), a < in_time, b < in_space,
/// function a in_space + b; beyond a tenth of the box they go on as constants. Throws InputError
/// where a number is not positive.
std::unique_ptr<BasisBank> make_legendre_basis(int in_time, int in_space);
/// The same along each axis of space, P_a(t) P_b(x) P_c(y), the last axis fastest. For grids of as
/// many axes.
std::unique_ptr<BasisBank> make_legendre_basis(int in_time, std::vector<int> in_space);

/// cos(k . (t, x, …) + phase) with k normal of deviation 1 / length (in units of the domain) and
/// uniform phases, the first function 1: the same in all boxes.
std::unique_ptr<BasisBank> make_random_features(int functions, std::uint64_t seed,
                                                double length = 0.3);

/// The first function 1 (where there are two or more), then profiles erfc(x / (2 sqrt(D t / R)))
/// for constant R spread geometrically over [3, 12], R = 3.5 where there is one; diffusion is D.
/// Along the other axes they are constant.
std::unique_ptr<BasisBank> make_similarity_basis(int functions, double diffusion = 5e-4);

/// Values on a grid, shape (level, cell, function), the same for all experts: what a network
/// proposed. `values` must outlive it. Throws InputError where sizes do not fit.
std::unique_ptr<BasisBank> make_tabulated_basis(domains::SpaceTimeGrid const &grid,
                                                std::span<double const> values, int functions);

/// Each expert's functions times a random orthogonal matrix of its own: the same spaces, other
/// coefficients. `bank` must outlive it.
std::unique_ptr<BasisBank> make_rotated_basis(BasisBank const &bank, std::uint64_t seed);

/// Functions plus white noise of standard deviation `amplitude`, a value a point and function:
/// what the rounding of a network does. `bank` must outlive it.
std::unique_ptr<BasisBank> make_noisy_basis(BasisBank const &bank, double amplitude,
                                            std::uint64_t seed);

}  // namespace tessera::constraint
