#pragma once

#include <algorithm>
#include <complex>
#include <numbers>
#include <span>
#include <vector>

#include <Kokkos_Core.hpp>

#include <tessera/core/ordered_sum.hpp>
#include <tessera/core/pack_math.hpp>
#include <tessera/nn/fno2d.hpp>

#include "truncated_transform.hpp"

// Kernels of one layer of Fno2d. Arrays are (level, cell, channel); sheets (level, 2 in_x, channel)
// are transformed in x alone; spectra are (mode, 2, channel), real parts, then imaginary ones.
namespace tessera::nn::fno2d {

using Space = Kokkos::DefaultHostExecutionSpace;
using Eigen::Index;

template <class T>
using Rows = Eigen::Map<RowMatrix<T>, 0, Eigen::OuterStride<>>;
template <class T>
using ConstRows = Eigen::Map<RowMatrix<T> const, 0, Eigen::OuterStride<>>;

template <class T>
ConstRows<T> rows(T const *data, std::size_t count, std::size_t columns, std::size_t stride = 0)
{
  return {data, Index(count), Index(columns),
          Eigen::OuterStride<>(Index(stride == 0 ? columns : stride))};
}
template <class T>
Rows<T> rows(T *data, std::size_t count, std::size_t columns, std::size_t stride = 0)
{
  return {data, Index(count), Index(columns),
          Eigen::OuterStride<>(Index(stride == 0 ? columns : stride))};
}

/// body(item) for each item, a team an item.
template <class Body>
void for_each(Space const &space, char const *label, std::size_t items, Body const &body)
{
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::Schedule<Kokkos::Dynamic>>;
  Kokkos::parallel_for(label, Policy(space, static_cast<int>(items), 1),
                       [=](typename Policy::member_type const &team) {
                         body(static_cast<std::size_t>(team.league_rank()));
                       });
}

/// sheet = matrix field at each level; matrix (2 in_x, cell).
template <class T, class Matrix>
void transform_x(Space const &space, Matrix const &matrix, std::size_t levels, std::size_t channels,
                 T const *field, T *sheet)
{
  std::size_t const cells = std::size_t(matrix.cols()), half = std::size_t(matrix.rows());
  for_each(space, "tessera::fno2d::transform_x", levels, [=, &matrix](std::size_t n) {
    rows(sheet + n * half * channels, half, channels).noalias() =
        matrix * rows(field + n * cells * channels, cells, channels);
  });
}

/// spectrum = scale (cos - i sin) sheet, along t.
template <class T>
void transform_t(Space const &space, TruncatedTransform<T> const &f, std::size_t levels,
                 std::size_t channels, T scale, T const *sheet, T *spectrum)
{
  std::size_t const in_x = std::size_t(f.in_x), in_t = std::size_t(f.in_t);
  for_each(space, "tessera::fno2d::transform_t", in_x, [=, &f](std::size_t k) {
    auto const re = rows(sheet + k * channels, levels, channels, 2 * in_x * channels),
               im = rows(sheet + (in_x + k) * channels, levels, channels, 2 * in_x * channels);
    auto out_re = rows(spectrum + 2 * k * channels, in_t, channels, 2 * in_x * channels),
         out_im = rows(spectrum + (2 * k + 1) * channels, in_t, channels, 2 * in_x * channels);
    out_re.noalias() = scale * (f.t_cos * re);
    out_re.noalias() += scale * (f.t_sin * im);
    out_im.noalias() = scale * (f.t_cos * im);
    out_im.noalias() -= scale * (f.t_sin * re);
  });
}

/// sheet = scale (cos + i sin)^T spectrum, along t: the transposed of transform_t.
template <class T>
void transform_t_back(Space const &space, TruncatedTransform<T> const &f, std::size_t levels,
                      std::size_t channels, T scale, T const *spectrum, T *sheet)
{
  std::size_t const in_x = std::size_t(f.in_x), in_t = std::size_t(f.in_t);
  for_each(space, "tessera::fno2d::transform_t_back", in_x, [=, &f](std::size_t k) {
    auto const re = rows(spectrum + 2 * k * channels, in_t, channels, 2 * in_x * channels),
               im = rows(spectrum + (2 * k + 1) * channels, in_t, channels, 2 * in_x * channels);
    auto out_re = rows(sheet + k * channels, levels, channels, 2 * in_x * channels),
         out_im = rows(sheet + (in_x + k) * channels, levels, channels, 2 * in_x * channels);
    out_re.noalias() = scale * (f.t_cos.transpose() * re);
    out_re.noalias() -= scale * (f.t_sin.transpose() * im);
    out_im.noalias() = scale * (f.t_sin.transpose() * re);
    out_im.noalias() += scale * (f.t_cos.transpose() * im);
  });
}

template <class T>
using Complex = Eigen::Matrix<std::complex<T>, Eigen::Dynamic, 1>;
template <class T>
using ComplexRows =
    Eigen::Map<Eigen::Matrix<std::complex<T>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

/// One mode's channels as complex numbers.
template <class T>
Complex<T> take_mode(T const *spectrum, std::size_t mode, int channels)
{
  T const *re = spectrum + 2 * mode * std::size_t(channels), *im = re + channels;
  Complex<T> x(channels);
  for (int c = 0; c < channels; ++c) x[c] = {re[c], im[c]};
  return x;
}
template <class T>
void put_mode(Complex<T> const &x, T *spectrum, std::size_t mode)
{
  Index const channels = x.size();
  T *re = spectrum + 2 * mode * std::size_t(channels), *im = re + channels;
  for (Index c = 0; c < channels; ++c) re[c] = x[c].real(), im[c] = x[c].imag();
}
template <class T>
ComplexRows<T> mode_weight(T *weights, Fno2dLayer const &layer, std::size_t mode)
{
  auto const in = std::size_t(layer.in), out = std::size_t(layer.out);
  return {reinterpret_cast<std::complex<T> *>(weights + layer.modes + 2 * mode * in * out),
          Index(in), Index(out)};
}

/// y = x W for each mode.
template <class T>
void mix_modes(Space const &space, Fno2dLayer const &layer, std::size_t modes, T const *weights,
               T const *x, T *y)
{
  for_each(space, "tessera::fno2d::mix_modes", modes, [=](std::size_t mode) {
    auto const w = mode_weight(const_cast<T *>(weights), layer, mode);
    put_mode<T>(w.transpose() * take_mode(x, mode, layer.in), y, mode);
  });
}

/// x_bar = conj(W) y_bar, W_bar += conj(x) y_bar^T for each mode.
template <class T>
void pull_back_modes(Space const &space, Fno2dLayer const &layer, std::size_t modes,
                     T const *weights, T const *x, T const *y_bar, T *x_bar, T *weights_bar)
{
  for_each(space, "tessera::fno2d::pull_back_modes", modes, [=](std::size_t mode) {
    auto const w = mode_weight(const_cast<T *>(weights), layer, mode);
    auto w_bar = mode_weight(weights_bar, layer, mode);
    Complex<T> const out_bar = take_mode(y_bar, mode, layer.out),
                     in = take_mode(x, mode, layer.in).conjugate();
    w_bar.noalias() += in * out_bar.transpose();
    put_mode<T>(w.conjugate() * out_bar, x_bar, mode);
  });
}

/// ½ z (1 + tanh(sqrt(2/pi) (z + 0.044715 z³))) and its slope.
template <class T, class Number>
void gelu(Number const &z, Number &value, Number &slope)
{
  T const s = T(std::sqrt(2 / std::numbers::pi)), a = T(0.044715), half = T(0.5);
  Number const square = z * z, one = Number(T(1)),
               t = tanh(Number(s) * z * (one + Number(a) * square)), up = Number(half) * (one + t);
  value = z * up;
  slope = up + Number(half) * z * (one - t * t) * Number(s) * (one + Number(T(3) * a) * square);
}

/// In place, and slopes beside where asked.
template <class T>
void apply_gelu(T *values, T *slopes, std::size_t count)
{
  using Lanes = Pack<T>;
  constexpr std::size_t width = std::size_t(Lanes::width);
  std::size_t k = 0;
  for (; k + width <= count; k += width) {
    Lanes value, slope;
    gelu<T>(Lanes::load_unaligned(values + k), value, slope);
    value.store_unaligned(values + k);
    if (slopes) slope.store_unaligned(slopes + k);
  }
  if (k == count) return;
  T rest[width] = {};
  std::copy(values + k, values + count, rest);
  Lanes value, slope;
  gelu<T>(Lanes::load_unaligned(rest), value, slope);
  for (std::size_t i = k; i < count; ++i) {
    values[i] = value.lane(int(i - k));
    if (slopes) slopes[i] = slope.lane(int(i - k));
  }
}

constexpr std::size_t tile = 128;  // cells: a tile's input and output stay in the second cache

/// out = gelu(in W + b + x_back sheet), tile by tile.
template <class T>
void dense_forward(Space const &space, Fno2dLayer const &layer, std::size_t levels,
                   std::size_t cells, T const *real, T const *in, RowMatrix<T> const *x_back,
                   T const *sheet, T *out, T *slope)
{
  std::size_t const a = std::size_t(layer.in), b = std::size_t(layer.out),
                    tiles = (cells + tile - 1) / tile;
  for_each(space, "tessera::fno2d::dense_forward", levels * tiles, [=](std::size_t item) {
    std::size_t const n = item / tiles, first = item % tiles * tile,
                      count = std::min(tile, cells - first), p = n * cells + first;
    auto const weight = rows(real + layer.weight, a, b);
    auto const bias = rows(real + layer.bias, 1, b);
    auto z = rows(out + p * b, count, b);
    z.noalias() = rows(in + p * a, count, a) * weight;
    z.rowwise() += bias.row(0);
    if (x_back) {
      std::size_t const half = std::size_t(x_back->cols());
      z.noalias() +=
          x_back->middleRows(Index(first), Index(count)) * rows(sheet + n * half * b, half, b);
    }
    if (layer.gelu) apply_gelu(out + p * b, slope ? slope + p * b : nullptr, count * b);
  });
}

/// z_bar *= slope in place; in_bar = z_bar W^T where asked; adds W_bar, b_bar.
template <class T>
void dense_pull_back(Space const &space, Fno2dLayer const &layer, std::size_t levels,
                     std::size_t cells, T const *real, T const *in, T const *slope, T *z_bar,
                     T *in_bar, T *real_bar)
{
  constexpr std::size_t block = 4;  // levels with one sum of their own
  std::size_t const a = std::size_t(layer.in), b = std::size_t(layer.out),
                    blocks = (levels + block - 1) / block;
  Kokkos::View<T **, Kokkos::LayoutRight, Space> const parts("tessera::fno2d::parts", blocks,
                                                             a * b + b);
  for_each(space, "tessera::fno2d::dense_pull_back", blocks, [=](std::size_t item) {
    auto const weight = rows(real + layer.weight, a, b);
    auto sum = rows(&parts(item, 0), a, b), bias = rows(&parts(item, a * b), 1, b);
    for (std::size_t n = item * block; n < std::min(levels, (item + 1) * block); ++n) {
      for (std::size_t first = 0; first < cells; first += tile) {
        std::size_t const count = std::min(tile, cells - first), p = n * cells + first;
        auto z = rows(z_bar + p * b, count, b);
        if (layer.gelu) z.array() *= rows(slope + p * b, count, b).array();
        sum.noalias() += rows(in + p * a, count, a).transpose() * z;
        bias.row(0) += z.colwise().sum();
        if (in_bar) rows(in_bar + p * a, count, a).noalias() = z * weight.transpose();
      }
    }
  });
  ordered_sum(space, parts, 0, blocks);
  for (std::size_t k = 0; k < a * b; ++k) real_bar[layer.weight + k] += parts(0, k);
  for (std::size_t k = 0; k < b; ++k) real_bar[layer.bias + k] += parts(0, a * b + k);
}

/// field_bar += x_forward^T sheet_bar at each level.
template <class T>
void add_transposed_x(Space const &space, TruncatedTransform<T> const &f, std::size_t levels,
                      std::size_t channels, T const *sheet_bar, T *field_bar)
{
  std::size_t const cells = std::size_t(f.x_forward.cols()), half = std::size_t(2 * f.in_x);
  for_each(space, "tessera::fno2d::add_transposed_x", levels, [=, &f](std::size_t n) {
    rows(field_bar + n * cells * channels, cells, channels).noalias() +=
        f.x_forward.transpose() * rows(sheet_bar + n * half * channels, half, channels);
  });
}

}  // namespace tessera::nn::fno2d
