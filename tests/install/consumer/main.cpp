// consumer DATA.h5: says what a data set holds and what Tessera offers.
#include <cstdio>
#include <exception>

#include <tessera/core/runtime.hpp>
#include <tessera/io/dataset_file.hpp>
#include <tessera/model/experiment.hpp>

int main(int argc, char **argv)
{
  try {
    tessera::Runtime const runtime(argc, argv);
    tessera::domains::Dataset const data = tessera::io::read_dataset(argv[1]);
    tessera::Registry registry;
    tessera::model::register_builtins(registry);
    std::printf("%zu environments; experts: %s\n", data.train.environments.size(),
                tessera::model::list("experts", registry).c_str());
    return 0;
  } catch (std::exception const &error) {
    std::fprintf(stderr, "consumer: %s\n", error.what());
    return 1;
  }
}
