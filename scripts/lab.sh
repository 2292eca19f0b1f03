# shellcheck shell=bash
# Three hosts on one machine for the demo and the benches: network namespaces on one bridge, each with a
# stack (a bridge and a container-like namespace behind it). To be sourced; the caller sets LAB (the prefix
# of all names, so that a demo and a bench do not meet) and DIST, and has EUID 0.
#
# Every figure comes from time stamps that the kernel's own notifications, ping and bash's clock give,
# in microseconds of one clock; nothing is timed by polling but the appearance of the control socket.

LAB_DIR=/run/vrouter-$LAB
SUBNETS=([1]=172.30 [2]=172.31 [3]=172.22)
LAN=192.168.200
PATIENCE=${PATIENCE:-20}
# A descriptor that never becomes readable: reading it with a timeout sleeps without starting a process.
exec {TICK}<> <(:)

say() { printf '%s\n' "$*" >&2; }
die() { say "$LAB: $*"; exit 1; }
now() { local at=$EPOCHREALTIME; echo "${at/[.,]/}"; }
nap() { read -r -t "$1" -u "$TICK" || true; }

subnet() { echo "${SUBNETS[$1]}.0.0/16"; }
container() { echo "${SUBNETS[$1]}.0.2"; }
on() { ip netns exec "$LAB-$1" "${@:2}"; }
ctl() { on "h$1" "$DIST/bin/meshctl" --socket "$LAB_DIR/h$1/mesh.sock" "${@:2}"; }

# Only one lab of this name at a time; the descriptor is closed in everything that outlives us.
lab_lock() {
  exec {LOCK}> "/run/vrouter-$LAB.lock"
  flock -n "$LOCK" || die "another one is running right now: wait for it to end"
}

# Takes down whatever carries our names, processes first. Safe to run at any time.
lab_down() {
  local name pid pids=()
  for name in $(ip netns list | awk -v lab="$LAB-" 'index($1, lab) == 1 { print $1 }'); do
    mapfile -t -O "${#pids[@]}" pids < <(ip netns pids "$name")
  done
  for pid in "${pids[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
  done
  if [[ -s $LAB_DIR/monitors ]]; then
    while read -r pid; do
      # The number may have been given to another process since: check what it is.
      if grep -qsa -e "$LAB-h" "/proc/$pid/cmdline"; then
        kill -KILL "$pid" 2>/dev/null || true
      fi
    done < "$LAB_DIR/monitors"
  fi
  for name in $(ip netns list | awk -v lab="$LAB-" 'index($1, lab) == 1 { print $1 }'); do
    ip netns del "$name" || true
  done
  rm -rf "$LAB_DIR"
}

add_space() {
  ip netns add "$LAB-$1"
  ip -n "$LAB-$1" link set lo up
}

# A veth between two spaces: FROM PORT TO PORT.
add_cable() {
  ip -n "$LAB-$1" link add "$2" type veth peer name "$4" netns "$LAB-$3"
  ip -n "$LAB-$1" link set "$2" up
  ip -n "$LAB-$3" link set "$4" up
}

lab_up() {
  local n
  mkdir -p "$LAB_DIR"
  chmod 0700 "$LAB_DIR"
  add_space lan
  ip -n "$LAB-lan" link add lan type bridge mcast_snooping 0
  ip -n "$LAB-lan" addr add "$LAN.254/24" dev lan
  ip -n "$LAB-lan" link set lan up
  for n in 1 2 3; do
    mkdir -p "$LAB_DIR/h$n"
    add_space "h$n"
    add_space "c$n"
    add_cable lan "p$n" "h$n" eth0
    ip -n "$LAB-lan" link set "p$n" master lan
    ip -n "$LAB-h$n" addr add "$LAN.$n/24" dev eth0
    ip -n "$LAB-h$n" route add default via "$LAN.254"
    ip -n "$LAB-h$n" link add br-stack type bridge
    ip -n "$LAB-h$n" addr add "${SUBNETS[n]}.0.1/16" dev br-stack
    ip -n "$LAB-h$n" link set br-stack up
    add_cable "h$n" veth0 "c$n" eth0
    ip -n "$LAB-h$n" link set veth0 master br-stack
    ip -n "$LAB-c$n" addr add "$(container "$n")/16" dev eth0
    ip -n "$LAB-c$n" route add default via "${SUBNETS[n]}.0.1"
    monitor "$n" route ip -ts -n "$LAB-h$n" monitor route
    monitor "$n" fdb bridge -t -n "$LAB-h$n" monitor fdb
  done
}

# Starts something that goes on after us, without our lock, terminal or input: LOG COMMAND...
background() {
  setsid "${@:2}" > "$1" 2>&1 < /dev/null {LOCK}>&- {TICK}>&- &
  disown
}

monitor() {
  TZ=UTC background "$LAB_DIR/h$1/$2.events" "${@:3}"
  echo "$!" >> "$LAB_DIR/monitors"
}

new_token() {
  "$DIST/bin/meshctl" token create 2>/dev/null | tail -n 1 > "$LAB_DIR/token"
  chmod 0600 "$LAB_DIR/token"
  [[ -s $LAB_DIR/token ]] || die "meshctl token create printed no token"
}

# Starts the daemon of host N with the token and its own stack's subnet: no peer, seed or other address.
start_daemon() {
  background "$LAB_DIR/h$1/meshd.log" ip netns exec "$LAB-h$1" "$DIST/bin/meshd" run \
    --token-file "$LAB_DIR/token" --subnet "$(subnet "$1")" --node-name "h$1" --docker off \
    --state-dir "$LAB_DIR/h$1/state" --socket "$LAB_DIR/h$1/mesh.sock"
  DAEMON[$1]=$!
}

# Ends the daemon of host N as an operator does; prints nothing.
stop_daemon() {
  kill -TERM "${DAEMON[$1]}"
  await "the daemon of h$1 ends" gone "${DAEMON[$1]}"
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# Pings from the container of host A to that of host B until the lab goes, 50 times a second.
start_pings() {
  local a b
  for a in 1 2 3; do
    for b in 1 2 3; do
      (( a == b )) || background "$LAB_DIR/ping-$a-$b" \
        ip netns exec "$LAB-c$a" ping -n -D -i 0.02 "$(container "$b")"
    done
  done
}

# Waits until a command succeeds: WHAT COMMAND...; shows the daemons' last words when it never does.
await() {
  local deadline=$(( $(now) + PATIENCE * 1000000 )) n
  until "${@:2}"; do
    if (( $(now) > deadline )); then
      for n in 1 2 3; do
        [[ -s $LAB_DIR/h$n/meshd.log ]] || continue
        say "--- h$n said last:"
        tail -n 15 "$LAB_DIR/h$n/meshd.log" >&2
      done
      die "waited $PATIENCE s in vain: $1"
    fi
    nap 0.02
  done
}

# ---- what has happened, in microseconds ----

# When host N's kernel got (added) or lost (deleted) the route to PREFIX, first after SINCE; fails if not yet.
route_event() {
  local n=$1 what=$2 prefix=$3 since=$4 deleted='' stamp at
  [[ $what == deleted ]] && deleted='Deleted '
  while read -r stamp; do
    at=$(date -u -d "$stamp" +%s%6N)
    (( at < since )) || { echo "$at"; return 0; }
  done < <(awk -v want="] $deleted$prefix " '(at = index($0, want)) { print substr($0, 2, at - 2) }' \
    "$LAB_DIR/h$n/route.events")
  return 1
}

# The same for the flooding entry of host N's FDB towards host PEER.
fdb_event() {
  local n=$1 what=$2 peer=$3 since=$4 deleted='' day micros at
  [[ $what == deleted ]] && deleted='Deleted '
  while IFS='|' read -r day micros; do
    at=$(date -u -d "$day" +%s)$(printf '%06d' "$micros")
    (( at < since )) || { echo "$at"; return 0; }
  done < <(awk -v want="${deleted}00:00:00:00:00:00 dev vxlan1000 dst $LAN.$peer " '
    /^Timestamp:/ { micros = $(NF - 1); day = $2 " " $3 " " $4 " " $5 " " $6; next }
    index($0, want) == 1 { print day "|" micros }' "$LAB_DIR/h$n/fdb.events")
  return 1
}

# When the container of A first got an answer from that of B after SINCE.
ping_event() {
  local at
  at=$(awk -v since="$3" '/bytes from/ { at = substr($1, 2, length($1) - 2); sub(/\./, "", at)
    if (at + 0 >= since + 0) { print at; exit } }' "$LAB_DIR/ping-$1-$2")
  [[ -n $at ]] && echo "$at"
}

# The last of several events; fails unless all have happened. Arguments: one command line each.
last_of() {
  local line at last=0
  for line in "$@"; do
    # shellcheck disable=SC2086 # each argument is a command of our own with plain words
    at=$($line) || return 1
    (( at > last )) && last=$at
  done
  echo "$last"
}

# Every kernel has (added) the way to every other host since SINCE, for the pairs with host N; or lost it.
between() {
  local n=$1 what=$2 since=$3 other
  local -a events=()
  for other in 1 2 3; do
    (( other == n )) && continue
    events+=("route_event $other $what $(subnet "$n") $since" "fdb_event $other $what $n $since")
    if [[ ${4:-} == both ]]; then
      events+=("route_event $n $what $(subnet "$other") $since" "fdb_event $n $what $other $since")
    fi
  done
  last_of "${events[@]}"
}

# Both directions between host N and the others answer again.
answered() {
  local n=$1 since=$2 other
  local -a events=()
  for other in 1 2 3; do
    (( other == n )) || events+=("ping_event $n $other $since" "ping_event $other $n $since")
  done
  last_of "${events[@]}"
}

happened() { "$@" > /dev/null; }

# Milliseconds between two times.
ms() { echo $(( ($2 - $1 + 500) / 1000 )); }

# Waits for the control socket of host N and prints when it was there.
socket_at() {
  local deadline=$(( $(now) + PATIENCE * 1000000 ))
  until [[ -S $LAB_DIR/h$1/mesh.sock ]]; do
    (( $(now) < deadline )) || return 1
    nap 0.002
  done
  now
}
