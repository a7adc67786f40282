# shellcheck shell=bash
# Sourced by test.sh, behind packages.sh: what tests/ClamProxy.Browser.Tests looks at pages with.

# As AxeCheck.cs has it.
BROWSER_TOOLS_FOLDER=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/clamproxy-tests/browser
# MPL-2.0; it is run in the browser of the tests alone.
BROWSER_TOOLS=(axe-core@4.14.1)

# Where it cannot be had, the tests of accessibility fail and name it.
need_browser_tools() {
  browser_tools_fit || install_browser_tools || warn "the check of accessibility cannot be installed: ${BROWSER_TOOLS[*]}"
}

browser_tools_fit() {
  local tool manifest
  for tool in "${BROWSER_TOOLS[@]}"; do
    manifest=$BROWSER_TOOLS_FOLDER/node_modules/${tool%@*}/package.json
    [ -e "$manifest" ] && grep -F "\"version\": \"${tool##*@}\"" "$manifest" >/dev/null || return 1
  done
}

# From the registry this machine's npm is set up for; nothing that it brings is run here.
install_browser_tools() {
  say "installing: ${BROWSER_TOOLS[*]}"
  mkdir -p "$BROWSER_TOOLS_FOLDER"
  npm install --prefix "$BROWSER_TOOLS_FOLDER" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error "${BROWSER_TOOLS[@]}" \
    >/dev/null && browser_tools_fit
}
