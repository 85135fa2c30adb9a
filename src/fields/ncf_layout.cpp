#include <tessera/fields/ncf_layout.hpp>

#include <cmath>

namespace tessera::fields {
namespace {

int between(int from, int to, int j, int hidden)
{
  double const share = double(j) / (hidden + 1);
  int const raw = static_cast<int>(from * std::exp(share * std::log(double(to) / from)));
  return raw + raw % 2;
}

}  // namespace

NcfShape NcfShape::read(Section &section, int state)
{
  NcfShape s;
  s.state = state;
  s.width = section.get_in("width", s.width, 1, 4096);
  s.depth = section.get_in("depth", s.depth, 1, NcfLayout::max_depth);
  s.depth_data = section.get_in("depth_data", s.depth_data, 0, NcfLayout::max_depth);
  s.depth_ctx = section.get_in("depth_ctx", s.depth_ctx, 0, NcfLayout::max_depth);
  s.intermediate = section.get_in("intermediate", s.intermediate, 1, 4096);
  s.rank = section.get_in("context_size", s.rank, 1, NcfLayout::max_rank);
  return s;
}

NcfLayout::NcfLayout(NcfShape const &s) : shape(s)
{
  auto take = [this](int count) {
    std::size_t const begin = size;
    size += static_cast<std::size_t>(count);
    return begin;
  };
  auto place = [&](NcfLayer &layer, int in, int out, bool hidden) {
    layer = {.in = in, .out = out, .hidden = hidden};
    layer.w = take(out * in);
    layer.b = take(out);
    if (hidden) layer.beta = take(1);
  };
  auto encoder = [&](NcfLayer *layers, int from, int hidden) {
    int in = from;
    for (int j = 1; j <= hidden; ++j) {
      int const out = between(from, s.intermediate, j, hidden);
      place(layers[j - 1], in, out, true);
      in = out;
    }
    place(layers[hidden], in, s.intermediate, false);
  };
  encoder(data, s.state, s.depth_data);
  encoder(context, s.rank, s.depth_ctx);
  place(main[0], 2 * s.intermediate, s.width, true);
  for (int j = 1; j < s.depth; ++j) place(main[j], s.width, s.width, true);
  place(main[s.depth], s.width, s.state, false);
  shift = take(1);
}

double NcfLayout::flops_per_evaluation() const
{
  double products = double(data[shape.depth_data].in) * shape.width;
  for (int j = 0; j < shape.depth_data; ++j) products += double(data[j].in) * data[j].out;
  for (int j = 1; j <= shape.depth; ++j) products += double(main[j].in) * main[j].out;
  double activations = double(shape.depth) * shape.width;
  for (int j = 0; j < shape.depth_data; ++j) activations += data[j].out;
  return 2 * products + activations;
}

}  // namespace tessera::fields
