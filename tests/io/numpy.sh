#!/usr/bin/env bash
# numpy.sh WRITER READER.py: WRITER writes files, READER.py reads them with NumPy.
# Exits 77 (skipped) with a sentence where no Python has NumPy.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
for python in python3 /usr/bin/python3 ''; do   # a Python of the user's own may lack what Debian's has
  if [[ -z $python ]]; then
    echo "skipped: no python3 has NumPy; apt-get install python3-numpy"
    exit 77
  fi
  if "$python" -c 'import numpy' 2>/dev/null; then break; fi
done
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"$1" "$folder"
"$python" -B "$here/numpy/$2" "$folder"
