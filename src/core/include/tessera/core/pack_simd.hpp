#pragma once

#include <cstddef>

#include <Kokkos_Core.hpp>
#include <Kokkos_SIMD.hpp>

#include <tessera/core/pack_abi.hpp>
#if defined(TESSERA_PACK_SSE)
#include <tessera/core/pack_sse.hpp>
#endif

/// The register that a pack is made of: Kokkos's simd where there is one, else ours.
namespace tessera::pack_detail {

namespace ks = Kokkos::Experimental;
// Kokkos's native simd<float> is half a register, hence the widths by hand.
#if defined(TESSERA_PACK_AVX512)
template <class T>
using Simd = ks::basic_simd<T, ks::simd_abi::avx512_fixed_size<64 / sizeof(T)>>;
#elif defined(TESSERA_PACK_AVX2)
template <class T>
using Simd = ks::basic_simd<T, ks::simd_abi::avx2_fixed_size<32 / sizeof(T)>>;
#elif defined(TESSERA_PACK_NEON)
template <class T>
using Simd = ks::basic_simd<T, ks::simd_abi::neon_fixed_size<16 / sizeof(T)>>;
#elif defined(TESSERA_PACK_SSE)
template <class T>
using Simd = SseSimd<T>;
#else
template <class T>
using Simd = ks::basic_simd<T, ks::simd_abi::scalar>;
#endif
#if defined(TESSERA_PACK_SSE)
inline constexpr Aligned aligned{};
inline constexpr Unaligned unaligned{};
#else
inline constexpr auto aligned = ks::simd_flag_aligned;
inline constexpr auto unaligned = ks::simd_flag_default;
#endif

}  // namespace tessera::pack_detail
