#!/usr/bin/env bash
# Compiles the kernels and their tests for 64-bit ARM and runs them in an emulator: tests/neon/run.sh
# [GoogleTest arguments]. Installs Debian's cross compiler and qemu where they are missing, builds
# into build/neon. Where they cannot be had it says so and ends with 0. What is shown is that NEON
# gives right numbers; an emulator says nothing about speed.
set -euo pipefail

here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd -P)
root=$(cd -- "$here/../.." && pwd -P)
build=$root/build/neon
log=$build/build.log
cache=${TESSERA_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tessera}
export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache} CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}
mkdir -p "$build" "$cache"
: >"$log"
# What the set-up's functions read.
# shellcheck disable=SC2034
preset=neon arch=armv8-a kokkos_archive='' kokkos=''
source "$root/cmake/setup/steps.sh"
source "$root/cmake/setup/kokkos.sh"

skip() {
  echo "neon: skipped: $*"
  exit 0
}

if [[ $(uname -m) == aarch64 ]]; then skip "this is such a machine; ./tessera test runs them all"; fi
# One at a time: `command -v` of two names is content with either.
if ! command -v aarch64-linux-gnu-g++ >/dev/null || ! command -v qemu-aarch64 >/dev/null; then
  command -v apt-get >/dev/null || skip "no aarch64-linux-gnu-g++ and qemu-aarch64 here"
  as_root=()
  ((EUID == 0)) || as_root=(sudo -n)
  show "installing a cross compiler and qemu"
  {
    "${as_root[@]}" apt-get update &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y \
        --no-install-recommends g++-aarch64-linux-gnu qemu-user googletest
  } >>"$log" 2>&1 || skip "g++-aarch64-linux-gnu and qemu-user cannot be installed ($log)"
fi

scratch=$(mktemp -d "$cache/setup.XXXXXX")
trap 'rm -rf -- "$scratch"' EXIT
provide_kokkos_source
# Libraries of headers alone, one by one: beside them lie headers that only this machine's compiler
# may see.
mkdir -p "$build/headers"
for name in fmt toml++ Random123 boost; do ln -sfn "/usr/include/$name" "$build/headers/$name"; done

step "configuring for ARM" cmake -S "$here" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_TOOLCHAIN_FILE="$here/aarch64.cmake" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
  -DTESSERA_KOKKOS_SOURCE="$kokkos" -DTESSERA_HEADERS="$build/headers"
step "building for ARM" cmake --build "$build" --target neon_tests -j "${TESSERA_JOBS:-$(nproc)}"
close_line
qemu-aarch64 "$build/neon_tests" --gtest_brief=1 "$@"
