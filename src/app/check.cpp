#include <memory>

#include <tessera/model/experiment.hpp>

#include "commands.hpp"

namespace tessera::app {

Command add_check(CLI::App &program)
{
  auto const request = std::make_shared<model::RunRequest>();
  CLI::App *words =
      program.add_subcommand("check", "read a config and say what would run, without running it");
  words->add_option("CONFIG", request->config, "the experiment's TOML file")->required();
  words->add_option("OVERRIDES", request->overrides,
                    "key=value for each setting that differs from the file");
  words->footer(
      "Example:\n  tessera check experiments/odebench4/experiment.toml "
      "train.outer_steps=100\n\nExit code 2 and file:line:column where the config cannot be used.");
  return {words, [request](MPI_Comm) {
            Registry registry;
            model::register_builtins(registry);
            print(model::check(request->config, request->overrides, registry));
            return done;
          }};
}

}  // namespace tessera::app
