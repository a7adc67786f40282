#!/usr/bin/env bash
# Starts clamd, a small demo upstream and ClamProxy on this machine; Ctrl-C ends all of them.
#   ./run.sh          prints curl lines to try
#   ./run.sh --try    tries them itself and ends: 0 when each answer was right
# Set in the environment what you like of DOORS, PORT, API_PORT, MANAGEMENT_PORT, DEMO_PORT, REDIS_URL, ALLOWED_UPSTREAMS and every variable of docs/configuration/README.md.
# Clean files, uploads and their results are kept until the end; set STORE_PATH and DATA_PATH to folders to keep them longer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/packages.sh
. scripts/packages.sh

: "${DOORS:=proxy,api,worker}" "${PORT:=8080}" "${API_PORT:=8000}" "${MANAGEMENT_PORT:=8081}" "${DEMO_PORT:=8090}" "${SIGNATURES:=/var/lib/clamav}"
# Nobody balances load to this one.
: "${STOP_DELAY:=0}"
DEADLINE=${DEADLINE:-120}
DEMO="http://127.0.0.1:$DEMO_PORT"
PROXY="http://127.0.0.1:$PORT"
API="http://127.0.0.1:$API_PORT"

# Loopback is reached only where it is listed, and a list means: these only.
UPSTREAMS="127.0.0.1:$DEMO_PORT${ALLOWED_UPSTREAMS:+,$ALLOWED_UPSTREAMS}"
STATE=
STORE=
DATA=
PIDS=()
PROXY_PID=
# EX_CONFIG of sysexits.h, with which ClamProxy ends when a setting is wrong.
WRONG_SETTING=78

main() {
  check_ports
  need_programs clamd=clamav-daemon curl=curl python3=python3
  need_dotnet
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  trap stop_all EXIT
  STATE=$(mktemp -d "${TMPDIR:-/tmp}/clamproxy-run.XXXXXX")
  start_clamd
  start_demo
  start_proxy
  wait_until_ready
  if [ "${1:-}" = --try ]; then
    try_all
  else
    print_lines
    watch
  fi
}

check_ports() {
  local name ports=(MANAGEMENT_PORT DEMO_PORT)
  ! opens proxy || ports+=(PORT)
  ! opens api || ports+=(API_PORT)
  for name in "${ports[@]}"; do
    if (exec 3<>"/dev/tcp/127.0.0.1/${!name}") 2>/dev/null; then
      fail "port ${!name} is taken: stop what listens there, or set $name to a free one"
    fi
  done
}

# Whether DOORS has this door.
opens() { [[ ",${DOORS// /}," == *",$1,"* ]]; }

# Assembled here: a file that held it whole would be taken away by any scanner that sees this folder.
# shellcheck disable=SC2016
eicar() { printf '%s%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$' 'EICAR-STANDARD-ANTI' 'VIRUS-TEST-FILE!$H+H*'; }

start_clamd() {
  local database
  database=$(signatures)
  mkdir "$STATE/clamd-temp"
  # The shipped limits; sockets and folders are this run's own.
  grep -Ev '^(#|$|LocalSocket|TCPSocket|User|DatabaseDirectory)' clamav/clamd.conf > "$STATE/clamd.conf"
  cat >> "$STATE/clamd.conf" <<CONF
LocalSocket $STATE/clamd.sock
DatabaseDirectory $database
TemporaryDirectory $STATE/clamd-temp
CONF
  clamd --config-file="$STATE/clamd.conf" > "$STATE/clamd.log" 2>&1 &
  PIDS+=("$!")
}

# The folder of the newest signatures of ClamAV, else one with the test signature alone.
signatures() {
  local newest
  newest=$(find "$SIGNATURES" -maxdepth 1 '(' -name 'daily.c[lv]d' -o -name 'main.c[lv]d' ')' -readable -printf '%T@ %TY-%Tm-%Td %f\n' 2>/dev/null | sort -rn | head -n 1)
  if [ -n "$newest" ]; then
    say "signatures: $SIGNATURES, newest ${newest#* }" >&2
    say "$SIGNATURES"
    return
  fi
  warn "NO SIGNATURES in $SIGNATURES: only the EICAR test file will be found. Run freshclam, then start again."
  mkdir "$STATE/signatures"
  printf 'Eicar-Test-Signature:0:*:%s\n' "$(eicar | od -An -v -tx1 | tr -d ' \n')" > "$STATE/signatures/test.ndb"
  say "$STATE/signatures"
}

start_demo() {
  mkdir "$STATE/demo"
  printf 'This file is clean.\n' > "$STATE/demo/clean.txt"
  eicar > "$STATE/demo/infected.txt"
  python3 -m http.server --bind 127.0.0.1 --directory "$STATE/demo" "$DEMO_PORT" > "$STATE/demo.log" 2>&1 &
  PIDS+=("$!")
}

start_proxy() {
  say "building ClamProxy"
  dotnet build src/ClamProxy --configuration Release --verbosity quiet > "$STATE/build.log" 2>&1 || {
    cat "$STATE/build.log" >&2
    fail "the build failed"
  }
  # Made absolute here: ClamProxy starts in another folder.
  STORE=$(realpath --canonicalize-missing "${STORE_PATH:-$STATE/store}")
  DATA=$(realpath --canonicalize-missing "${DATA_PATH:-$STATE/data}")
  (
    export DOORS PORT API_PORT MANAGEMENT_PORT STOP_DELAY STORE_PATH="$STORE" DATA_PATH="$DATA" CLAMD_HOSTS="unix://$STATE/clamd.sock"
    export ALLOWED_UPSTREAMS="$UPSTREAMS" DOTNET_TC_BackgroundWorkerTimeoutMs=FFFFFFFF
    cd src/ClamProxy
    exec dotnet bin/Release/net10.0/clamproxy.dll
  ) > "$STATE/clamproxy.log" 2>&1 &
  PROXY_PID=$!
  PIDS+=("$PROXY_PID")
}

wait_until_ready() {
  local end=$((SECONDS + DEADLINE)) pid
  say "waiting for the signatures to load"
  until curl -fsS -o /dev/null "http://127.0.0.1:$MANAGEMENT_PORT/readyz" 2>/dev/null; do
    for pid in "${PIDS[@]}"; do
      kill -0 "$pid" 2>/dev/null || give_up "a process ended"
    done
    [ "$SECONDS" -lt "$end" ] || give_up "not ready after $DEADLINE seconds"
    sleep 0.2
  done
}

give_up() {
  local log code=0
  # Only what ClamProxy says of its settings: the other logs have nothing to do with it.
  kill -0 "$PROXY_PID" 2>/dev/null || wait "$PROXY_PID" || code=$?
  if [ "$code" -eq "$WRONG_SETTING" ]; then
    cat "$STATE/clamproxy.log" >&2
    fail "a setting is wrong: see the lines above and docs/configuration/README.md"
  fi
  for log in clamd demo clamproxy; do
    printf -- '--- %s\n' "$log" >&2
    tail -n 20 "$STATE/$log.log" >&2 || true
  done
  curl -sS "http://127.0.0.1:$MANAGEMENT_PORT/readyz" >&2 || true
  fail "$1: see the logs above"
}

print_lines() {
  cat <<LINES

ClamProxy is ready: proxy $PROXY, dashboard http://127.0.0.1:$MANAGEMENT_PORT/dashboard, verdicts in $([ -n "${REDIS_URL:-}" ] && echo Redis || echo 'this process'), clean files in $STORE.

  a clean file, 200:        curl -i -H 'Download-From: $DEMO' -H 'Cache-Scan: True' $PROXY/clean.txt
  an infected one, 409:     curl -i -H 'Download-From: $DEMO' -H 'Cache-Scan: True' $PROXY/infected.txt
  again, from the store:    curl -i -H 'Download-From: $DEMO' -H 'Cache-Scan: True' $PROXY/clean.txt

Only these upstreams may be reached: $UPSTREAMS
For others:  ALLOWED_UPSTREAMS='pypi.org,files.pythonhosted.org' ./run.sh
LINES
  print_api_lines
  print_preset_lines
  say "Ctrl-C ends everything that was started."
}

print_api_lines() {
  opens api || return 0
  cat <<LINES

The scan API, $API: a file of yours, and its verdict:
  wait for it:              curl -F file=@README.md $API/scan
  take a number:            curl -F file=@README.md $API/upload
  ask for the result:       curl '$API/result/<id>?wait=30s'
LINES
}

# What clients of the presets are told; nothing where PRESETS is unset.
print_preset_lines() {
  [ -n "${PRESETS:-}" ] || return 0
  say "What clients of PRESETS=$PRESETS need (pip.conf, .npmrc, …), in a shell with the same settings:"
  say "  dotnet src/ClamProxy/bin/Release/net10.0/clamproxy.dll clients"
  case ",${PRESETS// /}," in
    *,pypi,*) say "  pip install --index-url $PROXY/pypi/simple/ requests" ;;
  esac
}

watch() {
  wait -n "${PIDS[@]}" || true
  give_up "a process ended"
}

try_all() {
  local answers="$STATE/answers"
  ask() { curl -sS -i -m 30 -H "Download-From: $DEMO" -H 'Cache-Scan: True' "$PROXY/$1" | tr -d '\r' | tee -a "$answers"; }
  # Not grep -q: it would end before the answer does, and break the pipe.
  expect() { grep -iE "$1" >/dev/null || fail "expected $2; the answers were:
$(cat "$answers")"; }
  ask clean.txt | expect '^HTTP/1.1 200' 'a clean file as 200'
  ask infected.txt | expect '^HTTP/1.1 409' 'an infected file as 409'
  ask clean.txt | expect '^Cache-Status: *ClamProxy; *hit; *detail=store' 'a second request as a hit of the store'
  if opens api; then
    curl -sS -i -m 30 -F "file=@$STATE/demo/clean.txt" "$API/scan" | tr -d '\r' | tee -a "$answers" | expect '"verdict":"clean"' 'a clean verdict'
    curl -sS -i -m 30 -F "file=@$STATE/demo/infected.txt" "$API/scan" | tr -d '\r' | tee -a "$answers" |
      expect '"verdict":"infected"' 'an infected verdict'
  fi
  cat "$answers"
  echo
  say "all answers were right"
}

# Each is asked to end, waited for, and only then made to.
stop_all() {
  local pid end=$((SECONDS + 10))
  trap '' INT TERM HUP
  for pid in "${PIDS[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  for pid in "${PIDS[@]}"; do
    while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  [ -z "$STATE" ] || rm -rf "$STATE"
}

main "$@"
