# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by ./tessera: which folder a build lives in. Uses: root, preset, arch, key, build, fail.

# Whether this machine and user could build anything in this tree.
can_build() { [[ ! -e $root/build || -w $root/build ]] && command -v "${CXX:-c++}" >/dev/null; }

# Sets build and program. The first machine in a tree has build/PRESET[-ARCH], the one that READMEs
# name; any other kind of machine, compiler or wish for a Kokkos has a folder of its own beside it,
# so that none removes what another runs from.
choose_folder() {
  key="$(machine_key) $(cuda_key) ${Kokkos_ROOT:-} ${CMAKE_PREFIX_PATH:-} $root"
  build=$root/build/$preset
  [[ $preset == cuda || $arch == native ]] || build+=-$arch
  program=$build/src/app/tessera
  [[ -f $build/tessera-setup.txt && $(sed -n 1p "$build/tessera-setup.txt") != "$key" ]] || return 0
  # Where nothing can be built, the first one is taken: the program itself knows which processors it is for.
  if can_build || [[ ! -x $program ]]; then
    build+=-$(sha256sum <<<"$key" | cut -c 1-8)
    program=$build/src/app/tessera
  fi
}

# Whatever this process becomes holds the folder until it ends, with all that it starts.
hold_build() {
  # A tree that somebody else keeps cannot be locked, nor removed from here.
  if { : >>"$build/.in-use"; } 2>/dev/null; then
    exec 7<"$build/.in-use"
    flock -s 7
  fi
}

# remove_build: for another Kokkos than the one that this folder was made with.
remove_build() {
  { : >>"$build/.in-use"; } 2>/dev/null
  exec 7>"$build/.in-use"
  flock -n -x 7 || fail 1 "something runs from $build, which has to be made anew for another Kokkos; wait" \
    "until it has ended, or work in a clone of your own"
  rm -rf -- "$build"
  exec 7>&-
}
