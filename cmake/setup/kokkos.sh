# shellcheck shell=bash disable=SC2154
# Sourced by ./tessera: finds Kokkos or builds it once into the cache. Uses: root, cache, scratch,
# kokkos_archive, preset, arch, step, fail.

kokkos_options=(-DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_STANDARD=20 -DCMAKE_CXX_EXTENSIONS=OFF
  -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DKokkos_ENABLE_SERIAL=ON -DKokkos_ENABLE_OPENMP=ON)
# Also for an arch with a name: Kokkos then asks the compiler which registers there are.
[[ $arch == generic ]] || kokkos_options+=(-DKokkos_ARCH_NATIVE=ON)

# What a build depends on: the compiler, its flags and the instruction set, which for native is that
# of this machine and else has a name.
machine_key() {
  {
    "${CXX:-c++}" --version | head -n 1
    uname -m
    printf '%s\n' "${CXXFLAGS:-}" "${kokkos_options[@]}"
    if [[ $arch == native ]]; then
      grep -m 1 -E '^(flags|Features)' /proc/cpuinfo | tr ' ' '\n' | sort -u
    else
      printf '%s\n' "$arch"
    fi
  } 2>/dev/null | sha256sum | cut -c 1-12
}

# Ends with a sentence where the compiler has no such instruction set.
check_arch() {
  [[ $arch != generic ]] || return 0
  "${CXX:-c++}" "-march=$arch" -x c++ -fsyntax-only /dev/null >>"$log" 2>&1 ||
    fail 2 "TESSERA_ARCH=$arch is nothing that ${CXX:-c++} compiles for; write native, x86-64-v2," \
      "x86-64-v3, x86-64-v4, generic, or a name that its -march takes"
}

# The device architecture as CMake writes it: 90 for sm_90.
cuda_arch() {
  local arch=${TESSERA_CUDA_ARCH:-90}
  printf '%s' "${arch#sm_}"
}

# What a CUDA build depends on besides.
cuda_key() {
  [[ $preset == cuda ]] || return 0
  printf 'cuda-%s-%s' "$(cuda_arch)" "$(nvcc --version | sha256sum | cut -c 1-8)"
}

# Prints the folder of the Kokkos that CMake finds by itself (Kokkos_ROOT, CMAKE_PREFIX_PATH,
# system folders), or nothing.
found_kokkos() {
  if cmake -S "$root/cmake/setup/probe" -B "$scratch/probe" -G Ninja >"$scratch/probe.log" 2>&1; then
    cat "$scratch/probe/kokkos_dir"
  elif [[ -n ${Kokkos_ROOT:-} ]]; then
    fail 2 "Kokkos_ROOT=$Kokkos_ROOT holds no Kokkos >= 4.5; correct it or unset it"
  fi
}

# Prints the version of the Kokkos source in a folder, or nothing.
kokkos_version() {
  sed -nE 's/^ *set\(Kokkos_VERSION_(MAJOR|MINOR|PATCH) +"?([0-9]+)"?\).*/\2/Ip' \
    "$1/CMakeLists.txt" | head -n 3 | paste -s -d . | sed -E 's/\.([0-9])$/.0\1/'
}

# unpack_kokkos FILE: sets kokkos_source to the topmost folder with Kokkos's CMakeLists.txt.
unpack_kokkos() {
  local file
  mkdir -p "$scratch/unpacked"
  step "unpacking Kokkos" tar -xf "$1" -C "$scratch/unpacked"
  kokkos_source=
  while IFS= read -r file; do
    if grep -qiE '^ *set\(Kokkos_VERSION_MAJOR ' "$file"; then
      kokkos_source=$(dirname "$file")
      break
    fi
  done < <(find "$scratch/unpacked" -maxdepth 5 -name CMakeLists.txt -printf '%d %p\n' | sort -n |
    cut -d ' ' -f 2-)
  [[ -n $kokkos_source ]] || fail 2 "$1 holds no Kokkos source; give a release archive of Kokkos >= 4.5"
}

fetch_kokkos() {
  local python=python3
  python3 -m pip --version >/dev/null 2>&1 || python=/usr/bin/python3   # Debian's has pip
  show "getting Kokkos 4.7.00"
  mkdir -p "$scratch/download"
  step "getting Kokkos" "$python" -m pip download --disable-pip-version-check --quiet --no-deps \
    --no-binary pygenten --require-hashes -r "$root/cmake/setup/kokkos-source.txt" -d "$scratch/download"
  unpack_kokkos "$(find "$scratch/download" -name '*.tar.gz' -print -quit)"
}

# Kokkos knows some processors by name and this machine, but no levels such as x86-64-v3: in the source
# that is to be built, "this machine" becomes the arch that was asked for.
name_arch() {
  local file=$kokkos_source/cmake/kokkos_arch.cmake
  [[ $arch != native && $arch != generic ]] || return 0
  sed -i -E "s/set\(KOKKOS_NATIVE_FLAGS \"-m[a-z]+=native[^\"]*\"\)/set(KOKKOS_NATIVE_FLAGS \"-march=$arch\")/" "$file"
  if grep -qE 'KOKKOS_NATIVE_FLAGS "-m[a-z]+=native' "$file" ||
    ! grep -qF "set(KOKKOS_NATIVE_FLAGS \"-march=$arch\")" "$file"; then
    fail 1 "this Kokkos cannot be built for TESSERA_ARCH=$arch: $file sets its flags in another way;" \
      "build Kokkos yourself and name it in Kokkos_ROOT, or take TESSERA_ARCH=native"
  fi
}

# build_kokkos PREFIX: from kokkos_source; the prefix appears only once it is whole.
build_kokkos() {
  local build=$scratch/kokkos-build stage=$scratch/stage
  name_arch
  show "configuring Kokkos"
  step "configuring Kokkos" cmake -S "$kokkos_source" -B "$build" -G Ninja "${kokkos_options[@]}" \
    -DCMAKE_INSTALL_PREFIX="$1" -DCMAKE_INSTALL_LIBDIR=lib
  step "building Kokkos" cmake --build "$build" -j "$jobs"
  step "installing Kokkos" env DESTDIR="$stage" cmake --install "$build"
  mv -T "$stage$1" "$1"
}

# Sets kokkos to the folder to hand to CMake as Kokkos_ROOT.
provide_kokkos() {
  local tag=4.7.00 prefix
  if [[ -z $kokkos_archive ]]; then
    show "looking for Kokkos" step
    kokkos=$(found_kokkos) || exit
    [[ -z $kokkos ]] || return 0
  else
    unpack_kokkos "$kokkos_archive"
    tag=$(kokkos_version "$kokkos_source")
    if [[ $(printf '%s\n' 4.5 "$tag" | sort -V | head -n 1) != 4.5 ]]; then
      fail 2 "$kokkos_archive holds Kokkos $tag; Tessera needs 4.5 or newer"
    fi
  fi
  prefix=$cache/kokkos-$tag-$(machine_key)
  exec 8>"$cache/kokkos.lock"   # another tree may be building the same one
  flock 8
  if [[ ! -d $prefix ]]; then
    [[ -n $kokkos_archive ]] || fetch_kokkos
    build_kokkos "$prefix"
  fi
  exec 8>&-
  kokkos=$prefix
}

# Sets kokkos to a folder with Kokkos's source, mended for CUDA 13: a CUDA build compiles of it what
# the targets asked for need, and nothing else.
provide_kokkos_source() {
  local tag=4.7.00 mend=$root/cmake/patches/kokkos-4.7.00-cuda-13.patch key prefix
  if [[ -n $kokkos_archive ]]; then
    unpack_kokkos "$kokkos_archive"
    tag=$(kokkos_version "$kokkos_source")
  fi
  key=$(cat "${kokkos_archive:-$root/cmake/setup/kokkos-source.txt}" "$mend" | sha256sum | cut -c 1-12)
  prefix=$cache/kokkos-$tag-cuda-source-$key
  exec 8>"$cache/kokkos.lock"
  flock 8
  if [[ ! -d $prefix ]]; then
    [[ -n $kokkos_archive ]] || fetch_kokkos
    if [[ $tag == 4.7.00 ]]; then
      step "mending Kokkos for CUDA 13" patch -d "$kokkos_source" -p1 -i "$mend"
    fi
    mv -T "$kokkos_source" "$prefix"
  fi
  exec 8>&-
  kokkos=$prefix
}
