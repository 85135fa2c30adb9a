#pragma once

#include <string>

#include <tessera/core/config.hpp>
#include <tessera/experts/expert_bank.hpp>
#include <tessera/meta/held_out.hpp>
#include <tessera/meta/selection.hpp>
#include <tessera/meta/windows.hpp>

namespace tessera::meta {

/// `[train]` and `[optimizer]`: the alternation.
struct MixerOptions {
  int outer_steps = 400;
  int inner_context = 12, inner_model = 12;
  int warmup = 30;                   ///< outer steps with one expert on all environments
  HeldOut held_out = HeldOut::none;  ///< what is kept from training, to choose by
  /// Trainings beside this one, each without some of the systems, that tell how sure it is of other
  /// starts; −1: three where each system has one trajectory, else none.
  int rivals = -1;
  std::string update = "alternate";  ///< or "joint": contexts and model in every inner step
  SelectionOptions selection;
  double proximal = 0;        ///< beta of (beta/2)|x - x_old|², per parameter
  double proximal_power = 0;  ///< beta is divided by their number to this power; published: 1
  std::shared_ptr<Windows const> windows = make_fresh_windows();
  double rate = 1e-3, context_rate = 1e-3;
  std::string schedule = "cosine";  ///< or "step": times rate_factor at 1/3 and 2/3
  double rate_factor = 0.4, final_ratio = 0.01;
  bool context_schedule = true;  ///< false: contexts keep their rate, as published
  double clip = 0;  ///< gradients longer than this times their usual length are shortened; 0: none
  std::string idle = "skip";  ///< or "update": idle rows follow their momentum
  static MixerOptions read(Section &train, Section &optimizer);
};

/// `[adapt]`: new environments from one trajectory.
struct AdaptOptions {
  std::string method = "adabelief";  ///< or "levenberg_marquardt": needs experts with push_forward
  std::string start = "centroids";   ///< or "zero": as published, the gate's word decides
  int starts = 1;          ///< tries on every expert: the mean of its contexts, then some of them
  int search_steps = 60;   ///< AdaBelief: context steps on every expert
  int polish_steps = 150;  ///< AdaBelief: on the best of them
  double rate = 2e-2;      ///< AdaBelief
  int iterations = 25;     ///< Levenberg-Marquardt: solves of every task at most
  double prior = 1e-5;     ///< weight of the squared distance to the expert's training contexts
  static AdaptOptions read(Section &section);
};

}  // namespace tessera::meta
