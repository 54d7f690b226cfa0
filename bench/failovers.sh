#!/usr/bin/env bash
# Lets real keepalived hand a VIP over, and crash, again and again; see README.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
exec "$root/havip" test -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=FailoversIT -Dfailsafe.failIfNoSpecifiedTests=false -Dhavip.failovers="${1:-200}" "${@:2}"
