#!/bin/bash
# Runs a command as process 1 of a VM: namespaces and private directories of its own around its network namespace. Killed, it
# is gone as by a power cut. Needs real root: the HA software for which this is changes to users of its own.
#   node.sh NETNS DIRECTORY NAME COMMAND...
# The VM's logs are in DIRECTORY/NAME.log.
set -eu
directory=$2 name=$3

if [[ $1 != inside ]]; then
  exec nsenter --net="$1" unshare --uts --mount --pid --ipc --fork --kill-child --mount-proc --propagation private \
    "$0" inside "${@:2}"
fi

hostname "$name"
copy=$directory/$name.copy
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
mkdir -p "$directory/$name.log"
mount --bind "$directory/$name.log" /var/log
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
# What the packages' services prepare at their start.
rm -f /var/lib/heartbeat/{hostcache,hb_uuid,delhostcache}
install -d -o hacluster -g haclient /run/heartbeat/{ccm,crm,dopd} /var/log/pacemaker
mkdir -p /run/lock/subsys /run/resource-agents /var/log/{corosync,cluster}
exec "${@:4}"
