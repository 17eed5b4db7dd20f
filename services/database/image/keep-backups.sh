#!/bin/sh
# Beside PostgreSQL, with its files and its socket: makes the backups that are asked for in backup.request, the first one, one
# after each restore, and one after segments were given up. Whoever is killed begins again.
set -eu
# shellcheck source=services/database/image/common.sh
. /usr/local/lib/platen/common.sh
# shellcheck source=services/database/image/store.sh
. /usr/local/lib/platen/store.sh

need PGDATA
gap="${PGDATA%/*}/archive-gap"
full_days=7
log=/tmp/backup.log
result=/tmp/backup.result
child=
trap '[ -z "$child" ] || kill "$child" 2>/dev/null; exit 143' TERM INT

main() {
  retry_at=0
  known=
  while :; do
    tick || true
    wait_for sleep 10
  done
}

# A commit every ten seconds: what is archived never ends long before now, and a way back ends at a commit.
tick() {
  asked=$(ask 2>/dev/null <<'END'
INSERT INTO backup.keeper (seen) VALUES (clock_timestamp()) ON CONFLICT (only_one) DO UPDATE SET seen = excluded.seen;
SELECT count(*) FROM backup.request WHERE state IN ('asked', 'running');
END
) || return 0
  may_use_store || return 0
  export_store
  [ "$(date +%s)" -ge "$retry_at" ] || return 0
  why=$(reason)
  [ -n "$why" ] || return 0
  back_up "$why"
}

# Empty: there is none.
reason() {
  if [ "$asked" != 0 ]; then
    echo asked
  elif [ -e "$gap" ] || [ -e "$gap.taken" ]; then
    echo gap
  elif [ -z "$known" ] && ! is_known; then
    echo first
  fi
}

# Whether there is a backup of this timeline (a restore begins another one) of this very database (a volume that was lost
# and made again holds one on its first timeline, too).
is_known() {
  here=$(ask <<'END'
SELECT system_identifier || ' ' || lpad(upper(to_hex(timeline_id)), 8, '0')
FROM pg_control_system(), pg_control_checkpoint();
END
)
  rest info --output=json --log-level-console=error |
    jq --exit-status --argjson system "${here% *}" --arg timeline "${here#* }" '
      .[0] | [.db[]? | select(.["system-id"] == $system) | .id] as $ids |
      .backup // [] | any(.archive.stop[0:8] == $timeline and (.database.id as $id | any($ids[]; . == $id)))' >/dev/null
}

back_up() {
  say "making a backup: $1"
  ask <<'END'
UPDATE backup.request SET state = 'running' WHERE state = 'asked';
END
  [ ! -e "$gap" ] || mv "$gap" "$gap.taken"
  if attempt; then
    state='done' known=yes retry_at=0
    rm -f "$gap.taken"
  else
    state=failed retry_at=$(($(date +%s) + 120))
  fi
  told=$(cat $result)
  say "$state: $told"
  answer <<'END'
UPDATE backup.request SET state = :'state', told = :'told' WHERE state = 'running';
DELETE FROM backup.request WHERE asked < now() - interval '30 days';
END
}

# Writes what came of it, one sentence, into $result.
attempt() {
  # shellcheck disable=SC2046 # one argument for each
  if ! prepare_stanza >$log 2>&1 || ! guarded rest backup --type="$(type_of_backup)" $(annotations) >$log 2>&1; then
    cat $log >&2
    sed -n 's/.*ERROR: *//p' $log | head -1 >$result
    may_use_store || echo 'nobody knows any more that the bucket is where it must be' >$result
    return 1
  fi
  archived=$(ask <<'END'
SELECT to_char(last_archived_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM pg_stat_archiver;
END
  )
  # The operator reads this: operator/reconcile/tenant/backups.ts.
  rest info --output=json --log-level-console=error | jq --raw-output --arg archived "$archived" \
    '.[0].backup[-1] | "backed up \(.label), \(.info.size) bytes, ended \(.timestamp.stop | todate), archived to \($archived)"' >$result
}

# A volume that was lost and made again holds another database, under the same name.
prepare_stanza() { rest stanza-create || rest stanza-upgrade; }

type_of_backup() {
  rest info --output=json --log-level-console=error | jq --raw-output --argjson days $full_days \
    'if [.[0].backup // [] | .[] | select(.type == "full" and .timestamp.stop > now - $days * 86400 + 3600)] == [] then "full" else "incr" end'
}

# A backup says whose it is: nobody else restores it by accident, or abroad.
annotations() { jq --raw-output 'to_entries[] | "--annotation=\(.key)=\(.value)"' $store/owner.json; }

ask() { super --host /var/run/postgresql --dbname postgres; }
answer() { super --host /var/run/postgresql --dbname postgres --set state="$state" --set told="$told"; }

# Ends what sends data as soon as it must not be sent there any more.
guarded() {
  "$@" &
  child=$!
  while kill -0 $child 2>/dev/null; do
    may_use_store || kill $child 2>/dev/null || true
    sleep 1
  done
  code=0
  wait $child || code=$?
  child=
  return $code
}

# A signal does not wait for what runs.
wait_for() {
  "$@" &
  child=$!
  code=0
  wait "$child" || code=$?
  child=
  return $code
}

main
