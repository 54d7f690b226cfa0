#!/usr/bin/env bash
# Compares the outage that a drill tells with the one that a client measures, on both fabrics; see README.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
drills=${1:-10}

cd "$root"
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
JAVA_HOME=$("$root/havip" jdk)
export JAVA_HOME
mvn -B -q -DskipTests test-compile dependency:build-classpath -Dmdep.outputFile="$data/classpath" -Dmdep.includeScope=test
for fabric in linux ovn; do
  src/test/sandbox/bin/java --enable-native-access=ALL-UNNAMED \
    -cp "target/test-classes:target/classes:$(cat "$data/classpath")" \
    io.havip.demo.Rehearsals "$fabric" "$drills" "$(mktemp -d -p "$data")" | grep -E '^(drill|linux|ovn)'
done
