#!/bin/busybox sh
# /init of the Debian guest.  Kernel command line: check=1 runs the checks and powers off; modules=1 loads the drivers.
B=/bin/busybox
$B mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
$B mount -t proc proc /proc
$B mount -t sysfs sys /sys
$B mkdir -p /bin
$B --install -s /bin
export PATH=/bin HOME=/ TERM=linux
say() { for console in ttyS0 tty1; do [ -c /dev/$console ] && echo "$@" >/dev/$console 2>/dev/null; done; }
check= modules=
for word in $(cat /proc/cmdline); do case $word in check=*|modules=*) eval "${word%%=*}='${word#*=}'" ;; esac; done
if [ -n "$modules" ]; then while read -r file; do insmod /lib/modules/$file 2>/dev/null; done </lib/modules/order; sleep 1; fi
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
