#pragma once

#include <cstddef>

#include <Kokkos_Core.hpp>

#include <tessera/core/pack.hpp>

namespace tessera::solvers {

/// Hands out pieces of one thread's scratch memory, each on a cache line; nothing is freed.
/// Made without memory it only counts, so that the size asked for is the size used.
class LaneArena {
 public:
  LaneArena() = default;
  KOKKOS_FUNCTION LaneArena(void *memory, std::size_t bytes)
      : memory_(static_cast<char *>(memory)), bytes_(bytes)
  {
  }

  template <class Value>
  KOKKOS_FUNCTION Value *take(std::size_t count)
  {
    std::size_t const begin = used_;
    used_ += (count * sizeof(Value) + 63) / 64 * 64;
    if (memory_ == nullptr) return nullptr;
    KOKKOS_ASSERT(used_ <= bytes_);
    return reinterpret_cast<Value *>(memory_ + begin);
  }
  KOKKOS_FUNCTION std::size_t used() const { return used_; }

 private:
  char *memory_ = nullptr;
  std::size_t bytes_ = 0, used_ = 0;
};

/// Rows of NV packs; element (row, lane) with lane in [0, NV * width).
template <class T, int NV>
struct Rows {
  using Number = T;
  using Value = Pack<T>;
  static constexpr int packs = NV;
  static constexpr int lanes = NV * Pack<T>::width;
  Pack<T> *data = nullptr;

  Rows() = default;
  KOKKOS_FUNCTION explicit Rows(Pack<T> *d) : data(d) {}
  KOKKOS_FUNCTION Rows(LaneArena &arena, int rows) : data(arena.take<Pack<T>>(rows * NV)) {}
  KOKKOS_FORCEINLINE_FUNCTION Pack<T> &operator()(int row, int v) const
  {
    return data[row * NV + v];
  }
  KOKKOS_FORCEINLINE_FUNCTION T &at(int row, int lane) const
  {
    return reinterpret_cast<T *>(data)[row * lanes + lane];
  }
  KOKKOS_FORCEINLINE_FUNCTION Rows from(int row) const { return Rows(data + row * NV); }
};

template <class T, int NV>
KOKKOS_FUNCTION inline void fill(Rows<T, NV> rows, int count, T value)
{
  for (int i = 0; i < count * NV; ++i) rows.data[i] = Pack<T>(value);
}

template <class T, int NV>
KOKKOS_FUNCTION inline void copy(Rows<T, NV> from, Rows<T, NV> to, int count)
{
  for (int i = 0; i < count * NV; ++i) to.data[i] = from.data[i];
}

/// to += from
template <class T, int NV>
KOKKOS_FUNCTION inline void add(Rows<T, NV> from, Rows<T, NV> to, int count)
{
  for (int i = 0; i < count * NV; ++i) to.data[i] += from.data[i];
}

/// to = from in the lanes where keep(lane) holds, zero in others; whether there are any.
template <class T, int NV, class Keep>
KOKKOS_FUNCTION inline bool keep_lanes(Rows<T, NV> from, int count, Keep const &keep,
                                       Rows<T, NV> to)
{
  bool any = false;
  for (int l = 0; l < Rows<T, NV>::lanes; ++l) {
    bool const kept = keep(l);
    for (int i = 0; i < count; ++i) to.at(i, l) = kept ? from.at(i, l) : T(0);
    any = any || kept;
  }
  return any;
}

}  // namespace tessera::solvers
