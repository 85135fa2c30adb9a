#!/usr/bin/env bash
# Run: fetches ParaView's pvpython into the cache folder (70 MB to load, 530 MB on the disk).
# Sourced: offers paraview_ready and pvpython.
# Never apt-get install it: Debian's python3-paraview and libvtk9-dev shut each other out. The
# packages are unpacked beside the system, which has every library they ask for by way of
# libvtk9-dev.

paraview_root=${TESSERA_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tessera}/paraview

paraview_ready() { [[ -x $paraview_root/usr/bin/pvpython ]] && command -v xvfb-run >/dev/null; }

# pvpython SCRIPT [ARGUMENTS…] on a display of its own
pvpython() {
  local libraries
  libraries=$paraview_root/usr/lib/$(uname -m)-linux-gnu
  env LD_LIBRARY_PATH="$libraries:$libraries/paraview-5.11" \
    PYTHONPATH="$paraview_root/usr/lib/python3/dist-packages" \
    xvfb-run -a "$paraview_root/usr/bin/pvpython" "$@"
}

fetch_paraview() {
  local scratch package as_root=()
  command -v apt-get >/dev/null || { echo "this is no Debian system; install ParaView 5.11 yourself" >&2; return 2; }
  ((EUID == 0)) || as_root=(sudo)
  if ! command -v xvfb-run >/dev/null; then
    "${as_root[@]}" apt-get install -y --no-install-recommends xvfb xauth libgl1-mesa-dri
  fi
  mkdir -p "$(dirname "$paraview_root")"
  scratch=$(mktemp -d "$paraview_root.XXXXXX")
  (cd "$scratch" && apt-get -o APT::Sandbox::User=root download paraview python3-paraview)
  mkdir "$scratch/root"
  for package in "$scratch"/*.deb; do dpkg -x "$package" "$scratch/root"; done
  rm -rf -- "$paraview_root"
  mv "$scratch/root" "$paraview_root"
  rm -rf -- "$scratch"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  if paraview_ready; then
    echo "ParaView is there already: $paraview_root"
    exit 0
  fi
  fetch_paraview
  pvpython -c "import paraview.simple" || { echo "pvpython does not start; see the error above" >&2; exit 1; }
  echo "ParaView is in $paraview_root; now: ./tessera test -L paraview"
fi
