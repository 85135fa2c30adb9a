#include <tessera/fields/coda_layout.hpp>

namespace tessera::fields {

CodaShape CodaShape::read(Section &section, int state)
{
  CodaShape s;
  s.state = state;
  s.width = section.get_in("width", s.width, 1, 4096);
  s.depth = section.get_in("depth", s.depth, 1, CodaLayout::max_depth);
  s.rank = section.get_in("context_size", s.rank, 1, CodaLayout::max_rank);
  return s;
}

CodaLayout::CodaLayout(CodaShape const &s) : shape(s)
{
  auto take = [this](int count) {
    std::size_t const begin = theta;
    theta += static_cast<std::size_t>(count);
    return begin;
  };
  for (int n = 0; n < s.depth; ++n) {
    CodaLayer &layer = layers[n];
    layer.in = n == 0 ? s.state : s.width;
    layer.hidden = n + 1 < s.depth;
    layer.out = layer.hidden ? s.width : s.state;
    layer.w = take(layer.in * layer.out);
    layer.b = take(layer.out);
    if (layer.hidden) layer.beta = take(1);
  }
  shift = hyper(s.rank);
  size = shift + 1;
}

double CodaLayout::flops_per_evaluation() const
{
  double products = 0, activations = 0;
  for (int n = 0; n < shape.depth; ++n) {
    products += double(layers[n].in) * layers[n].out;
    if (layers[n].hidden) activations += layers[n].out;
  }
  return 2 * products + activations;
}

}  // namespace tessera::fields
