#!/bin/bash
# debian.iso: the Debian guest booted by ISOLINUX (El Torito, no emulation).
set -euo pipefail
out=${1:?usage: debian-iso.sh OUT}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir "$work/isolinux"
cp "$out/vmlinuz" "$out/initrd.gz" "$work/"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$work/isolinux/"
cat >"$work/isolinux/isolinux.cfg" <<END
DEFAULT shell
PROMPT 1
TIMEOUT 50
LABEL shell
 KERNEL /vmlinuz
 INITRD /initrd.gz
 APPEND console=tty0 console=ttyS0,115200
LABEL check
 KERNEL /vmlinuz
 INITRD /initrd.gz
 APPEND console=tty0 console=ttyS0,115200 modules=1 check=1
END
xorriso -as mkisofs -quiet -o "$out/debian.iso" -V TROUPE -b isolinux/isolinux.bin -c isolinux/boot.cat \
  -no-emul-boot -boot-load-size 4 -boot-info-table "$work" 2>/dev/null
