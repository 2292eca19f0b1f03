#!/usr/bin/env bash
# ./mesh bench lifecycle [RUNS]: how fast three real daemons join, lose and regain each other and leave on this machine,
# and what one costs when idle. Prints a table: the median and the worst of the runs beside what is aimed at; fails when
# an aim is missed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mvn -q -B -ntp -DskipTests -Ddist.skip=true -pl bench -am package </dev/null >&2
cd bench
exec java -cp "target/classes:$(< target/class-path)" io.vrouter.bench.real.LifecycleBench "$@"
