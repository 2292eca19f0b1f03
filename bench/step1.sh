#!/usr/bin/env bash
# ./mesh bench step1 [RUNS]: how fast three real daemons join, lose and regain each other on this machine,
# and what one costs when idle. Prints a table: the median and the worst of the runs beside what is aimed at.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DIST=$ROOT/mesh-daemon/target/dist
LAB=meshbench
declare -a DAEMON=()
# shellcheck source=scripts/lab.sh
source "$ROOT/scripts/lab.sh"

RUNS=${1:-5}
if [[ ! $RUNS =~ ^[1-9][0-9]?$ || $# -gt 1 ]]; then
  say "bench step1: bad number of runs '$*'"
  say "allowed: ./mesh bench step1 [1..99]"
  exit 2
fi

finish() {
  local result=$?
  trap - EXIT INT TERM
  lab_down
  exit "$result"
}
lab_lock
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

declare -A FIGURES=()
note() { FIGURES[$1]+="$2 "; }

# Median and worst of the numbers noted under NAME.
spread() {
  local -a sorted
  mapfile -t sorted < <(tr ' ' '\n' <<< "${FIGURES[$1]}" | sed '/^$/d' | sort -n)
  echo "${sorted[$(( (${#sorted[@]} - 1) / 2 ))]} ${sorted[-1]}"
}

one_run() {
  local began accepts cut mended left n from
  lab_down
  lab_up
  new_token
  start_pings
  began=$(now)
  start_daemon 1
  start_daemon 2
  await "h1 and h2 reach each other" happened last_of "ping_event 1 2 $began" "ping_event 2 1 $began"

  began=$(now)
  start_daemon 3
  accepts=$(socket_at 3) || die "h3's daemon opened no control socket"
  await "every kernel has routes and FDB entries" happened between 3 added "$began" both
  await "all pings are answered" happened answered 3 "$began"
  note start "$(ms "$began" "$accepts")"
  note join "$(ms "$began" "$(answered 3 "$began")")"
  note install "$(ms "$accepts" "$(between 3 added "$began" both)")"

  ctl 1 wait --members 3 --timeout 10s > /dev/null 2>&1 || die "h1 does not list 3 members"
  # Settled: what a daemon costs when nothing happens.
  nap 5
  for n in 1 2 3; do
    note rss "$(awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/${DAEMON[n]}/status")"
  done
  for n in 1 2 3; do
    from=$(now)
    ctl "$n" members > /dev/null
    note ctl "$(ms "$from" "$(now)")"
  done

  cut=$(now)
  ip -n "$LAB-lan" link set p3 down
  await "h3's entries go from h1 and h2" happened between 3 deleted "$cut"
  note silent "$(ms "$cut" "$(between 3 deleted "$cut")")"
  # The silent host itself must have given up the others, too: a heal from both sides is the hard one.
  await "h3 gives up the others" happened last_of "route_event 3 deleted $(subnet 1) $cut" \
    "route_event 3 deleted $(subnet 2) $cut"

  mended=$(now)
  ip -n "$LAB-lan" link set p3 up
  await "c3 is reached again" happened answered 3 "$mended"
  note rejoin "$(ms "$mended" "$(answered 3 "$mended")")"
  await "every kernel has it again" happened between 3 added "$mended" both

  left=$(now)
  stop_daemon 3
  await "h3's entries go from h1 and h2" happened between 3 deleted "$left"
  note leave "$(ms "$left" "$(between 3 deleted "$left")")"
  stop_daemon 1
  stop_daemon 2
}

for (( run = 1; run <= RUNS; run++ )); do
  say "run $run of $RUNS ..."
  one_run
done

line() {
  local median worst
  read -r median worst <<< "$(spread "$1")"
  printf '%-66s %8s %8s %10s\n' "$2" "$median" "$worst" "$3"
}
printf '%s cores, kernel %s, %s runs, three hosts\n\n' "$(nproc)" "$(uname -r)" "$RUNS"
printf '%-66s %8s %8s %10s\n' what median worst aim
line join "last daemon started -> all pings answered, JVM start included, ms" "<= 3000"
line start "  of it: started -> its control socket accepts, ms" ""
line install "control socket accepts -> routes and FDB on all hosts, ms" "<= 500"
line leave "graceful leave -> entries gone everywhere, ms" "<= 300"
line silent "silent host -> entries gone everywhere, ms" "<= 2000"
line rejoin "cut healed -> all pings answered, ms" "<= 2000"
line rss "memory of an idle daemon (VmRSS), MB" "<= 100"
line ctl "meshctl members, ms" "<= 200"
