# shellcheck shell=bash
# shellcheck disable=SC2153 # settings.sh, which is made when the document is built, sets TABLES and its like
# The thirteen phases, in order. Users, schema, tables and sizes come from settings.sh.

# Not $HOST_ROOT: paths inside the container.
ORADATA=/opt/oracle/oradata
# shellcheck disable=SC2016 # Oracle's name, no variable
ROOT_CONTAINER='CDB$ROOT'
PROFILE='C##ROTATING'

database_running() {
  read_passwords
  mount_volume
  make_folders
  start_docker
  start_container
  wait_until "${CREATE_SECONDS:-1500}" "the container has made its database" is_created
  wait_until "${OPEN_SECONDS:-600}" "the database is open" is_converged open "pdb=$PDB"
  encrypt_connections
  # The image has printed the password that it made up into the container's log.
  set_password SYS "$ROOT_CONTAINER" "$CDB" 'AS SYSDBA'
  set_password SYSTEM "$ROOT_CONTAINER" "$CDB"
  converge locked "container=$PDB" user=PDBADMIN
}

recovery_area() {
  converge recovery "folder=$ORADATA/recovery" "gib=$RECOVERY_GIB"
}

replication_enabled() {
  converge replication
}

archive_log_mode() {
  converge archivelog
  converge pluggable
}

# For the whole database only the minimum; all columns are logged for the captured tables alone, in phase 7.
supplemental_logging() {
  converge supplemental
}

# A common user's tablespace has to exist in every container.
tablespaces() {
  local name
  for name in XSTREAM_ADM_TBS XSTREAM_TBS; do
    converge tablespace "container=$ROOT_CONTAINER" "name=$name" "file=$ORADATA/$CDB/${name,,}.dbf"
    converge tablespace "container=$PDB" "name=$name" "file=$ORADATA/$CDB/$PDB/${name,,}.dbf"
  done
}

app_schema() {
  local table
  converge profile "profile=$PROFILE"
  converge user-app "container=$PDB" "user=$APP_USER" "profile=$PROFILE" "password=${PASSWORDS[$APP_USER]}"
  rotate_password "$APP_USER" "$PDB" "$PDB"
  grant "$APP_USER" "$PDB" CURRENT 'CREATE SESSION, CREATE TABLE, CREATE SEQUENCE'
  for table in $TABLES; do
    converge "table-$table" "container=$PDB" "schema=$SCHEMA" "table=$table"
    converge logged "container=$PDB" "schema=$SCHEMA" "table=$table"
  done
}

xstream_administrator() {
  create_common_user "$XSTREAM_ADMIN" XSTREAM_ADM_TBS DEFAULT
  set_password "$XSTREAM_ADMIN" "$ROOT_CONTAINER" "$CDB"
  grant "$XSTREAM_ADMIN" "$ROOT_CONTAINER" ALL 'CREATE SESSION, SET CONTAINER'
  converge administrator "user=$XSTREAM_ADMIN"
}

# What the connector's snapshot and its stream need, and no more.
xstream_user() {
  local privileges='CREATE SESSION, SET CONTAINER, SELECT_CATALOG_ROLE'
  create_common_user "$XSTREAM_USER" XSTREAM_TBS "$PROFILE"
  rotate_password "$XSTREAM_USER" "$ROOT_CONTAINER" "$CDB"
  grant "$XSTREAM_USER" "$ROOT_CONTAINER" ALL "$privileges, FLASHBACK ANY TABLE, SELECT ANY TABLE, LOCK ANY TABLE"
}

outbound_server() {
  local table tables=
  for table in $TABLES; do tables+=",$SCHEMA.$table"; done
  converge outbound "server=$OUTBOUND_SERVER" "capture=$CAPTURE" "pdb=$PDB" "cdb=$CDB" "schema=$SCHEMA" \
    "tables=${tables#,}" "count=$(wc -w <<<"$TABLES")" "user=$XSTREAM_ADMIN" "password=${PASSWORDS[$XSTREAM_ADMIN]}"
}

connect_user() {
  converge connect "server=$OUTBOUND_SERVER" "user=$XSTREAM_USER"
}

capture_upkeep() {
  converge retention "capture=$CAPTURE" days=7
  converge memory "server=$OUTBOUND_SERVER" "capture=$CAPTURE" mib=256
  install_timer
}

verified() {
  wait_until "${CAPTURE_SECONDS:-300}" "archive mode is on, $CAPTURE enabled and $OUTBOUND_SERVER there" \
    is_converged verified "server=$OUTBOUND_SERVER" "capture=$CAPTURE"
  can_log_in "$XSTREAM_USER" "$CDB"
  can_log_in "$APP_USER" "$PDB"
}

create_common_user() {
  converge user-common "container=$ROOT_CONTAINER" "user=$1" "tablespace=$2" "profile=$3" "password=${PASSWORDS[$1]}"
}

# grant USER CONTAINER ALL|CURRENT PRIVILEGES: the list is separated by comma and space.
grant() {
  converge grants "user=$1" "container=$2" "scope=$3" "privileges=$4"
}

# set_password USER CONTAINER SERVICE [ROLE]: the password of the secret, unless it is that already.
set_password() {
  converge password "user=$1" "container=$2" "service=$3" "role=${4:-}" "password=${PASSWORDS[$1]}"
}

# The same for a user that has the rotating profile: its previous password goes on working for a day. In that time a
# login does not tell which of the two is the newer, so the secret's version that was set last is kept beside the data.
# A switch back within the day ends the old one's time first; consumers use the newer one, which then gets a day.
rotate_password() {
  local record="$DATA/bootstrap/password-$1"
  if [[ ! -e $record || $(<"$record") != "$SECRET_VERSION" ]]; then
    converge rollover "user=$1" "container=$2"
  fi
  set_password "$@"
  printf '%s\n' "$SECRET_VERSION" >"$record"
}

can_log_in() {
  is_converged password "user=$1" "service=$2" role= "password=${PASSWORDS[$1]}" ||
    die "$1 cannot log in to $2 with the password of the secret"
}
