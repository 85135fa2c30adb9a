#include <memory>

#include <tessera/model/experiment.hpp>

#include "commands.hpp"

namespace tessera::app {

Command add_list(CLI::App &program)
{
  auto const seam = std::make_shared<std::string>();
  CLI::App *words = program.add_subcommand("list", "what a config may name with type = \"…\"");
  words->add_option("KIND", *seam,
                    "run_kinds, domains, families, pde_families, experts, gates, solvers or sinks "
                    "(default: all)");
  words->footer("Example:\n  tessera list families");
  return {words, [seam](MPI_Comm) {
            Registry registry;
            model::register_builtins(registry);
            print(model::list(*seam, registry));
            return done;
          }};
}

}  // namespace tessera::app
