#pragma once

#include <string>
#include <vector>

#include <tessera/core/progress.hpp>

namespace tessera::benchmarks {

/// Times one piece of work at its published size ("ode": one outer step of MixER; "pihcmoe": one
/// step of PI-HC-MoE; "truth": one true field of the diffusion-sorption problem, or, with
/// bench.config or bench.run, those of a family by place on several grids; "peak": what this
/// machine's arithmetic and memory can do) and returns the table to print. `overrides` are
/// key=value for the benchmark's own config; a non-empty `json_file` receives the figures with
/// their spread. Throws InputError on an unknown name, IoError.
std::string bench(std::string const &name, std::vector<std::string> const &overrides,
                  std::string const &json_file, Progress progress);

}  // namespace tessera::benchmarks
