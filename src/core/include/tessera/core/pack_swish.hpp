#pragma once

#include <tessera/core/pack_math.hpp>

/// The activation z sigma(slope z) with what of it depends on the slope alone taken out.
namespace tessera {

namespace pack_detail {

/// 2^r for |r| <= 1/2. Minimax polynomials, relative error 7.5e-8 (float), 3e-18 (double).
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> small_exp2(Pack<T> const &r)
{
  if constexpr (sizeof(T) == 4) {
    return horner<T>(r, 1.00000007165471f, 0.693146967065035f, 0.240221197237107f,
                     0.0555071327185564f, 0.00967554134312133f, 0.00132764726319509f);
  } else {
    return horner<T>(r, 1.0, 0.693147180559945331, 0.240226506959101562, 0.0555041086648199216,
                     0.00961812910758833524, 0.00133335581467899217, 0.000154035304625144321,
                     0.0000152527334898899857, 1.32154330896763992e-6, 1.01781980216719308e-7,
                     7.07410561350814280e-9, 4.43528270695727715e-10);
  }
}

/// 1 + 2^x where 2^|x| is a normal number, x brought into that range first: the exponent of the
/// power comes from the addition that rounds x.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> one_plus_exp2(Pack<T> const &x)
{
  Pack<T> const most(T(exponent_bias<T> - 1)), magic(rounding_magic<T> + T(exponent_bias<T>));
  Pack<T> const bounded = min(most, max(-most, x)), biased = bounded + magic;
  return fma(small_exp2(bounded - (biased - magic)), power_of_two(biased), Pack<T>(T(1)));
}

}  // namespace pack_detail

/// 2^x within 2.75 (float; 3 without a fused product) or 2 (double) units in the last place,
/// infinity above and zero below the range; not a number where |x| is not finite.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> exp2(Pack<T> const &x)
{
  if constexpr (Pack<T>::width == 1) {
    return Pack<T>(std::exp2(x.lane(0)));
  } else {
    Pack<T> const magic(pack_detail::rounding_magic<T>), n = (x + magic) - magic;
    return pack_detail::scale_by_power(pack_detail::small_exp2(x - n), n);
  }
}

/// The factor that makes an exponent of a slope: swish_sigmoid(z, swish_exponent(slope)).
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> swish_exponent(Pack<T> const &slope)
{
  return slope * Pack<T>(T(-1.4426950408889634074));
}

/// 1 / (1 + e^(-slope z)), the factor of swish; far below zero it ends at zero (AVX-512) or at the
/// least normal number. Division runs beside the multiply-adds of a product, Newton steps would
/// stand in their way. Error: 3 units in the last place and one and a half for each unit of
/// |slope z|, the roundings of the exponent.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> swish_sigmoid(Pack<T> const &z, Pack<T> const &exponent)
{
  Pack<T> const one(T(1)), x = exponent * z;
#if defined(TESSERA_PACK_AVX512) || defined(TESSERA_PACK_SCALAR)
  return one / (exp2(x) + one);  // overflow is infinity by itself: nothing need be bounded
#else
  return one / pack_detail::one_plus_exp2(x);
#endif
}

}  // namespace tessera
