#include <tessera/core/parameters.hpp>

#include <tessera/core/error.hpp>

namespace tessera {

template <class T>
Parameters<T>::Parameters(std::vector<ParameterBlock> blocks) : blocks_(std::move(blocks))
{
  std::size_t const line = 64 / sizeof(T);
  std::size_t total = 0;
  for (ParameterBlock &block : blocks_) {
    block.offset = total;
    block.stride = (block.columns + line - 1) / line * line;
    total += block.rows * block.stride;
  }
  flat_ = Flat("tessera::parameters", total);
}

template <class T>
ParameterBlock const &Parameters<T>::block(std::string const &name) const
{
  for (ParameterBlock const &block : blocks_) {
    if (block.name == name) return block;
  }
  throw Error("no block of parameters is called \"" + name + "\"");
}

template <class T>
typename Parameters<T>::Matrix Parameters<T>::matrix(std::string const &name) const
{
  ParameterBlock const &b = block(name);
  // An unmanaged window: `flat_` owns the memory.
  return Matrix(flat_.data() + b.offset, b.rows, b.stride);
}

template <class T>
std::vector<std::size_t> Parameters<T>::row_sizes(std::string const &name) const
{
  ParameterBlock const &b = block(name);
  return std::vector<std::size_t>(b.rows, b.stride);
}

template <class T>
void Parameters<T>::register_state(State &state, std::string const &prefix) const
{
  state.add(prefix, 1, std::span<T>(flat_.data(), flat_.extent(0)));
}

template class Parameters<float>;
template class Parameters<double>;

}  // namespace tessera
