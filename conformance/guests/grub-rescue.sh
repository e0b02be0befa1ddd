#!/bin/bash
# GRUB's rescue shell: grub-rescue.img, a 1.44 MB floppy whose prefix does not exist, and grub-rescue.iso, GRUB's own rescue CD.
set -euo pipefail
out=${1:?usage: grub-rescue.sh OUT}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
grub-mkimage -O i386-pc -p '(fd0)/boot/grub' -o "$work/core.img" biosdisk
cp /usr/lib/grub/i386-pc/boot.img "$out/grub-rescue.img"
dd if="$work/core.img" of="$out/grub-rescue.img" bs=512 seek=1 conv=notrunc status=none
truncate -s 1474560 "$out/grub-rescue.img"
grub-mkrescue --directory=/usr/lib/grub/i386-pc -o "$out/grub-rescue.iso" >"$work/log" 2>&1 ||
  { cat "$work/log" >&2; exit 1; }
