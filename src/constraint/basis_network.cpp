#include <tessera/constraint/basis_network.hpp>

#include <fmt/format.h>

#include <tessera/core/hash.hpp>
#include <tessera/core/parameters.hpp>
#include <tessera/nn/adam.hpp>

#include "basis_layout.hpp"

namespace tessera::constraint {
namespace {

template <class T>
std::vector<ParameterBlock> blocks_of(nn::Fno2d<T> const &fno)
{
  return {{.name = "shared", .rows = 1, .columns = fno.real_size()},
          {.name = "shared/spectral", .rows = 1, .columns = fno.spectral_size(), .complex = true}};
}

template <class T>
class FnoBasis final : public BasisNetwork {
 public:
  explicit FnoBasis(BasisNetworkOptions const &options)
      : functions_(options.fno.outputs),
        layout_(make_basis_layout<T>(options)),
        fno_(layout_->sized()),
        parameters_(blocks_of(fno_)),
        gradient_(blocks_of(fno_)),
        dense_(fno_.real_size(), false),
        waves_(fno_.spectral_size(), true)
  {
    fno_.initialise(options.seed, real(parameters_), spectral(parameters_));
  }

  int functions() const override { return functions_; }
  std::size_t size() const override { return fno_.real_size() + fno_.spectral_size(); }
  double flops(domains::SpaceTimeGrid const &grid) const override
  {
    auto const [first, second] = layout_->points(grid);
    return fno_.flops(first, second) + layout_->flops(grid);
  }

  std::span<double const> propose(domains::SpaceTimeGrid const &grid,
                                  domains::PdeSample const &sample, std::size_t slot,
                                  bool keep) override
  {
    auto const [first, second] = layout_->points(grid);
    if (slot >= slots_.size()) slots_.resize(slot + 1);
    Slot &at = slots_[slot];
    at.grid = grid;
    fno_.prepare(first, second, at.tape);
    layout_->put_inputs(grid, sample, at.tape.input[0]);
    fno_.forward(real(parameters_), spectral(parameters_), at.tape, keep);
    return layout_->read(grid, at.tape.input.back(), at.functions);
  }

  void pull_back(std::size_t slot, std::span<double const> bar) override
  {
    Slot const &at = slots_[slot];
    std::vector<T> const own = layout_->pull_back(at.grid, bar);
    fno_.pull_back(real(parameters_), spectral(parameters_), at.tape, own, real(gradient_),
                   spectral(gradient_));
  }
  double clip(double limit) override
  {
    return nn::clip_global_norm<T>({real(gradient_), spectral(gradient_)}, limit);
  }
  void update(double rate) override
  {
    dense_.step(real(parameters_), real(gradient_), rate);
    waves_.step(spectral(parameters_), spectral(gradient_), rate);
    forget_gradient();
  }
  void forget_gradient() override { Kokkos::deep_copy(gradient_.flat(), T(0)); }

  double parameter(std::size_t k) const override { return at(parameters_, k); }
  void set_parameter(std::size_t k, double value) override { at(parameters_, k) = T(value); }
  double gradient(std::size_t k) const override { return at(gradient_, k); }
  void register_state(State &state) override
  {
    parameters_.register_state(state, "parameters");
    dense_.register_state(state, "adam/dense");
    waves_.register_state(state, "adam/spectral");
  }
  std::string digest() const override
  {
    auto const flat = parameters_.flat();
    return fmt::format("{:016x}", fnv1a(std::as_bytes(std::span(flat.data(), flat.size()))));
  }

 private:
  struct Slot {
    domains::SpaceTimeGrid grid;
    nn::Fno2dTape<T> tape;
    std::vector<double> functions;  ///< where they are not the operator's outputs themselves
  };

  std::span<T> real(Parameters<T> const &all) const
  {
    return {all.flat().data() + all.block("shared").offset, fno_.real_size()};
  }
  std::span<T> spectral(Parameters<T> const &all) const
  {
    return {all.flat().data() + all.block("shared/spectral").offset, fno_.spectral_size()};
  }
  T &at(Parameters<T> const &all, std::size_t k) const
  {
    return k < fno_.real_size() ? real(all)[k] : spectral(all)[k - fno_.real_size()];
  }

  int functions_;
  std::unique_ptr<BasisLayout<T>> layout_;
  nn::Fno2d<T> fno_;
  Parameters<T> parameters_, gradient_;
  nn::Adam<T> dense_, waves_;
  std::vector<Slot> slots_;
};

}  // namespace

std::unique_ptr<BasisNetwork> make_basis_network(BasisNetworkOptions const &options)
{
  if (options.float32) return std::make_unique<FnoBasis<float>>(options);
  return std::make_unique<FnoBasis<double>>(options);
}

}  // namespace tessera::constraint
