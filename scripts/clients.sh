# shellcheck shell=bash
# Sourced by test.sh, behind packages.sh: the package clients that tests/ClamProxy.Process.Tests/Clients runs, where one package of Debian's is not all.

# All run on the node of Debian 12. Later yarns are another program than yarn 1.
# http-cache-tests is no client of packages but the public suite of HTTP caches (tests/ClamProxy.Process.Tests/CacheSuite).
NODE_CLIENTS=(yarn@1.22.22 @yarnpkg/cli-dist@4.18.1 pnpm@10.34.9 http-cache-tests@0.4.5)
# As NodeClient.cs has it.
NODE_CLIENTS_FOLDER=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/clamproxy-tests/node
MAVEN_PLUGIN=/usr/share/maven-repo/org/apache/maven/plugins/maven-jar-plugin/3.3.0
MAVEN_DEPLOY_PLUGIN=/usr/share/maven-repo/org/apache/maven/plugins/maven-deploy-plugin/3.0.0

# Where one cannot be had, the tests of that client fail and name it.
need_package_clients() {
  has cargo || install_cargo
  [ -e "$MAVEN_PLUGIN" ] || (install_packages libmaven-jar-plugin-java) || warn "there is no jar plugin for mvn: install libmaven-jar-plugin-java"
  [ -e "$MAVEN_DEPLOY_PLUGIN" ] || (install_packages libmaven-deploy-plugin-java) ||
    warn "there is no deploy plugin for mvn: install libmaven-deploy-plugin-java"
  node_clients_fit || install_node_clients || warn "yarn 1, yarn 4 and pnpm cannot be installed: ${NODE_CLIENTS[*]}"
}

# Debian 12 has a cargo that is too old for sparse indexes, and beside it the one its browsers are built with.
install_cargo() {
  (install_packages cargo-web) || (install_packages cargo) || warn "cargo cannot be installed"
}

node_clients_fit() {
  local client manifest
  for client in "${NODE_CLIENTS[@]}"; do
    manifest=$NODE_CLIENTS_FOLDER/node_modules/${client%@*}/package.json
    [ -e "$manifest" ] && grep -F "\"version\": \"${client##*@}\"" "$manifest" >/dev/null || return 1
  done
}

# From the registry this machine's npm is set up for; nothing that they bring is run.
install_node_clients() {
  say "installing: ${NODE_CLIENTS[*]}"
  mkdir -p "$NODE_CLIENTS_FOLDER"
  npm install --prefix "$NODE_CLIENTS_FOLDER" --ignore-scripts --no-audit --no-fund --no-save "${NODE_CLIENTS[@]}" >/dev/null && node_clients_fit
}
