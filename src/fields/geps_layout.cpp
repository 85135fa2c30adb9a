#include <tessera/fields/geps_layout.hpp>

#include <tessera/core/error.hpp>

namespace tessera::fields {

GepsShape GepsShape::read(Section &section, int state)
{
  GepsShape s;
  s.state = state;
  s.width = section.get_in("width", s.width, 1, 4096);
  s.depth = section.get_in("depth", s.depth, 1, GepsLayout::max_depth);
  s.rank = section.get_in("context_size", s.rank, 1, GepsLayout::max_rank);
  return s;
}

GepsLayout::GepsLayout(GepsShape const &s) : shape(s)
{
  if (s.state > max_state) {
    throw InputError("a GEPS expert takes at most " + std::to_string(max_state) +
                     " numbers (states, and the time where experts.time is true), not " +
                     std::to_string(s.state));
  }
  auto take = [this](int count) {
    std::size_t const begin = size;
    size += static_cast<std::size_t>(count);
    return begin;
  };
  for (int l = 0; l < s.depth; ++l) {
    GepsLayer &layer = layers[l];
    layer.in = l == 0 ? s.state : s.width;
    layer.hidden = l + 1 < s.depth;
    layer.out = layer.hidden ? s.width : s.state;
    layer.w = take(layer.out * layer.in);
    layer.b = take(layer.out);
    layer.a = take(layer.out * s.rank);
    layer.bt = take(s.rank * layer.in);
    layer.c = take(layer.out * s.rank);
    if (!layer.hidden) continue;
    layer.beta = take(1);
    layer.d = take(s.rank);
  }
  shift = take(1);
}

double GepsLayout::flops_per_evaluation() const
{
  double products = 0, activations = 0;
  for (int l = 0; l < shape.depth; ++l) {
    double const in = layers[l].in, out = layers[l].out, rank = shape.rank;
    products += in * out + rank * (in + out);
    if (layers[l].hidden) activations += out;
  }
  return 2 * products + activations;
}

}  // namespace tessera::fields
