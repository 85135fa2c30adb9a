#!/usr/bin/env bash
# paraview.sh READER COMMAND…: COMMAND, a folder behind its words, writes files there; ParaView's
# pvpython reads and draws them by paraview/READER.
# Exits 77 (skipped) with a sentence where ParaView has not been fetched.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=../../cmake/setup/paraview.sh
source "$here/../../cmake/setup/paraview.sh"

if ! paraview_ready; then
  echo "skipped: ParaView is not in the cache; fetch it with: bash cmake/setup/paraview.sh"
  exit 77
fi
reader=$1
shift
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"$@" "$folder"
log=$folder/paraview.txt
read_and_draw() { pvpython "$here/paraview/$reader" "$folder" >"$log" 2>&1; }
# The first X server after a start of the machine may be gone before it is connected to.
read_and_draw || { grep -q 'bad X server connection' "$log" && read_and_draw; } ||
  { cat "$log"; exit 1; }
cat "$log"
grep -q '^ParaView read and drew' "$log"
