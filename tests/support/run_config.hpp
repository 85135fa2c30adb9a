#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <tessera/model/experiment.hpp>

/// Whole runs from the text of a config.
namespace tessera::twins {

/// Runs `config` into `folder`/`out` with the data of `folder`/data.h5, which is made where it is
/// missing. Everything else is a matter of config and overrides.
inline model::Outcome run_config(std::filesystem::path const &folder, std::string const &config,
                                 std::string const &out, std::vector<std::string> overrides,
                                 Registry const &registry)
{
  std::ofstream(folder / "config.toml") << config;
  overrides.push_back("data.path=" + (folder / "data.h5").string());
  return model::run({.config = folder / "config.toml",
                     .overrides = std::move(overrides),
                     .out = folder / out,
                     .quiet = true},
                    registry);
}

/// The same with everything that Tessera ships.
inline model::Outcome run_config(std::filesystem::path const &folder, std::string const &config,
                                 std::string const &out, std::vector<std::string> overrides = {})
{
  Registry registry;
  model::register_builtins(registry);
  return run_config(folder, config, out, std::move(overrides), registry);
}

/// The smallest network that is trained through the constraint layer.
inline constexpr char small_place[] = R"(
[experiment]
name = "small"
[data]
type = "diffusion_sorption"
[grid]
cells = 32
levels = 21
[network]
widths = [6, 6]
modes_t = 2
modes_x = 2
projection = 12
functions = 4
[experts]
in_space = 2
[train]
steps = 3
batch = 2
[test]
samples = 3
queries = 0
)";

}  // namespace tessera::twins
