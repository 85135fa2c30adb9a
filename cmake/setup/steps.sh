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
    # CMake looking for new files is not work.
    [[ ${BASH_REMATCH[3]} == Re-* ]] && continue
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
  local label=$1 begin=$2 part
  close_line
  part=$(tail -n "+$((begin + 2))" "$log")
  say "$label failed; its log says:"
  {
    grep -E -A 4 '(error|Error|ERROR|CMake Error.*|fatal|FAILED|E: ).*' <<<"$part" | head -n 14 ||
      tail -n 12 <<<"$part"
  } | cut -c 1-240 | sed 's/^/    /' >&2
  fail 1 "the whole log is $log; mend that and call the same command again, it goes on from here"
}
