#!/usr/bin/env bash
# ./mesh bench real [HOSTS] [full] [cut=SECONDS] [only=WORD]: the membership's figures with real daemons, 30 by default,
# each on a host of its own (a network namespace). Prints a table and fails when an aim is missed. `full` repeats more;
# cut=10..300 is how long a cut lasts, by default 60; only=silent|join|kill|link|path|idle measures one thing.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DIST=$ROOT/mesh-daemon/target/dist
LAB=meshreal
PATIENCE=${PATIENCE:-60}
declare -a DAEMON=()
# shellcheck source=scripts/lab.sh
source "$ROOT/scripts/lab.sh"

HOSTS=30
CUT=60
TURNS=10
ONLY=
LOAD=$(cut -d " " -f 1 /proc/loadavg)
SETTLE=${SETTLE:-120}
WATCH=${WATCH:-60}
for argument in "$@"; do
  case $argument in
    full) TURNS=25 ;;
    cut=[1-9][0-9] | cut=[12][0-9][0-9] | cut=300) CUT=${argument#cut=} ;;
    only=silent | only=join | only=kill | only=link | only=path | only=idle) ONLY=${argument#only=} ;;
    *)
      if [[ ! $argument =~ ^[1-9][0-9]?$ ]] || (( argument < 4 || argument > 32 )); then
        say "bench real: unknown argument '$argument'"
        say "allowed: ./mesh bench real [4..32] [full] [cut=10..300] [only=silent|join|kill|link|path|idle]"
        exit 2
      fi
      HOSTS=$argument
      ;;
  esac
done
measures() { [[ -z $ONLY || $ONLY == "$1" ]]; }

finish() {
  local result=$?
  trap - EXIT INT TERM
  hosts_down
  exit "$result"
}
lab_lock
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- hosts: the first half of them on one bridge, the others on another, a cable between the bridges ----

stack() { echo "172.20.$1.0/24"; }
half_of() { (( $1 * 2 <= HOSTS )) && echo a || echo b; }

hosts_up() {
  local n side
  mkdir -p "$LAB_DIR"
  chmod 0700 "$LAB_DIR"
  add_space lan
  for side in a b; do
    ip -n "$LAB-lan" link add "lan-$side" type bridge mcast_snooping 0
    ip -n "$LAB-lan" link set "lan-$side" up
  done
  ip -n "$LAB-lan" link add between-a type veth peer name between-b
  for side in a b; do
    ip -n "$LAB-lan" link set "between-$side" master "lan-$side" up
  done
  ip -n "$LAB-lan" addr add "$LAN.254/24" dev lan-a
  for (( n = 1; n <= HOSTS; n++ )); do
    mkdir -p "$LAB_DIR/h$n"
    add_space "h$n"
    ip netns set "$LAB-h$n" "$n"
    add_cable lan "p$n" "h$n" eth0
    ip -n "$LAB-lan" link set "p$n" master "lan-$(half_of "$n")"
    ip -n "$LAB-h$n" addr add "$LAN.$n/24" dev eth0
    ip -n "$LAB-h$n" route add default via "$LAN.254"
    ip -n "$LAB-h$n" link add br-stack type bridge
    ip -n "$LAB-h$n" addr add "172.20.$n.1/24" dev br-stack
    ip -n "$LAB-h$n" link set br-stack up
  done
  # One process hears the kernel of all hosts: thirty would be a load of their own.
  TZ=UTC background "$LAB_DIR/route.events" ip -ts monitor all-nsid route
  echo "$!" > "$LAB_DIR/listener"
}

hosts_down() {
  local pid
  if [[ -s $LAB_DIR/listener ]]; then
    pid=$(< "$LAB_DIR/listener")
    # The number may have been given to another process since: check what it is.
    if grep -qsa -e all-nsid "/proc/$pid/cmdline"; then kill -KILL "$pid"; fi
  fi
  lab_down
}

start_host() {
  background "$LAB_DIR/h$1/meshd.log" ip netns exec "$LAB-h$1" "$DIST/bin/meshd" run \
    --token-file "$LAB_DIR/token" --subnet "$(stack "$1")" --node-name "h$1" --docker off \
    --state-dir "$LAB_DIR/h$1/state" --socket "$LAB_DIR/h$1/mesh.sock"
  DAEMON[$1]=$!
}

# One after the other: thirty JVMs that start at once on a few cores would measure the machine.
start_hosts() {
  local n
  for (( n = $1; n <= $2; n++ )); do
    start_host "$n"
    accepts_at "$n" > /dev/null
    (( n == 1 )) || await "the way to h$n is on all" happened paths added 0 "$(others "$n" "$n")" "$n"
  done
  await "all $2 hosts have ways to each other" happened paths added 0 "$(seq -s " " "$2")" "$(seq -s " " "$2")"
}

accepts_at() { socket_at "$1" || die "h$1's daemon opened no control socket: $(tail -n 3 "$LAB_DIR/h$1/meshd.log")"; }

others() { seq -s ' ' "$2" | tr ' ' '\n' | grep -vx "$1" | tr '\n' ' '; }

# ---- what has happened, in microseconds since the epoch of the machine's one clock ----

read -r -d '' CLOCK <<'AWK' || true
function micros(stamp,   y, m, d, days) {
  y = substr(stamp, 1, 4) + 0; m = substr(stamp, 6, 2) + 0; d = substr(stamp, 9, 2) + 0
  if (m <= 2) { y--; m += 12 }
  days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + d - 719469
  return (days * 86400 + substr(stamp, 12, 2) * 3600 + substr(stamp, 15, 2) * 60 + substr(stamp, 18)) * 1e6
}
# The last thing that happened to each pair must be the one that was waited for; where nothing ever did, KEPT is its time.
function report(   i, j, n, m, at, key) {
  n = split(from, observers, " "); m = split(to, targets, " ")
  for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) {
    if (observers[i] == targets[j]) continue
    key = observers[i] SUBSEP targets[j]
    if (!(key in last) && kept) { times[key] = kept; continue }
    if (last[key] != what) exit 1
    times[key] = first ? earliest[key] : when[key]
  }
  for (key in times) printf "%.0f\n", times[key]
}
AWK

# When each host of FROM got (added) or lost (deleted) its route to each host of TO since SINCE; fails unless all have.
# With KEPT a route of which nothing was heard since then is one that stayed: one who is alone gives up others slowly.
paths() {
  local what=$1 since=$2 from=$3 to=$4 kept=${5:-0}
  awk -v what="$what" -v since="$since" -v from="$from" -v to="$to" -v kept="$kept" "$CLOCK"'
    match($0, /nsid [0-9]+\]/) && / proto 158 / {
      host = substr($0, RSTART + 5, RLENGTH - 6)
      rest = substr($0, RSTART + RLENGTH)
      deleted = sub(/^Deleted /, "", rest)
      if (!match(rest, /^172\.20\.[0-9]+\.0\/24 /)) next
      at = micros(substr($1, 2))
      if (at < since) next
      split(rest, octet, ".")
      last[host, octet[3]] = deleted ? "deleted" : "added"
      when[host, octet[3]] = at
    }
    END { report() }' "$LAB_DIR/route.events"
}

# When the daemon of each host of FROM first said that each host of TO was in this state since SINCE; fails unless it is.
states() {
  local what=$1 since=$2 from=$3 to=$4 n
  local -a logs=()
  for n in $from; do logs+=("$LAB_DIR/h$n/meshd.log"); done
  awk -v what="$what" -v since="$since" -v from="$from" -v to="$to" -v first=1 "$CLOCK"'
    FNR == 1 { n = split(FILENAME, part, "/"); host = substr(part[n - 1], 2) }
    / EventLog: transition h[0-9]+ / {
      at = micros($1)
      if (at + 1000 < since) next
      target = substr($5, 2); state = $6; sub(/:$/, "", state)
      last[host, target] = state
      if (state == what && !((host, target) in earliest)) earliest[host, target] = at
    }
    END { report() }' "${logs[@]}"
}

# Waits for `paths` or `states`, which must be so 300 ms later, too; then keeps their output in TIMES.
TIMES=()
await_times() {
  await "$1" happened "${@:2}"
  nap 0.3
  await "$1, and so it stays" happened "${@:2}"
  mapfile -t TIMES < <("${@:2}" | sort -n)
}

declare -A FIGURES=()
# The last of TIMES after a beginning; or each of them.
note_last() { FIGURES[$1]+="$(ms "$2" "${TIMES[-1]}") "; }
note_each() {
  local at
  for at in "${TIMES[@]}"; do FIGURES[$1]+="$(ms "$2" "$at") "; done
}

# ---- what is measured ----

# The host's cable is pulled until all others have failed it, and put back.
silent_at() {
  local size=$1 host cut mended turn turns=$(( TURNS > 10 ? 5 : 3 ))
  for (( turn = 1; turn <= turns; turn++ )); do
    host=$(( (turn - 1) * 7 % size + 1 ))
    cut=$(now)
    ip -n "$LAB-lan" link set "p$host" down
    await_times "all others give up h$host" paths deleted "$cut" "$(others "$host" "$size")" "$host"
    note_last "silent$size" "$cut"
    await "h$host gives up all others" happened paths deleted "$cut" "$host" "$(others "$host" "$size")"
    mended=$(now)
    ip -n "$LAB-lan" link set "p$host" up
    await "h$host is back" happened paths added "$mended" "$(seq -s ' ' "$size")" "$host"
    await "h$host has all back" happened paths added "$mended" "$host" "$(others "$host" "$size")"
  done
}

join_and_leave() {
  local turn host=$HOSTS began accepts left rest
  rest=$(others "$host" "$HOSTS")
  for (( turn = 0; turn <= TURNS; turn++ )); do
    left=$(now)
    kill -TERM "${DAEMON[host]}"
    await_times "all others drop h$host" states left "$left" "$rest" "$host"
    (( turn )) && note_last leave-seen "$left"
    await_times "all others drop the way to h$host" paths deleted "$left" "$rest" "$host"
    (( turn )) && note_last leave "$left"
    await "the daemon of h$host ends" gone "${DAEMON[host]}"
    nap 1
    began=$(now)
    start_host "$host"
    accepts=$(accepts_at "$host")
    await_times "all others see h$host" states alive "$began" "$rest" "$host"
    (( turn )) && note_last join-seen "$accepts"
    await_times "all others have the way to h$host" paths added "$began" "$rest" "$host"
    (( turn )) && note_last join "$accepts"
    await "h$host has the way to all" happened paths added "$began" "$host" "$rest"
    nap 1
    # The log of the host that joined is a new one each time.
    FIGURES[wrong]+="$(said failed "$began") "
    FIGURES[suspected]+="$(said suspect "$began") "
  done
}

killed() {
  local turn host killed began rest
  for (( turn = 1; turn <= TURNS; turn++ )); do
    host=$(( (turn - 1) * 7 % HOSTS + 1 ))
    rest=$(others "$host" "$HOSTS")
    killed=$(now)
    kill -KILL "${DAEMON[host]}"
    await_times "all others see h$host restarting" states restarting "$killed" "$rest" "$host"
    note_last kill "$killed"
    began=$(now)
    start_host "$host"
    await "all others see h$host alive" happened states alive "$began" "$rest" "$host"
    if (( $(losses "$host" "$killed") )); then die "a route to h$host went though its kernel answered"; fi
    nap 1
  done
}

# How often a daemon said since SINCE that another was in this state.
said() {
  local what=$1 since=$2
  awk -v what="$what:" -v since="$since" "$CLOCK"'
    / EventLog: transition h[0-9]+ / && $6 == what && micros($1) >= since { count++ }
    END { print count + 0 }' "$LAB_DIR"/h*/meshd.log
}

# How many routes to a host went since SINCE, anywhere.
losses() {
  awk -v since="$2" -v want="]Deleted $(stack "$1") " "$CLOCK"'
    index($0, want) && / proto 158 / && micros(substr($1, 2)) >= since { lost++ }
    END { print lost + 0 }' "$LAB_DIR/route.events"
}

# One host is cut off at its own link; or one half of the hosts from the other.
cut_link() {
  local turn host cut mended rest
  for (( turn = 1; turn <= (TURNS > 10 ? 5 : 3); turn++ )); do
    host=$(( turn * 9 % HOSTS + 1 ))
    rest=$(others "$host" "$HOSTS")
    cut=$(now)
    ip -n "$LAB-lan" link set "p$host" down
    nap "$CUT"
    paths deleted "$cut" "$rest" "$host" > /dev/null || die "h$host was cut for $CUT s and not failed"
    mended=$(now)
    ip -n "$LAB-lan" link set "p$host" up
    await_times "the way to h$host is back" paths added "$mended" "$rest" "$host"
    note_each link "$mended"
    await_times "h$host has all ways back" paths added "$cut" "$host" "$rest" "$mended"
    note_each link "$mended"
    nap 1
  done
}

cut_path() {
  local turn cut mended left right
  left=$(seq -s ' ' $(( HOSTS / 2 )))
  right=$(seq -s ' ' $(( HOSTS / 2 + 1 )) "$HOSTS")
  for (( turn = 1; turn <= (TURNS > 10 ? 5 : 3); turn++ )); do
    cut=$(now)
    ip -n "$LAB-lan" link set between-a down
    nap "$CUT"
    paths deleted "$cut" "$left" "$right" > /dev/null || die "the halves were cut for $CUT s and not all failed"
    mended=$(now)
    ip -n "$LAB-lan" link set between-a up
    await_times "the right half is back on the left" paths added "$cut" "$left" "$right" "$mended"
    note_each path "$mended"
    await_times "the left half is back on the right" paths added "$cut" "$right" "$left" "$mended"
    note_each path "$mended"
    nap 2
  done
}

# User and system time of a process and of what it ran (nft, iptables), in ticks of 10 ms.
ticks() { awk '{ sub(/^.*\) /, ""); print $12 + $13 + $14 + $15 }' "/proc/$1/stat"; }
# UDP payload that a host's interface has sent: without Ethernet, IP and UDP headers.
payload() { on "h$1" awk '/eth0:/ { print $10 - 42 * $11 }' /proc/net/dev; }

idle() {
  local n
  local -a cpu=() sent=()
  say "settling for $SETTLE s, then watching for $WATCH s ..."
  nap "$SETTLE"
  for (( n = 1; n <= HOSTS; n++ )); do
    cpu[n]=$(ticks "${DAEMON[n]}")
    sent[n]=$(payload "$n")
  done
  local from to
  from=$(now)
  nap "$WATCH"
  to=$(now)
  for (( n = 1; n <= HOSTS; n++ )); do
    FIGURES[cpu]+="$(awk -v t=$(( $(ticks "${DAEMON[n]}") - cpu[n] )) -v us=$(( to - from )) \
      'BEGIN { printf "%.2f", t * 1e6 / us }') "
    FIGURES[sent]+="$(( ($(payload "$n") - sent[n]) * 1000000 / (to - from) )) "
    FIGURES[rss]+="$(awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/${DAEMON[n]}/status") "
  done
}

hosts_down
hosts_up
new_token
if measures silent; then
  say "a silent host among 3, 8 and $HOSTS ..."
  start_hosts 1 3
  silent_at 3
  start_hosts 4 $(( HOSTS < 8 ? HOSTS : 8 ))
  (( HOSTS <= 8 )) || silent_at 8
fi
say "starting $HOSTS hosts ..."
start_hosts $(( ${#DAEMON[@]} + 1 )) "$HOSTS"
if measures idle; then idle; fi
if measures silent; then silent_at "$HOSTS"; fi
if measures join; then
  say "one joins and leaves, $TURNS times ..."
  join_and_leave
fi
if measures kill; then
  say "a daemon is killed, $TURNS times ..."
  killed
fi
if measures link; then
  say "one host is cut off for $CUT s at its link ..."
  cut_link
fi
if measures path; then
  say "the halves are cut off from each other for $CUT s ..."
  cut_path
fi

MISSED=0
line() {
  [[ -n ${FIGURES[$1]:-} ]] || return 0
  local figures
  figures=$(tr ' ' '\n' <<< "${FIGURES[$1]}" | sed '/^$/d' | sort -n | awk -v aim="$4" -v of="$3" '
    { all[NR] = $1 }
    END { rank = int(NR * 0.99); if (rank < NR * 0.99) rank++
      judged = of == "median" ? all[int((NR + 1) / 2)] : all[rank]
      printf "%8s %8s %8s %5d  %s", all[int((NR + 1) / 2)], all[rank], all[NR], NR, aim == "" ? "" : judged <= aim ? "ok" : "MISSED" }')
  printf '%-62s %s  %s\n' "$2" "$figures" "${4:+$3 <= $4}"
  [[ $figures != *MISSED ]] || MISSED=1
}
printf '%s cores, kernel %s, load %s before; %s hosts, cuts of %s s; each figure: on all hosts that it concerns\n\n' \
  "$(nproc)" "$(uname -r)" "$LOAD" "$HOSTS" "$CUT"
printf '%-62s %8s %8s %8s %5s\n' what median p99 worst of
line join-seen "join: its control socket accepts -> listed by all, ms" p99 300
line join "  -> all have the route to it, ms" p99 ''
line wrong "  running hosts failed meanwhile, times anybody said so" p99 0
line suspected "  suspected meanwhile, times anybody said so" p99 ''
line leave-seen "leave: SIGTERM -> listed as left by all, ms" p99 200
line leave "  -> no route to it anywhere, ms" p99 ''
line silent3 "silent host: link down -> no route to it anywhere, of 3, ms" p99 2000
(( HOSTS <= 8 )) || line silent8 "  of 8, ms" p99 2000
line "silent$HOSTS" "  of $HOSTS, ms" p99 2000
line kill "kill -9 -> restarting on all, no route lost, ms" p99 1000
line link "cut at a link healed -> route back, each pair of hosts, ms" p99 1000
line path "cut between the halves healed -> route back, each pair, ms" p99 1000
line cpu "idle daemon: CPU, % of a core" median 0.5
line sent "idle daemon: UDP payload sent, B/s" median 1500
line rss "idle daemon: memory (VmRSS), MB" median 100
exit "$MISSED"
