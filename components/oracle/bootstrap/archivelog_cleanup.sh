#!/usr/bin/env bash
# Deletes old archive logs; run daily by oracle-archivelog.timer.
set -euo pipefail
docker exec -i oracle rman target / <"$(dirname "${BASH_SOURCE[0]}")/archivelog_cleanup.rman"
