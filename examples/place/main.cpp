// place RUN U0: solves diffusion-sorption from a start that the run in RUN has not seen.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include <tessera/core/runtime.hpp>
#include <tessera/model/place_model.hpp>

int main(int argc, char **argv)
try {
  tessera::Runtime const runtime(argc, argv);
  if (argc != 3) throw std::invalid_argument("which run and start? place RUN U0");
  auto const model = tessera::model::PlaceModel::load(argv[1]);

  auto const solution = model.solve(model.problem({std::atof(argv[2])}));

  auto const times = model.grid().times(), x = model.grid().centres();
  std::size_t const middle = x.size() / 2;
  for (std::size_t n = 0; n < times.size(); n += times.size() / 5) {
    std::printf("t = %5.1f s: u(%.2f m) = %.4f\n", times[n], x[middle],
                solution.field[n * x.size() + middle]);
  }
  std::printf("%s after %d steps, rows %.1e\n", solution.converged ? "converged" : "not converged",
              solution.iterations, solution.residual);
} catch (std::exception const &error) {
  std::fprintf(stderr, "place: %s\n", error.what());
  return 1;
}
