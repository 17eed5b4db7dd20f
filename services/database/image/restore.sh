#!/bin/sh
# Before PostgreSQL starts: brings the database to the state of PLATEN_RESTORE_TO, once for each PLATEN_RESTORE_ID. All happens in
# a folder beside PGDATA, which takes its place when PostgreSQL has come up in it, and not before; the marker comes last. What
# PGDATA has not archived yet goes to the archive first, so that another restore leads back to it.
# Whoever is killed begins again, and nothing half-restored ever serves. The arguments are PostgreSQL's.
# - PLATEN_RESTORE_FROM: the folder of the backups in the bucket, /NAME/database-UID, or /NAME where there is only one
# What cannot be done is refused once for that PLATEN_RESTORE_ID, and the database starts as it was.
set -eu
# shellcheck source=services/database/image/common.sh
. /usr/local/lib/platen/common.sh
# shellcheck source=services/database/image/store.sh
. /usr/local/lib/platen/store.sh

need PGDATA PLATEN_RESTORE_ID PLATEN_RESTORE_TO PLATEN_RESTORE_FROM
id=$PLATEN_RESTORE_ID
# The restores that were carried out, one a line.
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
  put_back
  # Killed after the data took its place.
  if [ ! -d "$restored" ] && [ "$(last_of "$marker.next")" = "$id" ]; then finish; fi
  if [ "$(last_of "$marker")" = "$id" ]; then
    tell "restored $id"
    exit 0
  fi
  repeat_refusal
  [ -z "$(sed -n "/^$id\$/p" "$marker" 2>/dev/null)" ] || no 'it was restored to that time before; name another second, if that is meant again'
  may_use_store || fail 'nobody knows yet that the bucket is where it must be'
  export_store
  if [ ! -d "$restored" ]; then
    # Of others that were given up, and of this one's last try: each is as large as the database.
    rm -rf "$restoring" "$PGDATA".restored-*
    is_meant || no 'it was carried out on a volume that is gone; name the time that the new one shall begin with'
    choose
    archive_rest "$@"
    fetch
    recover "$@"
  fi
  swap
  finish
  tell "restored $id"
}

# Another restore was killed between two steps of `swap`, and is not meant any more.
put_back() {
  [ ! -e "$PGDATA/PG_VERSION" ] && [ ! -d "$restored" ] && [ -d "$PGDATA.old" ] || return 0
  mv "$PGDATA.old" "$PGDATA"
  sync
}

# The operator remembers what a lost volume would have said.
is_meant() { [ -e "$PGDATA/PG_VERSION" ] || [ "$(cat $store/restored 2>/dev/null)" != "$id" ]; }

last_of() { sed -n '$p' "$1" 2>/dev/null; }

# It can be tried again.
fail() {
  say "cannot restore: $*"
  tell "failed $id $*"
  exit 1
}

# What is refused now might be possible after the next restart, when nobody expects it any more.
no() {
  say "cannot restore: $*"
  rm -rf "$restoring"
  if [ ! -e "$PGDATA/PG_VERSION" ]; then
    tell "refused $id $*"
    exit 65
  fi
  printf '%s %s\n' "$id" "$*" >"$refusal.new"
  sync
  mv "$refusal.new" "$refusal"
  sync
  tell "refused $id $*"
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
  info=$(quietly --repo1-path="$from" info --output=json 2>$log) || fail "$(problem)"
  [ "$(count '.')" != 0 ] || no "there are no backups in $from; name another tenant or uid in spec.restore.from"
  to=$(date --utc --date "$PLATEN_RESTORE_TO" +%s) || no "spec.restore.to is no time; write it as 2026-11-29T06:53:45Z"
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
    inside=$(quietly --repo1-path="$PLATEN_RESTORE_FROM" repo-ls 2>$log) || return 1
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

list() { quietly --repo1-path="$from" repo-ls --output=json "$1" >$listed 2>$log || fail "$(problem)"; }

# Its output is read; errors go to stderr alone.
quietly() { rest --log-level-console=off --log-level-stderr=error "$@"; }

# The old data stays until the new is there.
check_space() {
  bytes=$(chosen .info.size)
  free=$(df --output=avail --block-size=1 "${PGDATA%/*}" | sed 1d)
  [ "$free" -gt $((bytes + bytes / 10)) ] ||
    no "the volume has $free bytes free, and the backup needs $bytes beside the present data; make the volume larger (spec.size, or resources.database.storage)"
}

# What was committed and is on this volume only: segments that wait for the store, and, after a crash, what follows them. A
# database that does not come up any more has nothing to give.
archive_rest() {
  [ -e "$PGDATA/PG_VERSION" ] || return 0
  case $(pg_controldata --pgdata "$PGDATA" | sed -n 's/^Database cluster state: *//p') in
  'shut down'*) ;;
  *) end_well "$@" || say 'what the present data has not archived yet may be lost: it does not come up' ;;
  esac
  archive "$PGDATA" '*' || say 'the present data has no archive of its own: nothing leads back to it'
}

# Of the data in $1, what waits and is called like $2.
archive() {
  for ready in "$1"/pg_wal/archive_status/$2.ready; do
    [ -e "$ready" ] || continue
    segment=${ready##*/}
    push "$1" "${segment%.ready}" || return 1
    mv "$ready" "${ready%.ready}.done"
  done
}

# An archive that never was, or is another database's, because the volume was lost, has no place for it.
push() {
  rest --pg1-path="$1" --io-timeout=15 --log-level-console=warn archive-push "$1/pg_wal/$2" >$log 2>&1 && return
  case $(cat $log) in
  *ArchiveMismatchError* | *FileMissingError* | *'[044]'* | *'[055]'*) return 1 ;;
  esac
  fail "cannot archive $2: $(problem)"
}

# With the last segment closed.
end_well() {
  start_alone "$@" 2>$log
  ended=0
  await_connections && kill -INT "$server" || ended=1
  wait "$server" || ended=1
  server=
  return $ended
}

fetch() {
  say "restoring backup $set of $from to $target on timeline $timeline"
  mkdir -m 700 "$restoring"
  rest --repo1-path="$from" --pg1-path="$restoring" --set="$set" --type=time --target="$target" --target-timeline="$timeline" \
    --target-action=promote --log-level-console=warn restore >$log 2>&1 || { cat $log >&2; fail "$(problem)"; }
}

# Nothing is archived meanwhile: of a restore that is given up the archive shall know nothing.
recover() {
  export PGBACKREST_LOG_LEVEL_CONSOLE=off PGBACKREST_LOG_LEVEL_STDERR=warn
  start_alone -D "$restoring" "$@" 2>$log
  until [ "$(ask 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do
    kill -0 $server 2>/dev/null || give_up
    sleep 0.5
  done
  # What was asked for at that time was answered long ago.
  ask 'DROP SCHEMA IF EXISTS backup CASCADE'
  kill -INT $server
  wait $server || give_up
  server=
  cat $log >&2
  sync
  mv "$restoring" "$restored"
  sync
}

ask() { super --host /tmp --dbname postgres --command "$1"; }

give_up() {
  server=
  cat $log >&2
  # PostgreSQL takes every error of what fetches for the end of the archive.
  may_use_store || fail 'nobody knows any more that the bucket is where it must be'
  ! grep -q 'ERROR: *\[' $log || fail "$(problem)"
  case $(cat $log) in
  *'recovery ended before configured recovery target was reached'*) no "the archive ends, or has a gap, before $PLATEN_RESTORE_TO; name an earlier time, or one after the next backup" ;;
  *'not a child of this server'* | *'Verify timeline'*) no "between $PLATEN_RESTORE_TO and the backup before it lies another restore; name another time" ;;
  esac
  fail "PostgreSQL did not come up: $(sed -n 's/.*FATAL: *//p' $log | head -1)"
}

problem() { sed -n 's/.*ERROR: *//p' $log | head -1; }

# When its timeline began is told by when the history came to the archive: not before nothing can keep it from serving any
# more, and not after it serves.
swap() {
  archive "$restored" '*.history' || true
  { cat "$marker" 2>/dev/null || true; echo "$id"; } >"$marker.next"
  sync
  if [ -d "$PGDATA" ]; then
    rm -rf "$PGDATA.old"
    mv "$PGDATA" "$PGDATA.old"
    sync
  fi
  mv "$restored" "$PGDATA"
  sync
}

finish() {
  mv "$marker.next" "$marker"
  sync
  rm -rf "$PGDATA.old" "$refusal"
}

main "$@"
