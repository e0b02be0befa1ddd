#!/bin/bash
# prepare.sh [GUEST...]: builds the guests that the tests run, from Debian packages, into
# $TROUPE_GUESTS (default conformance/target/guests).  A guest whose script has not changed is kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export TROUPE_GUESTS=${TROUPE_GUESTS:-$here/../target/guests}
mkdir -p "$TROUPE_GUESTS"; TROUPE_GUESTS=$(realpath "$TROUPE_GUESTS")
# debian-system takes long, and only long tests want it: it is made when it is asked for.
[ $# -gt 0 ] || set -- debian debian-iso debian-disks packaged grub-rescue programs bench
exec 9>"$TROUPE_GUESTS/.lock"; flock 9
wanted=()
for guest in "$@"; do
  # Media that hold the Debian guest need its kernel and initrd first.
  case $guest in debian-iso | debian-disks) wanted+=(debian) ;; debian-system) wanted+=(debian-root) ;; esac
  wanted+=("$guest")
done
for guest in "${wanted[@]}"; do
  script=$here/$guest.sh
  [ -x "$script" ] || { echo "prepare.sh: no guest $guest" >&2; exit 1; }
  made=$TROUPE_GUESTS/.made-$guest
  inputs=("$script"); case $guest in debian) inputs+=("$here/debian-init.sh") ;; programs) inputs+=("$here"/../src/guest/*) ;;
    debian-iso | debian-disks) inputs+=("$TROUPE_GUESTS/.made-debian") ;;
    debian-system) inputs+=("$here"/system-*.sh "$here/../src/guest/records.c" "$TROUPE_GUESTS/.made-debian-root") ;; esac
  fresh=yes; for input in "${inputs[@]}"; do [ "$made" -nt "$input" ] || fresh=; done
  [ -n "$fresh" ] && continue
  "$script" "$TROUPE_GUESTS"
  [ "$guest" = bench ] && [ ! -d "$TROUPE_GUESTS/bench" ] || touch "$made"
done
