#include <tessera/model/truth.hpp>

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include <tessera/core/collective.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>
#include <tessera/domains/diffusion_sorption.hpp>

namespace tessera::model {
namespace {

/// What PDEBench keeps with a sample, in its form.
std::string config_text(TruthRequest const &request)
{
  return domains::settings_text({}) +
         fmt::format("  solver: implicit, local error 1e-6\n  seed: {}\n", request.seed);
}

}  // namespace

domains::SampleRange sample_range(std::string const &text)
{
  domains::SampleRange range;
  char const *const end = text.data() + text.size();
  auto const first = std::from_chars(text.data(), end, range.first);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == ':') {
    auto const last = std::from_chars(first.ptr + 1, end, range.last);
    // Numbers of samples stay below 2^31: any file or index can hold them.
    bool const whole = last.ec == std::errc() && last.ptr == end && range.last <= 2147483647;
    if (whole && range.first < range.last) return range;
  }
  throw InputError("--samples " + printable(text) +
                   ": write the first number and the one behind the last, for instance "
                   "--samples 0:100");
}

std::string write_truth(MPI_Comm comm, TruthRequest const &request, Progress progress)
{
  domains::SpaceTimeGrid const grid{.cells = request.cells, .levels = request.levels};
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  std::optional<io::PdebenchWriter> writer;
  do_together(comm, [&] {
    if (rank != 0) return;
    writer.emplace(request.file, io::PdebenchPlan{request.layout, grid, request.samples.first,
                                                  request.samples.size(), config_text(request)});
  });
  domains::SampleWork const work{
      .numbers = grid.size(),
      .make =
          [&](std::size_t sample, std::span<double> field) {
            double const u0 = domains::diffusion_sorption_start(request.seed, sample);
            std::vector<double> const initial(grid.cells, u0);
            domains::diffusion_sorption_truth({}, grid, initial, field);
          },
      .take = [&](std::size_t sample,
                  std::span<double const> field) { writer->write(sample, field); }};
  domains::work_in_rounds(comm, request.samples, work, progress);
  do_together(comm, [&] {
    if (writer) writer->finish();
  });
  return fmt::format("{}: samples {} to {} of seed {}, {} levels x {} cells", request.file.string(),
                     request.samples.first, request.samples.last - 1, request.seed, grid.levels,
                     grid.cells);
}

}  // namespace tessera::model
