#!/usr/bin/env bash
# ./mesh bench footprint [HOSTS]: memory of an idle daemon among HOSTS members (32) and how soon one is ready, for the
# build's dist on this machine's Java and for the archive with a Java of its own. Fails when an aim is missed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
hosts=${1:-32}
[[ $# -le 1 && $hosts =~ ^[1-9][0-9]?$ ]] \
  || { echo "bench footprint: bad number of hosts '$*'; allowed: ./mesh bench footprint [1..99]" >&2; exit 2; }
archives=(mesh-daemon/target/vrouter-mesh-*.tar.gz)
[[ -e ${archives[0]} ]] || { ./mesh package >&2; archives=(mesh-daemon/target/vrouter-mesh-*.tar.gz); }
mvn -q -B -ntp -DskipTests -Ddist.skip=true -pl bench -am package </dev/null >&2
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
tar -C "$unpacked" --strip-components=1 -xf "${archives[0]}"
cd bench
result=0
bench() {
  printf '\n%s\n' "$1"
  MESH_BIN=$2 java -cp "target/classes:$(< target/class-path)" io.vrouter.bench.real.FootprintBench "$hosts" "$3" || result=1
}
bench "dist, $(java -version 2>&1 | head -n 1)" "$PWD/../mesh-daemon/target/dist/bin" 90
bench "archive, $("$unpacked/runtime/bin/java" -version 2>&1 | head -n 1)" "$unpacked/bin" 75
exit "$result"
