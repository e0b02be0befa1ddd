#!/bin/bash
# Debian's i386 kernel with a busybox initramfs:  vmlinuz, initrd.gz  (and init, its first program).
# The guest prints "TROUPE GUEST UP" on every console and gives a shell on ttyS0 and on tty1.
# With check=1 on its command line it prints what the tests want to see and powers off; with root= and init= it starts a
# program of a system on a disk, much sooner than that system's own initramfs would.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); out=${1:?usage: debian.sh OUT}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
"$here/debian-package.sh" linux-image-686 "$work/kernel"
"$here/debian-package.sh" busybox-static "$work/busybox"
cp "$work"/kernel/boot/vmlinuz-* "$out/vmlinuz"; chmod 644 "$out/vmlinuz"
root=$work/root; mkdir -p "$root"/{bin,dev,proc,sys,tmp,mnt,lib/modules}
cp "$(find "$work/busybox" -path '*bin/busybox' -type f | head -1)" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
cp "$here/debian-init.sh" "$root/init"; chmod 755 "$root/init"
modules=$(find "$work/kernel" -path '*lib/modules/*' -prune | head -1)
with_dependencies() { # module: prints the files to load, in order
  local file dependency
  file=$(find "$modules" -name "$1.ko" -o -name "${1//_/-}.ko" | head -1); [ -n "$file" ] || return 0
  for dependency in $(modinfo -F depends "$file" | tr ',' ' '); do with_dependencies "$dependency"; done
  echo "$file"; }
for module in ata_piix sd_mod sr_mod crc32c_generic ext4 vfat isofs floppy lp parport_pc psmouse; do with_dependencies "$module"; done |
  awk '!seen[$0]++' | while read -r file; do
    cp "$file" "$root/lib/modules/"; basename "$file" >>"$root/lib/modules/order"; done
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0 --reproducible | gzip -9n) >"$out/initrd.gz"
