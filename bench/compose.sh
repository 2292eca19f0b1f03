#!/usr/bin/env bash
# ./mesh bench compose [RUNS]: how fast a stack joins by being started and goes by being taken down, on three real
# engines with the shipped daemon on each. Prints a table; fails when an aim is missed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mvn -q -B -ntp -DskipTests -Ddist.skip=true -pl bench -am package </dev/null >&2
cd bench
exec java -cp "target/classes:$(< target/class-path)" io.vrouter.bench.compose.ComposeBench "$@"
