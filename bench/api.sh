#!/usr/bin/env bash
# Requests per second beside those of the same SQL statements alone, on SQLite and PostgreSQL; see README.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
seconds=${1:-5}

if [[ ${1:-} != inside ]]; then
  "$root/havip" completion bash >/dev/null # builds
  data=$(mktemp -d)
  trap 'rm -rf "$data"' EXIT
  java_home=$("$root/havip" jdk)
  jar=$root/target/havip.jar
  "$java_home/bin/java" -Djarmode=tools -jar "$jar" extract --destination "$data/jar" --application-filename havip.jar
  "$java_home/bin/javac" -nowarn -proc:none -d "$data/bench" -cp "$data/jar/havip.jar:$data/jar/lib/*" \
    "$root"/src/test/java/io/havip/{bench/*,store/RecordedStatements}.java
  unshare --user --map-root-user --net --mount --pid --fork --kill-child --mount-proc \
    bash "${BASH_SOURCE[0]}" inside "$data" "$java_home" "$seconds"
  exit
fi

data=$2 java=$3/bin/java seconds=$4
PATH=$PATH:/usr/sbin:/sbin
for candidate in /usr/lib/postgresql/*/bin; do PATH=$candidate:$PATH; done
ip link set lo up
mount -t tmpfs -o mode=755 tmpfs /run
bench() { "$java" --enable-native-access=ALL-UNNAMED -cp "$data/bench:$data/jar/havip.jar:$data/jar/lib/*" io.havip.bench.ApiBench "$@"; }

# Measures the server with these arguments, and then the database that has this URL.
measure() { # URL ARGUMENT...
  local url=$1 dir
  shift
  dir=$(mktemp -d "$data/server.XXXXXX")
  "$java" --enable-native-access=ALL-UNNAMED -jar "$data/jar/havip.jar" server --data-dir "$dir" "$@" >"$dir/out" 2>"$dir/err" &
  local server=$!
  until grep -q 'HAVIP listens' "$dir/out"; do
    kill -0 "$server" || { cat "$dir/err"; exit 1; }
    sleep 0.1
  done
  local token
  token=$(sed -n 's/.*shown only now: //p' "$dir/out")
  bench api http://127.0.0.1:8470 "$dir/results" "$token" "$seconds"
  kill "$server"
  wait "$server" || true
  bench raw "${url//DIR/$dir}" "$dir/results" "$token" "$seconds"
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
