#include <fmt/format.h>

#include <tessera/model/run_kind.hpp>

#include "check_parts.hpp"
#include "run_kinds.hpp"
#include "run_place.hpp"

namespace tessera::model {
namespace {

class PlaceExperiment final : public Experiment {
 public:
  explicit PlaceExperiment(PlaceSettings settings) : settings_(std::move(settings)) {}

  std::string describe() const override
  {
    PlaceSettings const &s = settings_;
    auto const network = constraint::make_basis_network(s.network);
    auto const &o = s.training;
    return fmt::format(
               "  {}\n"
               "  method     {}, {} loss\n"
               "  experts    {} x {} boxes, {} functions each\n"
               "  network    {} parameters, {:.2f} GFlop a forward pass on {} levels x {} cells, "
               "{}\n"
               "  training   {} steps of {} samples of {}\n"
               "  test       {} samples on {} levels x {} cells\n"
               "  seed       {}\n",
               s.title, s.method,
               o.loss == constraint::ConstrainedLoss::published ? "published" : "constraint",
               o.boxes_in_time, fmt::join(o.boxes_in_space, " x "), network->functions(),
               network->size(), network->flops(o.grid) / 1e9, o.grid.levels, cells_text(o.grid),
               s.network.float32 ? "float32" : "float64", s.trainer.steps, o.batch,
               s.family->name(), s.test.samples, s.grid.levels, cells_text(s.grid), s.seed) +
           check_parts(s);
  }

  Outcome run(RunRequest const &request) const override
  {
    return run_with(request, settings_,
                    [&](RunStart &start) { return run_place(settings_, start, request.resume); });
  }

 private:
  PlaceSettings settings_;
};

class PlaceKind final : public RunKind {
 public:
  std::vector<std::string> tables() const override
  {
    return {"experiment", "run",     "data",       "equation", "boundary", "initial",   "grid",
            "network",    "experts", "constraint", "train",    "test",     "optimizer", "output"};
  }
  std::unique_ptr<Experiment> read(Config const &config, Registry const &registry) const override
  {
    return std::make_unique<PlaceExperiment>(PlaceSettings::read(config, registry));
  }
  TrainedModel load(std::filesystem::path const &run, Registry const &registry) const override
  {
    return PlaceModel::load(run, registry);
  }
};

}  // namespace

void register_place_kind(Registry &registry)
{
  registry.add<RunKind>("place", "experts by place: a trained basis under hard constraints",
                        [](Section &) { return std::make_unique<PlaceKind>(); });
}

}  // namespace tessera::model
