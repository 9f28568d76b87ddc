# shellcheck shell=bash
# Shared by all phases: messages, failures, passwords, SQL, and "check, change, check again".

PHASE=start
declare -A PASSWORDS=()

# A line for standard output and the log.
say() {
  printf '%s\n' "$*"
  note "$*"
}

# Lines for the log only, with passwords masked.
note() {
  local text=$* password
  for password in "${PASSWORDS[@]}"; do
    text=${text//"$password"/***}
  done
  printf '%s\n' "$text" >>"$LOG"
}

die() {
  say "error: $*"
  exit 1
}

phase() {
  PHASE="$1/13 $2"
  note "phase $PHASE"
  "$2"
  say "phase $PHASE: done"
}

# On EXIT: the failed phase, and the end of the log on standard error.
tell_failure() {
  local status=$?
  if ((status != 0)); then
    say "FAILED in phase $PHASE (exit code $status)"
    tail -n 40 "$LOG" >&2
  fi
}

# Run a program of the host with its output in the log.
quietly() {
  local output status=0
  output=$("$@" 2>&1) || status=$?
  [[ -z $output ]] || note "$output"
  return "$status"
}

# wait_until SECONDS WHAT COMMAND...: until the command succeeds.
wait_until() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < deadline)) || die "$what: not so after the deadline"
    sleep "${POLL_SECONDS:-5}"
  done
}

# Fill PASSWORDS, by user, and SECRET_VERSION. The secret is never in a command line or a file.
read_passwords() {
  local secret line
  secret=$(aws secretsmanager get-secret-value --region "$REGION" --secret-id "$SECRET_ARN" --output json |
    python3 -c '
import json, sys
secret = json.load(sys.stdin)
print(secret["VersionId"])
for user, password in json.loads(secret["SecretString"]).items():
    print(f"{user}={password}")
') || die "the secret with the passwords cannot be read"
  # shellcheck disable=SC2034 # for database.sh
  SECRET_VERSION=${secret%%$'\n'*}
  while IFS= read -r line; do
    PASSWORDS[${line%%=*}]=${line#*=}
  done < <(printf '%s\n' "${secret#*$'\n'}")
}

# run_sql FILE [NAME=VALUE...]: run SQL*Plus in the container with the file and its variables on standard input, and
# print its output. SQL is in files, because the shell would expand V$ and CDB$ROOT in double quotes.
run_sql() {
  local file=$1 definition output status=0
  shift
  output=$(
    {
      printf '%s\n' "$(<"$HERE/sql/prelude.sql")"
      printf "SET APPINFO '%s'\n" "$file" # shown as the session's module
      for definition in "$@"; do
        printf "DEFINE %s = '%s'\n" "${definition%%=*}" "${definition#*=}"
      done
      printf '%s\nEXIT SUCCESS\n' "$(<"$HERE/sql/$file")"
    } | docker exec -i oracle sqlplus -S -L /nolog 2>&1
  ) || status=$?
  note "$file: exit code $status"$'\n'"$output"
  printf '%s\n' "$output"
  return "$status"
}

# verdict NAME [NAME=VALUE...]: the result of NAME.check.sql, `converged` or `missing`.
verdict() {
  local name=$1 output line found=
  shift
  output=$(run_sql "$name.check.sql" "$@") || return
  while IFS= read -r line; do
    if [[ $line == converged || $line == missing ]]; then found=$line; fi
  done <<<"$output"
  printf '%s\n' "$found" # empty if the check printed neither
}

# change NAME [NAME=VALUE...]: run NAME.apply.sql.
change() {
  local name=$1 output
  shift
  output=$(run_sql "$name.apply.sql" "$@") || die "$name.apply.sql failed"
  # SQL*Plus's own errors (SP2-...) do not count as SQLERROR.
  if [[ $'\n'$output == *$'\n'SP2-* ]]; then die "$name.apply.sql was not understood"; fi
}

# converge NAME[-VARIANT] [NAME=VALUE...]: check with NAME.check.sql, change with NAME-VARIANT.apply.sql, check again.
converge() {
  local name=$1 check=${1%%-*} found
  shift
  found=$(verdict "$check" "$@") || die "$check.check.sql failed"
  if [[ $found == missing ]]; then
    change "$name" "$@"
    found=$(verdict "$check" "$@") || die "$check.check.sql failed after the change"
  fi
  [[ $found == converged ]] || die "$name.apply.sql ran, and $check.check.sql still finds '$found'"
}

is_converged() {
  [[ $(verdict "$@") == converged ]]
}
