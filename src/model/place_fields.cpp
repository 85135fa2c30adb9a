#include "place_fields.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/hash.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/model/truth.hpp>

#include "truth_file.hpp"

namespace tessera::model {
namespace {

std::string default_path(PlaceSettings const &s)
{
  return fmt::format("data/{}_seed{}_{}x{}_{}.h5", s.family->name(), s.test.seed, s.grid.levels,
                     s.grid.cells, s.test.samples);
}

/// As a shell takes it for one word.
std::string quoted(std::string const &word)
{
  if (word.find_first_of(" \t\n\"'\\$`*?[]{}()<>|&;#~!") == std::string::npos) return word;
  std::string text = "'";
  for (char const c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

void make(std::string const &path, PlaceSettings const &s, Log const &log, Progress const &progress)
{
  std::filesystem::path const folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;  // the writer says what is wrong
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  log.info(
      "making the true fields of the test; the same on several processes: "
      "mpirun -n 2 tessera truth --samples 0:{} --seed {} --cells {} --levels {} --out {}",
      s.test.samples, s.test.seed, s.grid.cells, s.grid.levels, quoted(path));
  log.info("{}", write_truth(MPI_COMM_SELF,
                             {.samples = {0, std::size_t(s.test.samples)},
                              .seed = s.test.seed,
                              .cells = s.grid.cells,
                              .levels = s.grid.levels,
                              .file = path},
                             progress));
}

/// The fields are those of this equation, these constants and this seed, as far as they say.
void require_own_truth(io::PdebenchFile const &file, std::string const &path,
                       PlaceSettings const &s, Log const &log)
{
  for (std::size_t k = 0; k < std::size_t(s.test.samples); ++k) {
    std::size_t const sample = file.samples()[k];
    std::string const config = file.config(sample);
    if (config.empty() && k == 0) {
      log.warning("{}: does not say what it was made from; taken as true fields of {}", path,
                  s.family->name());
    }
    if (config.empty()) continue;
    std::string const other = other_truth(config, s.family->truth_settings(), s.test.seed);
    if (other.empty()) continue;
    throw InputError(
        fmt::format("{}: sample {} {}; remove the file to have it made anew, or name "
                    "another one in data.path",
                    path, sample, other));
  }
}

}  // namespace

bool told_by_start(std::vector<std::string> const &parameters)
{
  return parameters == std::vector<std::string>{"u0"};
}

double start_of(std::span<double const> field, domains::SpaceTimeGrid const &grid,
                std::string const &path, std::size_t sample)
{
  auto const first = field.first(grid.cells);
  auto const [low, high] = std::minmax_element(first.begin(), first.end());
  if (*high - *low <= 1e-6 * std::max(1., std::abs(*high))) return *low;
  throw InputError(
      fmt::format("{}: sample {}: u(0, x) runs from {} to {}, and a problem of these starts from a "
                  "constant; take files of them",
                  path, sample, *low, *high));
}

std::string fields_path(PlaceSettings const &s)
{
  if (!s.family->truth_settings().empty()) {
    return s.test.path.empty() ? default_path(s) : s.test.path;
  }
  if (s.test.path.empty()) return {};
  throw InputError("data.path: the test of \"" + s.family->name() +
                   "\" is solved anew, for no file holds its true fields; leave the key out");
}

io::PdebenchFile open_fields(std::string const &path, PlaceSettings const &s, Log const &log)
{
  io::PdebenchFile file(path);
  file.require(s.grid);
  auto const wanted = std::size_t(s.test.samples);
  if (file.samples().size() < wanted) {
    throw InputError(
        fmt::format("{}: has {} samples, test.samples = {}: ask for fewer, or remove "
                    "the file to have it made anew",
                    path, file.samples().size(), wanted));
  }
  require_own_truth(file, path, s, log);
  return file;
}

PlaceFields::PlaceFields(PlaceSettings const &s, Log const &log, Progress progress) : grid_(s.grid)
{
  if (std::string const path = fields_path(s); !path.empty()) {
    if (!std::filesystem::exists(path)) make(path, s, log, progress);
    read(path, s, log, progress);
    log.info("test: {} samples of {}", size(), path);
    return;
  }
  progress.start("true fields", std::size_t(s.test.samples));
  std::vector<double> field(grid_.size());
  for (std::size_t k = 0; k < std::size_t(s.test.samples); ++k) {
    throw_if_stopped();
    auto problem = s.family->sample(s.test.seed, "test", k);
    problem.truth(grid_, field);
    take(std::move(problem), field);
    progress.update(k + 1);
  }
  progress.finish();
}

std::string PlaceFields::digest() const
{
  std::uint64_t hash = fnv1a({});
  for (auto const &field : fields_) hash = fnv1a(std::as_bytes(std::span(field)), hash);
  return fmt::format("test:{:016x}", hash);
}

void PlaceFields::take(domains::PdeSample problem, std::span<double const> field)
{
  problems_.push_back(std::move(problem));
  fields_.emplace_back(field.begin(), field.end());
}

void PlaceFields::read(std::string const &path, PlaceSettings const &s, Log const &log,
                       Progress &progress)
{
  io::PdebenchFile const file = open_fields(path, s, log);
  auto const wanted = std::size_t(s.test.samples);
  progress.start("test fields", wanted);
  std::vector<double> field(grid_.size());
  for (std::size_t k = 0; k < wanted; ++k) {
    throw_if_stopped();
    std::size_t const sample = file.samples()[k];
    file.read(sample, field);
    take(s.family->problem({start_of(field, grid_, path, sample)}), field);
    progress.update(k + 1);
  }
  progress.finish();
}

}  // namespace tessera::model
