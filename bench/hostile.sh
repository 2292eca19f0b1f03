#!/usr/bin/env bash
# ./mesh bench hostile [SECONDS]: four real daemons, each on a host of its own (a network namespace), while a stranger without the
# token floods one of them with 110,000 datagrams a second of the right form and key id (the rate achieved is printed), and
# while a local user asks for the status all the time; 60 s each by default. Prints a table and fails when an aim is missed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mvn -q -B -ntp -DskipTests -Ddist.skip=true -pl bench -am package </dev/null >&2
cd bench
exec java -cp "target/classes:$(< target/class-path)" io.vrouter.bench.real.HostileBench "$@"
