# shellcheck shell=bash
# The host's side: the data volume, Docker, the container, the systemd timer.

DEVICE=$HOST_ROOT/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME_ID/-/}
ORACLE_UID=54321 # user `oracle` of the image
FSTAB=$HOST_ROOT/etc/fstab
UNITS=$HOST_ROOT/etc/systemd/system

mount_volume() {
  local kind uuid status=0
  wait_until "${DEVICE_SECONDS:-300}" "data volume $VOLUME_ID is attached" test -e "$DEVICE"
  # -p reads the device itself. Status 2 means empty; any other status except 0 must not create a file system.
  kind=$(blkid -p -s TYPE -o value "$DEVICE") || status=$?
  if ((status == 2)) && [[ -z $kind ]]; then
    quietly mkfs.xfs -L oracle "$DEVICE"
  elif ((status != 0)) || [[ $kind != xfs ]]; then
    die "data volume $VOLUME_ID holds '$kind' (blkid: $status) and not XFS; it is left alone: look at it by hand"
  fi
  uuid=$(blkid -p -s UUID -o value "$DEVICE")
  mkdir -p "$DATA"
  if ! grep -qs "^UUID=$uuid " "$FSTAB"; then
    printf 'UUID=%s %s xfs defaults,noatime,nofail 0 2\n' "$uuid" "$DATA" >>"$FSTAB"
  fi
  mountpoint -q "$DATA" || quietly mount "$DATA"
  quietly xfs_growfs "$DATA" # for an enlarged volume
}

make_folders() {
  local folder
  mkdir -p "$DATA/bootstrap"
  for folder in "$DATA/oradata" "$DATA/oradata/recovery"; do
    if [[ ! -d $folder ]]; then
      mkdir -p "$folder"
      chown "$ORACLE_UID:$ORACLE_UID" "$folder"
    fi
  done
}

# install_file SOURCE TARGET: true if the target has changed.
install_file() {
  if cmp -s "$1" "$2"; then return 1; fi
  mkdir -p "$(dirname "$2")"
  install -m 0644 "$1" "$2"
}

start_docker() {
  command -v docker >/dev/null || quietly dnf install -y docker
  # Without its volume, the container would create a second database on the root disk.
  if install_file "$HERE/docker-needs-volume.conf" "$UNITS/docker.service.d/oracle.conf"; then
    quietly systemctl daemon-reload
  fi
  systemctl is-enabled --quiet docker || quietly systemctl enable docker
  systemctl is-active --quiet docker || quietly systemctl start docker
}

# containers [FILTER...]: ids of the container `oracle` if it matches.
containers() {
  local filter filters=()
  for filter in "$@"; do filters+=(--filter "$filter"); done
  docker ps --all --quiet --filter "name=^oracle$" "${filters[@]}"
}

start_container() {
  local any same running
  any=$(containers)
  same=$(containers "label=image=$IMAGE")
  if [[ -n $any && -z $same ]]; then # another image with the same data
    quietly docker stop --time 300 oracle
    quietly docker rm oracle
  fi
  if [[ -z $same ]]; then
    # No password in its environment: the image generates one, which is changed before anyone connects.
    quietly docker run --detach --name oracle --hostname oracle --label "image=$IMAGE" \
      --restart unless-stopped --stop-timeout 300 --shm-size 2g --publish 1521:1521 \
      --log-opt max-size=10m --log-opt max-file=3 --volume "$DATA/oradata:/opt/oracle/oradata" "$IMAGE"
    return
  fi
  running=$(containers status=running)
  [[ -n $running ]] || quietly docker start oracle
}

# The image logs once per start that its database is ready. A file records it, because logs are rotated.
is_created() {
  [[ -e $DATA/bootstrap/created ]] && return
  [[ $(docker logs oracle 2>&1 | grep -c 'DATABASE IS READY TO USE') -gt 0 ]] || return
  : >"$DATA/bootstrap/created"
}

# Each new connection reads the file. The image keeps it beside the data, so it outlives the container.
encrypt_connections() {
  local file=$DATA/oradata/dbconfig/$CDB/sqlnet.ora
  if install_file "$HERE/sqlnet.ora" "$file"; then note "sqlnet.ora is new"; fi
}

install_timer() {
  local unit changed=
  for unit in oracle-archivelog.service oracle-archivelog.timer; do
    if install_file "$HERE/$unit" "$UNITS/$unit"; then changed=yes; fi
  done
  [[ -z $changed ]] || quietly systemctl daemon-reload
  systemctl is-enabled --quiet oracle-archivelog.timer || quietly systemctl enable --now oracle-archivelog.timer
}
