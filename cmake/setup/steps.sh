# shellcheck shell=bash disable=SC2154
# Sourced by ./tessera: what a user sees of a set-up, and how a step of it fails.
# Uses: log (path of the log file).

line_open=0

# One line on stderr: on a terminal it replaces the last one, else it is printed if it is new.
show() {
  if [[ -t 2 ]]; then
    printf '\r\033[Ktessera: %s' "$1" >&2
    line_open=1
  elif [[ ${2:-phase} == phase ]]; then
    printf 'tessera: %s\n' "$1" >&2
  fi
}

close_line() {
  if ((line_open)); then printf '\r\033[K' >&2; fi
  line_open=0
}

say() {
  close_line
  printf 'tessera: %s\n' "$*" >&2
}

# fail CODE TEXT…: one sentence that says what to do, then the end.
fail() {
  local code=$1
  shift
  say "$@"
  exit "$code"
}

# Turns ninja's "[37/120] …" into the progress line; says nothing where nothing is built.
follow() {
  local label=$1 text step begun=0
  while IFS= read -r text; do
    [[ $text =~ ^\[([0-9]+/([0-9]+))\]\ (.*) ]] || continue
    step=${BASH_REMATCH[1]}
    # Looking for new files or for another commit is not work worth telling.
    ((begun)) || [[ ${BASH_REMATCH[3]} == Building* || ${BASH_REMATCH[3]} == Linking* ]] || continue
    if ((!begun)) && [[ ! -t 2 ]]; then show "$label (${BASH_REMATCH[2]} steps)"; fi
    begun=1
    show "$label $step …" step
  done
}

# step LABEL COMMAND…: runs the command into the log; ends the script where it fails.
step() {
  local label=$1 begin
  shift
  begin=$(wc -l <"$log")
  [[ ! -t 2 ]] || line_open=1   # follow runs in a subshell and cannot say so itself
  printf '== %s: %s\n' "$label" "$*" >>"$log"
  if ! "$@" </dev/null 2>&1 | tee -a "$log" | follow "$label"; then step_failed "$label" "$begin"; fi
}

# The lines a user needs: the first compiler or CMake errors of this step, else its last lines.
step_failed() {
  local label=$1 begin=$2 part told
  close_line
  part=$(tail -n "+$((begin + 2))" "$log")
  say "$label failed; its log says:"
  # The line below FAILED is the whole compiler command, those with [n/m] went well.
  told=$(sed -e '/^FAILED:/{n;d}' -e '/^\[[0-9]*\/[0-9]*\]/d' <<<"$part" |
    grep -E -A 4 '[Ee]rror[: ]|ERROR|undefined reference|^FAILED|^E: ' | head -n 14) ||
    true   # head may leave before grep has said everything
  [[ -n $told ]] || told=$(tail -n 12 <<<"$part")
  cut -c 1-240 <<<"$told" | sed 's/^/    /' >&2
  fail 1 "the whole log is $log; mend that and call the same command again, it goes on from here"
}
