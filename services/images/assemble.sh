#!/bin/sh
# Copies programs out of a Debian system with all that they link to, so that an image holds these and nothing else:
# no package manager, no shell that nobody needs. Who a file comes from is kept for scanners and for its licence.
# usage: assemble.sh ROOT BELOW ITEM ...
#   ROOT   folder that becomes the image's root
#   BELOW  the ROOT of a lower layer, whose files are left out; - where there is none, which gets the user and its folders
#   ITEM   a program on the PATH, an absolute path, or an absolute folder with all that is in it
set -eu
root=$1 below=$2
shift 2

take() {
  if [ -d "$1" ]; then
    take_folder "$(realpath "$1")"
  else
    copy "$1"
    take_libraries "$1"
  fi
}

# In one go: there are folders with thousands of files.
take_folder() {
  mkdir -p "$root$1"
  cp --recursive --no-dereference --preserve=mode,timestamps,links "$1/." "$root$1/"
  find "$1" ! -type d >>"$taken"
  for target in $(find "$1" -type l -lname '/*' -printf '%l\n' -o -type l -lname '*/*' -printf '%h/%l\n' | sort -u); do
    [ ! -e "$target" ] || copy "$target"
  done
  # shellcheck disable=SC2046
  take_libraries $(find "$1" -type f -perm /111 -o ! -type d -name '*.so*')
}

take_libraries() {
  linked=$(ldd "$@" 2>/dev/null | grep '^[[:space:]]' || true)
  case $linked in *'not found'*)
    echo "cannot take $*: a library is missing: $linked" >&2
    exit 1
    ;;
  esac
  for library in $(echo "$linked" | grep -o '/[^ ]*\.so[^ ]*' | sort -u); do copy "$library"; done
}

# One file. A link is followed to the end; folders are named as they are, without links, because /lib may be one.
copy() {
  set -- "$(realpath "$(dirname "$1")")/$(basename "$1")"
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    take_folder "$1"
    return
  fi
  if present "$root$1" || { [ "$below" != - ] && present "$below$1"; }; then return; fi
  mkdir -p "$root$(dirname "$1")"
  cp --no-dereference --preserve=mode,timestamps,links "$1" "$root$1"
  echo "$1" >>"$taken"
  [ -L "$1" ] || return 0
  case $(readlink "$1") in
  /*) copy "$(readlink "$1")" ;;
  *) copy "$(dirname "$1")/$(readlink "$1")" ;;
  esac
}

present() { [ -e "$1" ] || [ -L "$1" ]; }

# dpkg knows some files by their path without /usr.
owners() {
  { cat "$taken"; sed 's|^/usr||' "$taken"; } | xargs dpkg-query --search 2>/dev/null | sed '/^diversion /d; s/[:,].*//' | sort -u
}

# The user, and what every system has.
base() {
  for folder in /bin /sbin /lib /lib64; do [ ! -L $folder ] || cp -d $folder "$root/"; done
  mkdir -p "$root/etc" "$root/tmp" "$root/usr/bin" "$root/usr/sbin"
  chmod 1777 "$root/tmp"
  cp -L /etc/os-release "$root/etc/"
  cat >"$root/etc/passwd" <<END
root:x:0:0:root:/root:/usr/sbin/nologin
platen:x:10001:10001:Platen:/nonexistent:/usr/sbin/nologin
END
  cat >"$root/etc/group" <<END
root:x:0:
platen:x:10001:
END
}

mkdir -p "$root"
taken=$(mktemp)
for item; do
  case $item in
  /*) ;;
  *) item=$(command -v "$item") || { echo "cannot take $item: no such program" >&2; exit 1; } ;;
  esac
  take "$item"
done

for package in $(owners); do
  mkdir -p "$root/var/lib/dpkg/status.d" "$root/usr/share/doc/$package"
  dpkg-query --status "$package" >"$root/var/lib/dpkg/status.d/$package"
  [ ! -e "/usr/share/doc/$package/copyright" ] || cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
done
rm "$taken"
if [ "$below" = - ]; then base; fi
# Times of the build would give each build layers of its own.
find "$root" -exec touch --no-dereference --date=@0 {} +
