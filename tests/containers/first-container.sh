#!/usr/bin/env bash
# first-container.sh ENGINE PROCESS: waits until the engine is ready, makes an image of bash and runs it read-only, as a user without rights, on a bridge, with bounds on memory and processes.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
until grep -qx ready "$1/log"; do
  [ -d "/proc/$2" ]
  sleep 0.1
done
"$HERE/stand-in.sh" "$1" bash localhost/first
# A port that nothing listens on refuses at once; a firewall lets whoever asks wait.
# shellcheck disable=SC2016 # for the container's shell
"$1/podman" run --rm --pull never --read-only --cap-drop all --user 1654 --memory 64m --pids-limit 8 localhost/first bash -c '
  [ "$(id --user)" = 1654 ] || { echo "the user is $(id --user)"; exit 1; }
  timeout 5 bash -c "exec 3<>/dev/tcp/$0/9" || [ "$?" -ne 124 ] || { echo "a container does not reach this machine"; exit 1; }' "$(cat "$1/gateway")"
