#!/usr/bin/env bash
# The demo: see `./mesh --help`. Progress and talk go to stderr, what the mesh says to stdout.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DIST=$ROOT/mesh-daemon/target/dist
LAB=mesh
declare -a DAEMON=()
# shellcheck source=scripts/lab.sh
source "$ROOT/scripts/lab.sh"

KEEP=0
PICTURE=
lab_lock
case ${1:-} in
  --down)
    lab_down
    say "the demo is down"
    exit 0
    ;;
  --keep) KEEP=1 ;;
  --picture) PICTURE=$(realpath -m -- "$2") ;;
esac
if [[ -e $LAB_DIR/kept ]]; then
  say "a demo kept earlier is still up ($(< "$LAB_DIR/kept")). To take it down: ./mesh demo --down"
  exit 1
fi

STARTED=$SECONDS
step() { printf '\n[%2d s] %s\n' $(( SECONDS - STARTED )) "$*" >&2; }

# Whatever way this ends, nothing stays, unless the demo came to its end and is to be kept.
DONE=0
finish() {
  local result=$?
  trap - EXIT INT TERM
  if (( ! (DONE && KEEP) )); then
    lab_down
  fi
  exit "$result"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

lab_down
step "three hosts on one LAN: h1 $LAN.1, h2 $LAN.2, h3 $LAN.3, each with a stack"
lab_up
javac -d "$LAB_DIR/classes" "$ROOT/scripts/Page.java"
for n in 1 2 3; do
  background "$LAB_DIR/page-$n" ip netns exec "$LAB-c$n" java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -XX:-UsePerfData -Xmx32m -cp "$LAB_DIR/classes" Page "c$n" 80
  say "  h$n has the stack $(subnet "$n"): container c$n $(container "$n") serves a page"
done
new_token
for n in 1 2 3; do
  await "the page of c$n is served" grep -q serving "$LAB_DIR/page-$n"
done
start_pings

step "meshd starts on h1 and h2, knowing a token and nothing of each other"
began=$(now)
start_daemon 1
start_daemon 2
await "h1 and h2 reach each other" happened last_of "ping_event 1 2 $began" "ping_event 2 1 $began"
say "  c1 and c2 reach each other"

step "meshd starts on h3"
began=$(now)
start_daemon 3
accepts=$(socket_at 3) || die "h3's daemon opened no control socket"
say "  h3's control socket accepts after $(ms "$began" "$accepts") ms"
await "every kernel has routes and FDB entries" happened between 3 added "$began" both
await "all pings are answered" happened answered 3 "$began"
installed=$(between 3 added "$began" both)
pinged=$(answered 3 "$began")
joined_ms=$(ms "$began" "$pinged")
installed_ms=$(ms "$accepts" "$installed")
say "  last daemon started -> all pings answered:                     $joined_ms ms"
say "  its control socket accepts -> routes and FDB entries on all hosts: $installed_ms ms"

ctl 1 wait --members 3 --timeout 10s >&2
printf '\n$ meshctl members        (on h1)\n'
ctl 1 members
printf '\n$ meshctl routes         (on h1)\n'
ctl 1 routes

step "every container pings and fetches a page from every other"
for a in 1 2 3; do
  for b in 1 2 3; do
    (( a == b )) && continue
    rtt=$(on "c$a" ping -n -c 3 -i 0.05 -W 1 "$(container "$b")" | sed -n 's|^rtt.*= [^/]*/\([^/]*\)/.*|\1|p') \
      || die "c$a does not reach c$b by ping"
    page=$(on "c$a" curl -sS --max-time 5 "http://$(container "$b")/") || die "c$a gets no page from c$b"
    printf '  c%s -> c%s   ping %s ms   GET http://%-11s %s\n' "$a" "$b" "$rtt" "$(container "$b")/" "\"$page\""
  done
done

step "h3's cable is pulled"
cut=$(now)
ip -n "$LAB-lan" link set p3 down
await "h3's entries go from h1 and h2" happened between 3 deleted "$cut"
gone_ms=$(ms "$cut" "$(between 3 deleted "$cut")")
say "  h3's routes and FDB entries are gone from h1 and h2 after $gone_ms ms"
printf '\n$ meshctl members        (on h1)\n'
ctl 1 members
printf '\n$ ip route show proto 158        (on h1)\n'
ip -n "$LAB-h1" route show proto 158
if [[ -n $PICTURE ]]; then
  on h1 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1100,980 \
    --user-data-dir="$LAB_DIR/chromium" --screenshot="$PICTURE" http://127.0.0.1:7979/ > "$LAB_DIR/chromium.log" 2>&1 \
    || die "chromium made no picture; its log: $(tail -n 5 "$LAB_DIR/chromium.log")"
  say "  h1's status page is in $PICTURE"
fi

step "h3's cable is back"
mended=$(now)
ip -n "$LAB-lan" link set p3 up
await "c3 is reached again" happened answered 3 "$mended"
back_ms=$(ms "$mended" "$(answered 3 "$mended")")
say "  all pings to and from c3 are answered again after $back_ms ms"

if (( KEEP )); then
  date '+since %F %T' > "$LAB_DIR/kept"
else
  step "h3 leaves (SIGTERM)"
  left=$(now)
  stop_daemon 3
  await "h3's entries go from h1 and h2" happened between 3 deleted "$left"
  left_ms=$(ms "$left" "$(between 3 deleted "$left")")
  say "  h3's routes and FDB entries are gone from h1 and h2 after $left_ms ms"
  stop_daemon 1
  stop_daemon 2
  for n in 1 2 3; do
    if ip -n "$LAB-h$n" link show vxlan1000 >/dev/null 2>&1 || [[ -n $(on "h$n" nft list tables) ]]; then
      die "h$n's daemon left something behind in the kernel"
    fi
  done
  say "  all daemons have left; no device, route or firewall table of theirs remains"
fi

echo
printf '%-66s %6s ms\n' \
  "last daemon started -> all pings answered (JVM start included)" "$joined_ms" \
  "control socket accepts -> routes and FDB entries on all hosts" "$installed_ms" \
  "cable pulled -> the silent host's entries gone everywhere" "$gone_ms" \
  "cable back -> all pings answered" "$back_ms"
(( KEEP )) || printf '%-66s %6s ms\n' "graceful leave -> entries gone everywhere" "$left_ms"

DONE=1
if (( KEEP )); then
  cat >&2 <<TEXT

The demo stays up. On host h1 (likewise h2, h3), and in its stack's container c1:
  ip netns exec $LAB-h1 $DIST/bin/meshctl --socket $LAB_DIR/h1/mesh.sock members
  ip netns exec $LAB-c1 ping $(container 2)
To pull the cable of h2:  ip -n $LAB-lan link set p2 down
To take it all down:      ./mesh demo --down
TEXT
fi
