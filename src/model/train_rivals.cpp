#include "train_rivals.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <tessera/core/stop.hpp>
#include <tessera/core/stopwatch.hpp>
#include <tessera/domains/trajectory_parts.hpp>
#include <tessera/io/checkpoint.hpp>
#include <tessera/meta/mixer_trainer.hpp>
#include <tessera/meta/rivals.hpp>

#include "make_mixture.hpp"

namespace tessera::model {
namespace {

constexpr int usual = 3;  // rivals of a run whose systems have one trajectory each

// Whether no training data tell what another start does to a system.
bool knows_one_start(Settings const &settings, domains::Trajectories const &train)
{
  return train.count == 1 && settings.mixer.held_out != meta::HeldOut::trajectory;
}

meta::MixerOptions half_as_long(meta::MixerOptions options)
{
  options.outer_steps = std::max(1, options.outer_steps / 2);
  options.warmup = std::min(options.warmup, options.outer_steps - 1);
  return options;
}

// One mixture beside that of the run, from another random start.
template <class T>
class Rival {
 public:
  Rival(Settings const &settings, domains::Trajectories const &train, int number,
        std::filesystem::path folder, std::string const &data)
      : settings_(settings),
        options_(half_as_long(settings.mixer)),
        folder_(std::move(folder)),
        data_(data),
        mixture_(make_mixture<T>(settings, static_cast<int>(train.dimension), train.size(),
                                 seed_of(number))),
        trainer_(mixture_, train, options_, settings.solver, seed_of(number), Log())
  {
    trainer_.register_state(state_);
  }

  void train(Log const &log, Progress progress, std::string const &word)
  {
    std::filesystem::create_directories(folder_);
    auto const header = io::resume_newest(
        folder_, state_, data_, [&](std::string const &text) { log.warning("{}", text); });
    if (header) mixture_.restored();
    train::TrainerHooks hooks;
    hooks.step = [&](long outer) {
      return fmt::format("loss {:.2e}", meta::mixer_step(trainer_, outer).loss_model);
    };
    hooks.checkpoint = [&](long done) {
      io::write_checkpoint(folder_, state_, {done, settings_.resolved, data_}, 1);
    };
    train::TrainerOptions const steps{.steps = options_.outer_steps,
                                      .checkpoint_every = settings_.trainer.checkpoint_every};
    train::run_steps(steps, header ? header->step : 0, hooks, std::move(progress), word);
    throw_if_stopped();
  }

  meta::Mixture<T> const &mixture() const { return mixture_; }

 private:
  // Far from the seeds that users count through.
  std::uint64_t seed_of(int number) const
  {
    return settings_.seed + (static_cast<std::uint64_t>(number + 1) << 32U);
  }

  Settings const &settings_;
  meta::MixerOptions options_;
  std::filesystem::path folder_;
  std::string const &data_;
  meta::Mixture<T> mixture_;
  meta::MixerTrainer<T> trainer_;
  State state_;
};

std::vector<std::size_t> without(std::vector<std::size_t> const &left_out, std::size_t size)
{
  std::vector<std::size_t> rest;
  for (std::size_t e = 0; e < size; ++e) {
    if (std::find(left_out.begin(), left_out.end(), e) == left_out.end()) rest.push_back(e);
  }
  return rest;
}

}  // namespace

template <class T>
void train_rivals(Settings const &settings, meta::Mixture<T> const &mixture,
                  domains::Trajectories const &train, std::filesystem::path const &folder,
                  std::string const &data, meta::Doubt &doubt, Log const &log, Progress progress)
{
  if (!doubt.known()) return;
  bool const one = knows_one_start(settings, train);
  int const rivals = settings.mixer.rivals >= 0 ? settings.mixer.rivals : one ? usual : 0;
  if (rivals == 0 && one) {
    log.warning(
        "training saw one trajectory of each system and no rivals (train.rivals = 0): error bands "
        "say nothing of other starts");
  }
  if (rivals == 0) return;
  std::size_t const fewest = train.size() - meta::Rivals::left_out(train.size(), rivals, 0).size();
  if (fewest < static_cast<std::size_t>(std::max(2, settings.experts))) {
    log.warning(
        "{} systems are too few to train rivals without some of them: error bands say nothing of "
        "starts that training has not seen",
        train.size());
    return;
  }
  Stopwatch const watch;
  meta::Rivals told(doubt);
  int heard = 0;
  for (int number = 0; number < rivals; ++number) {
    auto const unseen = meta::Rivals::left_out(train.size(), rivals, number);
    auto const word = fmt::format("rival {} of {}", number + 1, rivals);
    try {
      Rival<T> rival(settings, domains::pick_environments(train, without(unseen, train.size())),
                     number, folder / std::to_string(number + 1), data);
      rival.train(log, progress, word);
      told.hear(mixture, rival.mixture(), unseen, train, settings.adapt, settings.solver, progress);
      ++heard;
    } catch (Stopped const &) {
      throw;
    } catch (Error const &error) {  // a run that is trained does not fail with its rivals
      log.warning("{} was not heard: {}", word, error.what());
    }
  }
  if (heard > 0) told.tell(doubt);
  log.info("{} of {} rivals trained and heard in {:.1f} s", heard, rivals, watch.seconds());
}

template void train_rivals(Settings const &, meta::Mixture<float> const &,
                           domains::Trajectories const &, std::filesystem::path const &,
                           std::string const &, meta::Doubt &, Log const &, Progress);
template void train_rivals(Settings const &, meta::Mixture<double> const &,
                           domains::Trajectories const &, std::filesystem::path const &,
                           std::string const &, meta::Doubt &, Log const &, Progress);

}  // namespace tessera::model
