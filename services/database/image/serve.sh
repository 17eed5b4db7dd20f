#!/bin/sh
# PostgreSQL on PGDATA, with the database POSTGRES_DB of POSTGRES_USER. SIGTERM is a fast shutdown: clients are cut off, and
# what was committed is there.
set -eu
# shellcheck source=services/database/image/common.sh
. /usr/local/lib/platen/common.sh

need PGDATA PG_MAJOR POSTGRES_DB POSTGRES_USER POSTGRES_PASSWORD
server=
trap 'stopping=1; [ -z "$server" ] || kill -INT "$server"' TERM INT

main() {
  check_image
  own_volume
  check_data
  [ -e "$PGDATA/PG_VERSION" ] || create
  # Of restores that were given up: each is as large as the database.
  rm -rf "$PGDATA.restoring" "$PGDATA".restored-* "$PGDATA.old" "${PGDATA%/*}/restored.next"
  configure "$@"
  start "$@" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
  await
}

check_image() {
  has=$(postgres --version | sed 's/.*) \([0-9]*\).*/\1/')
  [ "$has" = "$PG_MAJOR" ] ||
    refuse "cannot start PostgreSQL $PG_MAJOR: this image has $has; set database.version of the Region to $has, or images.version to a release with $PG_MAJOR"
}

check_data() {
  if [ -e "$PGDATA/PG_VERSION" ]; then
    is=$(cat "$PGDATA/PG_VERSION")
    [ "$is" = "$PG_MAJOR" ] ||
      refuse "cannot start PostgreSQL $PG_MAJOR: the data in $PGDATA is of PostgreSQL $is; set database.version of the Region back to $is"
    return
  fi
  # A restore was given up between two steps.
  if [ -d "$PGDATA.old" ]; then
    [ ! -d "$PGDATA" ] || rmdir "$PGDATA" || refuse "cannot use $PGDATA: it is no database, and $PGDATA.old is; put that in its place"
    mv "$PGDATA.old" "$PGDATA"
    check_data
    return
  fi
  if [ -d "$PGDATA" ]; then
    rmdir "$PGDATA" 2>/dev/null || refuse "cannot use $PGDATA: it is neither empty nor a database; restore it from a backup"
  fi
}

# Beside it first: who is killed meanwhile begins anew. The collation is PostgreSQL's own, so that no update of the system
# changes the order of an index. A segment of the log goes to the archive at least once a minute, be it full or not, and waits on
# the volume until it may: small ones wait longer before the volume is full.
create() {
  say "making an empty database in $PGDATA"
  rm -rf "$PGDATA.new"
  initdb --pgdata "$PGDATA.new" --username postgres --encoding UTF8 --locale C.UTF-8 --locale-provider builtin \
    --builtin-locale C.UTF-8 --data-checksums --wal-segsize 4 --auth-local peer --auth-host reject >/dev/null
  mv "$PGDATA.new" "$PGDATA"
  sync
}

# With the arguments of the real one, because what is written while nothing is archived would be missing in the backups. But it
# only waits for the archive: PostgreSQL ends after its archive, and an object store that is away must keep nobody from starting.
configure() {
  start_alone "$@"
  await_connections || await
  configured=0
  super --host /tmp --dbname postgres --set db="$POSTGRES_DB" --set owner="$POSTGRES_USER" \
    --file /etc/platen/database/configure.sql || configured=$?
  kill -INT "$server" 2>/dev/null || true
  wait_for_server
  [ "$configured" = 0 ] || exit "$configured"
  [ -z "${stopping:-}" ] || exit 0
}

await() {
  wait_for_server
  exit "$code"
}

# A signal ends `wait` early.
wait_for_server() {
  code=0
  wait "$server" || code=$?
  while kill -0 "$server" 2>/dev/null; do
    code=0
    wait "$server" || code=$?
  done
  server=
}

main "$@"
