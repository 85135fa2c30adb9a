#!/usr/bin/env bash
# Run: fetches ParaView's pvpython into the cache folder (70 MB to load, 530 MB on the disk).
# Sourced: offers paraview_ready and pvpython.
# Nothing of the system is installed or upgraded: packages are loaded and unpacked beside it, which
# also leaves libvtk9-dev in peace (Debian's python3-paraview and it shut each other out). The
# system has every library they ask for by way of libvtk9-dev; what it must have besides is said.

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

fail_paraview() {
  printf 'paraview.sh: %s\n' "$*" >&2
  return 2
}

fetch_paraview() {
  local scratch package
  command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
    fail_paraview "this is no Debian system; put pvpython of ParaView 5.11 into $paraview_root/usr/bin" || return
  # An X server finds its keyboards and drivers by fixed paths, so it cannot stand in a folder of ours.
  command -v xvfb-run >/dev/null ||
    fail_paraview "xvfb-run, the display to draw on, is missing, and this script installs nothing into the" \
      "system; install the packages xvfb, xauth and libgl1-mesa-dri, then call again" || return
  mkdir -p "$(dirname "$paraview_root")"
  scratch=$(mktemp -d "$paraview_root.XXXXXX")
  if ! (cd "$scratch" && apt-get -o APT::Sandbox::User=root download paraview python3-paraview); then
    rm -rf -- "$scratch"
    fail_paraview "the packages paraview and python3-paraview cannot be loaded; where apt-get knows no such" \
      "version, its lists are old and apt-get update renews them (that upgrades nothing)"
    return
  fi
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
