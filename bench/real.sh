#!/usr/bin/env bash
# ./mesh bench real [HOSTS] [full] [cut=SECONDS] [only=WORD]: the membership's figures with real daemons, 30 by default,
# each on a host of its own (a network namespace). Prints a table and fails when an aim is missed. `full` repeats more;
# cut=10..300 is how long a cut lasts, by default 60; only=silent|join|kill|link|path|idle measures one thing.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mvn -q -B -ntp -DskipTests -Ddist.skip=true -pl bench -am package </dev/null >&2
cd bench
exec java -cp "target/classes:$(< target/class-path)" io.vrouter.bench.real.RealBench "$@"
