#!/usr/bin/env bash
# ./mesh bench membership [full] [only=WORD_OR_NODES ...] [seed=N] [minutes=N] [threads=N] [results=FILE]: how fast
# and how wrong the membership is, measured on the real engine in a simulated network. Prints each run's seed and digest,
# then a table; fails when an aim is missed. seed=N runs that seed alone: the same code gives the same digest and figures.
# 'full' takes hours, and for 5,000 nodes more than 15 GB of memory: with a file of results, what is in it for the same
# code is not run again, so that it can be done in pieces.
# 'digests' prints those of ten seeds with 30 and with 200 nodes: diff bench/digests.txt <(./mesh bench membership digests)
# is empty where a change changed nothing of the protocol.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mvn -q -B -ntp -DskipTests -pl bench -am package </dev/null >&2
exec java -XX:MaxRAMPercentage=85 -XX:+UseParallelGC -XX:+UseTransparentHugePages -cp bench/target/classes:membership/target/classes:membership/target/test-classes \
  io.vrouter.bench.MembershipBench "$@"
