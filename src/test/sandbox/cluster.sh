#!/bin/bash
# A cluster of two VMs, each with namespaces and private directories of its own, on a bridge with a client. Prints who holds
# the VIP, stops that VM as a power cut would, and prints who holds it then.
#   cluster.sh heartbeat|pacemaker DIRECTORY
# In the directory: vm1.sh and vm2.sh, as HAVIP made them. Needs real root: the programs change to users of their own.
set -eu
software=$1 directory=$2
vip=10.77.0.100

if [[ ${3:-} != inside ]]; then
  exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private "$0" "$software" "$directory" inside
fi

mount -t tmpfs tmpfs /run
mkdir /run/netns
ip link set lo up
ip link add br0 type bridge forward_delay 0
ip addr add 10.77.0.20/24 dev br0
ip link set br0 up
for number in 1 2; do
  ip netns add vm$number
  ip link add port$number master br0 type veth peer name eth0 netns vm$number
  ip link set port$number up
  ip -n vm$number link set lo up
  ip -n vm$number addr add 10.77.0.1$number/24 dev eth0
  ip -n vm$number link set eth0 up
done

# What runs as the VM's process 1; with it everything in the VM ends.
node() { # NAME
  exec >>"$directory/$1.out" 2>&1
  hostname "$1"
  local private copy=$directory/$1.copy
  for private in /etc/ha.d /etc/corosync /var/lib/heartbeat /var/lib/corosync /var/lib/pacemaker; do
    if [[ -d $private ]]; then
      cp -a "$private" "$copy"
      mount -t tmpfs -o mode=755 tmpfs "$private"
      chown --reference="$copy" "$private"
      chmod --reference="$copy" "$private"
      cp -a "$copy/." "$private"
      rm -rf "$copy"
    fi
  done
  mkdir "$directory/$1.log"
  mount --bind "$directory/$1.log" /var/log
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /dev/shm
  printf '127.0.0.1 localhost\n10.77.0.11 vm1\n10.77.0.12 vm2\n' >"$directory/$1.hosts"
  mount --bind "$directory/$1.hosts" /etc/hosts
  sh "$directory/$1.sh"
  case $software in
    heartbeat)
      rm -f /var/lib/heartbeat/{hostcache,hb_uuid,delhostcache}
      install -d -o hacluster -g haclient /run/heartbeat/{ccm,crm,dopd}
      mkdir -p /run/lock/subsys /run/resource-agents
      /usr/libexec/heartbeat/heartbeat
      ;;
    pacemaker)
      mkdir -p /var/log/corosync /var/log/cluster /run/resource-agents
      install -d -o hacluster -g haclient /var/log/pacemaker
      corosync -f &
      until corosync-cfgtool -s; do sleep 0.2; done
      pacemakerd &
      until pidof pacemakerd; do sleep 0.2; done
      [[ $1 != vm1 ]] || sh "$directory/$1.sh"
      ;;
  esac
  exec sleep infinity
}
export -f node
export software directory

declare -A process
for name in vm1 vm2; do
  ip netns exec $name unshare --uts --mount --pid --ipc --fork --kill-child --mount-proc --propagation private \
    bash -c 'node "$0"' $name &
  process[$name]=$!
done

holders() {
  local name
  for name in vm1 vm2; do
    [[ $(ip -n $name -4 -o addr show dev eth0) != *" $vip/"* ]] || echo $name
  done
}

# One holder among these VMs, and the client reaches it.
await_holder() { # NAME...
  local deadline=$((SECONDS + 120)) holder
  while ((SECONDS < deadline)); do
    holder=$(holders | grep -Fx -f <(printf '%s\n' "$@")) || holder=''
    if [[ -n $holder && $holder != *$'\n'* ]] && ping -c 1 -W 1 $vip >/dev/null; then
      echo "$holder"
      return
    fi
    sleep 0.2
  done
  echo nobody
  return 1
}

first=$(await_holder vm1 vm2)
echo "holder $first"
ip -n "$first" link set eth0 down
kill -KILL "${process[$first]}"
other=vm1
[[ $first != vm1 ]] || other=vm2
second=$(await_holder "$other")
echo "holder $second"
mac=$(ip -n "$second" -o link show eth0 | grep -o 'link/ether [^ ]*')
[[ $(ip neigh show $vip dev br0) == *"lladdr ${mac#link/ether }"* ]]
echo "the client's ARP cache names it"
