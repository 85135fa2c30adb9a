#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Core>

namespace tessera::nn {

template <class T>
using RowMatrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The matrices of a truncated two-dimensional Fourier transform of real fields: frequencies
/// -modes_t … modes_t - 1 in t, 0 … modes_x - 1 in x, as a real transform keeps them. Modes are
/// numbered (k_t, k_x), the frequencies of t as 0 … modes_t - 1, -modes_t … -1.
template <class T>
struct TruncatedTransform {
  int in_t, in_x;             ///< 2 modes_t, modes_x
  RowMatrix<T> x_forward;     ///< (2 in_x, cell): cosines, then minus sines
  RowMatrix<T> x_back;        ///< (cell, 2 in_x): half a spectrum counts twice, but its first
  RowMatrix<T> t_cos, t_sin;  ///< (in_t, level)

  TruncatedTransform(int modes_t, int modes_x, std::size_t levels, std::size_t cells)
      : in_t(2 * modes_t),
        in_x(modes_x),
        x_forward(2 * in_x, Eigen::Index(cells)),
        x_back(Eigen::Index(cells), 2 * in_x),
        t_cos(in_t, Eigen::Index(levels)),
        t_sin(in_t, Eigen::Index(levels))
  {
    for (Eigen::Index i = 0; i < Eigen::Index(cells); ++i) {
      for (Eigen::Index k = 0; k < in_x; ++k) {
        double const angle = turn(k * i, Eigen::Index(cells)), twice = k == 0 ? 1 : 2;
        x_forward(k, i) = T(std::cos(angle));
        x_forward(in_x + k, i) = T(-std::sin(angle));
        x_back(i, k) = T(twice * std::cos(angle) / double(cells));
        x_back(i, in_x + k) = T(-twice * std::sin(angle) / double(cells));
      }
    }
    for (Eigen::Index k = 0; k < in_t; ++k) {
      Eigen::Index const frequency = k < modes_t ? k : k - in_t;
      for (Eigen::Index n = 0; n < Eigen::Index(levels); ++n) {
        double const angle = turn(frequency * n, Eigen::Index(levels));
        t_cos(k, n) = T(std::cos(angle));
        t_sin(k, n) = T(std::sin(angle));
      }
    }
  }

 private:
  /// 2 pi (numerator / denominator), of the remainder so that large products lose nothing.
  static double turn(Eigen::Index numerator, Eigen::Index denominator)
  {
    return 2 * std::numbers::pi * double(numerator % denominator) / double(denominator);
  }
};

}  // namespace tessera::nn
