#include <tessera/nn/fno2d.hpp>

#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

#include "fno2d_kernels.hpp"

namespace tessera::nn {

template <class T>
Fno2d<T>::Fno2d(Fno2dOptions options) : options_(std::move(options))
{
  auto const &o = options_;
  bool good = o.inputs > 0 && !o.widths.empty() && o.modes_t > 0 && o.modes_x > 0 &&
              o.projection > 0 && o.outputs > 0;
  for (int const width : o.widths) good = good && width > 0;
  if (!good) throw InputError("a Fourier neural operator needs positive sizes and one width");
  std::size_t const modes = 2 * std::size_t(o.modes_t) * std::size_t(o.modes_x);
  auto add = [&](int in, int out, bool spectral, bool gelu) {
    Fno2dLayer layer{.in = in, .out = out, .spectral = spectral, .gelu = gelu};
    layer.weight = real_size_;
    layer.bias = real_size_ + std::size_t(in) * std::size_t(out);
    real_size_ = layer.bias + std::size_t(out);
    layer.modes = spectral_size_;
    if (spectral) spectral_size_ += 2 * modes * std::size_t(in) * std::size_t(out);
    layers_.push_back(layer);
  };
  add(o.inputs, o.widths[0], false, false);
  for (std::size_t l = 1; l < o.widths.size(); ++l) add(o.widths[l - 1], o.widths[l], true, true);
  add(o.widths.back(), o.projection, false, true);
  add(o.projection, o.outputs, false, o.activate_output);
}

template <class T>
void Fno2d<T>::initialise(std::uint64_t seed, std::span<T> real, std::span<T> spectral) const
{
  std::size_t const modes = 2 * std::size_t(options_.modes_t) * std::size_t(options_.modes_x);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    Fno2dLayer const &layer = layers_[l];
    std::size_t const weights = std::size_t(layer.in) * std::size_t(layer.out);
    double const bound = 1 / std::sqrt(double(layer.in)),
                 size = std::sqrt(2. / double(layer.in + layer.out));
    Rng dense(seed, "fno2d.dense", l), waves(seed, "fno2d.spectral", l);
    for (std::size_t k = 0; k < weights + std::size_t(layer.out); ++k) {
      real[layer.weight + k] = T(dense.uniform(-bound, bound));
    }
    if (!layer.spectral) continue;
    for (std::size_t k = 0; k < 2 * modes * weights; ++k) {
      spectral[layer.modes + k] = T(size * waves.normal());
    }
  }
}

template <class T>
void Fno2d<T>::prepare(std::size_t levels, std::size_t cells, Fno2dTape<T> &tape) const
{
  std::size_t const points = levels * cells, count = layers_.size(),
                    modes = 2 * std::size_t(options_.modes_t) * std::size_t(options_.modes_x);
  tape.levels = levels, tape.cells = cells;
  tape.input.resize(count + 1), tape.slope.resize(count), tape.spectrum.resize(count);
  for (std::size_t l = 0; l < count; ++l) {
    tape.input[l].resize(points * std::size_t(layers_[l].in));
    if (layers_[l].spectral) tape.spectrum[l].resize(2 * modes * std::size_t(layers_[l].in));
  }
  tape.input[count].resize(points * std::size_t(options_.outputs));
}

template <class T>
void Fno2d<T>::forward(std::span<T const> real, std::span<T const> spectral, Fno2dTape<T> &tape,
                       bool keep) const
{
  std::size_t const levels = tape.levels, cells = tape.cells;
  if (2 * std::size_t(options_.modes_t) > levels || 2 * std::size_t(options_.modes_x) > cells) {
    throw InputError(
        fmt::format("{} x {} modes do not exist on {} levels x {} cells; take fewer "
                    "modes or a finer grid",
                    options_.modes_t, options_.modes_x, levels, cells));
  }
  fno2d::Space const space;
  TruncatedTransform<T> const f(options_.modes_t, options_.modes_x, levels, cells);
  std::size_t const modes = std::size_t(f.in_t * f.in_x), half = 2 * std::size_t(f.in_x);
  std::vector<T> sheet, mixed;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    Fno2dLayer const &layer = layers_[l];
    std::size_t const in = std::size_t(layer.in), out = std::size_t(layer.out);
    if (keep && layer.gelu) tape.slope[l].resize(levels * cells * out);
    T const *const from = tape.input[l].data();
    if (layer.spectral) {
      sheet.resize(levels * half * std::max(in, out)), mixed.resize(2 * modes * out);
      fno2d::transform_x(space, f.x_forward, levels, in, from, sheet.data());
      fno2d::transform_t(space, f, levels, in, T(1), sheet.data(), tape.spectrum[l].data());
      fno2d::mix_modes(space, layer, modes, spectral.data(), tape.spectrum[l].data(), mixed.data());
      fno2d::transform_t_back(space, f, levels, out, T(1. / double(levels)), mixed.data(),
                              sheet.data());
    }
    fno2d::dense_forward(space, layer, levels, cells, real.data(), from,
                         layer.spectral ? &f.x_back : nullptr, sheet.data(),
                         tape.input[l + 1].data(),
                         keep && layer.gelu ? tape.slope[l].data() : nullptr);
  }
}

template <class T>
void Fno2d<T>::pull_back(std::span<T const> real, std::span<T const> spectral,
                         Fno2dTape<T> const &tape, std::span<T const> output_bar,
                         std::span<T> real_bar, std::span<T> spectral_bar) const
{
  std::size_t const levels = tape.levels, cells = tape.cells;
  fno2d::Space const space;
  TruncatedTransform<T> const f(options_.modes_t, options_.modes_x, levels, cells);
  std::size_t const modes = std::size_t(f.in_t * f.in_x), half = 2 * std::size_t(f.in_x);
  RowMatrix<T> const x_back_transposed = f.x_back.transpose();
  std::vector<T> bar(output_bar.begin(), output_bar.end()), in_bar, sheet, mixed, spectrum;
  for (std::size_t l = layers_.size(); l-- > 0;) {
    Fno2dLayer const &layer = layers_[l];
    std::size_t const in = std::size_t(layer.in), out = std::size_t(layer.out);
    in_bar.resize(l == 0 ? 0 : levels * cells * in);
    fno2d::dense_pull_back(space, layer, levels, cells, real.data(), tape.input[l].data(),
                           tape.slope[l].data(), bar.data(), l == 0 ? nullptr : in_bar.data(),
                           real_bar.data());
    if (layer.spectral) {
      sheet.resize(levels * half * std::max(in, out));
      mixed.resize(2 * modes * out), spectrum.resize(2 * modes * in);
      fno2d::transform_x(space, x_back_transposed, levels, out, bar.data(), sheet.data());
      fno2d::transform_t(space, f, levels, out, T(1. / double(levels)), sheet.data(), mixed.data());
      fno2d::pull_back_modes(space, layer, modes, spectral.data(), tape.spectrum[l].data(),
                             mixed.data(), spectrum.data(), spectral_bar.data());
      fno2d::transform_t_back(space, f, levels, in, T(1), spectrum.data(), sheet.data());
      fno2d::add_transposed_x(space, f, levels, in, sheet.data(), in_bar.data());
    }
    bar.swap(in_bar);
  }
}

template <class T>
double Fno2d<T>::flops(std::size_t levels, std::size_t cells) const
{
  double const points = double(levels) * double(cells), half = 2. * options_.modes_x,
               in_t = 2. * options_.modes_t;
  double sum = 0;
  for (Fno2dLayer const &layer : layers_) {
    sum += 2 * points * layer.in * layer.out;
    if (!layer.spectral) continue;
    sum += 2 * (points + 2 * in_t * double(levels)) * half * (layer.in + layer.out);
    sum += 4 * in_t * half * layer.in * layer.out;
  }
  return sum;
}

template class Fno2d<float>;
template class Fno2d<double>;

}  // namespace tessera::nn
