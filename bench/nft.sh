#!/usr/bin/env bash
# ./mesh bench nft [SUITE...]: the tests of the firewall's text and of its sets, by each nft that Debian serves, in this
# host's kernel. Each version is unpacked from the mirror into VROUTER_MESH_CACHE (~/.cache/vrouter-mesh) and run by
# chroot. A version that can't be had is named; the bench fails only when a test does.
set -euo pipefail

# The trees' /proc is mounted in a mount namespace of its own and ends with it.
[[ -n ${NFT_BENCH_INSIDE:-} ]] || NFT_BENCH_INSIDE=1 exec unshare --mount --propagation private "$0" "$@"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
cache=${VROUTER_MESH_CACHE:-$HOME/.cache/vrouter-mesh}/nft
mirror=${VROUTER_MESH_MIRROR:-http://deb.debian.org/debian}
tests=NftTableTest,NftRulesetTest,FirewallPacketsTest
rc=0

# NFT_BENCH_RUN: a command that runs the test classes given to it, instead of Maven.

# The trees need no configuration: nft reads nothing but its libraries.
unpack() { # suite directory
  debootstrap --foreign --variant=minbase --include=nftables "$1" "$2.new" "$mirror" || return 1
  local deb
  for deb in "$2.new"/var/cache/apt/archives/*.deb; do dpkg-deb -x "$deb" "$2.new" || return 1; done
  ln -sf /proc/self/fd/0 "$2.new/dev/stdin" # nft 0.9.8 reads its input there
  mv "$2.new" "$2"
}

run() { # the tests by the nft of the search path
  if [[ -n ${NFT_BENCH_RUN:-} ]]; then
    $NFT_BENCH_RUN ${tests//,/ }
  else
    mvn -q -B -ntp -Ddist.skip=true -pl mesh-daemon -am "-Dtest=$tests" -Dsurefire.failIfNoSpecifiedTests=false test
  fi
}

mkdir -p "$cache"
printf '%-10s %-10s %s\n' SUITE NFT RESULT
for suite in ${*:-bullseye bookworm trixie sid}; do
  tree=$cache/$suite
  log=$cache/$suite.log
  if [[ ! -d $tree ]] && { rm -rf "$tree.new"; ! unpack "$suite" "$tree" >"$log" 2>&1; }; then
    printf '%-10s %-10s %s\n' "$suite" - "not served by $mirror, see $log"
    continue
  fi
  mount --bind /proc "$tree/proc"
  mkdir -p "$cache/bin-$suite"
  printf '#!/bin/sh\nexec chroot %s nft "$@"\n' "$tree" >"$cache/bin-$suite/nft"
  chmod +x "$cache/bin-$suite/nft"
  version=$(chroot "$tree" nft --version | sed -n 's/^nftables v\([^ ]*\).*/\1/p')
  result=pass
  if ! PATH=$cache/bin-$suite:$PATH run </dev/null >"$log" 2>&1; then
    result="FAIL, see $log"
    rc=1
  fi
  printf '%-10s %-10s %s\n' "$suite" "${version:-?}" "$result"
done
exit $rc
