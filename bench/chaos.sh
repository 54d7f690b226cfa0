#!/usr/bin/env bash
# Kills everything that HAVIP on Open Virtual Network needs, at random, under random changes; see README.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
exec "$root/havip" test -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=OvnChaosIT -Dfailsafe.failIfNoSpecifiedTests=false -Dhavip.chaos.seconds=$((${1:-60} * 60)) ${2:+"-Dhavip.seed=$2"}
