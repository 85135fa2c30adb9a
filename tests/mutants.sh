#!/usr/bin/env bash
# Breaks one line of the tree at a time, rebuilds what tests it and demands that the test named
# beside it turns red: tests/mutants.sh [PATTERN of mutants' names]. Works on a copy of HEAD in a
# temporary folder, so that this tree and its builds stay as they are. Prints a Markdown table; exit
# code 1 where a mutant survives, where the line to break is no longer there, or where a named test
# is red before anything is broken.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)
pattern=${1:-.}
place=$(mktemp -d)
copy=$place/tree
build=$copy/build/release
log=$place/log.txt
survivors=0
trap 'git -C "$root" worktree remove --force "$copy" 2>/dev/null || true; rm -rf -- "$place"' EXIT

fail() {
  printf 'mutants: %s\n' "$*" >&2
  exit 1
}

# name | file | sed expression | build target | test: a GoogleTest filter, or cli:<arguments of a
# test program in tests/>
mutants() {
  cat <<'TABLE'
sign in the tableau | solvers/include/tessera/solvers/ode/tsit5.hpp | s/\{T\(-0\.008480655492356989\)/{T(0.008480655492356989)/ | unit_solvers | Tsit5.NewStateIntegratesPolynomialsUpToOrderFive
interpolant of another method | solvers/include/tessera/solvers/ode/tsit5.hpp | s/T\(37\.50931341651104\)/T(37.51)/ | unit_solvers | Tsit5.InterpolantIsOfOrderFourEverywhereInTheStep
dropped FSAL cotangent in the adjoint | solvers/include/tessera/solvers/ode/adjoint_lanes.hpp | s/kokkos_swap\(k_bar_\[0\], k_bar_\[6\]\)/kokkos_swap(k_bar_[6], k_bar_[6])/ | gradient | *MatchesDifferencesOfTheReplayedStepsInAllParameters*
an empty cluster stays empty | meta/kmeans.cpp | s/^    fill_empty_clusters\(points, centres, assignment\);$// | unit_meta | KMeans.ReseedsAnEmptyClusterAtTheFarthestPoint
Hungarian made greedy | meta/matching.cpp | s/^  require_shape\(cost, rows, columns, "hungarian"\);$/  return greedy_matching(cost, rows, columns);/ | unit_meta | Hungarian.BeatsTheGreedyMatching
swallowed Status | meta/task_batch.cpp | s/count \+= status\(task, j\) != Status::ok && .*/count += 0 * int(j);/ | unit_meta | TaskBatchTest.AFailedIntegrationIsTheLargestLossAndGivesNoGradient
gate reads contexts unstandardised | meta/gate_fit.cpp | s/= gate\.scale\.apply\(context\);/(context.begin(), context.end());/ | unit_meta | LeastSquaresGate.*
no proximal term | meta/mixer_trainer.cpp | s/^  if \(beta == 0\) return;$/  return;/ | unit_meta | MixerStep.AProximalTermHoldsParametersNearWhereTheOuterStepBegan
AdaBelief without bias correction | src/nn/adabelief.cpp | s/rate \/ \(1\. - std::pow\(mean_decay, t\)\)/rate/ | unit_nn | *AdaBelief*
an idle expert decays | src/nn/adabelief.cpp | s/active_segments\[k\] != 0\) update/active_segments[k] != 2) update/ | unit_nn | AdaBelief.AnIdleSegmentNeitherMovesNorDecays
sum in another order | src/core/include/tessera/core/ordered_sum.hpp | s/ordered_sum\(values\.first\(half\)\) \+ ordered_sum\(values\.subspan\(half\)\)/values[0] + ordered_sum(values.subspan(1))/ | unit_core | OrderedSum.*
NaN in the data unseen | io/check_dataset.cpp | s/return !std::isfinite\(x\); \}\);/return std::isinf(x); });/ | unit_io | DatasetFile.ANaNIsRefusedWithFileArrayAndPlace
files written in place, not renamed | io/whole_file.cpp | s/= temporary_beside\(file\);$/= file;/ | unit_io | RunFolder.KeepsTheOldTextWhenTheNewOneDoesNotFit
checksum of a checkpoint not compared | io/sealed_file.cpp | s/^  if \(seal != seal_of\(length, hash\)\).*$// | unit_io | Checkpoint.WithAnyChangedByteIsRefusedAndChangesNothing
a damaged checkpoint counts as a kept one | io/checkpoint_folder.cpp | s/if \(!is_newer\(file, newest\) && /if (/ | unit_io | CheckpointFolder.KeepsTheNewestUpToTheOneWritten
half a row of metrics kept | io/metrics.cpp | s/ && !in\.eof\(\)\)/)/ | unit_io | MetricsCsv.AResumedRunDropsARowThatWasCutOff
state left out of the checkpoint | meta/mixer_gate.cpp | s/^  state\.add\("train\/previous_losses".*$// | tessera_program | cli:kill_nine.py PROGRAM --kills 3
blocks cut by the total of the batch | src/experts/dispatch.cpp | s/= length_of_blocks\(count, smallest\);/= length_of_blocks(total, smallest);/ | unit_fields | *AnExpertsGradientIsTheSameBitsWhoeverElseIsInTheBatch*
blocks cut by the number of threads | src/experts/dispatch.cpp | s/= length_of_blocks\(count, smallest\);/= std::max(1, smallest \/ solvers::HostSpace().concurrency());/ | tessera_program | cli:cli/run_test.py PROGRAM Run.test_one_and_two_threads_give_the_same_parameters_bit_for_bit
rel_l2 of trajectories halved | meta/evaluation.cpp | s/relative \/ double\(per_environment\)\)/relative \/ double(2 * per_environment))/ | unit_model | ReportedNumbers.*
new systems scored on what they were adapted to | src/model/run_mixture.cpp | s/prediction = follow\(query\);/prediction = follow(support);/ | unit_model | ReportedNumbers.*
failed trajectories scored as they broke off | meta/evaluation.cpp | s/if \(solved\) prediction\.states/prediction.states/ | unit_model | ReportedNumbers.*
late errors over all levels | src/model/place_measure.cpp | s/times\[first\] <= s\.test\.after\) \+\+first/times[first] < 0) ++first/ | unit_model | ReportedNumbers.*
deviation of PDE errors divided by ten | src/model/place_summary.cpp | s/m\.deviation\(\)\},$/m.deviation() \/ 10},/ | unit_model | ReportedNumbers.*
last level of the test's rows ignored | src/model/place_settings.cpp | s/^  o\.layer\.rows\.last_level = .*$// | unit_model | ReportedNumbers.*
levels of training ignored | src/model/place_settings.cpp | s/o\.grid\.levels = std::size_t\(train\.get_in\("levels", int\(s\.grid\.levels\), 4, int\(s\.grid\.levels\)\)\);/train.get_in("levels", 4, 4, 1 << 20);/ | unit_model | ReportedNumbers.*
the last window never drawn | meta/fresh_windows.hpp | s/stored - points \+ 1\)\)/std::max(1, stored - points)))/ | unit_meta | FreshWindow.*
the longest window never drawn | meta/fresh_windows.hpp | s/longest - shortest \+ 1\)\)/std::max(1, longest - shortest)))/ | unit_meta | FreshWindow.*
one window stream for all environments | meta/fresh_windows.hpp | s/step \+ 1, environment\)/step + 1, environment * 0)/ | unit_meta | FreshWindow.*
the published proximal term not divided | meta/mixer_trainer.cpp | s/options_\.proximal \/ std::pow\(.*\);/options_.proximal;/ | unit_meta | MixerStep.ThePublishedProximalTermIsDividedByTheNumberOfParameters
rerouted contexts start at zero | meta/mixer_gate.cpp | s/std::copy\(mean\.begin\(\), mean\.end\(\), mixture_\.slice\(e, leader\)\);/std::fill_n(mixture_.slice(e, leader), mean.size(), T(0));/ | unit_meta | MixerStep.WhoChangesExpertsTakesTheMeanContextOfItsNewFellows
no polish in adaptation | meta/adaptation.cpp | s/polish\.run\(options\.polish_steps,/polish.run(0,/ | unit_meta | Adapt.*
the same gate trajectory every time | meta/mixer_gate.cpp | s/numbers = rng\.permutation\(data_\.count\);/numbers{0, 1, 2 + 0 * rng.index(2)};/ | unit_meta | MixerExperts.TheGateLooksAtAnotherTrajectoryFromTimeToTime
times told to the network by another horizon | src/constraint/basis_layout.cpp | s/t\[p \/ grid\.cells\] \/ options_\.horizon/t[p \/ grid.cells] \/ grid.horizon/ | unit_constraint | BasisNetwork.SeesTimesAsSharesOfItsOwnHorizonWhateverTheGrids
the left boundary row asks for 0.9 | src/constraint/consistent_rows.cpp | s/u\[end\] - given\)/u[end] - 0.9 * given)/ | unit_constraint | ConsistentRows.BoundaryRowsAskForOneOnTheLeftAndForNothingOnTheRight
continuity in the propagated norm weighs as in that of a step | src/constraint/consistent_rows.cpp | s/one \/ levels : one/one : one/ | unit_constraint | ConsistentRows.AJumpBetweenBoxesWeighsAsManyLevelsAsTheRowsOfItsNormCarryIt
training moves the network nowhere | src/constraint/basis_network.cpp | s/^    [a-z]+_\.step\(.*\);$// | unit_constraint | ConstrainedTraining.ATrainedNetworkBeatsTheOneItBeganAs
overlapping batches of problems | src/constraint/constrained_step.cpp | s/std::uint64_t\(step\) \* batch\.size\(\) \+ k/std::uint64_t(step) + k/ | unit_constraint | ConstrainedTraining.NoProblemIsDrawnTwice
a removed expert takes its neighbour along | meta/mixture.cpp | s/block\.of_experts \? stay\[r\] : r, 0\)/r, 0)/ | unit_meta | MixerExperts.*
a frozen expert moves | meta/mixer_trainer.cpp | s/== experts::Duty::frozen\) active_experts_\[i\] = 0;/== experts::Duty::off) active_experts_[i] = 0;/ | unit_meta | MixerExperts.AFrozenOneAnswersAndDoesNotMove
what is held out is learnt from | src/model/run_mixture.cpp | s/trainer_\(mixture_, division_\.train,/trainer_(mixture_, data_.train,/ | tessera_program | cli:cli/run_test.py PROGRAM Run.test_what_is_held_out_is_measured_and_not_learnt_from
shares of losses not those of the formula | meta/gates/softmax.cpp | s/\/ \(2 \* square\)\)\);/\/ square));/ | unit_meta | Softmax.SharesAreTheExpectationOfTheFormula
a share of a sum without a gradient | src/fields/sum_field.hpp | s/share_bar_\(k, v\) \+= tape/share_bar_(k, v) = tape/ | gradient | *MatchesDifferencesOfTheReplayedStepsInEveryContext*
the noise of a start does not reach the context | meta/doubt.cpp | s/b \+= variance\(i\) \* start\[i\] \* start\[i\]\.transpose\(\);/b += 0 * start[i] * start[i].transpose();/ | unit_meta | DoubtOfLines.*
bands without the contexts' covariance | meta/doubt.cpp | s/std::hypot\(std::sqrt\(variance\), /std::hypot(0 * variance, / | unit_meta | DoubtOfLines.*:Doubt.*
bands without what rivals say otherwise | meta/doubt.cpp | s/drift_at\(expert, time, state\), other\);/drift_at(expert, time, state), 0 * other);/ | unit_meta | RivalsOfLines.*
rivals not asked about other starts | meta/rivals.cpp | s/if \(e == environment\) continue;/if (e != environment) continue;/ | unit_meta | RivalsOfLines.*
what is foreign is not said | meta/doubt.cpp | s/!\(found\.misfit\.back\(\) <= doubt\.most_misfit\[expert\]\)/false/ | unit_meta | DoubtOfLines.*
deviations in training's units | src/model/model.cpp | s/^    card\.scaling\.restore_deviations\(deviation\);$// | unit_model | OwnUnits.*
minutes for seconds in files of fields | io/pdebench_writer.cpp | s/grid\.times\(\), plan\.time_unit\)/grid.times(), "min")/ | unit_io | PdebenchWriter.WritesTheNamesShapesAndTypesThatOthersLookFor
a derivative without that of what stands inside | domains/expression/derivative.cpp | s/graph\.make\(Operation::multiply, outer, inner\)/outer/ | unit_domains | *Derivative.*
a place of a number is taken too soon | domains/expression/program.cpp | s/ && last_reader == reader\)/)/ | unit_domains | *Program*
the last cells along an axis left open | domains/pde/boundary.cpp | s/if \(term\.is_last\(i\)\) close_end/if (i + 1 == grid.cells) close_end/ | unit_domains | Boundary.*
an area measured as a width | domains/pde/space_time_grid.cpp | s/ volume \*= other\.width\(\);/ volume *= 1;/ | unit_domains | SpaceTimeGrid.*:*Lines*
factors of a step without their fill | src/constraint/sparse_factors.cpp | s/touch\(column_\[e\]\) -= row\[k\]/if (filled[column_[e]]) touch(column_[e]) -= row[k]/ | unit_constraint | StepOperatorOfAPlane.*
boxes that do not meet around a ring | src/constraint/box_layout.cpp | s/meetings\.push_back\(\{level, lines\.cell\(line, i\), one, other, int\(axis\)\}\);/;/ | unit_constraint | BoxLayout.*
the ends' knots weigh as the others | src/constraint/knots.cpp | s/k \+ 1 == knots \? 0\.5 : 1/k + 1 == knots ? 1. : 1/ | unit_constraint | Knots*
TABLE
}

trim() { sed 's/^ *//; s/ *$//' <<<"$1"; }

prepare() {
  local kokkos
  kokkos=$(tail -n 1 "$root/build/release/tessera-setup.txt" 2>/dev/null) ||
    kokkos=$(sed -n 's/^Kokkos_DIR:PATH=//p' "$root/build/release/CMakeCache.txt" 2>/dev/null) ||
    fail "build the release preset first: ./tessera build"
  export CCACHE_BASEDIR=$copy CCACHE_NOHASHDIR=1
  git -C "$root" worktree add --detach --quiet "$copy" HEAD
  cmake -S "$copy" --preset release -DKokkos_ROOT="$kokkos" >"$log" 2>&1 || fail "see $(tail -n 5 "$log")"
}

compile() {
  cmake --build "$build" --target "$1" -j "${TESSERA_JOBS:-$(nproc)}" >"$log" 2>&1
}

# Where a target's program lies.
program_of() {
  case $1 in
    unit_*) echo "$build/tests/unit/${1#unit_}/$1" ;;
    gradient) echo "$build/tests/gradient/gradient" ;;
    *) echo "$build/src/app/tessera" ;;
  esac
}

# is_green TARGET TEST
is_green() {
  local program words
  program=$(program_of "$1")
  if [[ $2 != cli:* ]]; then
    # A filter that names nothing would be green.
    "$program" --gtest_filter="$2" --gtest_list_tests | grep -q '^  ' || fail "no test is called $2"
    "$program" --gtest_filter="$2" >"$log" 2>&1
    return
  fi
  read -ra words <<<"${2#cli:}"
  words=("${words[@]/PROGRAM/$program}")
  python3 -B "$copy/tests/${words[0]}" "${words[@]:1}" >"$log" 2>&1
}

# try NAME FILE EXPRESSION TARGET TEST
try() {
  local red=yes test
  compile "$4" || fail "$4 does not build: $(tail -n 5 "$log")"
  is_green "$4" "$5" || fail "$5 is red before anything is broken: $(tail -n 20 "$log")"
  sed -E -i "$3" "$copy/$2"
  ! git -C "$copy" diff --quiet || fail "$1: the line to break is no longer in $2: $3"
  compile "$4" || fail "$1: the broken tree does not build: $(grep -m 3 -E 'error' "$log")"
  if is_green "$4" "$5"; then
    red="**no**"
    survivors=$((survivors + 1))
  fi
  git -C "$copy" checkout --quiet -- "$2"
  test=$(sed -E 's/^cli:|PROGRAM //g' <<<"$5")
  printf "| %s | \`%s\` | \`%s\` | %s |\n" "$1" "$2" "$test" "$red"
}

export OMP_WAIT_POLICY=passive OMP_PROC_BIND=false
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
prepare
printf '| broken | in | test | red |\n|---|---|---|---|\n'
while IFS='|' read -r -u 3 name file expression target test; do
  name=$(trim "$name")
  [[ $name =~ $pattern ]] || continue
  try "$name" "$(trim "$file")" "${expression# }" "$(trim "$target")" "$(trim "$test")"
done 3< <(mutants)
((survivors == 0)) || fail "$survivors survived; write the test that is missing"
