#!/usr/bin/env bash
# Deletes old archive logs; oracle-archivelog.timer runs it daily.
set -euo pipefail
docker exec -i oracle rman target / <"$(dirname "${BASH_SOURCE[0]}")/archivelog_cleanup.rman"
