#!/usr/bin/env bash
# Changes of VIPs on Open Virtual Network beside the same rows written by a bare client; see README.md.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
enter_sandbox "${BASH_SOURCE[0]}" "$@"
seconds=${1:-5}
sizes=("${@:2}")
[[ ${#sizes[@]} -gt 0 ]] || sizes=(0 1000 10000)

export OVN_RUNDIR=$data OVS_RUNDIR=$data
for database in nb sb; do
  ovsdb-tool create "$data/$database.db" "/usr/share/ovn/ovn-$database.ovsschema"
  ovsdb-server --no-chdir --detach -vconsole:off --pidfile="$data/$database.pid" --log-file="$data/$database.log" \
    --unixctl="$data/$database.ctl" --remote="punix:$data/$database.sock" "$data/$database.db"
  "ovn-${database}ctl" --db="unix:$data/$database.sock" init
done
ovn-northd --no-chdir --detach -vconsole:off --pidfile="$data/northd.pid" --log-file="$data/northd.log" \
  --unixctl="$data/northd.ctl" --ovnnb-db="unix:$data/nb.sock" --ovnsb-db="unix:$data/sb.sock"

uptime
ovn-northd --version | head -n 1
mkdir "$data/server"
for vips in "${sizes[@]}"; do # from few to many: what is there stays
  echo
  start_server "$data/server" --fabric ovn --ovn-northbound "unix:$data/nb.sock" --ovn-southbound "unix:$data/sb.sock"
  bench OvnBench "unix:$data/nb.sock" "$data" "$seconds" http://127.0.0.1:8470 "$token" "$vips"
  stop_server
  bench OvnBench "unix:$data/nb.sock" "$data" "$seconds"
done
uptime
