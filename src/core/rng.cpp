#include <tessera/core/rng.hpp>

#include <cmath>
#include <numbers>
#include <numeric>

#include <Random123/philox.h>

#include <tessera/core/error.hpp>

namespace tessera {

namespace {

// FNV-1a: distinct purposes are a handful of words, so 64 bits keep them apart.
std::uint64_t hash(std::string_view text)
{
  std::uint64_t h = 0xcbf29ce484222325u;
  for (char const c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return h;
}

// SplitMix64's finaliser, a bijection: different seeds of one purpose never share a key.
std::uint64_t mix(std::uint64_t x)
{
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

std::uint32_t low(std::uint64_t x)
{
  return static_cast<std::uint32_t>(x);
}
std::uint32_t high(std::uint64_t x)
{
  return static_cast<std::uint32_t>(x >> 32);
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> const &counter,
                                    std::array<std::uint32_t, 2> const &key)
{
  using Generator = r123::Philox4x32_R<10>;
  Generator::ctr_type const c = {{counter[0], counter[1], counter[2], counter[3]}};
  Generator::key_type const k = {{key[0], key[1]}};
  Generator::ctr_type const r = Generator()(c, k);
  return {r[0], r[1], r[2], r[3]};
}

// The key says seed and purpose, the counter (a, b) and the block: streams of one seed and purpose
// cannot overlap as long as a < 2^32 and fewer than 2^34 words are drawn. Larger a enter the key.
Rng::Rng(std::uint64_t seed, std::string_view purpose, std::uint64_t a, std::uint64_t b)
{
  std::uint64_t key = mix(mix(seed) ^ hash(purpose));
  if (high(a) != 0) key = mix(key ^ high(a));
  key_ = {low(key), high(key)};
  counter_ = {0, low(a), low(b), high(b)};
}

std::uint32_t Rng::bits()
{
  if (used_ == 4) {
    block_ = philox(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[static_cast<std::size_t>(used_++)];
}

double Rng::uniform()
{
  std::uint64_t const upper = bits() >> 5;  // 27 bits
  std::uint64_t const lower = bits() >> 6;  // 26 bits
  return static_cast<double>((upper << 26) | lower) * 0x1p-53;
}

double Rng::normal()
{
  double const radius = std::sqrt(-2. * std::log(1. - uniform()));  // 1 - u lies in (0, 1]
  return radius * std::cos(2. * std::numbers::pi * uniform());
}

std::size_t Rng::index(std::size_t n)
{
  TESSERA_ASSERT(n > 0);
  // Words below 2^64 mod n would make the small indices more likely.
  std::uint64_t const reject = (0 - std::uint64_t(n)) % n;
  for (;;) {
    std::uint64_t const upper = bits();
    std::uint64_t const word = (upper << 32) | bits();
    if (word >= reject) return word % n;
  }
}

std::vector<std::size_t> Rng::permutation(std::size_t n)
{
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t(0));
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[index(i)]);
  return order;
}

}  // namespace tessera
