#pragma once

#include <algorithm>
#include <vector>

#include <tessera/experts/expert_kind.hpp>

#include "field_blocks.hpp"

/// What banks of vector fields on packs have in common.
namespace tessera::fields {

using experts::ExpertBank, experts::ExpertKind;

/// A bank whose experts are fields of a kind (FieldBlocks says what `Fields` names), or with
/// `timed` the same fields with one number more, which is the time.
template <class T, class Fields>
class FieldBank : public ExpertBank<T> {
 public:
  using Layout = typename Fields::Layout;
  using Shape = decltype(Layout::shape);

  FieldBank(Shape const &shape, bool timed) : layout_(with_time(shape, timed)), timed_(timed) {}

  std::size_t row_size() const override { return layout_.size; }
  int context_size() const override { return layout_.shape.rank; }
  double flops_per_evaluation() const override { return layout_.flops_per_evaluation(); }

  void integrate(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 StepControl const &control, OdeSolution<T> const &solution) const override
  {
    auto const run = timed_ ? Timed::integrate : Plain::integrate;
    run(space, layout_, rows, batch, control, solution);
  }

  void pull_back(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 OdeSolution<T> const &solution, View3<T> const &cotangent,
                 View2<T> const &gradient, View2<T> const &context_bar) const override
  {
    auto const run = timed_ ? Timed::pull_back : Plain::pull_back;
    run(space, layout_, rows, batch, solution, cotangent, gradient, context_bar);
  }

  bool has_push_forward() const override { return true; }
  void push_forward(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                    OdeSolution<T> const &solution, View4<T> const &sensitivities) const override
  {
    auto const run = timed_ ? Timed::push_forward : Plain::push_forward;
    run(space, layout_, rows, batch, solution, sensitivities);
  }

  void evaluate(std::span<T const> row, std::span<T const> context, double t, std::span<T const> x,
                std::span<T> dx) const override
  {
    std::vector<T> in(x.begin(), x.end());
    if (timed_) in.push_back(static_cast<T>(t));
    std::vector<T> const out = network(row, context, std::move(in));
    std::copy_n(out.begin(), dx.size(), dx.begin());
  }

 protected:
  /// What the layout describes, by plain loops.
  virtual std::vector<T> network(std::span<T const> row, std::span<T const> context,
                                 std::vector<T> x) const = 0;
  Layout layout_;

 private:
  using Plain = FieldBlocks<T, Fields>;
  using Timed = FieldBlocks<T, TimedFields<Fields>>;

  static Shape with_time(Shape shape, bool timed)
  {
    shape.state += int(timed);
    return shape;
  }

  bool timed_;
};

/// The kind of experts that a Shape describes; Bank<T> is made of the shape, and whether its
/// experts see the time.
template <class Shape, template <class> class Bank>
struct ShapeKind final : ExpertKind {
  explicit ShapeKind(Section &section)
      : shape(Shape::read(section, 2)), timed(section.get("time", false))
  {
  }
  template <class T>
  std::unique_ptr<ExpertBank<T>> make(int state) const
  {
    Shape sized = shape;
    sized.state = state;
    return std::make_unique<Bank<T>>(sized, timed);
  }
  std::unique_ptr<ExpertBank<float>> make_float(int s) const override { return make<float>(s); }
  std::unique_ptr<ExpertBank<double>> make_double(int s) const override { return make<double>(s); }
  Shape shape;
  bool timed;
};

}  // namespace tessera::fields
