#!/bin/bash
# A Debian i386 system on a disk: system.img (MBR, GRUB 2, ext4 of 1 GiB with the label "system"; root's password is
# "troupe"), and system-records, the journal's program (src/guest/records.c) for the host.  Besides a login there are programs
# to start as init, by the kernel and the initramfs of the Debian guest:
#   records-init           writes records for ever
#   ide-check              system-ide.sh
#   install-debian         system-install.sh
# It is made of debian-root.tar.  Needs root.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); out=${1:?usage: debian-system.sh OUT}
[ "$(id -u)" = 0 ] || { echo "debian-system.sh: chroot needs root" >&2; exit 1; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
root=$work/root; mkdir "$root"; log=$out/debian-system.log
tar -C "$root" -xf "$out/debian-root.tar"

echo troupe >"$root/etc/hostname"
echo "LABEL=system / ext4 errors=remount-ro 0 1" >"$root/etc/fstab"
chroot "$root" sh -c 'echo root:troupe | chpasswd
  systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer \
    e2scrub_reap.service getty-static.service smartmontools.service' >/dev/null 2>&1
# On a busy host an emulated PC takes longer than systemd waits for the devices of a real one.
mkdir -p "$root/etc/systemd/system.conf.d"
printf '%s\n' '[Manager]' DefaultDeviceTimeoutSec=30min DefaultTimeoutStartSec=30min >"$root/etc/systemd/system.conf.d/patience.conf"
sed -i 's/^LOGIN_TIMEOUT.*/LOGIN_TIMEOUT 1800/' "$root/etc/login.defs"
# What a PC of this kind never needs is left out, for the sake of the image's size.
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale,info}/* \
  "$root"/lib/modules/*/kernel/{sound,drivers/{gpu,media,net,staging,infiniband,iio,usb}}
printf '%s\n' ata_piix sd_mod sr_mod ext4 >>"$root/etc/initramfs-tools/modules"
sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=gzip/' "$root/etc/initramfs-tools/initramfs.conf"
chroot "$root" sh -c 'depmod "$(ls /lib/modules)"; update-initramfs -u' >"$log" 2>&1

gcc -m32 -static -D_FILE_OFFSET_BITS=64 -O2 -Wall -Wextra -o "$root/usr/local/sbin/records" "$here/../src/guest/records.c"
install -m 755 "$root/usr/local/sbin/records" "$out/system-records"
cat >"$root/usr/local/sbin/records-init" <<'END'
#!/bin/sh
export PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -o remount,rw /
exec </dev/ttyS0 >/dev/ttyS0 2>&1
stty -opost
records write /var/records /dev/sdb
echo "RECORDS ended: $?"; dmesg | tail -n 20; sleep 1000
END
cp "$here/system-ide.sh" "$root/usr/local/sbin/ide-check"
cp "$here/system-install.sh" "$root/usr/local/sbin/install-debian"
chmod 755 "$root"/usr/local/sbin/*
mkdir -p "$root/boot/grub"
cat >"$root/boot/grub/grub.cfg" <<END
set timeout=1
menuentry "Debian" {
  linux /boot/$(basename "$root"/boot/vmlinuz-*) root=LABEL=system ro console=tty0 console=ttyS0,115200
  initrd /boot/$(basename "$root"/boot/initrd.img-*)
}
END
disk=$out/system.img; rm -f "$disk"; truncate -s 1025M "$disk"; echo 'start=2048, type=83, bootable' | sfdisk -q "$disk"
truncate -s 1024M "$work/part"
mke2fs -q -t ext4 -L system -d "$root" "$work/part"
dd if="$work/part" of="$disk" bs=1M seek=1 conv=notrunc,sparse status=none
grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o "$work/core.img" biosdisk part_msdos ext2 normal linux echo boot
dd if=/usr/lib/grub/i386-pc/boot.img of="$disk" bs=440 count=1 conv=notrunc status=none
dd if="$work/core.img" of="$disk" bs=512 seek=1 conv=notrunc status=none
