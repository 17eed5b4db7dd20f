#!/bin/sh
# PostgreSQL's archive_command, with %p; pgBackRest wants to find its own name in that. Until it succeeds PostgreSQL keeps the
# segment and asks again, so a store that is away fills the volume. A full volume would stop the database, and with it all
# reports: from PLATEN_ARCHIVE_QUEUE segments on that wait, the oldest is given up. Then there is no way back into the time until
# the next backup, which is made at once when the store is there again.
set -eu
# shellcheck source=services/database/image/common.sh
. /usr/local/lib/platen/common.sh
# shellcheck source=services/database/image/store.sh
. /usr/local/lib/platen/store.sh

gap="${PGDATA%/*}/archive-gap"

set -- "$1" pg_wal/archive_status/*.ready
if [ $(($# - 1)) -gt "$PLATEN_ARCHIVE_QUEUE" ]; then
  say "giving up ${1##*/}: $(($# - 1)) segments wait for the object store, and the volume must not fill up; there is no way back to that time"
  : >"$gap"
  exit 0
fi
if ! may_use_store; then
  say "cannot archive ${1##*/}: nobody knows yet that the bucket is where it must be; see the Region's condition BackupLocationVerified"
  exit 1
fi
export_store
# A database that is being restored is in another folder than pgbackrest.conf says. A PostgreSQL that shuts down tries three
# times, all within its pod's grace.
rest --pg1-path="$PWD" --io-timeout=15 --log-level-console=warn archive-push "$1"
