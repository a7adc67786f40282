# shellcheck shell=bash
# Sourced by test.sh, behind packages.sh: moto's server, which stands in for S3.

# As MotoServer.cs has it.
MOTO_FOLDER=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/clamproxy-tests/moto

# Where it cannot be had, the tests of buckets fail and name it.
need_moto() {
  ! has moto_server && [ ! -x "$MOTO_FOLDER/bin/moto_server" ] || return 0
  install_moto || warn "moto_server cannot be installed: pip install 'moto[server]'"
}

# In a folder of its own: this machine's Python stays as it is.
install_moto() {
  say "installing: moto[server]"
  python3 -c 'import ensurepip' 2>/dev/null || (install_packages python3-venv) || return 1
  python3 -m venv "$MOTO_FOLDER" && "$MOTO_FOLDER/bin/pip" install -q 'moto[server]>=5,<6'
}
