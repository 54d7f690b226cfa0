#!/usr/bin/env bash
# Remakes docs/reference/outages.md: how long traffic stops, what thefts achieve, what binding costs; see README.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
crashes=${1:-20}
page=${2:-$root/docs/reference/outages.md}

"$root/havip" completion bash >/dev/null # builds
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
JAVA_HOME=$("$root/havip" jdk)
export JAVA_HOME
"$JAVA_HOME/bin/java" -Djarmode=tools -jar "$root/target/havip.jar" extract --destination "$data/jar" --application-filename havip.jar
tests=$root/src/test/java/io/havip
"$JAVA_HOME/bin/javac" -nowarn -proc:none -d "$data/bench" -cp "$data/jar/havip.jar:$data/jar/lib/*" \
  "$tests"/demo/{Arena,BareBridge,Ground,HavipGround,Outages,Software}.java "$tests"/server/ServerProcess.java "$tests"/bench/BindBench.java

# Each in a sandbox of its own.
measure() { # CLASS ARGUMENT...
  (cd "$root" && src/test/sandbox/bin/java --enable-native-access=ALL-UNNAMED \
    -cp "$data/bench:$data/jar/havip.jar:$(printf '%s:' "$data"/jar/lib/*)" "$@" "$(mktemp -d -p "$data")")
}
outages() { measure io.havip.demo.Outages "$@"; }

loaded() { cut -d' ' -f1 /proc/loadavg; }
{
  cat <<TEXT
# Outages and thefts

Made by \`bench/outages.sh $crashes\` on $(date -u +%F), on $(nproc) processors ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)), Linux $(uname -r), $(keepalived --version 2>&1 | sed -n '1s/^\(Keepalived v[^ ]*\).*/\1/p').
The load average was $(loaded) when it began.

Real HA software runs with the files that HAVIP makes, in network namespaces that stand in for two bound VMs, on the fabric of a real server. A
client asks the VIP every 5 ms. The outage is the time from the last answer of the holder to the first of the other VM, after the
holder's NICs went down and its HA software was killed. Then a VM that is not bound tries five thefts: gratuitous ARP requests and replies, IP packets from
the VIP, VRRP advertisements at priority 250, whole and in two fragments. A theft fails when it reached neither the client, nor the ARP cache of the client or its
router, nor the holder's keepalived. keepalived advertises every 100 ms; heartbeat and pacemaker have the timeouts of the generated files.
An external VIP is on second NICs, and the client behind a router.

| HA software | VIP | crashes | shortest ms | median ms | longest ms | thefts that failed |
|---|---|---|---|---|---|---|
TEXT
  for network in internal external; do
    for software in KEEPALIVED KEEPALIVED_MULTICAST KEEPALIVED_VMAC; do
      outages row $software $network $((crashes / 4))
    done
    if [[ $(id -u) -eq 0 ]]; then
      for software in HEARTBEAT PACEMAKER; do
        SANDBOX_USERS=all outages row $software $network $((crashes / 10))
      done
    fi
  done
  cat <<TEXT

## The fabric beside a bare bridge

Crashes in turn on the fabric and on a bridge without rules, in one run, of keepalived by unicast with the same files, of both spread alike over the interval
between two advertisements, by which outages differ. The medians' ratio is to be below 1.05.

| crashes of each | fabric, median ms | bare bridge, median ms | ratio |
|---|---|---|---|
TEXT
  outages ratio "$crashes"
  cat <<TEXT

## Binding with few and with many elements

The time from what is wanted until the kernel has it, for one VM more or less bound to a VIP: medians of 600 such changes, twice each, in one run. The
ratio is to be below 1.5.

| 1,000 elements, ms | 100,000 elements, ms | ratio |
|---|---|---|
TEXT
  measure io.havip.bench.BindBench
  echo
  echo "The load average was $(loaded) when it ended."
} >"$data/page"
mv "$data/page" "$page"
