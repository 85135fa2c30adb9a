#pragma once

#include <tessera/solvers/ode/lane_arena.hpp>

/// A sum of two experts of one kind as a vector field (concept: solvers/ode/integrate_lanes.hpp).
namespace tessera::fields {

using solvers::LaneArena;

/// Where the numbers of a sum stand: two rows of `part` behind each other; a context is two of
/// `part` and two shares.
template <class Part>
struct SumLayout {
  Part part;
  struct {
    int state, rank;
  } shape;
  std::size_t size;

  template <class Shape>
  explicit SumLayout(Shape const &of)
      : part(of), shape{part.shape.state, 2 * part.shape.rank + 2}, size(2 * part.size)
  {
  }
  double flops_per_evaluation() const
  {
    return 2 * part.flops_per_evaluation() + 4 * part.shape.state;
  }
};

/// x' = g₁ f₁(x; ξ₁) + g₂ f₂(x; ξ₂). The slopes of both are kept for the shares' cotangents,
/// g_bar = ⟨f, dx_bar⟩.
template <class Field, class Part>
class SumField {
 public:
  using Number = typename Field::Number;
  using R = typename Field::R;
  static constexpr int packs = Field::packs, lanes = Field::lanes;

  struct Tape {
    typename Field::Tape term[2];
    R slope[2];
  };

  /// `more`: what the terms' constructor takes besides.
  template <class... More>
  KOKKOS_FUNCTION SumField(LaneArena &arena, SumLayout<Part> const &layout, Number const *row,
                           bool with_pull_back, More... more)
      : state_(layout.shape.state),
        rank_(layout.part.shape.rank),
        size_(layout.part.size),
        term_{
            Field(arena, layout.part, row, with_pull_back, more...),
            Field(arena, layout.part, row == nullptr ? row : row + size_, with_pull_back, more...)},
        share_(arena, 2)
  {
    if (!with_pull_back) scratch_ = make_tape(arena);
    if (with_pull_back) {
      share_bar_ = R(arena, 2);
      term_bar_ = R(arena, state_);
      term_x_bar_ = R(arena, state_);
      x_bar_ = R(arena, state_);
    }
    if (row == nullptr) return;
    fill(share_, 2, Number(0));
    if (with_pull_back) fill(share_bar_, 2, Number(0));
  }

  KOKKOS_FUNCTION void skip_weights()
  {
    if constexpr (requires(Field field) { field.skip_weights(); }) {
      for (Field &term : term_) term.skip_weights();
    }
  }

  KOKKOS_FUNCTION Tape make_tape(LaneArena &arena) const
  {
    Tape tape;
    for (int k = 0; k < 2; ++k) {
      tape.term[k] = term_[k].make_tape(arena);
      tape.slope[k] = R(arena, state_);
    }
    return tape;
  }

  KOKKOS_FUNCTION void load_lane(int l, Number const *context)
  {
    for (int k = 0; k < 2; ++k) {
      term_[k].load_lane(l, context + k * rank_);
      share_.at(k, l) = context[2 * rank_ + k];
    }
  }

  KOKKOS_FUNCTION void idle_lane(int l) requires requires(Field field) { field.idle_lane(0); }
  {
    for (Field &term : term_) term.idle_lane(l);
  }

  KOKKOS_FUNCTION void evaluate(R x, R dx) { evaluate(x, dx, scratch_); }

  KOKKOS_FUNCTION void evaluate(R x, R dx, Tape const &tape)
  {
    for (int k = 0; k < 2; ++k) term_[k].evaluate(x, tape.slope[k], tape.term[k]);
    for (int i = 0; i < state_; ++i) {
      for (int v = 0; v < packs; ++v) {
        dx(i, v) = share_(0, v) * tape.slope[0](i, v) + share_(1, v) * tape.slope[1](i, v);
      }
    }
  }

  KOKKOS_FUNCTION void pull_back(Tape const &tape, R dx_bar, R x_bar)
  {
    fill(x_bar_, state_, Number(0));
    for (int k = 0; k < 2; ++k) {
      for (int i = 0; i < state_; ++i) {
        for (int v = 0; v < packs; ++v) {
          share_bar_(k, v) += tape.slope[k](i, v) * dx_bar(i, v);
          term_bar_(i, v) = share_(k, v) * dx_bar(i, v);
        }
      }
      term_[k].pull_back(tape.term[k], term_bar_, term_x_bar_);
      add(term_x_bar_, x_bar_, state_);
    }
    copy(x_bar_, x_bar, state_);
  }

  KOKKOS_FUNCTION void finish_lane(int l, Number *context_bar)
  {
    for (int k = 0; k < 2; ++k) {
      term_[k].finish_lane(l, context_bar + k * rank_);
      context_bar[2 * rank_ + k] = share_bar_.at(k, l);
      share_bar_.at(k, l) = Number(0);
    }
  }

  KOKKOS_FUNCTION void finish_block(Number *gradient)
  {
    for (int k = 0; k < 2; ++k) term_[k].finish_block(gradient + k * size_);
  }

 protected:
  int state_, rank_;
  std::size_t size_;
  Field term_[2];
  R share_;
  Tape scratch_;
  R share_bar_, term_bar_, term_x_bar_, x_bar_;  // only with pull_back
};

/// A SumField that also pushes tangents forward:
/// dx_dot = Σ g (∂f/∂x x_dot + ∂f/∂ξ ξ_dot) + g_dot f.
template <class Tangents, class Part>
class SumTangents : public SumField<Tangents, Part> {
  using Base = SumField<Tangents, Part>;
  using Base::rank_, Base::share_, Base::state_, Base::term_;

 public:
  static constexpr int packs = Base::packs;
  using Number = typename Base::Number;
  using R = typename Base::R;
  using Tape = typename Base::Tape;

  KOKKOS_FUNCTION SumTangents(LaneArena &arena, SumLayout<Part> const &layout, Number const *row,
                              bool with_pull_back, int most)
      : Base(arena, layout, row, with_pull_back, most),
        xi_dot_(arena, most * layout.part.shape.rank),
        dx_dot_(arena, most * layout.shape.state)
  {
  }

  /// Rows (tangent, state) and (tangent, ξ₁, ξ₂, g₁, g₂), tangent slowest.
  KOKKOS_FUNCTION void push_forward(Tape const &tape, int count, R x_dot, R xi_dot, R dx_dot)
  {
    int const context = 2 * rank_ + 2;
    for (int k = 0; k < 2; ++k) {
      for (int t = 0; t < count; ++t) {
        copy(xi_dot.from(t * context + k * rank_), xi_dot_.from(t * rank_), rank_);
      }
      term_[k].push_forward(tape.term[k], count, x_dot, xi_dot_, dx_dot_);
      for (int t = 0; t < count; ++t) add_term(tape, k, xi_dot.from(t * context), t, dx_dot);
    }
  }

 private:
  KOKKOS_FUNCTION void add_term(Tape const &tape, int k, R xi_dot, int t, R dx_dot) const
  {
    for (int i = 0; i < state_; ++i) {
      for (int v = 0; v < packs; ++v) {
        auto const term = share_(k, v) * dx_dot_(t * state_ + i, v) +
                          xi_dot(2 * rank_ + k, v) * tape.slope[k](i, v);
        auto &sum = dx_dot(t * state_ + i, v);
        sum = k == 0 ? term : sum + term;
      }
    }
  }

  R xi_dot_, dx_dot_;
};

}  // namespace tessera::fields
