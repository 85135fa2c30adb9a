#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/core/stopwatch.hpp>
#include <tessera/domains/method_of_lines.hpp>
#include <tessera/domains/pde_family.hpp>
#include <tessera/model/experiment.hpp>
#include <tessera/model/place_model.hpp>

#include "bench_parts.hpp"

namespace tessera::benchmarks {
namespace {

using domains::PdeSample;
using domains::SpaceTimeGrid;

/// One way to solve the problems, and what came of it. Shapes (sample).
struct Attempt {
  SpaceTimeGrid grid;
  double tolerance = 0;
  std::vector<double> seconds{}, errors{};
};

/// The benchmark's own config.
struct Words {
  explicit Words(Section section)
      : run(section.get("run", "")),
        config(run.empty() ? section.get("config", "") : run + "/config.resolved.toml"),
        samples(section.get_in("samples", 10, 1, 10000)),
        seed(std::uint64_t(section.get_in("seed", 0, 0, 1 << 30))),
        finest(section.get_in("finest", 1024, 16, 1 << 16)),
        finest_tolerance(section.get_in("finest_tolerance", 1e-9, 1e-13, 1.0)),
        grids(section.get("grids", std::vector<int>{16, 32, 64, 128, 256})),
        tolerances(section.get("tolerances", std::vector<double>{1e-2, 1e-3, 1e-4, 1e-5, 1e-6}))
  {
    for (int const cells : grids) {
      if (cells >= 4 && cells <= finest / 4) continue;
      section.fail("grids", fmt::format("must lie in [4, {}], a quarter of bench.finest, found {}",
                                        finest / 4, cells));
    }
    for (double const tolerance : tolerances) {
      if (tolerance >= finest_tolerance && tolerance <= 1) continue;
      section.fail("tolerances", fmt::format("must lie in [{:g}, 1], from bench.finest_tolerance "
                                             "on, found {:g}",
                                             finest_tolerance, tolerance));
    }
  }

  std::string run, config;
  int samples;
  std::uint64_t seed;
  int finest;
  double finest_tolerance;
  std::vector<int> grids;
  std::vector<double> tolerances;
};

/// Every grid with every tolerance.
std::vector<Attempt> attempts_of(Words const &words, SpaceTimeGrid grid)
{
  std::vector<Attempt> attempts;
  for (int const cells : words.grids) {
    grid.cells = std::size_t(cells);
    for (double const tolerance : words.tolerances) {
      attempts.push_back({.grid = grid, .tolerance = tolerance});
    }
  }
  return attempts;
}

/// A field at the middles of coarser cells: linear between those of its own.
std::vector<double> at_middles(std::vector<double> const &field, SpaceTimeGrid const &own,
                               SpaceTimeGrid const &coarser)
{
  std::vector<double> out;
  auto const x = coarser.centres();
  for (std::size_t n = 0; n < own.levels; ++n) {
    double const *u = &field[n * own.cells];
    for (double const at : x) {
      double const place = at / own.width() - 0.5;
      auto const cell = std::min(std::size_t(place), own.cells - 2);
      double const share = place - double(cell);
      out.push_back((1 - share) * u[cell] + share * u[cell + 1]);
    }
  }
  return out;
}

std::vector<double> lines(PdeSample const &problem, SpaceTimeGrid const &grid, double tolerance)
{
  std::vector<double> field(grid.size());
  domains::method_of_lines(*problem.pde, grid, problem.start(grid), field, tolerance);
  return field;
}

/// Solves twice, so that caches are warm, and takes seconds and error of the second time. `truth`
/// is the field on `finest`.
template <class Solve>
void take(Attempt &attempt, std::vector<double> const &truth, SpaceTimeGrid const &finest,
          Solve const &solve)
{
  solve();
  Stopwatch const watch;
  auto const field = solve();
  attempt.seconds.push_back(watch.seconds());
  attempt.errors.push_back(domains::relative_l2(field, at_middles(truth, finest, attempt.grid)));
}

/// Figures of each attempt, named by cells and local error; of the trained model where it was
/// asked.
BenchResult result_of(Words const &words, std::string const &family,
                      std::vector<Attempt> const &attempts, Attempt const &own)
{
  BenchResult result;
  std::string const unit =
      fmt::format("relative L2, against {} cells at {:g}", words.finest, words.finest_tolerance);
  for (Attempt const &a : attempts) {
    auto const name = fmt::format("{}_{:g}", a.grid.cells, a.tolerance);
    result.add("seconds_" + name, "s", a.seconds);
    result.add("error_" + name, unit, a.errors);
  }
  if (!own.seconds.empty()) {
    result.add("model_seconds", "s", own.seconds);
    result.add("model_error", unit, own.errors);
  }
  result.note = fmt::format(
      "{}, {} levels, {} samples one after another; method of lines, RODAS3 on one core, float64; "
      "errors at the middles of the cells solved on",
      family, own.grid.levels, words.samples);
  return result;
}

}  // namespace

BenchResult bench_truth_grids(Config const &bench, Progress progress)
{
  Words const words(bench.section("bench"));
  bench.finish();
  Registry registry;
  model::register_builtins(registry);
  std::optional<model::PlaceModel> trained;
  if (!words.run.empty()) trained.emplace(model::PlaceModel::load(words.run, registry));
  Config const config = Config::load(words.config);
  auto const family = model::place_family(config, registry);
  SpaceTimeGrid finest = family->grid();
  if (finest.dimensions() > 1) {
    throw InputError(
        words.config +
        ": states an equation over several axes of space; this benchmark's grids have one");
  }
  finest.cells = std::size_t(words.finest);
  finest.levels = std::size_t(config.section("grid").get_in("levels", 101, 4, 1 << 20));
  Attempt own{.grid = trained ? trained->grid() : finest};
  if (trained && 4 * own.grid.cells > finest.cells) {
    bench.section("bench").fail("finest", fmt::format("must be at least {}, four times the cells "
                                                      "of the run, found {}",
                                                      4 * own.grid.cells, finest.cells));
  }
  auto attempts = attempts_of(words, finest);
  progress.start("bench truth", std::size_t(words.samples));
  for (int k = 0; k < words.samples; ++k) {
    throw_if_stopped();
    auto const problem = family->sample(words.seed, "test", std::uint64_t(k));
    auto const truth = lines(problem, finest, words.finest_tolerance);
    for (Attempt &a : attempts) {
      take(a, truth, finest, [&] { return lines(problem, a.grid, a.tolerance); });
    }
    if (trained) take(own, truth, finest, [&] { return trained->solve(problem).field; });
    progress.update(std::size_t(k + 1));
  }
  progress.finish();
  return result_of(words, family->name(), attempts, own);
}

}  // namespace tessera::benchmarks
