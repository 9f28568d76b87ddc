# shellcheck shell=bash
# shellcheck disable=SC2153 # settings.sh, which the document's build generates, sets TABLES and the like
# The thirteen phases, in order. Users, schema, tables and sizes come from settings.sh.

# Without $HOST_ROOT: paths inside the container.
ORADATA=/opt/oracle/oradata
# shellcheck disable=SC2016 # Oracle's name, not a variable
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
  # The image has printed its generated password into the container's log.
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

# The minimum for the whole database; phase 7 logs all columns, but only for the captured tables.
supplemental_logging() {
  converge supplemental
}

# A common user's tablespace must exist in every container.
tablespaces() {
  local name
  for name in XSTREAM_ADM_TBS XSTREAM_TBS; do
    converge tablespace "container=$ROOT_CONTAINER" "name=$name" "file=$ORADATA/$CDB/${name,,}.dbf"
    converge tablespace "container=$PDB" "name=$name" "file=$ORADATA/$CDB/$PDB/${name,,}.dbf"
  done
}

app_schema() {
  local table column definition index columns
  converge profile "profile=$PROFILE"
  converge user-app "container=$PDB" "user=$APP_USER" "profile=$PROFILE" "password=${PASSWORDS[$APP_USER]}"
  rotate_password "$APP_USER" "$PDB" "$PDB"
  grant "$APP_USER" "$PDB" CURRENT 'CREATE SESSION, CREATE TABLE, CREATE SEQUENCE'
  for table in $TABLES; do
    converge "table-$table" "container=$PDB" "schema=$SCHEMA" "table=$table"
    converge logged "container=$PDB" "schema=$SCHEMA" "table=$table"
  done
  for table in $APP_TABLES; do
    converge "table-$table" "container=$PDB" "schema=$SCHEMA" "table=$table"
  done
  # A table is made once. The columns that the contract gained since can only be nullable ones.
  while read -r table column definition; do
    converge column "container=$PDB" "schema=$SCHEMA" "table=$table" "column=$column" "definition=$definition"
  done <<<"$NULLABLE"
  while read -r table index columns; do
    converge index "container=$PDB" "schema=$SCHEMA" "table=$table" "index=$index" "columns=$columns"
  done <<<"$INDEXES"
}

xstream_administrator() {
  create_common_user "$XSTREAM_ADMIN" XSTREAM_ADM_TBS DEFAULT
  set_password "$XSTREAM_ADMIN" "$ROOT_CONTAINER" "$CDB"
  grant "$XSTREAM_ADMIN" "$ROOT_CONTAINER" ALL 'CREATE SESSION, SET CONTAINER'
  converge administrator "user=$XSTREAM_ADMIN"
}

# Only the rights for the connector's snapshot and stream.
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
    "tables=${tables#,}" "user=$XSTREAM_ADMIN" "password=${PASSWORDS[$XSTREAM_ADMIN]}"
  # Its tables are those of its first run: each that the contract gained since is added.
  for table in $TABLES; do
    converge captured "server=$OUTBOUND_SERVER" "capture=$CAPTURE" "pdb=$PDB" "cdb=$CDB" "schema=$SCHEMA" \
      "table=$table" "user=$XSTREAM_ADMIN" "password=${PASSWORDS[$XSTREAM_ADMIN]}"
  done
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

# set_password USER CONTAINER SERVICE [ROLE]: set the secret's password unless the user already has it.
set_password() {
  converge password "user=$1" "container=$2" "service=$3" "role=${4:-}" "password=${PASSWORDS[$1]}"
}

# The same for a user with the rotating profile, whose previous password works for another day. During that day a login
# does not show which password is newer, so a file beside the data records the secret's version. A switch back within
# the day first ends the older password; consumers use the newer one, which then works for another day.
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
