#pragma once

#include "block_launch.hpp"
#include "timed_field.hpp"

namespace tessera::fields {

/// What a bank does with all its blocks. `Fields` names a Layout and the fields of a kind: `Wide`,
/// made of an arena, a layout and a row, and for blocks that fit its lanes the same field in a
/// `Narrow` form; `Tangents` and `NarrowTangents` have push_forward as well. Defined apart, so that
/// fields with time are compiled in a file of their own.
template <class T, class Fields>
struct FieldBlocks {
  using Layout = typename Fields::Layout;

  static void integrate(HostSpace const &space, Layout const &layout, View2<T> const &rows,
                        OdeBatch<T> const &batch, StepControl const &control,
                        OdeSolution<T> const &solution);
  static void pull_back(HostSpace const &space, Layout const &layout, View2<T> const &rows,
                        OdeBatch<T> const &batch, OdeSolution<T> const &solution,
                        View3<T> const &cotangent, View2<T> const &gradient,
                        View2<T> const &context_bar);
  static void push_forward(HostSpace const &space, Layout const &layout, View2<T> const &rows,
                           OdeBatch<T> const &batch, OdeSolution<T> const &solution,
                           View4<T> const &sensitivities);

 private:
  template <class Field>
  static auto maker(Layout const &layout)
  {
    return [&layout](LaneArena &arena, T const *row, bool with_pull_back) {
      return Field(arena, layout, row, with_pull_back);
    };
  }

  // One tangent per context component.
  template <class Field>
  static auto tangent_maker(Layout const &layout)
  {
    return [&layout](LaneArena &arena, T const *row, bool with_pull_back) {
      return Field(arena, layout, row, with_pull_back, layout.shape.rank);
    };
  }
};

template <class T, class Fields>
void FieldBlocks<T, Fields>::integrate(HostSpace const &space, Layout const &layout,
                                       View2<T> const &rows, OdeBatch<T> const &batch,
                                       StepControl const &control, OdeSolution<T> const &solution)
{
  integrate_blocks<T>(space, maker<typename Fields::Wide>(layout),
                      maker<typename Fields::Narrow>(layout), rows, batch, control, solution);
}

template <class T, class Fields>
void FieldBlocks<T, Fields>::pull_back(HostSpace const &space, Layout const &layout,
                                       View2<T> const &rows, OdeBatch<T> const &batch,
                                       OdeSolution<T> const &solution, View3<T> const &cotangent,
                                       View2<T> const &gradient, View2<T> const &context_bar)
{
  pull_back_blocks<T>(space, maker<typename Fields::Wide>(layout),
                      maker<typename Fields::Narrow>(layout), rows, batch, solution, cotangent,
                      gradient, context_bar);
}

template <class T, class Fields>
void FieldBlocks<T, Fields>::push_forward(HostSpace const &space, Layout const &layout,
                                          View2<T> const &rows, OdeBatch<T> const &batch,
                                          OdeSolution<T> const &solution,
                                          View4<T> const &sensitivities)
{
  push_forward_blocks<T>(space, tangent_maker<typename Fields::Tangents>(layout),
                         tangent_maker<typename Fields::NarrowTangents>(layout), rows, batch,
                         solution, sensitivities);
}

}  // namespace tessera::fields
