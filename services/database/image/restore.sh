#!/bin/sh
# Before PostgreSQL starts: brings the database to the state of PLATEN_RESTORE_TO, once for each PLATEN_RESTORE_ID. All happens in
# a folder beside PGDATA, which takes its place when PostgreSQL has come up in it, and not before; the marker comes last.
# Whoever is killed begins again, and nothing half-restored ever serves. The arguments are PostgreSQL's.
# - PLATEN_RESTORE_FROM: the folder of the backups in the bucket, /NAME/database-UID, or /NAME where there is only one
# What cannot be done is refused once for that PLATEN_RESTORE_ID, and the database starts as it was.
set -eu
# shellcheck source=services/database/image/common.sh
. /usr/local/lib/platen/common.sh
# shellcheck source=services/database/image/store.sh
. /usr/local/lib/platen/store.sh

need PGDATA POSTGRES_DB PLATEN_RESTORE_ID PLATEN_RESTORE_TO PLATEN_RESTORE_FROM
id=$PLATEN_RESTORE_ID
marker=${PGDATA%/*}/restored
refusal=${PGDATA%/*}/restore-refused
restoring=$PGDATA.restoring
restored=$PGDATA.restored-$id
log=/tmp/restore.log
listed=/tmp/restore.json
server=
trap '[ -z "$server" ] || kill -INT "$server"; exit 143' TERM INT

main() {
  own_volume
  if [ "$(cat "$marker" 2>/dev/null)" = "$id" ]; then
    rm -rf "$PGDATA.old"
    tell "restored $id"
    exit 0
  fi
  repeat_refusal
  if [ ! -d "$restored" ]; then
    may_use_store || fail 'nobody knows yet that the bucket is where it must be'
    export_store
    choose
    fetch
    recover "$@"
  fi
  swap
  tell "restored $id"
}

# It can be tried again.
fail() {
  say "cannot restore: $*"
  tell "failed $id $*"
  exit 1
}

# What is refused now might be possible after the next restart, when nobody expects it any more.
no() {
  say "cannot restore: $*"
  tell "refused $id $*"
  rm -rf "$restoring"
  [ -e "$PGDATA/PG_VERSION" ] || exit 65
  printf '%s %s\n' "$id" "$*" >"$refusal"
  exit 0
}

repeat_refusal() {
  said=$(cat "$refusal" 2>/dev/null) || return 0
  [ "${said%% *}" = "$id" ] || return 0
  [ -e "$PGDATA/PG_VERSION" ] || return 0
  tell "refused $said"
  exit 0
}

# Sets from, set, timeline and target, by what the backups say of themselves. Nothing of their data was fetched yet.
choose() {
  from=$(folder) || fail "$(problem)"
  [ -n "$from" ] || no "there are no backups below $PLATEN_RESTORE_FROM, or those of several databases; name the uid in spec.restore.from"
  info=$(rest --repo1-path="$from" --log-level-console=error info --output=json 2>$log) || fail "$(problem)"
  [ "$(count '.')" != 0 ] || no "there are no backups in $from"
  to=$(date --utc --date "$PLATEN_RESTORE_TO" +%s) || no "spec.restore.to is no time"
  target=$(date --utc --date "$PLATEN_RESTORE_TO" '+%Y-%m-%d %H:%M:%S.%6N+00')
  first=$(of '[.[] | .timestamp.stop] | min | todate')
  [ "$(count ".timestamp.stop <= $to")" != 0 ] || no "the oldest backup ended at $first, after $PLATEN_RESTORE_TO; name a later time"
  check_owner
  check_end
  check_space
}

folder() {
  case $PLATEN_RESTORE_FROM in
  /*/*) echo "$PLATEN_RESTORE_FROM" ;;
  *)
    inside=$(rest --repo1-path="$PLATEN_RESTORE_FROM" --log-level-console=error repo-ls 2>$log) || return 1
    case $inside in '' | *"
"*) ;; *) echo "$PLATEN_RESTORE_FROM/$inside" ;; esac
    ;;
  esac
}

# Of the backups; $1 is a filter of jq.
of() { echo "$info" | jq --raw-output --argjson to "${to:-0}" "[.[0].backup // [] | .[] | select(.error != true)] | $1"; }
count() { of "map(select($1)) | length"; }
chosen() { of "map(select(.timestamp.stop <= \$to)) | sort_by(.timestamp.stop) | last | $1"; }

check_owner() {
  for what in country region; do
    here=$(jq --raw-output ".$what" $store/owner.json)
    there=$(chosen ".annotation.$what // \"unknown\"")
    [ "$here" = "$there" ] || no "the backup is of the $what $there, and this tenant of $here; data stays where it belongs"
  done
}

# Sets set and timeline. A restore begins another timeline: the one that was in force at that time is gone along.
check_end() {
  set=$(chosen .label)
  archive=archive/db/$(echo "$info" | jq --raw-output --argjson id "$(chosen .database.id)" '.[0].archive[] | select(.database.id == $id) | .id')
  newest=$(echo "$info" | jq --raw-output --argjson id "$(chosen .database.id)" '.[0].archive[] | select(.database.id == $id) | .max')
  list "$archive/$(echo "$newest" | sed 's/^\(.\{16\}\).*/\1/')"
  end=$(jq '[.[].time] | max' $listed)
  [ "$to" -le "$end" ] ||
    no "the newest that is archived is of $(date --utc --date "@$end" +%Y-%m-%dT%H:%M:%SZ), before $PLATEN_RESTORE_TO; name an earlier time"
  list "$archive"
  begun=$(jq --raw-output --argjson to "$to" \
    '[to_entries[] | select(.key | test("^[0-9A-F]{8}\\.history")) | select(.value.time <= $to) | .key[0:8]] | max // ""' $listed)
  timeline=$((0x${begun:-$(chosen '.archive.stop[0:8]')}))
}

list() { rest --repo1-path="$from" --log-level-console=error repo-ls --output=json "$1" >$listed 2>$log || fail "$(problem)"; }

# The old data stays until the new is there.
check_space() {
  bytes=$(chosen .info.size)
  free=$(df --output=avail --block-size=1 "${PGDATA%/*}" | sed 1d)
  [ "$free" -gt $((bytes + bytes / 10)) ] ||
    no "the volume has $free bytes free, and the backup needs $bytes beside the present data; make the volume larger (spec.size, or resources.database.storage)"
}

fetch() {
  say "restoring backup $set of $from to $target on timeline $timeline"
  rm -rf "$restoring"
  mkdir -m 700 "$restoring"
  rest --repo1-path="$from" --pg1-path="$restoring" --set="$set" --type=time --target="$target" --target-timeline="$timeline" \
    --target-action=promote --log-level-console=warn restore >$log 2>&1 || { cat $log >&2; fail "$(problem)"; }
}

recover() {
  export PGBACKREST_LOG_LEVEL_CONSOLE=warn
  PGDATA=$restoring postgres "$@" -c listen_addresses= -c unix_socket_directories=/tmp -c hba_file=/etc/platen/database/pg_hba.conf \
    -c ident_file=/etc/platen/database/pg_ident.conf 2>$log &
  server=$!
  until [ "$(ask 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do
    kill -0 $server 2>/dev/null || give_up
    sleep 0.5
  done
  # What was asked for at that time was answered long ago.
  ask 'DROP SCHEMA IF EXISTS backup CASCADE'
  begin_ledger
  kill -INT $server
  wait $server || give_up
  server=
  cat $log >&2
  sync
  mv "$restoring" "$restored"
  sync
}

ask() { super --host /tmp --dbname postgres --command "$1"; }

# The residency ledger of another tenant is not this one's, whose own would be refused behind it. Its guard holds for everybody
# else.
begin_ledger() {
  [ "$(chosen .annotation.tenant)" != "$(jq --raw-output .tenant $store/owner.json)" ] || return 0
  super --host /tmp --dbname "$POSTGRES_DB" <<'END'
SET session_replication_role = replica;
SELECT format('TRUNCATE %I', name) FROM unnest(ARRAY['residency_ledger', 'residency_ledger_key']) AS name
  WHERE to_regclass(name) IS NOT NULL \gexec
END
}

give_up() {
  server=
  cat $log >&2
  case $(cat $log) in
  *'recovery ended before configured recovery target was reached'*) no "the archive ends, or has a gap, before $PLATEN_RESTORE_TO; name an earlier time, or one after the next backup" ;;
  *'not a child of this server'* | *'Verify timeline'*) no "between $PLATEN_RESTORE_TO and the backup before it lies another restore; name another time" ;;
  esac
  fail "PostgreSQL did not come up: $(sed -n 's/.*FATAL: *//p' $log | head -1)"
}

problem() { sed -n 's/.*ERROR: *//p' $log | head -1; }

swap() {
  if [ -d "$PGDATA" ]; then
    rm -rf "$PGDATA.old"
    mv "$PGDATA" "$PGDATA.old"
    sync
  fi
  mv "$restored" "$PGDATA"
  sync
  echo "$id" >"$marker.new"
  sync
  mv "$marker.new" "$marker"
  sync
  rm -rf "$PGDATA.old" "$refusal"
}

main "$@"
