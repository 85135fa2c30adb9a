#include <tessera/experts/mixed_bank.hpp>

#include <algorithm>
#include <utility>

namespace tessera::experts {
namespace {

template <class T>
class MixedBank final : public ExpertBank<T> {
 public:
  explicit MixedBank(std::vector<KindOfExperts<T>> kinds) : kinds_(std::move(kinds)) {}

  std::string kind() const override
  {
    std::string names;
    for (auto const &kind : kinds_) names += (names.empty() ? "" : "+") + kind.bank->kind();
    return names;
  }
  std::size_t row_size() const override
  {
    return most([](auto const &bank) { return bank.row_size(); });
  }
  int context_size() const override
  {
    return most([](auto const &bank) { return bank.context_size(); });
  }
  double flops_per_evaluation() const override
  {
    return most([](auto const &bank) { return bank.flops_per_evaluation(); });
  }
  void initialise(std::span<T> row, Rng &rng) const override
  {
    kinds_.front().bank->initialise(row, rng);
  }

  int kinds() const override { return static_cast<int>(kinds_.size()); }
  int kind_of(int expert) const override
  {
    int k = 0;
    for (int end = kinds_[0].count; expert >= end; end += kinds_[std::size_t(k)].count) ++k;
    return k;
  }
  ExpertBank<T> const &of(int expert) const override
  {
    return *kinds_[static_cast<std::size_t>(kind_of(expert))].bank;
  }
  void keep(std::span<std::size_t const> stay) override
  {
    std::vector<int> count(kinds_.size(), 0);
    for (std::size_t i : stay) ++count[static_cast<std::size_t>(kind_of(static_cast<int>(i)))];
    for (std::size_t k = 0; k < kinds_.size(); ++k) kinds_[k].count = count[k];
  }

  void integrate(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 StepControl const &control, OdeSolution<T> const &solution) const override
  {
    for_each_kind(batch, [&](auto const &bank, Part const &part) {
      bank.integrate(space, part.of(rows), part.batch, control, solution);
    });
  }

  void pull_back(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 OdeSolution<T> const &solution, View3<T> const &cotangent,
                 View2<T> const &gradient, View2<T> const &context_bar) const override
  {
    Kokkos::deep_copy(space, gradient, T(0));
    Kokkos::deep_copy(space, context_bar, T(0));
    for_each_kind(batch, [&](auto const &bank, Part const &part) {
      View2<T> const bar("tessera::experts::context_bar", batch.size(), part.rank());
      View2<T> const own = gradient.extent(0) > 0 ? part.of(gradient) : gradient;
      bank.pull_back(space, part.of(rows), part.batch, solution, cotangent, own, bar);
      part.for_each_trajectory(
          [&](int t) { std::copy_n(&bar(t, 0), part.rank(), &context_bar(t, 0)); });
    });
  }

  bool has_push_forward() const override
  {
    return std::all_of(kinds_.begin(), kinds_.end(),
                       [](auto const &kind) { return kind.bank->has_push_forward(); });
  }

  void push_forward(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                    OdeSolution<T> const &solution, View4<T> const &sensitivities) const override
  {
    Kokkos::deep_copy(space, sensitivities, T(0));
    std::size_t const points = sensitivities.extent(1), states = sensitivities.extent(2);
    for_each_kind(batch, [&](auto const &bank, Part const &part) {
      View4<T> const own("tessera::experts::sensitivities", batch.size(), points, states,
                         part.rank());
      bank.push_forward(space, part.of(rows), part.batch, solution, own);
      part.for_each_trajectory([&](int t) {
        for (std::size_t k = 0; k < points; ++k) {
          for (std::size_t i = 0; i < states; ++i) {
            std::copy_n(&own(t, k, i, 0), part.rank(), &sensitivities(t, k, i, 0));
          }
        }
      });
    });
  }

  void evaluate(std::span<T const>, std::span<T const>, double, std::span<T const>,
                std::span<T>) const override
  {
    throw Error("MixedBank: a vector field is one expert's; ask of(expert) for it");
  }

 private:
  /// The blocks of one kind, whose experts are counted from 0 there.
  struct Part {
    OdeBatch<T> batch;
    std::size_t first, last;  // its experts among all

    std::size_t rank() const { return batch.contexts.extent(1); }
    View2<T> of(View2<T> const &all) const
    {
      return Kokkos::subview(all, std::pair(first, last), Kokkos::ALL);
    }
    template <class Visit>
    void for_each_trajectory(Visit const &visit) const
    {
      for (std::size_t b = 0; b < batch.blocks.extent(0); ++b) {
        for (int t = batch.blocks(b).first; t < batch.blocks(b).last; ++t) visit(t);
      }
    }
  };

  template <class Number>
  auto most(Number const &number) const
  {
    auto largest = number(*kinds_.front().bank);
    for (auto const &kind : kinds_) largest = std::max(largest, number(*kind.bank));
    return largest;
  }

  // Calls run(bank, part) for every kind that has a block.
  template <class Run>
  void for_each_kind(OdeBatch<T> const &batch, Run const &run) const
  {
    std::size_t first = 0;
    for (auto const &kind : kinds_) {
      std::size_t const last = first + static_cast<std::size_t>(kind.count);
      Part const part = part_of(batch, first, last, kind.bank->context_size());
      if (part.batch.blocks.extent(0) > 0) run(*kind.bank, part);
      first = last;
    }
  }

  static Part part_of(OdeBatch<T> const &batch, std::size_t first, std::size_t last, int rank)
  {
    std::vector<Block> blocks;
    for (std::size_t b = 0; b < batch.blocks.extent(0); ++b) {
      Block block = batch.blocks(b);
      auto const expert = static_cast<std::size_t>(block.expert);
      if (expert < first || expert >= last) continue;
      block.expert -= static_cast<int>(first);
      blocks.push_back(block);
    }
    Part part{batch, first, last};
    part.batch.blocks = View1<Block>("tessera::experts::blocks", blocks.size());
    std::copy(blocks.begin(), blocks.end(), part.batch.blocks.data());
    // Kernels make one tangent for each component that they find.
    part.batch.contexts = View2<T>("tessera::experts::contexts", batch.contexts.extent(0), rank);
    for (std::size_t r = 0; r < batch.contexts.extent(0); ++r) {
      std::copy_n(&batch.contexts(r, 0), rank, &part.batch.contexts(r, 0));
    }
    return part;
  }

  std::vector<KindOfExperts<T>> kinds_;
};

}  // namespace

template <class T>
std::unique_ptr<ExpertBank<T>> make_mixed_bank(std::vector<KindOfExperts<T>> kinds)
{
  if (kinds.empty()) throw Error("make_mixed_bank: no kind of experts; pass at least one");
  return std::make_unique<MixedBank<T>>(std::move(kinds));
}

template std::unique_ptr<ExpertBank<float>> make_mixed_bank(std::vector<KindOfExperts<float>>);
template std::unique_ptr<ExpertBank<double>> make_mixed_bank(std::vector<KindOfExperts<double>>);

}  // namespace tessera::experts
