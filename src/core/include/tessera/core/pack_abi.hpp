#pragma once

#include <Kokkos_Macros.hpp>

/// Which registers a pack lives in: TESSERA_PACK_<name> is defined for one of them,
/// TESSERA_PACK_ABI is its number, TESSERA_PACK_NAME its name, TESSERA_PACK_REGISTERS how many
/// there are. AVX-512, AVX2 and NEON come from Kokkos's simd, which offers what Kokkos was
/// configured for; SSE4.2 (x86-64-v2) is ours. TESSERA_PACK_SCALAR, defined before, asks for packs
/// of one number.
#if defined(TESSERA_PACK_SCALAR)
#define TESSERA_PACK_ABI 1
#elif defined(__AVX512F__) && defined(__AVX512DQ__) && defined(KOKKOS_ARCH_AVX512XEON)
#define TESSERA_PACK_AVX512
#define TESSERA_PACK_ABI 512
#define TESSERA_PACK_NAME "avx512"
#define TESSERA_PACK_REGISTERS 32
#elif defined(__AVX2__) && defined(__FMA__) && defined(KOKKOS_ARCH_AVX2)
#define TESSERA_PACK_AVX2
#define TESSERA_PACK_ABI 256
#define TESSERA_PACK_NAME "avx2"
#define TESSERA_PACK_REGISTERS 16
#elif defined(__ARM_NEON) && defined(__aarch64__) && defined(KOKKOS_ARCH_ARM_NEON)
#define TESSERA_PACK_NEON
#define TESSERA_PACK_ABI 129
#define TESSERA_PACK_NAME "neon"
#define TESSERA_PACK_REGISTERS 32
#elif defined(__SSE4_2__)
#define TESSERA_PACK_SSE
#define TESSERA_PACK_ABI 128
#define TESSERA_PACK_NAME "sse4.2"
#define TESSERA_PACK_REGISTERS 16
#else
#define TESSERA_PACK_SCALAR
#define TESSERA_PACK_ABI 1
#endif

#if defined(TESSERA_PACK_SCALAR)
#define TESSERA_PACK_NAME "scalar"
#define TESSERA_PACK_REGISTERS 16
#endif
