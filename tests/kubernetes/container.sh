#!/bin/sh
# Runs a command as Kubernetes runs a container, as far as a process can be one: without rights, on a root that is read-only except for
# its volumes, within its memory. The process keeps its id, and the machine's network.
# container.sh USER GROUP FOLDER=PATH... -- COMMAND...: USER runs it; GROUP is a cgroup's file of processes, or empty; each FOLDER is seen
# at PATH. To be called in a mount namespace of its own. /tmp comes last: folders may be in it.
set -eu
user=$1 group=$2
shift 2
[ -z "$group" ] || echo $$ > "$group"
while [ "$1" != -- ]; do
  path=${1#*=}
  if [ ! -d "$path" ]; then
    mount -t tmpfs tmpfs "$(dirname "$path")"
    mkdir "$path"
  fi
  mount --bind "${1%%=*}" "$path"
  shift
done
shift
mount -o remount,bind,ro /
cd /
exec setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
