#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include <tessera/constraint/basis_network.hpp>

namespace tessera::constraint {

/// What the two axes of a Fourier operator are, what goes in at each of its points, and how a
/// sample's functions are read from what comes out.
template <class T>
class BasisLayout {
 public:
  virtual ~BasisLayout() = default;
  /// The operator, with as many inputs and outputs as go in and come out.
  virtual nn::Fno2dOptions sized() const = 0;
  /// Points along the operator's axes. Throws InputError where this is no grid for it.
  virtual std::array<std::size_t, 2> points(domains::SpaceTimeGrid const &grid) const = 0;
  /// Shape of `inputs` (point, input). Throws InputError where the sample's parameters are others.
  virtual void put_inputs(domains::SpaceTimeGrid const &grid, domains::PdeSample const &sample,
                          std::vector<T> &inputs) const = 0;
  /// The functions, shape (level, cell, function): what came out as it is, or `own`, filled from
  /// it.
  virtual std::span<double const> read(domains::SpaceTimeGrid const &grid,
                                       std::vector<T> const &outputs,
                                       std::vector<double> &own) const = 0;
  /// The transposed of read. Shape (point, output).
  virtual std::vector<T> pull_back(domains::SpaceTimeGrid const &grid,
                                   std::span<double const> functions_bar) const = 0;
  /// Multiply-adds, times two, of read.
  virtual double flops(domains::SpaceTimeGrid const &grid) const = 0;
};

/// By the axes of space. Throws InputError where there is none for so many, or a size is not
/// positive.
template <class T>
std::unique_ptr<BasisLayout<T>> make_basis_layout(BasisNetworkOptions const &options);

extern template std::unique_ptr<BasisLayout<float>> make_basis_layout<float>(
    BasisNetworkOptions const &);
extern template std::unique_ptr<BasisLayout<double>> make_basis_layout<double>(
    BasisNetworkOptions const &);

}  // namespace tessera::constraint
