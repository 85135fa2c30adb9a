#!/usr/bin/env bash
# Fuzzes the readers of configs, formulas and data files: tests/fuzz/run.sh [SECONDS a target, 60] [TARGET…]
# With "same" for SECONDS the inputs are the same every time (seed 1, a fixed number of them, no corpus
# but the committed one), for a check that must say the same twice.
# Installs clang where it is missing, builds into build/fuzz, starts from tests/fuzz/corpus/. Ends
# with 0 where nothing was found; what was found stays as build/fuzz/crash-… for
# build/fuzz/fuzz_TARGET FILE.
set -euo pipefail

here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd -P)
build=$(cd -- "$here/../.." && pwd -P)/build/fuzz
seconds=${1:-60}
targets=("${@:2}")
((${#targets[@]})) || targets=(config dataset numpy csv expression)

install_clang() {
  local as_root=()
  ((EUID == 0)) || as_root=(sudo -n)
  "${as_root[@]}" apt-get update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends clang-14 llvm-14 libclang-rt-14-dev
}

mkdir -p "$build"
if ! command -v clang++-14 >/dev/null || ! ls /usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-* >/dev/null 2>&1; then
  install_clang >"$build/install.log" 2>&1 || { tail -n 5 "$build/install.log" >&2; exit 1; }
fi
{
  cmake -S "$here" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_C_COMPILER=clang-14 &&
    cmake --build "$build"
} >"$build/build.log" 2>&1 || { grep -m 20 -A 3 -E 'error|Error|FAILED' "$build/build.log" >&2; exit 1; }

# Leaks inside Open MPI and libhdf5 at the end of a process are not ours to find.
export ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=4 UBSAN_OPTIONS=print_stacktrace=1
export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-14/bin/llvm-symbolizer
cd "$build"
# About half a minute each.
declare -A same_inputs=([config]=150000 [dataset]=5000 [numpy]=150000 [csv]=70000 [expression]=60000)
# fuzz TARGET: prints its result; 1 where something was found.
fuzz() {
  local target=$1 corpora=("found/$1" "$here/corpus/$1") limit=(-max_total_time="$seconds")
  if [[ $seconds == same ]]; then
    limit=(-seed=1 -runs="${same_inputs[$target]}")
    rm -rf "found/$target"
  fi
  mkdir -p "found/$target"
  [[ $target != numpy ]] || corpora[1]=$here/../data/numpy
  if ! "./fuzz_$target" "${limit[@]}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -max_len=4096 "${corpora[@]}" >"$target.log" 2>&1; then
    tail -n 40 "$target.log" >&2
    printf 'fuzz %s: found something; repeat it with %s/fuzz_%s %s/<the file named above>\n' \
      "$target" "$build" "$target" "$build" >&2
    return 1
  fi
  awk -v target="$target" '/number_of_executed_units/ {n = $2} /new_units_added/ {k = $2}
    END {printf "fuzz %s: nothing found in %d inputs (%d new)\n", target, n, k}' "$target.log"
}

# Side by side: each has one thread.
runs=()
for target in "${targets[@]}"; do
  fuzz "$target" &
  runs+=($!)
done
red=0
for run in "${runs[@]}"; do wait "$run" || red=1; done
exit "$red"
