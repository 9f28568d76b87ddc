#!/usr/bin/env bash
# Turns an Amazon Linux 2023 host with a data volume into the Oracle XE database that change data capture reads.
#
# Thirteen phases, each made of steps that look first and change only what is not as wanted: a second run changes
# nothing, and a run on a new host over the old volume finds its database again. Standard output tells the phases, the
# log tells everything. Expects SECRET_ARN and VOLUME_ID; HOST_ROOT is put before every path of the host (tests).
set -euo pipefail
shopt -s inherit_errexit
umask 077

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${SECRET_ARN:?the ARN of the secret with the passwords}" "${VOLUME_ID:?the id of the data volume}"
HOST_ROOT=${HOST_ROOT:-}
LOG=$HOST_ROOT/var/log/oracle-bootstrap.log
READY=$HOST_ROOT/var/lib/oracle-bootstrap/ready
DATA=$HOST_ROOT/var/lib/oracle

# shellcheck source=/dev/null
source "$HERE/settings.sh"
# shellcheck source=lib.sh
source "$HERE/lib.sh"
# shellcheck source=host.sh
source "$HERE/host.sh"
# shellcheck source=database.sh
source "$HERE/database.sh"

mkdir -p "$(dirname "$LOG")" "$(dirname "$READY")"
: >"$LOG"
# From here on the marker is there only if this very run has passed.
rm -f "$READY"

# Two runs at a time would both find the same thing missing: the second waits and then finds it there.
exec 9>"$(dirname "$READY")/lock"
flock 9

trap tell_failure EXIT
phase 1 database_running
phase 2 recovery_area
phase 3 replication_enabled
phase 4 archive_log_mode
phase 5 supplemental_logging
phase 6 tablespaces
phase 7 app_schema
phase 8 xstream_administrator
phase 9 xstream_user
phase 10 outbound_server
phase 11 connect_user
phase 12 capture_upkeep
phase 13 verified

printf '%s\n' "$VERSION" >"$READY"
say "ready $(<"$READY")"
