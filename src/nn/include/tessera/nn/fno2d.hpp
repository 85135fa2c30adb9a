#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tessera::nn {

/// Sizes of a Fourier neural operator in two dimensions (PI-HC-MoE, Chalapathi et al., ICLR 2024,
/// §4.1 and appendix; Li et al., ICLR 2021).
struct Fno2dOptions {
  int inputs = 3;                                   ///< channels of a point
  std::vector<int> widths{32, 64, 64, 64, 64, 64};  ///< behind the lifting and each Fourier layer
  int modes_t = 8, modes_x = 8;                     ///< frequencies kept: ±modes_t, modes_x
  int projection = 128;                             ///< width of the hidden layer of the projection
  int outputs = 16;
  bool activate_output = true;  ///< gelu on the outputs
};

/// A dense layer, with a truncated spectral convolution beside it and gelu behind it where asked.
/// Offsets are into the real or the spectral parameters, in numbers.
struct Fno2dLayer {
  int in = 0, out = 0;
  bool spectral = false, gelu = false;
  std::size_t weight = 0, bias = 0;  ///< (in, out), (out): real
  std::size_t modes = 0;             ///< (mode, in, out): complex, pairs (real, imaginary)
};

/// What a forward pass leaves for pull_back: each layer's input and the slope of its gelu. Can be
/// used again for another sample of the same grid.
template <class T>
struct Fno2dTape {
  std::size_t levels = 0, cells = 0;
  std::vector<std::vector<T>> input;  ///< (layer), each (level, cell, channel); the last: outputs
  std::vector<std::vector<T>> slope;  ///< (layer), each (level, cell, channel); empty without gelu
  std::vector<std::vector<T>> spectrum;  ///< (layer), each (mode, 2, channel) of a spectral layer
};

/// The operator Lift; L x gelu(spectral convolution + dense layer); gelu(dense); dense (; gelu), on
/// fields over a grid in (t, x), channels last. Transforms are products with as many frequencies as
/// are kept, for any grid; both axes are taken as periodic. One sample at a time, all threads on
/// its levels; the same numbers on any number of threads.
template <class T>
class Fno2d {
 public:
  /// Throws InputError where a size is not positive.
  explicit Fno2d(Fno2dOptions options);

  Fno2dOptions const &options() const { return options_; }
  std::vector<Fno2dLayer> const &layers() const { return layers_; }
  std::size_t real_size() const { return real_size_; }          ///< numbers
  std::size_t spectral_size() const { return spectral_size_; }  ///< numbers, two a weight

  /// Dense: uniform in ±1/sqrt(fan in). Spectral: normal parts times sqrt(2 / (in + out)).
  void initialise(std::uint64_t seed, std::span<T> real, std::span<T> spectral) const;

  /// From tape.input.front(), which the caller fills after prepare(), to tape.input.back().
  void prepare(std::size_t levels, std::size_t cells, Fno2dTape<T> &tape) const;
  /// `keep`: whether pull_back follows. Throws InputError where the grid has no such frequencies.
  void forward(std::span<T const> real, std::span<T const> spectral, Fno2dTape<T> &tape,
               bool keep = true) const;
  /// Adds the derivative of a loss by the parameters, from `output_bar` (level, cell, output), that
  /// by the outputs. The derivative of a complex weight is that by its real, by its imaginary part.
  void pull_back(std::span<T const> real, std::span<T const> spectral, Fno2dTape<T> const &tape,
                 std::span<T const> output_bar, std::span<T> real_bar,
                 std::span<T> spectral_bar) const;

  /// Multiply-adds, times two, of one forward pass.
  double flops(std::size_t levels, std::size_t cells) const;

 private:
  Fno2dOptions options_;
  std::vector<Fno2dLayer> layers_;
  std::size_t real_size_ = 0, spectral_size_ = 0;
};

extern template class Fno2d<float>;
extern template class Fno2d<double>;

}  // namespace tessera::nn
