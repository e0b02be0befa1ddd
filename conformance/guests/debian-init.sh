#!/bin/busybox sh
# /init of the Debian guest.  Kernel command line: check=1 runs the checks and powers off; modules=1 loads the drivers;
# root=DEVICE init=PROGRAM loads them too and goes on with that program of that file system.
B=/bin/busybox
$B mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
$B mount -t proc proc /proc
$B mount -t sysfs sys /sys
$B mkdir -p /bin
$B --install -s /bin
export PATH=/bin HOME=/ TERM=linux
say() { for console in ttyS0 tty1; do [ -c /dev/$console ] && echo "$@" >/dev/$console 2>/dev/null; done; }
check= modules= root= init=
for word in $(cat /proc/cmdline); do case $word in check=*|modules=*|root=*|init=*) eval "${word%%=*}='${word#*=}'" ;; esac; done
# A module gets what the command line has for it (NAME.PARAMETER=VALUE).
load() {
  parameters=
  for word in $(cat /proc/cmdline); do case $word in $1.*) parameters="$parameters ${word#*.}" ;; esac; done
  insmod /lib/modules/$1.ko $parameters 2>/dev/null; }
if [ -n "$modules$root" ]; then while read -r file; do load ${file%.ko}; done </lib/modules/order; sleep 1; fi
# Disks are probed at the same time and get their names as they are ready.  Here they get them in the order of their places.
if [ -d /sys/bus/scsi/drivers/sd ]; then
  cd /sys/bus/scsi/drivers/sd; disks=$(ls -d [0-9]* 2>/dev/null)
  for disk in $disks; do echo $disk >unbind; done
  for disk in $disks; do echo $disk >bind; done
  cd /
fi
if [ -n "$root" ]; then
  until [ -b "$root" ]; do sleep 0.1; done
  mount -t ext4 -o ro "$root" /mnt
  for mounted in /dev /proc /sys; do mount --move $mounted /mnt$mounted; done
  exec switch_root /mnt "$init"
fi
if [ -n "$check" ]; then
  say "CHECK kernel=$(uname -r) machine=$(uname -m)"
  say "CHECK memory=$(sed -n 's/MemTotal: *//p' /proc/meminfo)"
  say "CHECK cpu=$(sed -n 's/^vendor_id.*: //p' /proc/cpuinfo) flags=$(sed -n 's/^flags.*: //p' /proc/cpuinfo)"
  for device in /sys/bus/pci/devices/*; do say "CHECK pci=$(basename $device) $(cat $device/vendor):$(cat $device/device)"; done
  for disk in /sys/block/[hs]d* /sys/block/sr* /sys/block/fd*; do [ -e $disk/size ] && say "CHECK disk=$(basename $disk) $(cat $disk/size)"; done
  while read -r line; do say "CHECK irq=$line"; done </proc/interrupts
  say "CHECK sum=$(seq 1 20000 | md5sum)"
  before=$(cut -d. -f1 /proc/uptime); sleep 2; after=$(cut -d. -f1 /proc/uptime)
  say "CHECK slept=$((after - before))"
  say "CHECK clock=$(date -u +%Y)"
  say "CHECK done"
  poweroff -f
fi
say "TROUPE GUEST UP"
serial() { while :; do setsid sh -c 'exec sh -i </dev/ttyS0 >/dev/ttyS0 2>&1'; done; }
[ -c /dev/ttyS0 ] && serial &
while :; do setsid sh -c 'exec sh -i </dev/tty1 >/dev/tty1 2>&1'; done
