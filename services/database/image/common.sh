# shellcheck shell=sh
# For all modes.

say() { echo "platen: $*" >&2; }

# Ends with the sentence on stderr, and where Kubernetes shows it.
refuse() {
  say "$*"
  tell "$*"
  exit 65
}

# What Kubernetes keeps of a container that ended: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
tell() {
  if [ -w /dev/termination-log ]; then echo "$*" >/dev/termination-log; fi
}

need() {
  for name; do
    eval "[ -n \"\${$name:-}\" ]" || refuse "cannot start: $name is not set; set it in the container's environment"
  done
}

# One process tree at a time works on the volume, also while a killed container's last process is still ending. The lock
# ends with its last holder; where it is free, a postmaster.pid is left from somebody who is gone, and its number may by
# now be another process of the new container.
own_volume() {
  volume=${PGDATA%/*}
  [ -w "$volume" ] || refuse "cannot use $volume: user $(id_of_user) may not write there; set fsGroup of the pod"
  exec 9>"$volume/lock"
  flock -w 60 9 || refuse "cannot use $volume: another container works on it; wait until that has ended"
  rm -f "$PGDATA/postmaster.pid"
}

id_of_user() { sed -n 's/^Uid:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status; }

# Superuser by the socket of a server that runs.
super() { psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --username postgres "$@"; }

# PostgreSQL on PGDATA with these arguments, as the process $server.
start() {
  postgres "$@" -c hba_file=/etc/platen/database/pg_hba.conf -c ident_file=/etc/platen/database/pg_ident.conf &
  server=$!
}

# For this container only. Nothing is archived.
start_alone() { start "$@" -c listen_addresses= -c unix_socket_directories=/tmp -c archive_command=false; }

# Fails once $server has ended.
await_connections() {
  until pg_isready --quiet --host /tmp --username postgres; do
    kill -0 "$server" 2>/dev/null || return 1
    sleep 0.2
  done
}
