#!/usr/bin/env bash
# How long a claim takes from the wire to a client that follows the events, with 1,000 VIPs; see README.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

if [[ ${1:-} != inside ]]; then
  "$root/havip" vip --help >/dev/null # builds and unpacks
  data=$(mktemp -d)
  trap 'rm -rf "$data"' EXIT
  unshare --user --map-root-user --net --mount --pid --fork --kill-child --mount-proc \
    bash "${BASH_SOURCE[0]}" inside "$data"
  exit
fi

data=$2
PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs tmpfs /run
mkdir /run/netns
ip link set lo up
"$root/havip" server --data-dir "$data" >"$data/out" 2>"$data/err" &
server=$!
until grep -q 'HAVIP listens' "$data/out"; do
  kill -0 $server || { cat "$data/err"; exit 1; }
  sleep 0.1
done
client=$root/target/havip-client
"$("$root/havip" jdk)/bin/java" --enable-native-access=ALL-UNNAMED -cp "$client/havip.jar:$client/lib/*" \
  "$root/bench/Claims.java" http://127.0.0.1:8470 "$(sed -n 's/.*shown only now: //p' "$data/out")" $server
