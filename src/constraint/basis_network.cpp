#include <tessera/constraint/basis_network.hpp>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/hash.hpp>
#include <tessera/core/parameters.hpp>
#include <tessera/nn/adam.hpp>

namespace tessera::constraint {
namespace {

nn::Fno2dOptions with_inputs(BasisNetworkOptions const &options)
{
  nn::Fno2dOptions fno = options.fno;
  fno.inputs = 2 + options.parameters + int(options.profiles.size());
  return fno;
}

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
      : options_(options),
        fno_(with_inputs(options)),
        parameters_(blocks_of(fno_)),
        gradient_(blocks_of(fno_)),
        dense_(fno_.real_size(), false),
        waves_(fno_.spectral_size(), true)
  {
    fno_.initialise(options.seed, real(parameters_), spectral(parameters_));
  }

  int functions() const override { return fno_.options().outputs; }
  std::size_t size() const override { return fno_.real_size() + fno_.spectral_size(); }
  double flops(domains::SpaceTimeGrid const &grid) const override
  {
    return fno_.flops(grid.levels, grid.cells);
  }

  std::span<double const> propose(domains::SpaceTimeGrid const &grid,
                                  domains::PdeSample const &sample, std::size_t slot,
                                  bool keep) override
  {
    if (slot >= slots_.size()) slots_.resize(slot + 1);
    Slot &at = slots_[slot];
    fno_.prepare(grid.levels, grid.cells, at.tape);
    put_inputs(grid, sample, at.tape.input[0]);
    fno_.forward(real(parameters_), spectral(parameters_), at.tape, keep);
    std::vector<T> const &out = at.tape.input.back();
    if constexpr (std::is_same_v<T, double>) return out;
    at.functions.assign(out.begin(), out.end());
    return at.functions;
  }

  void pull_back(std::size_t slot, std::span<double const> bar) override
  {
    std::vector<T> const own(bar.begin(), bar.end());
    fno_.pull_back(real(parameters_), spectral(parameters_), slots_[slot].tape, own,
                   real(gradient_), spectral(gradient_));
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
    nn::Fno2dTape<T> tape;
    std::vector<double> functions;  ///< of a float32 network
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
  void put_inputs(domains::SpaceTimeGrid const &grid, domains::PdeSample const &sample,
                  std::vector<T> &inputs) const
  {
    auto const t = grid.times();
    auto const &told = sample.told.empty() ? sample.parameters : sample.told;
    if (told.size() != std::size_t(options_.parameters)) {
      throw InputError(fmt::format("a sample with {} parameters for a network that takes {}",
                                   told.size(), options_.parameters));
    }
    std::vector<std::vector<double>> profiles;
    for (double const multiple : options_.profiles) {
      domains::SpaceTimeGrid other = grid;
      other.horizon *= multiple;
      sample.lift(other, profiles.emplace_back(grid.size()));
    }
    // From ghost cell to ghost cell where boundary values stand there, so that this is where layers
    // on grids of other widths lie on each other; else from end to end.
    auto const boundary = sample.pde->boundary();
    bool const ghosts =
        !boundary.periodic && boundary.left.kind == domains::EndRule::Kind::reservoir;
    double const begin = ghosts ? 1 : 0.5;
    std::size_t k = 0;
    for (std::size_t p = 0; p < grid.size(); ++p) {
      inputs[k++] = T(t[p / grid.cells] / options_.horizon);
      inputs[k++] = T((double(p % grid.cells) + begin) / (double(grid.cells) + 2 * begin - 1));
      for (double const parameter : told) inputs[k++] = T(parameter);
      for (auto const &profile : profiles) inputs[k++] = T(profile[p]);
    }
  }

  BasisNetworkOptions options_;
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
