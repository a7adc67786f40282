#!/usr/bin/env bash
# A container engine for the tests: podman and buildah, with all their files in one folder and in namespaces of their own. When the process is
# killed, the kernel ends its containers and removes its mounts and network interfaces; nothing of this machine's own podman is touched.
#
#   engine.sh serve FOLDER   starts it in the foreground. "ready" is printed when FOLDER/podman.sock answers. FOLDER/podman and FOLDER/buildah run
#                            these programs in it. Published ports are at the address in FOLDER/address; FOLDER/gateway is this machine as containers see it.
#   engine.sh probe          says why containers cannot be run on this machine; nothing where they can.
set -euo pipefail

SELF=$(readlink -f "${BASH_SOURCE[0]}")
PROGRAMS=(podman buildah runc netavark aardvark-dns iptables ip unshare nsenter docker-compose)
PROBE_SECONDS=60
PATH="$PATH:/usr/sbin:/sbin:/usr/lib/podman"

main() {
  case "${1:-} $#" in
    "serve 2") serve "$2" ;;
    "inside 2") inside "$2" ;;
    "connect 3") connect "$2" "$3" ;;
    "probe 1") probe ;;
    *) sed -n '2,/^set/{/^#/p}' "$SELF" >&2; exit 64 ;;
  esac
}

serve() {
  mkdir -p "$1"/{storage,state,networks,tmp}
  settings "$1"
  wrapper "$1" podman
  wrapper "$1" buildah
  # Both are ours to kill: this process becomes unshare, whose end is the end of all that is inside.
  "$SELF" connect "$1" "$$" &
  exec unshare --mount --net --pid --fork --kill-child=KILL "$SELF" inside "$1"
}

settings() {
  # Overlays cannot be mounted on an overlay, which the folder of a CI job in a container is.
  local driver=overlay
  [ "$(stat --file-system --format %T "$1")" != overlayfs ] || driver=vfs
  cat > "$1/storage.conf" <<EOF
[storage]
driver = "$driver"
graphroot = "$1/storage"
runroot = "$1/state"
EOF
  # The limits are below what an unprivileged machine allows; podman's defaults are above it.
  cat > "$1/containers.conf" <<EOF
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=8192:8192"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
image_default_format = "v2s2"
[network]
network_backend = "netavark"
network_config_dir = "$1/networks"
EOF
  cat > "$1/environment" <<EOF
export CONTAINERS_CONF="$1/containers.conf" CONTAINERS_STORAGE_CONF="$1/storage.conf" TMPDIR="$1/tmp" DISABLE_HC_SYSTEMD=true PATH="$PATH"
EOF
}

# FOLDER/PROGRAM: that program inside the engine's namespaces, in the caller's working directory.
wrapper() {
  cat > "$1/$2" <<EOF
#!/bin/sh
exec nsenter --target "\$(cat "$1/pid")" --mount --net --pid -- sh -c '. "$1/environment"; cd "\$0" && exec $2 "\$@"' "\$PWD" "\$@"
EOF
  chmod 755 "$1/$2"
}

# Runs as process 1 of the namespaces, so that it also reaps what containers leave.
inside() {
  local pid
  # Its number outside: /proc is still the one of this machine.
  read -r pid _ < /proc/self/stat
  publish "$1/pid" "$pid"
  mount -t proc proc /proc
  mount -t tmpfs tmpfs /run
  within 20 test -e "$1/gateway"
  # shellcheck source=/dev/null
  . "$1/environment"
  podman system service --time=0 "unix://$1/podman.sock" &
  within 20 podman --url "unix://$1/podman.sock" version >/dev/null 2>&1
  echo ready
  check_health
}

# Docker's engine runs the health checks of its containers itself. Podman leaves that to timers of systemd, which is not here: until a container is
# healthy, its check is run every second.
check_health() {
  local container
  while sleep 1; do
    for container in $(podman ps --quiet --filter health=starting --filter health=unhealthy); do
      timeout --kill-after=1 10 podman healthcheck run "$container" >/dev/null 2>&1 || true
    done
  done
}

# connect FOLDER PROCESS: a pair of interfaces joins the engine's network and this machine's. It goes with the namespace.
connect() {
  local pid name=clamproxy$((RANDOM % 9000 + 1000)) third fourth outer
  until [ -e "$1/pid" ]; do
    # Without the right to create namespaces it has ended.
    [ -d "/proc/$2" ]
    sleep 0.1
  done
  read -r pid < "$1/pid"
  # Addresses for measurements (RFC 2544), four for each engine.
  while :; do
    third=$((RANDOM % 256)) fourth=$((RANDOM % 64 * 4))
    outer=198.18.$third.$((fourth + 1))
    ip -4 -oneline address | grep -F " $outer/" >/dev/null || break
  done
  ip link add "$name" type veth peer name outside netns "$pid"
  ip address add "$outer/30" dev "$name"
  ip link set "$name" up
  nsenter --target "$pid" --net -- sh -c "ip link set lo up && ip address add '198.18.$third.$((fourth + 2))/30' dev outside && ip link set outside up && ip route add default via '$outer'"
  publish "$1/address" "198.18.$third.$((fourth + 2))"
  publish "$1/gateway" "$outer"
}

# publish FILE TEXT: whoever sees the file sees all of it.
publish() {
  printf '%s\n' "$2" > "$1.new"
  mv "$1.new" "$1"
}

# within SECONDS COMMAND...: tries it ten times a second until it succeeds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || { echo "not in time: $*" >&2; return 1; }
    sleep 0.1
  done
}

probe() {
  local program missing=()
  for program in "${PROGRAMS[@]}"; do
    command -v "$program" >/dev/null 2>&1 || missing+=("$program")
  done
  if [ "${#missing[@]}" -gt 0 ]; then
    echo "missing: ${missing[*]}"
  elif [ "$(id -u)" -ne 0 ]; then
    echo "namespaces and mounts need root"
  else
    try
  fi
}

# The smallest container, in an engine that is gone afterwards.
try() {
  local folder engine code=0
  folder=$(mktemp -d "${TMPDIR:-/tmp}/clamproxy-probe.XXXXXX")
  "$SELF" serve "$folder" > "$folder/log" 2>&1 &
  engine=$!
  timeout --kill-after=1 "$PROBE_SECONDS" "$(dirname "$SELF")/first-container.sh" "$folder" "$engine" >> "$folder/log" 2>&1 || code=$?
  [ "$code" -eq 0 ] || echo "podman cannot run a container here: $(reason "$folder/log")"
  kill -KILL "$engine" 2>/dev/null || true
  wait "$engine" 2>/dev/null || true
  # The first process inside is the last one to go.
  [ ! -e "$folder/pid" ] || within 10 test ! -e "/proc/$(cat "$folder/pid")"
  rm -rf "$folder"
}

# The last things that were said, in one line.
reason() { grep -Ev '^$|^ready$|^sha256:|syslog' "$1" | tail -n 3 | paste -sd ';'; }

main "$@"
