#!/usr/bin/env bash
# How long the commands take until they end, beside a Java program that only says hello; see README.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
runs=${1:-15}

if [[ ${1:-} != inside ]]; then
  "$root/havip" vip --help >/dev/null # builds, and prepares the commands
  java_home=$("$root/havip" jdk)
  data=$(mktemp -d)
  trap 'rm -rf "$data"' EXIT
  mkdir "$data/havip"
  unshare --user --map-root-user --net --mount --pid --fork --kill-child --mount-proc \
    bash "${BASH_SOURCE[0]}" inside "$data" "$java_home" "$runs"
  exit
fi

data=$2 java_home=$3 runs=$4
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
mount -t tmpfs -o mode=755 tmpfs /run
echo 'class Hello { public static void main(String[] a) { System.out.println("hello"); } }' >"$data/Hello.java"
"$java_home/bin/javac" -d "$data" "$data/Hello.java"
"$root/havip" server --data-dir "$data/havip" >"$data/out" 2>"$data/err" &
until grep -q 'HAVIP listens' "$data/out"; do
  kill -0 $! || { cat "$data/err"; exit 1; }
  sleep 0.1
done
export HAVIP_URL=http://127.0.0.1:8470 HAVIP_TOKEN
HAVIP_TOKEN=$(sed -n 's/.*shown only now: //p' "$data/out")
"$root/havip" vpc create bench --cidr 10.0.0.0/8 >/dev/null
"$root/havip" subnet create bench --vpc bench --cidr 10.0.0.0/16 >/dev/null
for i in 1 2 3; do "$root/havip" vip create "vip-$i" --subnet bench >/dev/null; done

measure() { # COMMAND...: the median and the longest, in ms
  local i begin end
  for ((i = 0; i < runs; i++)); do
    begin=${EPOCHREALTIME/[.,]/}
    "$@" >/dev/null
    end=${EPOCHREALTIME/[.,]/}
    echo $((end - begin))
  done | sort -n | awk '{v[NR] = $1 / 1000} END {printf "%.0f %.0f\n", v[int((NR + 1) / 2)], v[NR]}'
}

uptime
read -r hello longest < <(measure "$java_home/bin/java" -XX:+UseSerialGC -cp "$data" Hello)
printf '%-26s median %5s ms, longest %5s ms\n' 'java Hello' "$hello" "$longest"
for command in '--help' 'vip --help' 'vip create --help' 'vip list' 'vip list -o json'; do
  # shellcheck disable=SC2086 # its words are arguments
  read -r median longest < <(measure "$root/havip" $command)
  printf '%-26s median %5s ms, longest %5s ms, %s times java Hello\n' "havip $command" "$median" "$longest" \
    "$(awk -v a="$median" -v b="$hello" 'BEGIN {printf "%.1f", a / b}')"
done
uptime
