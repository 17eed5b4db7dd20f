#!/bin/sh
# The Job and CronJob `backup`: asks the container beside the database for a backup, and ends as that does. Only that one
# has the files. libpq's PG* variables say where the database is.
set -eu
# shellcheck source=services/database/image/common.sh
. /usr/local/lib/platen/common.sh

need PGHOST PGUSER PGPASSWORD
# Another try of a Job is another pod.
id=$(cat /proc/sys/kernel/hostname)
patience=300

ask() {
  psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --dbname postgres --set id="$id"
}

# state|seconds since the keeper was there|what it told
look() {
  ask <<'END'
INSERT INTO backup.request (id) VALUES (:'id') ON CONFLICT DO NOTHING;
SELECT state, coalesce((SELECT floor(extract(epoch FROM clock_timestamp() - seen)) FROM backup.keeper), 999999), replace(told, E'\n', ' ')
  FROM backup.request WHERE id = :'id';
END
}

away=0
while :; do
  # While the database restarts there is no answer; what was asked is kept.
  if answer=$(look); then
    told=${answer#*|*|}
    seen=${answer#*|}
    seen=${seen%%|*}
    case $answer in
    done\|*)
      say "$told"
      tell "$told"
      exit 0
      ;;
    failed\|*) refuse "cannot back up: $told" ;;
    esac
    [ "$seen" -gt 60 ] || away=0
  fi
  [ $away -lt $patience ] ||
    refuse "cannot back up: nobody at $PGHOST makes backups; look at the container backup of the database's pod"
  away=$((away + 5))
  sleep 5
done
