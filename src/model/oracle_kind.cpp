#include <fmt/format.h>

#include <tessera/domains/partition.hpp>
#include <tessera/model/run_kind.hpp>

#include "oracle.hpp"
#include "run_kinds.hpp"
#include "run_start.hpp"

namespace tessera::model {
namespace {

class OracleExperiment final : public Experiment {
 public:
  explicit OracleExperiment(OracleSettings settings) : settings_(std::move(settings)) {}

  std::string describe() const override
  {
    OracleSettings const &s = settings_;
    domains::Partition(s.grid, std::size_t(s.boxes_in_time), std::size_t(s.boxes_in_space));
    return fmt::format(
        "  {}\n"
        "  experts    {} x {} boxes, {} functions each\n"
        "  data       {} + {} true fields, {} levels x {} cells\n"
        "  seed       {}\n",
        s.title, s.boxes_in_time, s.boxes_in_space, s.functions, s.fields, s.samples, s.grid.levels,
        s.grid.cells, s.seed);
  }

  Outcome run(RunRequest const &request) const override
  {
    return run_with(request, settings_, [&](RunStart &start) {
      run_oracle(settings_, start);
      return Outcome::done;
    });
  }

 private:
  OracleSettings settings_;
};

class OracleKind final : public RunKind {
 public:
  std::vector<std::string> tables() const override
  {
    return {"experiment", "run", "grid", "oracle", "experts", "constraint"};
  }
  std::unique_ptr<Experiment> read(Config const &config, Registry const &) const override
  {
    return std::make_unique<OracleExperiment>(OracleSettings::read(config));
  }
};

}  // namespace

void register_oracle_kind(Registry &registry)
{
  registry.add<RunKind>("oracle", "experts by place on bases from true fields: nothing is trained",
                        [](Section &) { return std::make_unique<OracleKind>(); });
}

}  // namespace tessera::model
