#include <tessera/model/solve_file.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/problem_file.hpp>

#include "place_fields.hpp"

namespace tessera::model {
namespace {

/// The problems of a file and its true fields, where it has any.
class Problems {
 public:
  Problems(PlaceModel const &model, std::filesystem::path const &path)
      : grid_(model.grid()), file_(io::open_problems(path, model.parameters()))
  {
    if (file_.fields) file_.fields->require(grid_);
    for (auto const &row : file_.parameters) problems_.push_back(model.problem(row));
    if (!problems_.empty()) return;
    if (!told_by_start(model.parameters())) {
      throw InputError(
          fmt::format("{}: fields alone do not tell {}; give an array (sample) for "
                      "each of them besides",
                      path.string(), fmt::join(model.parameters(), ", ")));
    }
    for (std::size_t k = 0; k < file_.fields->samples().size(); ++k) {
      problems_.push_back(model.problem({start_of(truth(k), grid_, path.string(), number(k))}));
    }
  }

  std::size_t size() const { return problems_.size(); }
  std::span<domains::PdeSample const> all() const { return problems_; }
  bool has_truth() const { return file_.fields.has_value(); }
  /// True field k of them, shape (level, cell).
  std::vector<double> truth(std::size_t k) const
  {
    std::vector<double> field(grid_.size());
    file_.fields->read(file_.fields->samples()[k], field);
    return field;
  }
  /// What sample k is called in the file.
  std::size_t number(std::size_t k) const { return has_truth() ? file_.fields->samples()[k] : k; }
  /// The number of the first sample that is written: one behind the other.
  std::size_t first_number() const
  {
    bool const whole = number(size() - 1) - number(0) + 1 == size();
    return whole ? number(0) : 0;
  }

 private:
  domains::SpaceTimeGrid grid_;
  io::ProblemFile file_;
  std::vector<domains::PdeSample> problems_;
};

/// Says how many problems lie where the network was never trained.
void warn_of_range(PlaceModel const &model, Problems const &problems, Log const &log)
{
  std::size_t outside = 0;
  std::string first;
  for (std::size_t k = 0; k < problems.size(); ++k) {
    auto const &values = problems.all()[k].parameters;
    for (std::size_t p = 0; p < values.size(); ++p) {
      auto const &range = model.ranges()[p];
      if (values[p] >= range.low && values[p] < range.high) continue;
      if (outside++ == 0) {
        first = fmt::format("sample {}, {} = {:g} outside of [{:g}, {:g})", problems.number(k),
                            model.parameters()[p], values[p], range.low, range.high);
      }
      break;
    }
  }
  if (outside == 0) return;
  log.warning("{} of {} problems lie where the network was not trained, the first: {}", outside,
              problems.size(), first);
}

}  // namespace

SolvedFile solve_file(PlaceModel const &model, std::filesystem::path const &input,
                      std::filesystem::path const &output, Log const &log, Progress progress)
{
  constexpr std::size_t batch = 8;  // between two turns of the progress bar
  Problems const problems(model, input);
  warn_of_range(model, problems, log);
  io::PdebenchWriter writer(output, {.grid = model.grid(),
                                     .first = problems.first_number(),
                                     .count = problems.size(),
                                     .config = "predictions: " + model.title() + "\n"});
  SolvedFile result{.samples = problems.size()};
  std::string first_failure;
  progress.start("solve", problems.size());
  for (std::size_t first = 0; first < problems.size(); first += batch) {
    std::size_t const many = std::min(batch, problems.size() - first);
    auto const solutions = model.solve(problems.all().subspan(first, many));
    for (std::size_t k = first; k < first + many; ++k) {
      PlaceSolution const &solution = solutions[k - first];
      writer.write(problems.first_number() + k, solution.field);
      result.converged += solution.converged;
      if (!solution.converged && first_failure.empty()) {
        first_failure = fmt::format("sample {}", problems.number(k));
      }
      if (!problems.has_truth()) continue;
      result.error.push_back(domains::relative_l2(solution.field, problems.truth(k)));
    }
    progress.update(first + many);
  }
  progress.finish();
  writer.finish();
  if (!first_failure.empty()) {
    log.warning("the constraint of {} of {} problems did not converge, the first: {}",
                result.samples - result.converged, result.samples, first_failure);
  }
  return result;
}

}  // namespace tessera::model
