# shellcheck shell=bash
# Sourced by test.sh, behind packages.sh: a pip that resumes broken downloads (25.2 and later). Debian's stable releases have none yet.

PIP_WHEEL=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/clamproxy-tests/pip.whl

# Leaves it where tests/ClamProxy.TestKit/ResumingPip.cs looks; where it cannot be had, the tests that want it fail and say so.
need_resuming_pip() {
  ! pip_resumes "$PIP_WHEEL" || return 0
  say "fetching: a pip that resumes"
  (fetch_testing_pip) || warn "there is no pip that resumes: put the wheel of pip 25.2 or later at $PIP_WHEEL"
}

pip_resumes() { [ -e "$1" ] && PYTHONPATH=$1 python3 -m pip download --help 2>/dev/null | grep -e --resume-retries >/dev/null; }

# From Debian's next release, by this machine's own mirror. apt's lists and sources stay as they are.
fetch_testing_pip() {
  local mirror apt
  # shellcheck disable=SC2016 # apt's own variables
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
  [ -n "$mirror" ] || { say "no Debian mirror is known here: run apt-get update"; return 1; }
  # Not local: the trap runs when this subshell ends.
  temp=$(mktemp -d)
  trap 'rm -rf "$temp"' EXIT
  mkdir -p "$temp/lists/partial" "$temp/cache/archives/partial" "${PIP_WHEEL%/*}"
  printf '%s\n' 'Types: deb' "URIs: $mirror" 'Suites: testing' 'Components: main' \
    'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg' > "$temp/testing.sources"
  apt=(apt-get -q -o "Dir::Etc::SourceList=$temp/testing.sources" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$temp/lists"
    -o "Dir::Cache=$temp/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
  "${apt[@]}" update >/dev/null || return 1
  (cd "$temp" && "${apt[@]}" download python3-pip-whl/testing >/dev/null) || return 1
  dpkg-deb -x "$temp"/python3-pip-whl_*.deb "$temp/pip" || return 1
  pip_resumes "$temp"/pip/usr/share/python-wheels/pip-*.whl || return 1
  mv "$temp"/pip/usr/share/python-wheels/pip-*.whl "$PIP_WHEEL"
}
