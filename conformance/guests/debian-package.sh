#!/bin/bash
# debian-package.sh PACKAGE DIR: unpacks Debian's i386 PACKAGE into DIR, whatever this host's own architecture.
# The package lists live in a cache of their own: neither apt's state nor dpkg's architectures are touched,
# and no root is needed.  A metapackage is followed to the first package that it depends on.
set -euo pipefail
package=${1:?usage: debian-package.sh PACKAGE DIR}; into=${2:?usage: debian-package.sh PACKAGE DIR}
cache=${TROUPE_GUESTS:-$(dirname "$0")/../target/guests}/.apt
mkdir -p "$cache/lists/partial" "$cache/cache/archives/partial" "$into"
cache=$(realpath "$cache"); into=$(realpath "$into"); touch "$cache/status"
options=(-q -o APT::Architecture=i386 -o APT::Architectures=i386 -o APT::Sandbox::User=
  -o "Dir::State::lists=$cache/lists" -o "Dir::State::status=$cache/status" -o "Dir::Cache=$cache/cache")
if [ ! -e "$cache/updated" ]; then
  # A source without an i386 index fails here; what counts is that the package is found below.
  apt-get "${options[@]}" update >"$cache/update.log" 2>&1 || true
  touch "$cache/updated"
fi
real=$package
case $package in
  linux-image-686) real=$(apt-cache "${options[@]}" depends "$package" | sed -n 's/^ *Depends: *//p' | head -1) ;;
esac
[ -n "$real" ] || { echo "debian-package.sh: $package is not in the package lists (see $cache/update.log)" >&2; exit 1; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
(cd "$work" && apt-get "${options[@]}" download "$real" >"$cache/download.log" 2>&1) ||
  { echo "debian-package.sh: $real cannot be downloaded: $(tail -1 "$cache/download.log")" >&2; exit 1; }
dpkg -x "$work"/*.deb "$into"
