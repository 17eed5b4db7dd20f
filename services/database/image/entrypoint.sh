#!/bin/sh
# What the image does: a mode's name as first argument, otherwise PostgreSQL with the arguments given.
set -eu
here=/usr/local/lib/platen
case ${1:-} in
backup) mode=ask-backup ;;
keep-backups | restore) mode=$1 ;;
*) exec "$here/serve.sh" "$@" ;;
esac
shift
exec "$here/$mode.sh" "$@"
