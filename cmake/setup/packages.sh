# shellcheck shell=bash disable=SC2154
# Sourced by ./tessera: Debian packages. Uses: root, step, fail.

package_list() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -e 's/[[:space:]]*$//' "$1"; }

# Those of the packages on standard input that are not installed.
missing_packages() {
  local wanted
  mapfile -t wanted
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
    <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
      sed -n 's/ installed$//p' | sort -u)
}

# install_packages FILE: installs what is missing; calls apt-get only if something is.
install_packages() {
  [[ -z ${TESSERA_NO_APT:-} ]] || return 0
  if ! command -v dpkg-query >/dev/null; then
    say "this is no Debian system: install what cmake/setup/packages.txt lists yourself"
    return 0
  fi
  local missing as_root=() install
  mapfile -t missing < <(package_list "$1" | missing_packages)
  ((${#missing[@]})) || return 0
  install=(apt-get install -y --no-install-recommends "${missing[@]}")
  if ((EUID != 0)); then
    # Without a terminal sudo may only be used where it asks for no password.
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }; }; then
      as_root=(sudo)
    else
      say "some packages are missing, and only an administrator can install them:"
      printf '    sudo apt-get update && sudo %s\n' "${install[*]}" >&2
      fail 2 "run that (or set TESSERA_NO_APT=1 where they come from modules), then call again"
    fi
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive)
  show "installing ${#missing[@]} packages"
  step "installing packages" "${apt[@]}" apt-get update
  step "installing packages" "${apt[@]}" "${install[@]}"
}
