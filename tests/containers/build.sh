#!/usr/bin/env bash
# build.sh ENGINE IMAGE: builds the Dockerfile as it is, on stand-in bases, with this machine's SDK and NuGet packages and without a network.
set -euo pipefail

ENGINE=$1
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$HERE/../.."

# The images that the Dockerfile begins with, each by the last part of its name: sdk, aspnet.
while read -r base; do
  kind=${base##*/}
  "$HERE/stand-in.sh" "$ENGINE" "${kind%%:*}" "$base"
done < <(sed -nE 's/^FROM ([^ ]+).*/\1/p' Dockerfile)

dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
# The image's build has no network: what compiles it is here before.
dotnet restore --locked-mode --use-current-runtime --verbosity quiet src/ClamProxy >&2
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
"$ENGINE/buildah" bud --pull-never --format docker --network none --volume "$dotnet:/usr/share/dotnet:ro" \
  --volume "$packages:/packages:ro" --tag "$2" .
