// embed RUN: adapts the model of odebench4 to an oscillator it has not seen, and predicts.
#include <cmath>
#include <cstdio>
#include <exception>
#include <vector>

#include <tessera/core/runtime.hpp>
#include <tessera/model/model.hpp>

int main(int argc, char **argv)
try {
  tessera::Runtime const runtime(argc, argv);
  auto const model = tessera::model::Model::load(argv[1]);

  double const w = std::sqrt(2.2);  // u'' = -2.2 u, one measured trajectory (time, state)
  std::vector<double> times, states;
  for (int k = 0; k < 100; ++k) {
    double const t = times.emplace_back(0.06 * k);
    states.insert(states.end(), {0.6 * std::cos(w * t), -0.6 * w * std::sin(w * t)});
  }
  auto const system = model.adapt(times, states);
  auto const predicted = model.predict(system, times, std::vector{0.7, 0.5});

  double const exact = 0.7 * std::cos(w * times.back()) + 0.5 / w * std::sin(w * times.back());
  std::printf("expert %d, support loss %.1e; u(%.2f) = %.4f, exactly %.4f\n", system.expert,
              system.support_loss, times.back(), predicted.states.end()[-2], exact);
} catch (std::exception const &error) {
  std::fprintf(stderr, "embed: %s\n", error.what());
  return 1;
}
