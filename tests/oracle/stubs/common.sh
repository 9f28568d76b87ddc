# shellcheck shell=bash
# Sourced by every stub: records the call, and fails when the test has asked for it.
# $STUB_STATE/calls    one line a call: the program and its arguments
# $STUB_STATE/changes  one line a call that changes something
# $STUB_STATE/fail     a pattern of bash: calls that match it fail
set -euo pipefail
CALL="${0##*/} $*"
printf '%s\n' "$CALL" >>"$STUB_STATE/calls"
if [[ -s $STUB_STATE/fail ]]; then
  # shellcheck disable=SC2053 # a pattern
  if [[ $CALL == $(<"$STUB_STATE/fail") ]]; then
    echo "${0##*/}: asked to fail" >&2
    exit 3
  fi
fi

changes() {
  printf '%s\n' "${1:-$CALL}" >>"$STUB_STATE/changes"
}
