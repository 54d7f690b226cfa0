#!/usr/bin/env bash
# Kills a server (SIGKILL) at random points of random changes, again and again; see README.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
exec "$root/havip" test -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=KillsIT -Dfailsafe.failIfNoSpecifiedTests=false -Dhavip.kills="${1:-500}" "${@:2}"
