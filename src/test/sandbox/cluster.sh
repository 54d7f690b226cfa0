#!/bin/bash
# Sets HA software up as HAVIP's script says, and runs it; process 1 of a VM.
#   cluster.sh heartbeat|pacemaker SCRIPT
set -eu
sh "$2"
case $1 in
  heartbeat) /usr/libexec/heartbeat/heartbeat ;;
  pacemaker)
    corosync -f &
    until corosync-cfgtool -s; do sleep 0.2; done
    pacemakerd &
    until pidof pacemakerd; do sleep 0.2; done
    sh "$2"
    ;;
esac
exec sleep infinity
