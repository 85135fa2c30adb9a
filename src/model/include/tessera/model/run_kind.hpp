#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <tessera/core/config.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/model/experiment.hpp>
#include <tessera/model/model.hpp>
#include <tessera/model/place_model.hpp>

namespace tessera::model {

/// One experiment, its config read whole: every key known, every option in its struct.
class Experiment {
 public:
  virtual ~Experiment() = default;
  /// What would run, on what data, how large: lines for the user, each indented by two spaces.
  /// Opens every file and makes every part. Throws InputError where the run would be refused.
  virtual std::string describe() const = 0;
  /// Runs it into its folder, as model::run. Throws InputError, IoError, SolverError.
  virtual Outcome run(RunRequest const &request) const = 0;
};

/// What a run trained.
using TrainedModel = std::variant<Model, PlaceModel>;

/// The seam RunKind: what a config is an experiment of. The key `experiment.type` picks it, or the
/// tables that the config has.
class RunKind {
 public:
  virtual ~RunKind() = default;
  /// Names of all outermost tables that its configs may have.
  virtual std::vector<std::string> tables() const = 0;
  /// Reads a config of this kind; `registry` must outlive the experiment. Throws ConfigError.
  virtual std::unique_ptr<Experiment> read(Config const &config,
                                           Registry const &registry) const = 0;
  /// The model that a run of this kind left in its folder. Throws InputError where its runs leave
  /// none, as they do unless a kind says otherwise, and as Model::load and PlaceModel::load.
  virtual TrainedModel load(std::filesystem::path const &run, Registry const &registry) const;
};

/// A kind and what it is called.
struct NamedKind {
  std::string name;
  std::unique_ptr<RunKind> kind;
};

/// The kind of run that a config is of: the one that `experiment.type` names, else the one that
/// reads most of the tables that are there. Throws ConfigError at a table that no kind knows,
/// whatever kind was meant, at one that another kind would read, and where tables leave it open.
NamedKind kind_of(Config const &config, Registry const &registry);

/// The config that a run left in its folder, every key with the value used. Throws InputError where
/// `run` holds none.
Config config_of_run(std::filesystem::path const &run);

/// The model that a run left in its folder, whatever its kind. Throws as RunKind::load.
TrainedModel load_model(std::filesystem::path const &run, Registry const &registry);

/// Adds "mixture", "place" and "oracle".
void register_run_kinds(Registry &registry);

}  // namespace tessera::model
