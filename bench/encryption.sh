#!/usr/bin/env bash
# ./mesh bench encryption [SECONDS]: Mbit/s of TCP and µs of a round trip between two hosts, plain, with --encryption
# wireguard, and through a tunnel of wireguard-go made by hand, all in one run. Prints a table; fails when the mesh's
# WireGuard carries less than 0.95 of the one made by hand.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
for program in iperf3 wg wireguard-go; do
  command -v "$program" > /dev/null || { echo "bench: install $program" >&2; exit 1; }
done
mvn -q -B -ntp -DskipTests -Ddist.skip=true -pl bench -am package </dev/null >&2
cd bench
exec java -cp "target/classes:$(< target/class-path)" io.vrouter.bench.real.EncryptionBench "$@"
