#!/usr/bin/env bash
# paraview.sh WRITER: WRITER makes trajectories, ParaView's pvpython reads and draws them.
# Exits 77 (skipped) with a sentence where ParaView has not been fetched.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=../../cmake/setup/paraview.sh
source "$here/../../cmake/setup/paraview.sh"

if ! paraview_ready; then
  echo "skipped: ParaView is not in the cache; fetch it with: bash cmake/setup/paraview.sh"
  exit 77
fi
folder=${2:-$(mktemp -d)}
[[ $# -ge 2 ]] || trap 'rm -rf -- "$folder"' EXIT
"$1" "$folder"
read_and_draw() { pvpython "$here/paraview/read_spirals.py" "$folder" >"$folder/log.txt" 2>&1; }
# The first X server after a start of the machine may be gone before it is connected to.
read_and_draw || { grep -q 'bad X server connection' "$folder/log.txt" && read_and_draw; } ||
  { cat "$folder/log.txt"; exit 1; }
cat "$folder/log.txt"
grep -q '^ParaView read and drew' "$folder/log.txt"
