#!/usr/bin/env bash
# How long a create-and-bind request takes until it is durable, and until it is realised; see README.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

if [[ ${1:-} != inside ]]; then
  "$root/havip" --help >/dev/null # builds
  data=$(mktemp -d)
  trap 'rm -rf "$data"' EXIT
  unshare --user --map-root-user --net --mount --pid --fork --kill-child --mount-proc \
    bash "${BASH_SOURCE[0]}" inside "$data" "${1:-200}"
  exit
fi

data=$2 requests=$3
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
"$root/havip" server --data-dir "$data" >"$data/out" 2>"$data/err" &
until grep -q 'HAVIP listens' "$data/out"; do
  kill -0 $! || { cat "$data/err"; exit 1; }
  sleep 0.1
done
url=http://127.0.0.1:8470 token=$(sed -n 's/.*shown only now: //p' "$data/out")
call() { curl -sf -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }
id() { sed -n 's/^{"id":"\([^"]*\)".*/\1/p'; }
median_and_p99() { sort -n | awk '{v[NR] = $1} END {printf "median %.1f p99 %.1f ms\n", v[int((NR + 1) / 2)], v[int(NR * .99 + .99)]}'; }

vpc=$(call $url/v1/vpcs -d '{"name": "bench", "cidr": "10.0.0.0/8"}' | id)
subnet=$(call $url/v1/subnets -d '{"vpcId": "'"$vpc"'", "name": "bench", "cidr": "10.0.0.0/16"}' | id)
body() { # of a VIP bound to three VMs that have no other
  local vms='' vm
  for _ in 1 2 3; do
    vm=$(call $url/v1/vms -d '{"name": "vm", "vpcId": "'"$vpc"'", "nics": [{"networkId": "'"$subnet"'"}]}' | id)
    vms+=${vms:+, }'"'$vm'"'
  done
  echo '{"name": "v", "type": "internal", "vpcId": "'"$vpc"'", "networkId": "'"$subnet"'", "vmIds": ['"$vms"']}'
}
for ((i = 0; i < requests + 50; i++)); do
  body="$(body)"
  call $url/v1/vips -d "$body" -o /dev/null -w '%{time_total}\n' |
    awk -v warm=$((i < 50)) '!warm {print $1 * 1000}' >>"$data/answered"
done
echo "create and bind, to the durable answer ($requests requests): $(median_and_p99 <"$data/answered")"

sleep 1
after=0-0
while page=$(call "$url/v1/events?limit=1000&after=$after") && [[ $page == *'"id"'* ]]; do
  grep -o '{"id":"[0-9-]*","vipId":"[^"]*","at":"[^"]*","actor":"[^"]*","kind":"vip_[a-z]*"' <<<"$page" >>"$data/events"
  after=$(grep -o '"id":"[0-9]*-[0-9]*"' <<<"$page" | tail -n 1 | cut -d'"' -f4)
done
# Seconds of the minute are enough: nothing takes that long.
sed 's/.*"vipId":"\([^"]*\)".*T[0-9]*:[0-9]*:\([0-9.]*\)Z.*"kind":"\(vip_[a-z]*\)".*/\1 \2 \3/' "$data/events" |
  awk '$3 == "vip_created" {t[$1] = $2} $3 == "vip_realised" && $1 in t {d = $2 - t[$1]; print (d < 0 ? d + 60 : d) * 1000}' |
  tail -n +51 >"$data/realised"
echo "from the decision until the fabric has realised it: $(median_and_p99 <"$data/realised")"

for ((i = 0; i < requests; i++)); do
  dd if=/dev/zero of="$data/raw" bs=4096 count=1 conv=fsync 2>&1 | sed -n 's/.*, \([0-9.e-]*\) s, .*/\1/p'
done | awk '{print $1 * 1000}' | { echo "one 4 KiB write with fsync on this disk: $(median_and_p99)"; }
