#!/bin/bash
# As the entrypoint of the public nginx image: renders /etc/nginx/templates into conf.d, replacing the variables that are set and no others.
set -euo pipefail
for prepare in /docker-entrypoint.d/*.envsh; do
  # shellcheck source=/dev/null
  [[ ! -x $prepare ]] || . "$prepare"
done
known=$(compgen -e | sed 's/.*/${&}/')
cd /etc/nginx/templates
for template in *.template; do
  envsubst "$known" < "$template" > "/etc/nginx/conf.d/${template%.template}"
done
cd /
exec "$@"
