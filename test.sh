#!/usr/bin/env bash
# Installs what the tests need, builds, checks the format, runs all tests. The last line: "N passed, N failed, N skipped".
# With CI=true a skipped test counts as a failure. Leaves no process and no file behind.
# Where containers cannot run, the tests that need them are left out: the line before the last says so, and why.
set -euo pipefail
# Who starts this in the background of a script has SIGINT ignored, and so would have all that the tests start and interrupt.
if [ "${SIGNALS:-}" != default ]; then
  exec env --default-signal=INT,QUIT SIGNALS=default bash "${BASH_SOURCE[0]}" "$@"
fi
unset SIGNALS
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/packages.sh
. scripts/packages.sh
# shellcheck source=scripts/pip.sh
. scripts/pip.sh
# shellcheck source=scripts/clients.sh
. scripts/clients.sh
# shellcheck source=scripts/moto.sh
. scripts/moto.sh
# shellcheck source=scripts/kubernetes.sh
. scripts/kubernetes.sh
# shellcheck source=scripts/browser.sh
. scripts/browser.sh

PROGRAMS=(clamd=clamav-daemon redis-server=redis-server nginx=nginx squid=squid curl=curl wget=wget aria2c=aria2 python3=python3
  pip3=python3-pip shellcheck=shellcheck yamllint=yamllint node=nodejs npm=npm mvn=maven go=golang-go cc=gcc gpg=gnupg systemd-analyze=systemd
  chromium=chromium c-icap-client=c-icap e2guardian=e2guardian promtool=prometheus)
CEPH_PROGRAMS=(ceph-mon=ceph-mon ceph-osd=ceph-osd monmaptool=ceph-base ceph=ceph-common radosgw=radosgw radosgw-admin=ceph-common)
CONTAINER_PROGRAMS=(podman=podman buildah=buildah runc=runc iptables=iptables ip=iproute2 docker-compose=docker-compose
  /usr/lib/podman/netavark=netavark /usr/lib/podman/aardvark-dns=aardvark-dns)
FILTER=()
declare -A BESIDE=()
NOT_RUN=
PASSED=0
FAILED=0
SKIPPED=0
BROKEN=0
TEMP=
SCRATCH=

main() {
  need_programs "${PROGRAMS[@]}"
  need_resuming_pip
  need_package_clients
  need_moto
  need_kubernetes_tools
  need_browser_tools
  (need_programs "${CONTAINER_PROGRAMS[@]}") || true
  # Where Ceph cannot be had, its tests are skipped.
  (need_programs "${CEPH_PROGRAMS[@]}") || true
  need_dotnet
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  # All that a test starts inherits this folder's name, and all that it writes belongs in it.
  TEMP=$(mktemp -d /tmp/clamproxy-tests.XXXXXX)
  export TMPDIR=$TEMP/tmp
  mkdir "$TMPDIR"
  make_scratch
  probe_containers
  step dotnet restore --locked-mode ClamProxy.sln || exit 1
  # Neither a build nor the first ring takes both cores: the ring runs while the rest is built.
  build tests/ClamProxy.Core.Tests
  start_beside ClamProxy.Core.Tests
  build ClamProxy.sln
  # Whitespace alone: the build fails for everything else that `dotnet format --verify-no-changes` looks at.
  dotnet format whitespace --no-restore --verify-no-changes ClamProxy.sln > "$TEMP/format.log" 2>&1 &
  local format=$!
  compile_native > "$TEMP/native.log" 2>&1 &
  local native=$!
  run_tests ClamProxy.Tests
  check_format "$format"
  end_beside ClamProxy.Core.Tests
  compile_ahead
  check_native "$native"
  end_compiler
  # Both rings wait for other processes most of the time.
  start_beside ClamProxy.Browser.Tests
  run_tests ClamProxy.Process.Tests
  end_beside ClamProxy.Browser.Tests
  check_leftovers
}

# clamd makes and removes a folder for each scan: ext4 spends a tenth of the run's computing time on finding them new inodes.
make_scratch() {
  local free
  free=$(df --output=avail --block-size=1M /dev/shm 2>/dev/null | tail -n 1)
  if [ "${free:-0}" -ge 2048 ]; then
    SCRATCH=$(mktemp -d /dev/shm/clamproxy-tests.XXXXXX)
    export CLAMPROXY_TESTS_SCRATCH=$SCRATCH
  fi
}

# All builds share one compiler: it has compiled its own code and that of the analyzers once, which is half of a build's time.
build() { step with_compiler dotnet build --no-restore --verbosity quiet "$1" || exit 1; }

# The compiler's name is this run's own: it serves no other build, and no other build ends it.
with_compiler() { UseSharedCompilation=true SharedCompilationId=clamproxy-tests-$$ "$@"; }

end_compiler() {
  local pid
  for pid in $(our_processes); do
    if grep -qF VBCSCompiler "/proc/$pid/cmdline" 2>/dev/null; then
      kill "$pid" 2>/dev/null || true
    fi
  done
}

# The build has had the analyzers look at the same code.
publish() {
  with_compiler dotnet publish --verbosity quiet --configuration Release --property RunAnalyzers=false "$@" src/ClamProxy
}

# docs/decisions/0085: the processes of the tests are machine code, which starts in a sixth of the computing time.
compile_native() {
  publish --property Native=true --output "$PWD/src/ClamProxy/bin/native/app"
}

check_native() {
  say "== dotnet publish --property Native=true"
  wait "$1" || { cat "$TEMP/native.log"; say "FAILED: dotnet publish --property Native=true"; exit 1; }
  export CLAMPROXY_TESTS_PROGRAM=$PWD/src/ClamProxy/bin/native/app
}

# docs/decisions/0082: what is for .NET is tested as it is published, too; what did not change is not compiled again.
compile_ahead() {
  local folder=$PWD/src/ClamProxy/bin/ahead
  step publish --property RestoreLockedMode=true --output "$folder" || exit 1
  export CLAMPROXY_TESTS_DOTNET_PROGRAM=$folder
}

probe_containers() {
  NOT_RUN=$(tests/containers/engine.sh probe) || NOT_RUN=${NOT_RUN:-the probe failed}
  [ -z "$NOT_RUN" ] || FILTER=(--filter-not-trait Needs=containers)
}

step() {
  say "== $*"
  "$@" || { BROKEN=1; say "FAILED: $*"; return 1; }
}

check_format() {
  say "== dotnet format whitespace --verify-no-changes"
  wait "$1" || { BROKEN=1; cat "$TEMP/format.log"; say "FAILED: dotnet format whitespace"; }
}

run_tests() {
  local code=0
  say "== $1"
  start_tests "$1" 2>&1 | tee "$TEMP/$1.log" || code=$?
  count_tests "$1" "$code"
}

# start_beside PROJECT: the same beside what this script does next; end_beside PROJECT waits for it and shows what it said.
start_beside() {
  start_tests "$1" > "$TEMP/$1.log" 2>&1 &
  BESIDE[$1]=$!
}

end_beside() {
  local code=0
  say "== $1"
  wait "${BESIDE[$1]}" || code=$?
  cat "$TEMP/$1.log"
  count_tests "$1" "$code"
}

# docs/decisions/0063: hundreds of processes that live for seconds get nothing back for compiling what is called often once more.
start_tests() { DOTNET_TC_CallCounting=0 dotnet test --no-build --no-ansi --no-progress --project "tests/$1" "${FILTER[@]}"; }

# count_tests PROJECT CODE: adds up what its log says; CODE is what it ended with.
count_tests() {
  local totals failed passed skipped
  totals=$(sed -n 's/^ *\(failed\|succeeded\|skipped\): \([0-9]*\)$/\2/p' "$TEMP/$1.log" | tail -n 3 | paste -sd,)
  if [ -z "$totals" ]; then
    say "FAILED: $1 ran no tests"
    FAILED=$((FAILED + 1))
    return
  fi
  IFS=, read -r failed passed skipped <<< "$totals"
  FAILED=$((FAILED + failed)) PASSED=$((PASSED + passed)) SKIPPED=$((SKIPPED + skipped))
  # Everything passed, and yet it ended badly: the test host crashed.
  if [ "$2" -ne 0 ] && [ "$failed" -eq 0 ]; then
    say "FAILED: $1 ended with $2"
    BROKEN=1
  fi
}

# What a test left behind is a failure of that test: it is shown, then ended and removed.
check_leftovers() {
  local pid left
  for pid in $(our_processes); do
    say "FAILED: left running: $pid $(tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null)"
    BROKEN=1
  done
  left=$(find "$TMPDIR" ${SCRATCH:+"$SCRATCH"} -mindepth 1 -maxdepth 1 -name 'clamproxy*')
  if [ -n "$left" ]; then
    say "FAILED: left behind:" "$left"
    BROKEN=1
  fi
}

# The processes that were started with our temp folder. This script was not, nor were its subshells.
our_processes() {
  local environ pid
  for environ in /proc/[0-9]*/environ; do
    pid=${environ#/proc/}
    pid=${pid%/environ}
    if { tr '\0' '\n' < "$environ"; } 2>/dev/null | grep -xF "TMPDIR=$TMPDIR" >/dev/null; then
      say "$pid"
    fi
  done
}

# What failed, with the beginning of what its test says, where a person looks first: thousands of lines above are the tests' own logs.
say_again() {
  awk '/^(failed|skipped) / { lines = 8 } /^[^ ]/ && !/^(failed|skipped) / { lines = 0 } lines-- > 0' "$TEMP"/*.log
}

finish() {
  local code=$? pid
  trap '' INT TERM HUP
  if [ -n "$TEMP" ]; then
    for pid in $(our_processes); do
      kill -KILL "$pid" 2>/dev/null || true
    done
    say_again
    rm -rf "$TEMP" ${SCRATCH:+"$SCRATCH"}
  fi
  if [ "${CI:-}" = true ] && [ "$SKIPPED" -gt 0 ]; then
    say "FAILED: $SKIPPED skipped, which CI does not allow"
    BROKEN=1
  fi
  if [ "$code" -eq 0 ] && [ $((FAILED + BROKEN)) -gt 0 ]; then
    code=1
  fi
  [ -z "$NOT_RUN" ] || say "not run: tests that need containers: $NOT_RUN"
  say "$PASSED passed, $FAILED failed, $SKIPPED skipped"
  exit "$code"
}

main "$@"
