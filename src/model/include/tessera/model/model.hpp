#pragma once

#include <cmath>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <tessera/core/progress.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/core/status.hpp>
#include <tessera/domains/trajectories.hpp>
#include <tessera/model/vector_field.hpp>

namespace tessera::model {

/// What a model knows about one dynamical system: which expert describes it, and the context that
/// this expert sees.
struct System {
  int expert = 0;
  std::vector<double> context;  ///< (component)
  /// Mean square error on what it was adapted to; 0 for training, infinite where no expert could
  /// follow that.
  double support_loss = 0;
  int gate_word = 0;  ///< the expert that the gate names for this context
  /// Squares of the errors on what it was adapted to, over those that training systems lead to
  /// expect; 0 where unknown.
  double misfit = 0;
  double distance = 0;   ///< of the context from its expert's others, in their deviations
  bool foreign = false;  ///< none of the experts describes it
  std::vector<double> covariance = {};  ///< of the context (component, component); empty: unknown
  bool followed() const { return std::isfinite(support_loss); }
};

/// Trajectories that a model predicts; NaN where one could not be followed.
struct Predicted {
  std::vector<double> states;  ///< (trajectory, time, state)
  std::vector<Status> status;  ///< (trajectory)
  /// Standard deviations of the states, NaN where unknown; empty where the run has no doubt.json.
  /// Within 1.645 of them lie about nine tenths of true states.
  std::vector<double> deviation = {};
};

/// A trained mixture, as a run left it: predicts trajectories of systems it was trained on, and
/// adapts to new systems from their trajectories. Needs a Runtime. Its const functions compute
/// with all threads of the process; call them from one thread at a time.
class Model {
 public:
  /// Reads the newest undamaged checkpoint of a run folder. Experts of your own need a registry
  /// that knows them. Throws InputError where the folder holds no run or no checkpoint, IoError
  /// where it cannot be read.
  static Model load(std::filesystem::path const &run);
  static Model load(std::filesystem::path const &run, Registry const &registry);
  Model(Model &&) noexcept;
  Model &operator=(Model &&) noexcept;
  ~Model();

  std::string const &title() const;
  long outer_steps() const;  ///< of the training behind it
  int experts() const;
  std::vector<std::string> const &state_names() const;  ///< (state)
  /// Whether its experts tell the sensitivities that deviations are made of.
  bool tells_deviations() const;
  /// The systems it was trained on, as users know them. Shape (environment).
  std::vector<std::string> const &environments() const;

  /// A system of the training set. Throws InputError for an index out of range.
  System trained(std::size_t environment) const;

  /// Finds expert and context of a new system from its trajectories: `times` (time), increasing,
  /// and `states` (trajectory, time, state). Throws InputError where sizes do not fit or a number
  /// is not finite.
  System adapt(std::span<double const> times, std::span<double const> states) const;
  /// The same for several systems at once, which is faster. Shape (environment).
  std::vector<System> adapt(domains::Trajectories const &support, Progress progress = {}) const;

  /// Follows a system from `starts` (trajectory, state) at times.front() through all `times`.
  /// Throws InputError as adapt does.
  Predicted predict(System const &system, std::span<double const> times,
                    std::span<double const> starts) const;
  /// Follows system e from the first state of each trajectory of environment e of `starts`
  /// through its times; a system that could not be followed when it was adapted is NaN. Shapes as
  /// those of `starts`.
  Predicted predict(std::vector<System> const &systems, domains::Trajectories const &starts) const;

  /// The learnt right-hand side of a system, for integrators of your own.
  VectorField vector_field(System const &system) const;

 private:
  struct Parts;
  explicit Model(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tessera::model
