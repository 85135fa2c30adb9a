#include "bench_ode.hpp"

#include <numeric>

#include <tessera/core/error.hpp>
#include <tessera/io/numpy.hpp>

// One iteration as NumPy archives, for other programs that do the same work (benchmarks/jax).

namespace tessera::benchmarks {
namespace {

using Arrays = std::map<std::string, io::NumpyArray>;

/// (row, column) of what `at(row, column)` gives.
template <class Get>
io::NumpyArray table(std::size_t rows, std::size_t columns, Get at)
{
  io::NumpyArray array{{rows, columns}, {}};
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) array.values.push_back(double(at(r, c)));
  }
  return array;
}

template <class Values>
io::NumpyArray list(Values const &values)
{
  return {{values.size()}, {values.begin(), values.end()}};
}

/// What the iteration starts from: shapes in benchmarks/README.md.
Arrays start_of(BenchOde const &o, domains::Trajectories const &data,
                meta::Mixture<float> const &mixture, std::vector<meta::Task> const &tasks)
{
  auto const components = static_cast<std::size_t>(mixture.components());
  auto const experts = static_cast<std::size_t>(mixture.experts());
  auto const contexts = mixture.context_points().table();
  fields::GepsShape const shape = o.shape();
  Arrays arrays;
  arrays["shape"] = list(std::vector<int>{shape.state, shape.width, shape.depth, shape.rank});
  arrays["times"] = {{data.size(), data.points}, data.times};
  arrays["states"] = {{data.size(), data.count, data.points, data.dimension}, data.states};
  arrays["rows"] = table(experts, mixture.bank().row_size(),
                         [&](auto e, auto k) { return mixture.rows()(e, k); });
  arrays["contexts"] = {{data.size(), components}, contexts};
  arrays["route"] = list(mixture.routes().leaders());
  std::vector<double> count(experts, 0.0), sum(experts * components, 0.0);
  for (std::size_t e = 0; e < data.size(); ++e) {
    auto const j = static_cast<std::size_t>(mixture.leader(e));
    count[j] += 1;
    for (std::size_t c = 0; c < components; ++c)
      sum[j * components + c] += contexts[e * components + c];
  }
  arrays["centroids"] = table(experts, components, [&](auto j, auto c) {
    return count[j] > 0 ? sum[j * components + c] / count[j] : 0.0;
  });
  arrays["contributors"] =
      table(1, tasks.size(), [&](auto, auto q) { return tasks[q].environment; });
  arrays["expert"] = table(1, tasks.size(), [&](auto, auto q) { return tasks[q].expert; });
  arrays["window"] =
      table(tasks.size(), 2, [&](auto, auto c) { return c == 0 ? std::size_t(0) : data.points; });
  for (auto const *name : {"contributors", "expert"}) arrays[name].shape = {tasks.size()};
  return arrays;
}

/// Solves `tasks` with the mixture's experts in the precision T.
template <class T>
struct Iteration {
  Iteration(domains::Trajectories const &data, meta::Mixture<float> const &mixture,
            std::vector<meta::Task> const &tasks, fields::GepsShape const &shape)
      : bank(fields::make_geps_bank<T>(shape)),
        rows("tessera::bench::rows", mixture.rows().extent(0), mixture.rows().extent(1)),
        gradient("tessera::bench::gradient", rows.extent(0), rows.extent(1)),
        batch(data, tasks, contexts_of(mixture, tasks), workspace)
  {
    for (std::size_t k = 0; k < rows.size(); ++k) rows.data()[k] = T(mixture.rows().data()[k]);
  }

  static std::vector<T> contexts_of(meta::Mixture<float> const &mixture,
                                    std::vector<meta::Task> const &tasks)
  {
    std::vector<float> const contexts = mixture.slices(tasks);
    return {contexts.begin(), contexts.end()};
  }

  std::unique_ptr<experts::ExpertBank<T>> bank;
  experts::View2<T> rows, gradient;
  meta::TaskWorkspace<T> workspace;
  meta::TaskBatch<T> batch;
};

/// Adds what follows from the start: losses, gradients, cross losses.
template <class T>
void add_results(Arrays &arrays, BenchOde const &o, domains::Trajectories const &data,
                 meta::Mixture<float> const &mixture, std::vector<meta::Task> const &tasks,
                 experts::StepControl const &control)
{
  arrays["tolerance"] = list(std::vector<double>{control.rtol, control.atol});
  Iteration<T> training(data, mixture, tasks, o.shape());
  training.batch.solve(*training.bank, training.rows, control, true);
  auto const losses = training.batch.losses();
  std::vector<double> const weights(tasks.size(), 1.0 / double(tasks.size()));
  auto const bars =
      training.batch.pull_back(*training.bank, training.rows, weights, training.gradient);
  arrays["losses"] = list(losses);
  arrays["loss"] = {{}, {std::inner_product(losses.begin(), losses.end(), weights.begin(), 0.0)}};
  arrays["row_gradient"] = table(training.rows.extent(0), training.bank->row_size(),
                                 [&](auto e, auto k) { return training.gradient(e, k); });
  auto const rank = static_cast<std::size_t>(mixture.rank());
  auto &context = arrays["context_gradient"] =
      table(data.size(), rank * training.rows.extent(0), [](auto, auto) { return 0; });
  for (std::size_t q = 0; q < tasks.size(); ++q) {
    auto const begin =
        context.values.begin() +
        static_cast<std::ptrdiff_t>(tasks[q].environment * context.shape[1] +
                                    static_cast<std::size_t>(tasks[q].expert) * rank);
    std::copy_n(bars.begin() + static_cast<std::ptrdiff_t>(q * rank), rank, begin);
  }
  Iteration<T> cross(data, mixture, cross_tasks(mixture), o.shape());
  cross.batch.solve(*cross.bank, cross.rows, control, false);
  arrays["cross"] = {{data.size(), training.rows.extent(0)}, cross.batch.losses()};
}

}  // namespace

void export_iteration(BenchOde const &o, domains::Trajectories const &data,
                      meta::Mixture<float> const &mixture)
{
  std::error_code problem;
  std::filesystem::create_directories(o.export_path, problem);
  if (problem) {
    throw IoError(o.export_path.string() + ": " + problem.message() +
                  "; name a folder that can be made with bench.export");
  }
  auto const tasks = training_tasks(mixture, o.selection(), o.seed);
  Arrays arrays = start_of(o, data, mixture, tasks);
  add_results<float>(arrays, o, data, mixture, tasks, {});
  io::write_npz(o.export_path / "step_float32.npz", arrays);
  add_results<double>(arrays, o, data, mixture, tasks, {.rtol = 1e-6, .atol = 1e-9});
  io::write_npz(o.export_path / "step_float64.npz", arrays);
}

}  // namespace tessera::benchmarks
