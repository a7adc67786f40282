#!/usr/bin/env bash
# Builds an image of this repository on stand-in bases, with this machine's SDK and NuGet packages and without a network.
#
#   build.sh ENGINE IMAGE            by Dockerfile as it is
#   build.sh ENGINE IMAGE FOLDER     by Dockerfile.sidecar, with FOLDER, which has machine code, in place of its first stage: that takes minutes
set -euo pipefail

ENGINE=$1
IMAGE=$2
NATIVE=${3:-}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$HERE/../.."

main() {
  if [ -n "$NATIVE" ]; then
    build_sidecar
  else
    build_server
  fi
}

build_server() {
  local dotnet packages
  add_bases Dockerfile
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  # The image's build has no network: what compiles it is here before.
  dotnet restore --locked-mode --use-current-runtime --verbosity quiet src/ClamProxy >&2
  packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
  build --volume "$dotnet:/usr/share/dotnet:ro" --volume "$packages:/packages:ro" .
}

build_sidecar() {
  local stage=$ENGINE/tmp/sidecar
  mkdir -p "$stage/build"
  sed -n '/^FROM .*runtime-deps/,$p' Dockerfile.sidecar > "$stage/Dockerfile"
  cp -a "$NATIVE" "$stage/build/app"
  add_bases "$stage/Dockerfile"
  build --build-context "build=$stage/build" --file "$stage/Dockerfile" "$stage"
}

# The images that a Dockerfile begins with, each by the last part of its name: sdk, aspnet, runtime-deps.
add_bases() {
  local base kind
  while read -r base; do
    kind=${base##*/}
    "$HERE/stand-in.sh" "$ENGINE" "${kind%%:*}" "$base"
  done < <(sed -nE 's/^FROM ([^ ]+).*/\1/p' "$1")
}

build() { "$ENGINE/buildah" bud --pull-never --format docker --network none --tag "$IMAGE" "$@"; }

main
