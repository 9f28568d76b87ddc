#!/usr/bin/env bash
# Sets up Oracle XE for change data capture on an Amazon Linux 2023 host with a data volume.
#
# Each of the thirteen phases checks first and changes only what differs: a second run changes nothing, and a run on a
# new host with the old volume keeps its database. Standard output shows the phases, the log everything. Needs
# SECRET_ARN and VOLUME_ID; HOST_ROOT is a prefix for every path of the host (tests).
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
# From here on the marker exists only if this run has passed.
rm -f "$READY"

# Concurrent runs would make the same changes twice, so the second one waits.
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
