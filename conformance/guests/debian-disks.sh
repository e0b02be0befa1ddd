#!/bin/bash
# Disk images of the Debian guest, all without root and loop devices:
#   syslinux.img  MBR, FAT16 partition at 1 MiB, SYSLINUX
#   grub.img      MBR, ext2 partition at 1 MiB, GRUB 2 embedded behind the MBR
#   grub.vhd      the same as a fixed VHD
set -euo pipefail
out=${1:?usage: debian-disks.sh OUT}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
append="console=tty0 console=ttyS0,115200"
mib=1048576; size=64
partitioned() { # file type: a disk of $size MiB with one bootable partition at 1 MiB
  rm -f "$1"; truncate -s "${size}M" "$1"; echo "start=2048, type=$2, bootable" | sfdisk -q "$1"; }

disk=$out/syslinux.img
partitioned "$disk" 6
dd if=/usr/lib/syslinux/mbr/mbr.bin of="$disk" bs=440 count=1 conv=notrunc status=none
mformat -i "$disk@@1M" -T $(((size - 1) * 2048)) -h 255 -s 63 -H 2048 ::
printf 'DEFAULT shell\nPROMPT 0\nLABEL shell\n KERNEL vmlinuz\n INITRD initrd.gz\n APPEND %s\n' "$append" >"$work/syslinux.cfg"
mcopy -i "$disk@@1M" "$out/vmlinuz" "$out/initrd.gz" "$work/syslinux.cfg" ::
syslinux --install --offset $mib "$disk"

disk=$out/grub.img
partitioned "$disk" 83
mkdir -p "$work/root/boot/grub"
cp "$out/vmlinuz" "$out/initrd.gz" "$work/root/boot/"
cat >"$work/root/boot/grub/grub.cfg" <<END
set timeout=1
menuentry "Troupe guest" { linux /boot/vmlinuz $append ; initrd /boot/initrd.gz }
END
rm -f "$work/part"; truncate -s $(((size - 1) * mib)) "$work/part"
mke2fs -q -t ext2 -d "$work/root" "$work/part"
dd if="$work/part" of="$disk" bs=1M seek=1 conv=notrunc,sparse status=none
# boot.img loads the sector behind itself, whose block list says how much of the core image follows.
grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o "$work/core.img" biosdisk part_msdos ext2 normal linux echo boot
dd if=/usr/lib/grub/i386-pc/boot.img of="$disk" bs=440 count=1 conv=notrunc status=none
dd if="$work/core.img" of="$disk" bs=512 seek=1 conv=notrunc status=none
qemu-img convert -f raw -O vpc -o subformat=fixed,force_size=on "$disk" "$out/grub.vhd"
