# shellcheck shell=bash
# Sourced by run.sh and test.sh: finds programs, and installs Debian's packages of those that are missing.

POLICY=${POLICY:-/usr/sbin/policy-rc.d}

# Debian keeps servers in sbin, which is not on everybody's path.
PATH="$PATH:/usr/sbin:/sbin:${HOME:-/root}/.dotnet"

say() { printf '%s\n' "$*"; }
warn() { printf '\n*** %s\n\n' "$*" >&2; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# need_programs PROGRAM=PACKAGE...: installs the packages of those programs that are not there.
need_programs() {
  local pair missing=()
  for pair in "$@"; do
    has "${pair%%=*}" || missing+=("${pair#*=}")
  done
  [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
  for pair in "$@"; do
    has "${pair%%=*}" || fail "${pair%%=*} is missing: install ${pair#*=}"
  done
}

install_packages() {
  local root=()
  has apt-get || fail "install these by hand (there is no apt-get here): $*"
  if [ "$(id -u)" -ne 0 ]; then
    { has sudo && sudo -n true 2>/dev/null; } || fail "install these first (needs root): apt-get install $*"
    root=(sudo -n)
  fi
  say "installing: $*"
  hold_services "${root[@]}"
  # In a subshell, so that the policy goes however this ends.
  (
    trap 'release_services "${root[@]}"' EXIT
    trap 'exit 130' INT TERM
    "${root[@]}" apt-get update -q >/dev/null || true
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
  ) || fail "apt-get could not install: $*"
}

# Debian starts what it installs; nothing is to listen that nobody asked for. Another policy comes back afterwards.
hold_services() {
  local answer=0
  HELD=no
  if [ -x "$POLICY" ]; then
    "$POLICY" any start >/dev/null 2>&1 || answer=$?
    [ "$answer" -ne 101 ] || return 0
    "$@" mv "$POLICY" "$POLICY.held"
  fi
  printf '#!/bin/sh\nexit 101\n' | "$@" tee "$POLICY" >/dev/null
  "$@" chmod 755 "$POLICY"
  HELD=yes
}

release_services() {
  [ "$HELD" = yes ] || return 0
  "$@" rm -f "$POLICY"
  [ ! -e "$POLICY.held" ] || "$@" mv "$POLICY.held" "$POLICY"
}

# The SDK is not in Debian: where it cannot be installed, say where it is.
need_dotnet() {
  if ! has dotnet; then
    say "installing: dotnet-sdk-10.0"
    (install_packages dotnet-sdk-10.0) || fail "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
  fi
  # No server of the build may outlive it.
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en DOTNET_CLI_USE_MSBUILD_SERVER=0
  export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
}
