#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "picture_canvas.hpp"

namespace tessera::io {

/// Okabe and Ito's eight colours, told apart by every common kind of colour vision; yellow, which
/// is faint on white, comes last.
inline Colour palette(int index)
{
  constexpr std::array<Colour, 8> colours{{{0, 114, 178},
                                           {213, 94, 0},
                                           {0, 158, 115},
                                           {204, 121, 167},
                                           {230, 159, 0},
                                           {86, 180, 233},
                                           {0, 0, 0},
                                           {240, 228, 66}}};
  return colours[static_cast<std::size_t>(std::abs(index)) % colours.size()];
}

/// The same on a surface that lines and dots of any colour stand out from.
inline Colour pale(int index)
{
  auto const thin = [](unsigned char c) { return static_cast<unsigned char>(255 - (255 - c) / 4); };
  Colour const full = palette(index);
  return {thin(full.red), thin(full.green), thin(full.blue)};
}

/// What stands where a value is not a number.
constexpr Colour unknown{215, 215, 215};

/// The colour at a share of the way, 0 to 1, along `anchors` of equal distance.
template <std::size_t count>
Colour between(std::array<Colour, count> const &anchors, double share)
{
  double const at = std::clamp(share, 0.0, 1.0) * double(count - 1);
  auto const i = std::min(static_cast<std::size_t>(at), count - 2);
  double const t = at - static_cast<double>(i);
  auto const mix = [t](unsigned char a, unsigned char b) {
    return static_cast<unsigned char>(std::lround(a + t * (b - a)));
  };
  Colour const &a = anchors[i], &b = anchors[i + 1];
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

/// Dark violet at 0 by green to yellow at 1, lightness growing all the way (after viridis).
inline Colour colour_map(double share)
{
  constexpr std::array<Colour, 9> anchors{{{68, 1, 84},
                                           {71, 45, 123},
                                           {59, 82, 139},
                                           {44, 114, 142},
                                           {33, 145, 140},
                                           {40, 174, 128},
                                           {94, 201, 98},
                                           {173, 220, 48},
                                           {253, 231, 37}}};
  return between(anchors, share);
}

/// Blue below the middle, white there and red above it (ColorBrewer's RdBu).
inline Colour parting_map(double share)
{
  constexpr std::array<Colour, 9> anchors{{{5, 48, 97},
                                           {33, 102, 172},
                                           {67, 147, 195},
                                           {146, 197, 222},
                                           {247, 247, 247},
                                           {244, 165, 130},
                                           {214, 96, 77},
                                           {178, 24, 43},
                                           {103, 0, 31}}};
  return between(anchors, share);
}

/// Black or white, whichever is read better on a colour (Rec. 709 luma).
inline Colour ink_on(Colour c)
{
  return 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue > 128 ? ink : paper;
}

}  // namespace tessera::io
