#!/usr/bin/env bash
# Deploys stacks a, b and c on three hosts through their docker contexts, has every stack fetch a page of and ping every
# other by container address, and takes the stacks down again. The daemon must run on each host: see daemon/.
set -euo pipefail

usage() {
  echo "usage: ${0##*/} [--keep] CONTEXT_A CONTEXT_B CONTEXT_C   (names as docker context ls shows them)"
}

keep=0
if [[ ${1:-} == --help || ${1:-} == -h ]]; then
  usage
  exit 0
fi
if [[ ${1:-} == --keep ]]; then
  keep=1
  shift
fi
if (( $# != 3 )); then
  usage >&2
  exit 2
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
stacks=(a b c)
contexts=("$@")
patience=${PATIENCE:-30}

# compose INDEX ARGUMENT...: with the plugin or the program of before, whichever is there.
compose() {
  local index=$1 stack=${stacks[$1]}
  shift
  local -a arguments=(-p "stack-$stack" -f "$here/multi-stack/docker-compose.stack-$stack.yml" "$@")
  if docker compose version >/dev/null 2>&1; then
    docker --context "${contexts[$index]}" compose "${arguments[@]}"
  else
    # The older program doesn't find every context: it gets the context's address.
    DOCKER_HOST=$(docker context inspect -f '{{.Endpoints.docker.Host}}' "${contexts[$index]}") \
      docker-compose "${arguments[@]}"
  fi
}

# on INDEX ARGUMENT...: docker on that host.
on() {
  docker --context "${contexts[$1]}" "${@:2}"
}

container() {
  on "$1" ps -q --filter "name=stack-${stacks[$1]}.*app"
}

address() {
  on "$1" inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(container "$1")"
}

cleanup() {
  local index
  for index in 0 1 2; do
    compose "$index" down >/dev/null 2>&1 || echo "could not take stack ${stacks[$index]} down on ${contexts[$index]}" >&2
  done
}
(( keep )) || trap cleanup EXIT

for index in 0 1 2; do
  echo "stack ${stacks[$index]} on ${contexts[$index]} ..."
  compose "$index" up -d >/dev/null
done

failed=0
for from in 0 1 2; do
  for to in 0 1 2; do
    (( from != to )) || continue
    source=$(address "$from")
    target=$(address "$to")
    expected="stack ${stacks[$to]} sees $source"
    end=$(( SECONDS + patience ))
    seen=
    while [[ $seen != "$expected" ]] && (( SECONDS < end )); do
      seen=$(on "$from" exec "$(container "$from")" busybox timeout 2 busybox wget -qO- "http://$target/cgi-bin/whoami" 2>&1) || true
    done
    lost=$(on "$from" exec "$(container "$from")" ping -c 3 -W 2 "$target" 2>&1 | grep -oE '[0-9]+% packet loss') || true
    if [[ $seen == "$expected" && $lost == "0% packet loss" ]]; then
      echo "ok    $source (${stacks[$from]}) -> $target (${stacks[$to]})"
    else
      echo "FAIL  $source (${stacks[$from]}) -> $target (${stacks[$to]}): page '$seen', ping ${lost:-no answer}"
      on "$from" exec "$(container "$from")" busybox timeout 2 busybox wget -O /dev/null "http://$target/" 2>&1 | sed 's/^/      /' || true
      failed=1
    fi
  done
done
exit "$failed"
