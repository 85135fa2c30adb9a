#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <tessera/core/state.hpp>
#include <tessera/domains/pde_family.hpp>
#include <tessera/nn/fno2d.hpp>

namespace tessera::constraint {

struct BasisNetworkOptions {
  /// `outputs` is the number of functions. Over one axis of space the operator's axes are (t, x);
  /// over two they are (x, y), `modes_t` those along x and `modes_x` those along y. `inputs` is set
  /// by the network. Over one axis: t, x, parameters, profiles. Over two: the initial field,
  /// profiles, x, y (0 along a periodic axis: what is shifted there comes out shifted), parameters.
  nn::Fno2dOptions fno;
  int axes = 1;  ///< of space, 1 or 2
  /// Over two axes: at each cell the operator's outputs are the functions' values at so many
  /// Chebyshev-Lobatto points of (0, horizon), and between these they are polynomials in t.
  int knots = 8;
  int parameters = 1;  ///< numbers a sample is told by
  /// The equation's lift is an input, as it is at each of these multiples of the time: layers that
  /// have spread less and more. Over two axes, as it is at each of these multiples of the horizon.
  std::vector<double> profiles{1};
  bool float32 = false;  ///< of everything in the network
  double horizon = 500;  ///< seconds that t is measured in
  std::uint64_t seed = 0;
};

/// The network that proposes a sample's basis functions, one set for all experts (PI-HC-MoE,
/// Chalapathi et al., ICLR 2024, §3), with its gradient and its optimiser.
class BasisNetwork {
 public:
  virtual ~BasisNetwork() = default;
  virtual int functions() const = 0;
  virtual std::size_t size() const = 0;  ///< trainable numbers
  virtual double flops(domains::SpaceTimeGrid const &grid) const = 0;

  /// The functions on a grid, shape (level, cell, function), valid until the slot is used again.
  /// `keep`: whether pull_back follows. Throws InputError where the grid has other axes of space,
  /// fewer cells than the modes need, or, over two axes, a longer horizon than the network; and
  /// where the sample has another number of parameters.
  virtual std::span<double const> propose(domains::SpaceTimeGrid const &grid,
                                          domains::PdeSample const &sample, std::size_t slot,
                                          bool keep) = 0;
  /// Adds to the gradient, from the derivative by the functions of a slot.
  virtual void pull_back(std::size_t slot, std::span<double const> functions_bar) = 0;
  /// Scales the gradient to at most `clip` (0: as it is); returns the length it had.
  virtual double clip(double limit) = 0;
  /// One step of Adam; the gradient is 0 then.
  virtual void update(double rate) = 0;
  virtual void forget_gradient() = 0;

  /// Parameters and gradient, for tests and tools: number k.
  virtual double parameter(std::size_t k) const = 0;
  virtual void set_parameter(std::size_t k, double value) = 0;
  virtual double gradient(std::size_t k) const = 0;
  virtual void register_state(State &state) = 0;
  /// FNV-1a of the parameters' bits.
  virtual std::string digest() const = 0;
};

/// Throws InputError where a size is not positive, or there is no network over so many axes.
std::unique_ptr<BasisNetwork> make_basis_network(BasisNetworkOptions const &options);

}  // namespace tessera::constraint
