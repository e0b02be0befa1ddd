#!/bin/bash
# A Debian i386 system without a disk yet: debian-fetched.tar, what debootstrap has fetched, with packages to be unpacked and
# configured by its second stage; debian-root.tar, the same after that.  It is made apart from debian-system, because it
# takes long and what debian-system adds changes more often.
# Needs root, as debootstrap does.  TROUPE_DEBIAN_MIRROR names another mirror than debootstrap's own.
set -euo pipefail
out=${1:?usage: debian-root.sh OUT}
[ "$(id -u)" = 0 ] || { echo "debian-root.sh: debootstrap needs root" >&2; exit 1; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
root=$work/root; suite=$(. /etc/os-release; echo "${VERSION_CODENAME:-stable}")
packages=systemd-sysv,udev,kmod,ifupdown,e2fsprogs,fdisk,grub-pc-bin,grub2-common,initramfs-tools,linux-image-686
packages+=,smartmontools,hdparm,sg3-utils,eject
failed() { tail -5 "$out/debootstrap.log" >&2; exit 1; }
debootstrap --foreign --arch=i386 --variant=minbase "--include=$packages" "$suite" "$root" ${TROUPE_DEBIAN_MIRROR:-} \
  >"$out/debootstrap.log" 2>&1 || failed
tar -C "$root" -cf "$out/debian-fetched.tar" .
chroot "$root" /debootstrap/debootstrap --second-stage >>"$out/debootstrap.log" 2>&1 || failed
rm -rf "$root"/var/cache/apt/archives/*.deb
tar -C "$root" -cf "$out/debian-root.tar" .
