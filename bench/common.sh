# Sourced by benchmarks of a real server in a sandbox of its own. Sets data (a directory), java and PATH in there.

# Builds, and runs SCRIPT with its arguments inside a sandbox; inside, returns.
enter_sandbox() { # SCRIPT ARGUMENT...
  local script=$1 root java_home jar
  shift
  root=$(cd "$(dirname "$script")/.." && pwd -P)
  if [[ -z ${BENCH_DATA:-} ]]; then
    "$root/havip" completion bash >/dev/null # builds
    data=$(mktemp -d /tmp/havip-bench.XXXXXX) # short, as paths of sockets must be
    trap 'rm -rf "$data"' EXIT
    java_home=$("$root/havip" jdk)
    jar=$root/target/havip.jar
    "$java_home/bin/java" -Djarmode=tools -jar "$jar" extract --destination "$data/jar" --application-filename havip.jar
    "$java_home/bin/javac" -nowarn -proc:none -d "$data/bench" -cp "$data/jar/havip.jar:$data/jar/lib/*" \
      "$root"/src/test/java/io/havip/{bench/*,store/RecordedStatements}.java
    BENCH_DATA=$data BENCH_JAVA=$java_home/bin/java \
      unshare --user --map-root-user --net --mount --pid --fork --kill-child --mount-proc bash "$script" "$@"
    exit
  fi
  data=$BENCH_DATA java=$BENCH_JAVA
  PATH=$PATH:/usr/sbin:/sbin
  ip link set lo up
  mount -t tmpfs -o mode=755 tmpfs /run
}

# Runs a class of the benchmarks.
bench() { # CLASS ARGUMENT...
  local class=$1
  shift
  "$java" --enable-native-access=ALL-UNNAMED -cp "$data/bench:$data/jar/havip.jar:$data/jar/lib/*" "io.havip.bench.$class" "$@"
}

# Starts a server, and waits until it listens. Sets server (its process), and token when the directory is new.
start_server() { # DIRECTORY ARGUMENT...
  local dir=$1
  shift
  "$java" --enable-native-access=ALL-UNNAMED -jar "$data/jar/havip.jar" server --data-dir "$dir" "$@" >"$dir/out" 2>"$dir/err" &
  server=$!
  until grep -q 'HAVIP listens' "$dir/out"; do
    kill -0 "$server" || { cat "$dir/err"; exit 1; }
    sleep 0.1
  done
  local first
  first=$(sed -n 's/.*shown only now: //p' "$dir/out")
  token=${first:-$token}
}

stop_server() {
  kill "$server"
  wait "$server" || true
}
