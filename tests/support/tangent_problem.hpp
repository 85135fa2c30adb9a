#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <complex>
#include <cstdint>
#include <utility>
#include <vector>

#include <tessera/core/rng.hpp>
#include <tessera/solvers/ode/lane_arena.hpp>

/// One point in every lane of a vector field with tangents, in plain numbers that differences may
/// move. With L = <f_bar, f> + sum_t <g_bar_t, g_t>, g_t = J_x x'_t + J_xi xi'_t: tangents by the
/// complex step, the transpose by central differences of L.
namespace tessera::twins {

/// `Kind` names a Field on packs of double, its Layout, and plain(layout, row, context, x) in
/// complex numbers.
template <class Kind>
struct TangentProblem {
  using Complex = std::complex<double>;
  using Vector = std::vector<double>;
  using Table = std::vector<Vector>;  ///< (lane, component)
  using Field = typename Kind::Field;
  using R = typename Field::R;
  static constexpr int lanes = Field::lanes;

  TangentProblem(typename Kind::Layout const &sizes, int tangents, Vector numbers)
      : layout(sizes),
        state(sizes.shape.state),
        rank(sizes.shape.rank),
        count(tangents),
        row(std::move(numbers)),
        memory(1 << 21)
  {
    row[layout.shift] = 0.2;
    Rng rng(11, "test/tangents");
    auto draw = [&](Table &table, int rows) {
      table.assign(lanes, Vector(rows));
      for (Vector &lane : table) {
        for (double &value : lane) value = rng.normal();
      }
    };
    draw(x, state), draw(xi, rank), draw(x_dot, count * state), draw(xi_dot, count * rank);
    draw(dx_bar, state), draw(dx_dot_bar, count * state);
  }

  solvers::LaneArena arena()
  {
    auto const address = reinterpret_cast<std::uintptr_t>(memory.data());
    return {reinterpret_cast<void *>((address + 63) / 64 * 64), 8 * memory.size() - 64};
  }

  static R to_rows(solvers::LaneArena &space, Table const &table)
  {
    int const rows = static_cast<int>(table[0].size());
    R out(space, rows);
    for (int l = 0; l < lanes; ++l) {
      for (int i = 0; i < rows; ++i) out.at(i, l) = table[l][i];
    }
    return out;
  }

  template <class AnyField>
  void load(AnyField &field) const
  {
    for (int l = 0; l < lanes; ++l) field.load_lane(l, xi[l].data());
  }

  /// f of one lane in the real part and, over 1e-100, its derivative along tangent t.
  std::vector<Complex> plain(int l, int t) const
  {
    std::vector<Complex> numbers(row.begin(), row.end()), at, context;
    for (int i = 0; i < state; ++i) at.emplace_back(x[l][i], 1e-100 * x_dot[l][t * state + i]);
    for (int r = 0; r < rank; ++r) {
      context.emplace_back(xi[l][r], 1e-100 * xi_dot[l][t * rank + r]);
    }
    return Kind::plain(layout, numbers, context, at);
  }

  double objective() const
  {
    double sum = 0;
    for (int l = 0; l < lanes; ++l) {
      for (int t = 0; t < count; ++t) {
        auto const f = plain(l, t);
        for (int i = 0; i < state; ++i) {
          if (t == 0) sum += dx_bar[l][i] * f[i].real();
          sum += dx_dot_bar[l][t * state + i] * f[i].imag() * 1e100;
        }
      }
    }
    return sum;
  }

  double difference(double &number) const
  {
    double const kept = number, eps = 1e-5;
    number = kept + eps;
    double const up = objective();
    number = kept - eps;
    double const down = objective();
    number = kept;
    return (up - down) / (2 * eps);
  }

  /// In every `stride`-th lane `bars` are the differences of L in the numbers of `table`.
  void expect_differences(char const *what, R bars, Table &table, int stride,
                          double tolerance) const
  {
    for (int l = 0; l < lanes; l += stride) {
      for (std::size_t i = 0; i < table[l].size(); ++i) {
        double const expected = difference(table[l][i]);
        ASSERT_NEAR(bars.at(static_cast<int>(i), l), expected,
                    tolerance * std::max(1.0, std::abs(expected)))
            << what << " " << i << " of lane " << l;
      }
    }
  }

  /// f and its directional derivatives, by evaluate and push_forward against the plain field.
  void expect_directional_derivatives(double tolerance, double dot_tolerance)
  {
    solvers::LaneArena space = arena();
    Field field(space, layout, row.data(), false, count);
    auto const tape = field.make_tape(space);
    R dx(space, state), dx_dot(space, count * state);
    load(field);

    field.evaluate(to_rows(space, x), dx, tape);
    field.push_forward(tape, count, to_rows(space, x_dot), to_rows(space, xi_dot), dx_dot);

    for (int l = 0; l < lanes; ++l) {
      for (int t = 0; t < count; ++t) {
        auto const expected = plain(l, t);
        for (int i = 0; i < state; ++i) {
          EXPECT_NEAR(dx.at(i, l), expected[i].real(), tolerance);
          EXPECT_NEAR(dx_dot.at(t * state + i, l), expected[i].imag() * 1e100, dot_tolerance);
        }
      }
    }
  }

  /// pull_back_tangent against differences of L in x, x', xi, xi' and all parameters.
  void expect_the_transpose(int stride, double tolerance, double parameter_tolerance)
  {
    solvers::LaneArena space = arena();
    Field field(space, layout, row.data(), true, count);
    auto const tape = field.make_tape(space);
    R dx(space, state), x_bar(space, state), x_dot_bar(space, count * state),
        xi_dot_bar(space, count * rank), xi_bar(space, rank);
    load(field);

    field.evaluate(to_rows(space, x), dx, tape);
    field.pull_back_tangent(tape, count, to_rows(space, x_dot), to_rows(space, xi_dot),
                            to_rows(space, dx_bar), to_rows(space, dx_dot_bar), x_bar, x_dot_bar,
                            xi_dot_bar);
    for (int l = 0; l < lanes; ++l) {
      Vector bar(rank);
      field.finish_lane(l, bar.data());
      for (int r = 0; r < rank; ++r) xi_bar.at(r, l) = bar[r];
    }
    Vector gradient(layout.size);
    field.finish_block(gradient.data());

    expect_differences("x", x_bar, x, stride, tolerance);
    expect_differences("x_dot", x_dot_bar, x_dot, stride, tolerance);
    expect_differences("xi", xi_bar, xi, stride, tolerance);
    expect_differences("xi_dot", xi_dot_bar, xi_dot, stride, tolerance);
    double scale = 1;
    for (double value : gradient) scale = std::max(scale, std::abs(value));
    for (std::size_t k = 0; k < row.size(); ++k) {
      ASSERT_NEAR(gradient[k], difference(row[k]), parameter_tolerance * scale) << k;
    }
  }

  typename Kind::Layout layout;
  int state, rank, count;
  Vector row, memory;
  Table x, xi, x_dot, xi_dot, dx_bar, dx_dot_bar;
};

}  // namespace tessera::twins
