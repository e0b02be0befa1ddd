#!/bin/sh
# As init of the installed system: what Linux's drivers and tools make of four IDE devices.  sda has the system; sdb, sdc
# are written to; sr0 has a CD.  One "IDE name value" a line on COM1.  At "IDE change" somebody has to put a disc of 5 GiB
# into the CD drive whose last block but one begins with the line "near the end".
export PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
exec </dev/ttyS0 >/dev/ttyS0 2>&1
stty -opost
say() { echo "IDE $*"; }
for disk in sda sdb sdc; do
  hdparm -I /dev/$disk >/run/identity
  say $disk sectors "$(cat /sys/block/$disk/size)"
  say $disk lba48 "$(grep -c '\*[[:space:]]*48-bit Address' /run/identity)"
  say $disk flush "$(grep -c '\*[[:space:]]*Mandatory FLUSH_CACHE' /run/identity)"
  say $disk mode "$(sed -n 's/.*DMA:.*\*\([a-z0-9]*\).*/\1/p' /run/identity)"
  say $disk multiple "$(sed -n 's/.*R\/W multiple sector transfer.*Current = *//p' /run/identity)"
  say $disk checksum "$(grep -c 'Checksum: correct' /run/identity)"
  smartctl -H -A /dev/$disk >/run/smart; say $disk smart "$? $(grep -c 'test result: PASSED' /run/smart) $(grep -c '^ *[0-9][0-9]* .*0x' /run/smart)"
done
say modes $(cat /sys/class/ata_device/*/xfer_mode)

pattern() { yes "$1 $2" | head -c 1048576 >/run/pattern; }
for disk in sdb sdc; do
  sectors=$(cat /sys/block/$disk/size)
  for sector in 2048 268434431 268435456 268437504 $((sectors / 2048 * 2048 - 2048)); do
    [ $((sector + 2048)) -le "$sectors" ] || continue
    pattern $disk $sector
    dd if=/run/pattern of=/dev/$disk bs=1M oflag=seek_bytes,direct conv=notrunc seek=$((sector * 512)) 2>/dev/null
    blockdev --flushbufs /dev/$disk
    dd if=/dev/$disk bs=1M iflag=skip_bytes,direct skip=$((sector * 512)) count=1 2>/dev/null | cmp - /run/pattern &&
      say $disk pattern $sector
  done
done

say cd bytes "$(blockdev --getsize64 /dev/sr0)"
say cd sum "$(dd if=/dev/sr0 bs=64k 2>/dev/null | md5sum)"
# Linux unlocks the drive when the last who has the device open closes it.
exec 3</dev/sr0
sg_prevent --prevent=1 /dev/sr0
sg_start --eject /dev/sr0 2>/dev/null; say cd eject-locked $?
sg_prevent --allow /dev/sr0
exec 3<&-
sg_start --eject /dev/sr0; say cd eject $?
sg_turs /dev/sr0 >/dev/null 2>&1; say cd open $?
sg_start --load /dev/sr0; say cd load $?
sleep 1; sg_turs /dev/sr0 >/dev/null 2>&1; sg_turs /dev/sr0 >/dev/null 2>&1; say cd loaded $?
say change
# Without opening the device as a disk, which locks the drive.
for try in $(seq 1500); do sg_readcap --brief /dev/sr0 2>/dev/null | grep -q '^0x280000 ' && break; sleep 0.2; done
size=$(blockdev --getsize64 /dev/sr0)
say dvd bytes "$size"
say dvd profile "$(sg_get_config --current /dev/sr0 2>/dev/null | grep -c -i 'current profile.*DVD-ROM')"
say dvd "$(dd if=/dev/sr0 bs=2048 skip=$((size / 2048 - 2)) count=1 2>/dev/null | head -n 1)"
dmesg --level=err,warn | grep -i 'ata[0-9]\|sd[a-d]\|sr0' | sed 's/^/IDE kernel /'
say done
sync
poweroff -f
