#!/usr/bin/env bash
# Requests per second beside those of the same SQL statements alone, on SQLite and PostgreSQL; see README.md.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
enter_sandbox "${BASH_SOURCE[0]}" "$@"
seconds=${1:-5}
for candidate in /usr/lib/postgresql/*/bin; do PATH=$candidate:$PATH; done

# Measures the server with these arguments, and then the database that has this URL.
measure() { # URL ARGUMENT...
  local url=$1 dir
  shift
  dir=$(mktemp -d "$data/server.XXXXXX")
  start_server "$dir" "$@"
  bench ApiBench api http://127.0.0.1:8470 "$dir/results" "$token" "$seconds"
  stop_server
  bench ApiBench raw "${url//DIR/$dir}" "$dir/results" "$token" "$seconds"
}

uptime
echo "SQLite"
measure jdbc:sqlite:DIR/havip.db
echo
command -v postgres >/dev/null || { echo "PostgreSQL is not installed"; exit; }
# It refuses to run as root, even as one of a sandbox; in a sandbox of that sandbox it is somebody else.
nobody=(unshare --user --map-user=1000 --map-group=1000)
"${nobody[@]}" initdb -D "$data/postgres" -U havip -A trust -E UTF8 --locale=C >"$data/initdb" || { cat "$data/initdb"; exit 1; }
"${nobody[@]}" postgres -D "$data/postgres" -c listen_addresses=127.0.0.1 -c unix_socket_directories= >"$data/postgres.log" 2>&1 &
until (: </dev/tcp/127.0.0.1/5432) 2>/dev/null; do
  kill -0 $! || { cat "$data/postgres.log"; exit 1; }
  sleep 0.1
done
"${nobody[@]}" createdb -h 127.0.0.1 -U havip -w havip
postgres --version
measure 'jdbc:postgresql://127.0.0.1:5432/havip?user=havip' --database 'jdbc:postgresql://127.0.0.1:5432/havip?user=havip'
uptime
