#!/usr/bin/env bash
# ./mesh bench throughput [ROUNDS [SECONDS [FILE]]]: TCP and UDP between containers of two hosts over the underlay, a VXLAN
# made by hand, the mesh without and with its fast path, and Docker Swarm's overlay, interleaved in one run. Writes
# docs/performance.md and docs/performance.svg. A busy machine spoils the figures: the document has its load.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
for program in iperf3 dockerd; do
  command -v "$program" > /dev/null || { echo "bench: install $program" >&2; exit 1; }
done
[[ -z ${3:-} ]] || set -- "$1" "$2" "$(realpath "$3")"
mvn -q -B -ntp -DskipTests -Ddist.skip=true -pl bench -am package </dev/null >&2
cd bench
exec java -cp "target/classes:$(< target/class-path)" io.vrouter.bench.throughput.ThroughputBench "$@"
