#include <cmath>
#include <complex>
#include <numbers>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/nn/fno2d.hpp>

namespace tessera::nn {
namespace {

using Complex = std::complex<double>;

/// Sizes that divide by nothing.
Fno2dOptions small()
{
  return {
      .inputs = 2, .widths = {5, 3, 4}, .modes_t = 2, .modes_x = 3, .projection = 7, .outputs = 3};
}

template <class T>
struct Network {
  explicit Network(Fno2dOptions const &options, std::size_t levels = 9, std::size_t cells = 13)
      : fno(options), real(fno.real_size()), spectral(fno.spectral_size())
  {
    fno.initialise(7, real, spectral);
    fno.prepare(levels, cells, tape);
    Rng rng(3, "test.inputs");
    for (T &x : tape.input[0]) x = T(rng.normal());
  }
  std::vector<T> const &outputs()
  {
    fno.forward(real, spectral, tape);
    return tape.input.back();
  }
  Fno2d<T> fno;
  std::vector<T> real, spectral;
  Fno2dTape<T> tape;
};

double plain_gelu(double z)
{
  return z / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (z + 0.044715 * z * z * z)));
}

/// The spectral convolution by whole transforms, every frequency summed point by point.
std::vector<double> plain_convolution(Fno2dOptions const &o, Fno2dLayer const &layer,
                                      std::vector<double> const &spectral,
                                      std::vector<double> const &h, int levels, int cells)
{
  std::vector<double> y(std::size_t(levels * cells * layer.out), 0.);
  auto wave = [](int k, int i, int n) {
    return std::polar(1., 2 * std::numbers::pi * double(k) * double(i) / double(n));
  };
  for (int kt = 0; kt < 2 * o.modes_t; ++kt) {
    int const ft = kt < o.modes_t ? kt : kt - 2 * o.modes_t;
    for (int kx = 0; kx < o.modes_x; ++kx) {
      std::vector<Complex> x(std::size_t(layer.in)), z(std::size_t(layer.out));
      for (int n = 0; n < levels; ++n) {
        for (int i = 0; i < cells; ++i) {
          for (int c = 0; c < layer.in; ++c) {
            x[std::size_t(c)] += h[std::size_t((n * cells + i) * layer.in + c)] *
                                 std::conj(wave(ft, n, levels) * wave(kx, i, cells));
          }
        }
      }
      std::size_t const mode = std::size_t(kt * o.modes_x + kx);
      for (std::size_t c = 0; c < x.size(); ++c) {
        for (std::size_t d = 0; d < z.size(); ++d) {
          std::size_t const k = layer.modes + 2 * ((mode * x.size() + c) * z.size() + d);
          z[d] += x[c] * Complex(spectral[k], spectral[k + 1]);
        }
      }
      for (int n = 0; n < levels; ++n) {
        for (int i = 0; i < cells; ++i) {
          for (std::size_t d = 0; d < z.size(); ++d) {
            Complex const value = z[d] * wave(ft, n, levels) * wave(kx, i, cells);
            y[std::size_t(n * cells + i) * z.size() + d] +=
                (kx == 0 ? 1 : 2) * value.real() / double(levels * cells);
          }
        }
      }
    }
  }
  return y;
}

TEST(Fno2d, IsWhatPlainLoopsOverWholeTransformsMakeOfOddSizes)
{
  Network<double> net(small());
  int const levels = 9, cells = 13;
  std::vector<double> h = net.tape.input[0];
  for (Fno2dLayer const &layer : net.fno.layers()) {
    std::vector<double> z(std::size_t(levels * cells * layer.out), 0.);
    if (layer.spectral) z = plain_convolution(small(), layer, net.spectral, h, levels, cells);
    for (std::size_t p = 0; p < std::size_t(levels * cells); ++p) {
      for (std::size_t d = 0; d < std::size_t(layer.out); ++d) {
        double sum = net.real[layer.bias + d];
        for (std::size_t c = 0; c < std::size_t(layer.in); ++c) {
          sum += h[p * std::size_t(layer.in) + c] *
                 net.real[layer.weight + c * std::size_t(layer.out) + d];
        }
        double &out = z[p * std::size_t(layer.out) + d];
        out += sum;
        if (layer.gelu) out = plain_gelu(out);
      }
    }
    h = z;
  }
  auto const &outputs = net.outputs();
  ASSERT_EQ(outputs.size(), h.size());
  for (std::size_t k = 0; k < h.size(); ++k) EXPECT_NEAR(outputs[k], h[k], 1e-13);
}

/// A loss with a different weight on every output.
template <class T>
double loss(Network<T> &net, std::vector<T> *bar = nullptr)
{
  auto const &out = net.outputs();
  double sum = 0;
  for (std::size_t k = 0; k < out.size(); ++k) {
    double const weight = std::sin(0.7 * double(k));
    sum += weight * double(out[k]);
    if (bar) bar->push_back(T(weight));
  }
  return sum;
}

TEST(Fno2d, PullBackIsTheSlopeOfCentralDifferences)
{
  for (bool const activated : {true, false}) {
    Fno2dOptions options = small();
    options.activate_output = activated;
    Network<double> net(options);
    std::vector<double> bar, real_bar(net.real.size(), 0.), spectral_bar(net.spectral.size(), 0.);
    loss(net, &bar);
    net.fno.pull_back(net.real, net.spectral, net.tape, bar, real_bar, spectral_bar);
    auto check = [&](std::vector<double> &parameters, std::vector<double> const &slopes) {
      for (std::size_t k = 0; k < parameters.size(); ++k) {
        double const kept = parameters[k], h = 1e-5;
        parameters[k] = kept + h;
        double const up = loss(net);
        parameters[k] = kept - h;
        double const down = loss(net);
        parameters[k] = kept;
        ASSERT_NEAR(slopes[k], (up - down) / (2 * h), 2e-7 * (1 + std::abs(slopes[k]))) << k;
      }
    };
    check(net.real, real_bar);
    check(net.spectral, spectral_bar);
  }
}

TEST(Fno2d, GradientsOfSamplesAdd)
{
  Network<double> net(small());
  std::vector<double> bar, once(net.real.size(), 0.), waves(net.spectral.size(), 0.);
  loss(net, &bar);
  net.fno.pull_back(net.real, net.spectral, net.tape, bar, once, waves);
  auto twice = once;
  net.fno.pull_back(net.real, net.spectral, net.tape, bar, twice, waves);
  for (std::size_t k = 0; k < once.size(); ++k) EXPECT_DOUBLE_EQ(twice[k], 2 * once[k]);
}

TEST(Fno2d, InFloatAgreesToItsRounding)
{
  Network<float> single(small());
  Network<double> twice(small());
  auto const &a = single.outputs();
  // The same numbers as in float, so that only the arithmetic differs.
  for (std::size_t k = 0; k < twice.real.size(); ++k) twice.real[k] = double(single.real[k]);
  for (std::size_t k = 0; k < twice.spectral.size(); ++k) twice.spectral[k] = single.spectral[k];
  for (std::size_t k = 0; k < a.size() && k < single.tape.input[0].size(); ++k) {
    twice.tape.input[0][k] = single.tape.input[0][k];
  }
  auto const &b = twice.outputs();
  for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 5e-6);
}

TEST(Fno2d, HasThePublishedNumberOfParameters)
{
  Fno2d<double> const net({.outputs = 16});
  EXPECT_EQ(net.spectral_size(), 2u * 2359296u);
  EXPECT_EQ(net.real_size(), 29264u);
}

TEST(Fno2d, OnAFinerGridIsTheSameOperator)
{
  // A periodic smooth input, looked at on twice as many cells: the spectral part must not notice.
  auto field = [](Network<double> &net, std::size_t cells) {
    for (std::size_t p = 0; p < 9 * cells; ++p) {
      double const x = double(p % cells) / double(cells), t = double(p / cells) / 9;
      net.tape.input[0][2 * p] = std::sin(2 * std::numbers::pi * x);
      net.tape.input[0][2 * p + 1] = std::cos(2 * std::numbers::pi * (x - t));
    }
    return net.outputs();
  };
  Network<double> coarse(small(), 9, 32), fine(small(), 9, 64);
  auto const a = field(coarse, 32), b = field(fine, 64);
  for (std::size_t n = 0; n < 9; ++n) {
    for (std::size_t i = 0; i < 32; ++i) {
      EXPECT_NEAR(a[(n * 32 + i) * 3], b[(n * 64 + 2 * i) * 3], 1e-6);
    }
  }
}

TEST(Fno2d, RefusesModesThatAGridDoesNotHave)
{
  Network<double> net(small(), 3, 13);
  EXPECT_THROW(net.outputs(), InputError);
  EXPECT_THROW(Fno2d<float>({.widths = {}}), InputError);
}

}  // namespace
}  // namespace tessera::nn
