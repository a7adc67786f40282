#!/usr/bin/env bash
# Makes an image that stands in for a public one, from the Debian packages installed on this machine: their files, with all that they depend on.
# No registry and no mirror is asked.
#
#   stand-in.sh ENGINE KIND TAG [DATABASE]
#
# ENGINE is the folder of engine.sh. KIND: bash, runtime-deps (what .NET needs), aspnet (and this machine's .NET runtime), sdk (without the SDK, which
# the build mounts), nginx, clamav (with the folder DATABASE as its signatures), redis.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH="$PATH:/usr/sbin:/sbin"
COMMON=(base-files bash coreutils dash grep)
DOTNET_NEEDS=(libc6 libgcc-s1 libssl3 libstdc++6 zlib1g tzdata)

main() {
  local engine=$1 kind=$2 tag=$3 database=${4:-}
  ROOT=$(mktemp -d "$engine/tmp/stand-in.XXXXXX")
  trap 'rm -rf "$ROOT"' EXIT
  CHANGES=()
  skeleton
  case $kind in
    runtime-deps) runtime_deps ;;
    aspnet) aspnet ;;
    bash) packages ;;
    sdk) sdk ;;
    nginx) nginx ;;
    clamav) clamav "$database" ;;
    redis) redis ;;
    *) echo "no such stand-in: $kind" >&2; exit 64 ;;
  esac
  tar --directory "$ROOT" --create . | "$engine/podman" import --quiet "${CHANGES[@]}" - "$tag"
}

skeleton() {
  mkdir -p "$ROOT"/usr/{bin,sbin,lib,lib64} "$ROOT"/{etc,root,run,proc,sys,dev,var,tmp}
  chmod 1777 "$ROOT/tmp"
  local name
  for name in bin sbin lib lib64; do
    ln -s "usr/$name" "$ROOT/$name"
  done
  user root 0 0 /root
  change ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
}

# user NAME UID GID HOME
user() {
  printf '%s:x:%s:%s::%s:/bin/sh\n' "$@" >> "$ROOT/etc/passwd"
  printf '%s:x:%s:\n' "$1" "$3" >> "$ROOT/etc/group"
}

change() { CHANGES+=(--change "$*"); }

runtime_deps() {
  packages "${DOTNET_NEEDS[@]}"
  user app 1654 1654 /home/app
  change ENV APP_UID=1654
  change ENV ASPNETCORE_HTTP_PORTS=8080
  change ENV DOTNET_RUNNING_IN_CONTAINER=true
}

aspnet() {
  local dotnet
  runtime_deps
  dotnet=$(dotnet_folder)
  mkdir -p "$ROOT/usr/share/dotnet"
  cp -a "$dotnet"/{dotnet,host,shared} "$ROOT/usr/share/dotnet"
  ln -s ../share/dotnet/dotnet "$ROOT/usr/bin/dotnet"
}

sdk() {
  packages "${DOTNET_NEEDS[@]}"
  mkdir -p "$ROOT/usr/share/dotnet"
  ln -s ../share/dotnet/dotnet "$ROOT/usr/bin/dotnet"
  mkdir -p "$ROOT"/root/.nuget/NuGet "$ROOT/packages"
  cat > "$ROOT/root/.nuget/NuGet/NuGet.Config" <<'EOF'
<configuration><packageSources><clear /><add key="machine" value="/packages" /></packageSources></configuration>
EOF
  # ./test.sh has just compiled the same code ahead, for the processes of its tests: minutes of a run on two cores.
  change ENV PublishReadyToRun=false
  change ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  change ENV DOTNET_CLI_TELEMETRY_OPTOUT=1
  change ENV DOTNET_NOLOGO=1
}

# Renders templates as the public image does.
nginx() {
  packages nginx gettext-base curl sed
  user nginx 101 101 /nonexistent
  rm -rf "$ROOT/etc/nginx/modules-enabled"
  mkdir -p "$ROOT"/etc/nginx/conf.d "$ROOT"/var/{cache,lib,log}/nginx
  install -m 755 "$HERE/nginx-entrypoint.sh" "$ROOT/docker-entrypoint.sh"
  cat > "$ROOT/etc/nginx/nginx.conf" <<'EOF'
user nginx;
error_log /dev/stderr notice;
events { worker_connections 1024; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log /dev/stdout;
    client_body_temp_path /var/cache/nginx/client_temp;
    proxy_temp_path /var/cache/nginx/proxy_temp;
    fastcgi_temp_path /var/cache/nginx/fastcgi_temp;
    uwsgi_temp_path /var/cache/nginx/uwsgi_temp;
    scgi_temp_path /var/cache/nginx/scgi_temp;
    sendfile on;
    keepalive_timeout 65;
    include /etc/nginx/conf.d/*.conf;
}
EOF
  change 'ENTRYPOINT ["/docker-entrypoint.sh"]'
  change 'CMD ["nginx", "-g", "daemon off;"]'
  change STOPSIGNAL SIGQUIT
}

clamav() {
  packages clamav-daemon
  user clamav 100 101 /var/lib/clamav
  mkdir -p "$ROOT/var/lib/clamav"
  cp "$1"/* "$ROOT/var/lib/clamav"
  chown -R 100:101 "$ROOT/var/lib/clamav"
  install -m 755 "$HERE/clamdcheck.sh" "$ROOT/usr/bin/clamdcheck.sh"
  change 'ENTRYPOINT ["clamd"]'
  change VOLUME /var/lib/clamav
}

# The public image listens for other hosts without a password.
redis() {
  packages redis-server redis-tools
  mkdir "$ROOT/data"
  printf '#!/bin/sh\nexec "$@" --protected-mode no\n' > "$ROOT/docker-entrypoint.sh"
  chmod 755 "$ROOT/docker-entrypoint.sh"
  change 'ENTRYPOINT ["/docker-entrypoint.sh"]'
  change 'CMD ["redis-server"]'
  change WORKDIR /data
  change VOLUME /data
  change EXPOSE 6379
}

dotnet_folder() { dirname "$(readlink -f "$(command -v dotnet)")"; }

# The files of these packages, and of those installed that they depend on. Since bookworm /bin and the like are links into /usr.
packages() {
  closure "${COMMON[@]}" "$@" | xargs dpkg-query --listfiles \
    | grep -Ev '^/usr/share/(doc|man|locale|info|lintian|bug|perl|perl5)/|^/usr/lib/x86_64-linux-gnu/perl|^(package diverts|diverted by|locally diverted)' \
    | sed -E 's#^/(bin|sbin|lib|lib64)/#/usr/\1/#' | sort -u | files \
    | tar --directory / --create --files-from - | tar --directory "$ROOT" --extract
}

files() {
  local path
  while read -r path; do
    if [ -L "$path" ] || [ -f "$path" ]; then
      printf '%s\n' "${path#/}"
    fi
  done
}

closure() {
  dpkg-query --show --showformat '${db:Status-Status}\t${Package}\t${Pre-Depends},${Depends}\n' | awk -F '\t' -v wanted="$*" '
    $1 == "installed" { needs[$2] = $3 }
    END {
      count = split(wanted, queue, " ")
      for (at = 1; at <= count; at++) {
        name = queue[at]
        if (name in seen || !(name in needs)) continue
        seen[name] = 1
        print name
        parts = split(needs[name], found, /[,|]/)
        for (part = 1; part <= parts; part++) {
          gsub(/\(.*|:any| /, "", found[part])
          if (found[part] != "") queue[++count] = found[part]
        }
      }
    }'
}

main "$@"
