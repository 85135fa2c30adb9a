// Loads a run, adapts to a new system from one trajectory, predicts others:  embed RUN FILE
#include <exception>
#include <iostream>

#include <tessera/core/runtime.hpp>
#include <tessera/io/trajectory_file.hpp>
#include <tessera/model/model.hpp>

int main(int argc, char **argv)
try {
  tessera::Runtime const runtime(argc, argv);
  auto const model = tessera::model::Model::load(argv[1]);
  auto const measured = tessera::io::read_trajectory_file(argv[2]);  // or arrays of your own

  auto const system = model.adapt(measured.grid(0), measured.states);
  auto const predicted = model.predict(system, measured.grid(0), measured.state(0, 0, 0));

  std::cout << "expert " << system.expert << ", error on what was measured " << system.support_loss
            << ", ends at";
  for (std::size_t i = 0; i < measured.dimension; ++i) {
    std::cout << ' ' << predicted.states[(measured.points - 1) * measured.dimension + i];
  }
  std::cout << '\n';
} catch (std::exception const &error) {
  std::cerr << error.what() << '\n';
  return 1;
}
