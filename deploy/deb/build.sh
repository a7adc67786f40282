#!/usr/bin/env bash
# Builds a Debian package: deploy/deb/build.sh [amd64|arm64] [FOLDER]
# It needs dotnet (.NET 10 SDK), dpkg-deb and python3. The package of arm64 can be built on amd64 and the other way round.
# APP=FOLDER takes a program that is built already instead of publishing it, VERSION=… another version than Directory.Build.props has,
# COMPRESSION=none is quick.
set -euo pipefail
umask 022
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPOSITORY=$(cd "$HERE/../.." && pwd)
ARCH=${1:-$(dpkg --print-architecture)}
OUTPUT=$(mkdir -p "${2:-.}" && cd "${2:-.}" && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/clamproxy-deb.XXXXXX")
ROOT=$WORK/root
trap 'rm -rf "$WORK"' EXIT

case $ARCH in
  amd64) RUNTIME=linux-x64 ;;
  arm64) RUNTIME=linux-arm64 ;;
  *) echo "$0: takes amd64 or arm64, not $ARCH" >&2; exit 64 ;;
esac

: "${VERSION:=$(sed -n 's|.*<VersionPrefix>\(.*\)</VersionPrefix>.*|\1|p' "$REPOSITORY/Directory.Build.props")}"
# The same sources make the same package.
: "${SOURCE_DATE_EPOCH:=$(git -C "$REPOSITORY" log -1 --format=%ct 2>/dev/null || date +%s)}"
export SOURCE_DATE_EPOCH

main() {
  add_program
  add_files
  add_control
  find "$ROOT" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group "-Z${COMPRESSION:-xz}" --build "$ROOT" "$OUTPUT/clamproxy_${VERSION}_$ARCH.deb" > /dev/null
  echo "$OUTPUT/clamproxy_${VERSION}_$ARCH.deb"
}

# The program, compiled ahead for one architecture; or a portable one, with the native libraries of one architecture.
add_program() {
  local to=$ROOT/usr/lib/clamproxy
  mkdir -p "$to"
  if [ -n "${APP:-}" ]; then
    cp -R "$APP/." "$to"
  else
    dotnet publish "$REPOSITORY/src/ClamProxy" --configuration Release --runtime "$RUNTIME" --nologo --verbosity quiet \
      --property UseAppHost=false --output "$to" >&2
  fi
  [ ! -d "$to/runtimes" ] || find "$to/runtimes" -mindepth 1 -maxdepth 1 ! -name "$RUNTIME" -exec rm -rf {} +
  # Kafka's library comes for several C libraries; Debian's is the plain one.
  rm -f "$to"/{,runtimes/*/native/}{alpine-,centos}*librdkafka.so
  rm -rf "$to/librdkafka" "$to/web.config" "$to/clamproxy" "$to"/*.pdb "$to"/*.xml "$to"/*.staticwebassets.*
  find "$to" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
}

add_files() {
  local doc=$ROOT/usr/share/doc/clamproxy
  mkdir -p "$doc"
  install -D -m 755 "$HERE/clamproxy" "$ROOT/usr/bin/clamproxy"
  # It may hold secrets.
  install -D -m 640 "$HERE/clamproxy.env" "$ROOT/etc/clamproxy/clamproxy.env"
  install -D -m 644 "$HERE/sysusers.conf" "$ROOT/usr/lib/sysusers.d/clamproxy.conf"
  install -D -m 644 "$HERE/copyright" "$doc/copyright"
  install -D -m 644 "$HERE/lintian-overrides" "$ROOT/usr/share/lintian/overrides/clamproxy"
  mkdir -p "$ROOT/usr/share/man/man1"
  gzip -9n < "$HERE/clamproxy.1" > "$ROOT/usr/share/man/man1/clamproxy.1.gz"
  mkdir -p "$ROOT/usr/lib/systemd/system"
  sed -e '/^#   /d' \
    -e 's|^# ClamProxy as a service.*|# Settings are in /etc/clamproxy/clamproxy.env; change this unit by: systemctl edit clamproxy|' \
    -e '/^# Settings, one VARIABLE/d' \
    -e '/^# A user of its own/d' -e "/^# cannot reach a dynamic user's folder/d" \
    -e 's|^ExecStart=.*|ExecStart=/usr/bin/clamproxy|' \
    -e 's|^DynamicUser=yes|User=clamproxy|' \
    "$REPOSITORY/deploy/clamproxy.service" > "$ROOT/usr/lib/systemd/system/clamproxy.service"
  python3 "$REPOSITORY/scripts/sbom.py" "$VERSION" > "$doc/sbom.cdx.json"
  { printf 'clamproxy (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n' "$VERSION"
    printf ' -- ClamProxy contributors <clamproxy@localhost>  %s\n' "$(date --utc --date="@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %T +0000')"
  } | gzip -9n > "$doc/changelog.gz"
  gzip -9n < "$REPOSITORY/CHANGELOG.md" > "$doc/NEWS.md.gz"
}

add_control() {
  local control=$ROOT/DEBIAN
  mkdir -p "$control"
  sed -e "s/@VERSION@/$VERSION/" -e "s/@ARCH@/$ARCH/" \
    -e "s/@SIZE@/$(du -sk --apparent-size "$ROOT" | cut -f1)/" "$HERE/control" > "$control/control"
  echo /etc/clamproxy/clamproxy.env > "$control/conffiles"
  install -m 755 "$HERE/postinst" "$HERE/prerm" "$HERE/postrm" "$control"
  (cd "$ROOT" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$control/md5sums"
}

main
