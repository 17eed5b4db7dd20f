#!/bin/sh
# Ends what a process leaves behind when it dies without a chance to clean up (kill -9).
# Reads "add PID SIGNAL" and "remove PID" lines; when its input closes, its owner is gone: it sends each
# remaining process its signal, waits up to ten seconds and kills what is left.
trap '' INT TERM HUP
list=''
while read -r verb pid signal; do
  case $verb in
    add) list="$list $pid:$signal" ;;
    remove) list=$(for entry in $list; do [ "${entry%%:*}" = "$pid" ] || printf ' %s' "$entry"; done) ;;
  esac
done
for entry in $list; do kill -s "${entry##*:}" "${entry%%:*}" 2>/dev/null; done
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  alive=0
  for entry in $list; do kill -0 "${entry%%:*}" 2>/dev/null && alive=1; done
  [ $alive -eq 0 ] && exit 0
  sleep 0.5
done
for entry in $list; do kill -9 "${entry%%:*}" 2>/dev/null; done
