#pragma once

#include <tessera/experts/expert_kind.hpp>

#include "block_launch.hpp"

/// What banks of vector fields on packs have in common.
namespace tessera::fields {

using experts::ExpertBank, experts::ExpertKind;

/// A bank whose experts are a `Wide` field, made of an arena, a layout and a row, or, in blocks
/// that fit its lanes, the same field in a `Narrow` form; `Tangents` and `NarrowTangents` have
/// push_forward as well.
template <class T, class Layout, class Wide, class Tangents, class Narrow = Wide,
          class NarrowTangents = Tangents>
class FieldBank : public ExpertBank<T> {
 public:
  explicit FieldBank(Layout const &layout) : layout_(layout) {}

  std::size_t row_size() const override { return layout_.size; }
  int context_size() const override { return layout_.shape.rank; }
  double flops_per_evaluation() const override { return layout_.flops_per_evaluation(); }

  void integrate(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 StepControl const &control, OdeSolution<T> const &solution) const override
  {
    integrate_blocks<T>(space, maker<Wide>(), maker<Narrow>(), rows, batch, control, solution);
  }

  void pull_back(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 OdeSolution<T> const &solution, View3<T> const &cotangent,
                 View2<T> const &gradient, View2<T> const &context_bar) const override
  {
    pull_back_blocks<T>(space, maker<Wide>(), maker<Narrow>(), rows, batch, solution, cotangent,
                        gradient, context_bar);
  }

  bool has_push_forward() const override { return true; }
  void push_forward(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                    OdeSolution<T> const &solution, View4<T> const &sensitivities) const override
  {
    push_forward_blocks<T>(space, tangent_maker<Tangents>(), tangent_maker<NarrowTangents>(), rows,
                           batch, solution, sensitivities);
  }

 protected:
  Layout layout_;

 private:
  template <class Field>
  auto maker() const
  {
    return [&layout = layout_](LaneArena &arena, T const *row, bool with_pull_back) {
      return Field(arena, layout, row, with_pull_back);
    };
  }

  // One tangent per context component.
  template <class Field>
  auto tangent_maker() const
  {
    return [&layout = layout_](LaneArena &arena, T const *row, bool with_pull_back) {
      return Field(arena, layout, row, with_pull_back, layout.shape.rank);
    };
  }
};

/// The kind of experts that a Shape describes; Bank<T> is made of the shape.
template <class Shape, template <class> class Bank>
struct ShapeKind final : ExpertKind {
  explicit ShapeKind(Section &section) : shape(Shape::read(section, 2)) {}
  template <class T>
  std::unique_ptr<ExpertBank<T>> make(int state) const
  {
    Shape sized = shape;
    sized.state = state;
    return std::make_unique<Bank<T>>(sized);
  }
  std::unique_ptr<ExpertBank<float>> make_float(int s) const override { return make<float>(s); }
  std::unique_ptr<ExpertBank<double>> make_double(int s) const override { return make<double>(s); }
  Shape shape;
};

}  // namespace tessera::fields
