#!/bin/sh
# As init of the installed system: installs another one onto sdb, which is empty, from sdc, which is debian-fetched.tar:
# debootstrap's second stage unpacks and configures the packages there, and GRUB is installed.  "INSTALL ended: 0" on COM1
# if all went well.
export PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
mount -t proc proc /proc
exec </dev/ttyS0 >/dev/ttyS0 2>&1
stty -opost
trap 'echo "INSTALL ended: $?"; sync; poweroff -f' EXIT
set -ex
echo 'start=2048, type=83, bootable' | sfdisk -q /dev/sdb
mke2fs -q -t ext4 -L installed /dev/sdb1
mount /dev/sdb1 /mnt
tar -C /mnt -xf /dev/sdc
# Only the modules that this PC needs go into its initramfs.
mkdir -p /mnt/etc/initramfs-tools/conf.d /mnt/usr/share/initramfs-tools/modules.d
echo MODULES=list >/mnt/etc/initramfs-tools/conf.d/this-pc
printf '%s\n' ata_piix sd_mod sr_mod ext4 >/mnt/usr/share/initramfs-tools/modules.d/this-pc
chroot /mnt /debootstrap/debootstrap --second-stage
echo troupe >/mnt/etc/hostname
echo "LABEL=installed / ext4 errors=remount-ro 0 1" >/mnt/etc/fstab
cp -r /etc/systemd/system.conf.d /mnt/etc/systemd/
cp /etc/login.defs /mnt/etc/
echo root:troupe | chroot /mnt chpasswd
echo 'GRUB_TIMEOUT=1 GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200"' >/mnt/etc/default/grub
# As udev does, which does not run here: GRUB's menu then names the file system, and not the disk, which will be another's.
mkdir -p /dev/disk/by-uuid
ln -s /dev/sdb1 "/dev/disk/by-uuid/$(blkid -o value -s UUID /dev/sdb1)"
mount --bind /dev /mnt/dev
mount -t proc proc /mnt/proc
mount -t sysfs sysfs /mnt/sys
chroot /mnt grub-install /dev/sdb
chroot /mnt update-grub
umount -R /mnt
