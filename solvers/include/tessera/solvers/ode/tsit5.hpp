#pragma once

#include <Kokkos_Macros.hpp>

namespace tessera::solvers {

/// Explicit Runge-Kutta 5(4) pair with first-same-as-last and a fourth-order interpolant
/// (Tsitouras, Comput. Math. Appl. 62, 2011, table 2).
template <class T>
struct Tsit5 {
  static constexpr int stages = 7;

  /// a[i][j]: weight of slope j in the state of stage i. The last row gives the new state.
  static constexpr T a[7][6] = {
      {},
      {T(0.161)},
      {T(-0.008480655492356989), T(0.335480655492357)},
      {T(2.8971530571054935), T(-6.359448489975075), T(4.3622954328695815)},
      {T(5.325864828439257), T(-11.748883564062828), T(7.4955393428898365),
       T(-0.09249506636175525)},
      {T(5.86145544294642), T(-12.92096931784711), T(8.159367898576159), T(-0.071584973281401),
       T(-0.028269050394068383)},
      {T(0.09646076681806523), T(0.01), T(0.4798896504144996), T(1.379008574103742),
       T(-3.290069515436081), T(2.324710524099774)}};

  /// Where in a step stage i lies: the sum of its weights, in double precision for any T.
  static constexpr double node[7] = {0, 0.161, 0.327, 0.9, 0.9800255409045097, 1, 1};

  /// Difference of the two solutions, per unit step: the estimate of the local error.
  static constexpr T error[7] = {T(-0.00178001105222577714),
                                 T(-0.0008164344596567469),
                                 T(0.007880878010261995),
                                 T(-0.1447110071732629),
                                 T(0.5823571654525552),
                                 T(-0.45808210592918697),
                                 T(1.0 / 66.0)};

  /// y(t + theta h) = y + h sum_i k_i theta (dense[i][0] + theta (dense[i][1] + …)).
  static constexpr T dense[7][4] = {
      {T(1), T(-2.763706197274826), T(2.9132554618219126), T(-1.0530884977290216)},
      {T(0), T(0.13169999999999998), T(-0.2234), T(0.1017)},
      {T(0), T(3.9302962368947516), T(-5.941033872131505), T(2.490627285651253)},
      {T(0), T(-12.411077166933676), T(30.33818863028232), T(-16.548102889244902)},
      {T(0), T(37.50931341651104), T(-88.1789048947664), T(47.37952196281928)},
      {T(0), T(-27.896526289197286), T(65.09189467479366), T(-34.87065786149661)},
      {T(0), T(1.5), T(-4), T(2.5)}};

  /// a[i][j], error[i] and dense[i][j] for indices that are known only when it runs.
  static KOKKOS_FORCEINLINE_FUNCTION T stage_weight(int i, int j)
  {
    KOKKOS_IF_ON_HOST((return a[i][j];))
    KOKKOS_IF_ON_DEVICE((constexpr Copy<7, 6> local(a); return local.value[i][j];))
  }
  static KOKKOS_FORCEINLINE_FUNCTION T error_weight(int i)
  {
    KOKKOS_IF_ON_HOST((return error[i];))
    KOKKOS_IF_ON_DEVICE((constexpr Copy<1, 7> local(error); return local.value[0][i];))
  }
  static KOKKOS_FORCEINLINE_FUNCTION T dense_coefficient(int i, int j)
  {
    KOKKOS_IF_ON_HOST((return dense[i][j];))
    KOKKOS_IF_ON_DEVICE((constexpr Copy<7, 4> local(dense); return local.value[i][j];))
  }

  /// Weight of slope i at theta in [0, 1].
  static KOKKOS_FORCEINLINE_FUNCTION T dense_weight(int i, T theta)
  {
    T sum = dense_coefficient(i, 3);
    for (int j = 2; j >= 0; --j) sum = dense_coefficient(i, j) + theta * sum;
    return theta * sum;
  }

 private:
  // Device code cannot name the storage of a static table; a local copy of one is a constant.
  template <int M, int N>
  struct Copy {
    T value[M][N] = {};
    KOKKOS_FUNCTION constexpr explicit Copy(T const (&from)[M][N])
    {
      for (int i = 0; i < M; ++i) {
        for (int j = 0; j < N; ++j) value[i][j] = from[i][j];
      }
    }
    KOKKOS_FUNCTION constexpr explicit Copy(T const (&from)[N])
    {
      for (int j = 0; j < N; ++j) value[0][j] = from[j];
    }
  };
};

}  // namespace tessera::solvers
