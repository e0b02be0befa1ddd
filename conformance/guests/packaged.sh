#!/bin/bash
# Guests that Debian packages as they are:
#   memtest86.iso, ipxe.iso, installer.iso (ISOLINUX with the installer's kernel and menu), bios.bin and vgabios-stdvga.bin (SeaBIOS)
set -euo pipefail
out=${1:?usage: packaged.sh OUT}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cp /usr/lib/memtest86+/memtest86+ia32.iso "$out/memtest86.iso"
cp /usr/lib/ipxe/ipxe.iso "$out/ipxe.iso"
cp /usr/share/seabios/bios.bin "$out/bios.bin"
cp /usr/share/seabios/bios-256k.bin "$out/bios-256k.bin"
cp /usr/share/seabios/vgabios-stdvga.bin "$out/vgabios-stdvga.bin"
installer=/usr/lib/debian-installer/images/12/i386/text/debian-installer/i386
mkdir "$work/isolinux"
cp "$installer/linux" "$installer/initrd.gz" "$work/"
cp "$installer/linux" "$out/installer-linux"; cp "$installer/initrd.gz" "$out/installer-initrd.gz"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$work/isolinux/"
cat >"$work/isolinux/isolinux.cfg" <<END
DEFAULT install
PROMPT 1
TIMEOUT 0
SAY Press Enter to install.
LABEL install
 KERNEL /linux
 INITRD /initrd.gz
 APPEND vga=normal fb=false
END
xorriso -as mkisofs -quiet -o "$out/installer.iso" -V INSTALLER -b isolinux/isolinux.bin -c isolinux/boot.cat \
  -no-emul-boot -boot-load-size 4 -boot-info-table "$work" 2>/dev/null
