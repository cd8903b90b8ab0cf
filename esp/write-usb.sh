#!/bin/sh
# SPDX-License-Identifier: MIT
#
# write-usb.sh - write a disk image to a whole removable disk, and verify it.
#
# usage: esp/write-usb.sh IMAGE DEVICE
#
# Everything on the device is lost. It must be a whole removable disk, and no part of it may be
# mounted, used for swap or by another device; FORCE=1 only waives "removable".
set -eu

die() { echo "write-usb: $*" >&2; exit 1; }

[ $# -eq 2 ] && [ "$2" ] || die 'usage: write-usb.sh IMAGE DEVICE (make usb DEV=/dev/sdX)'
image=$1
[ -f "$image" ] || die "no image $image"
device=$(readlink -f "$2") || die "no device $2"
[ -b "$device" ] || die "$2 is not a block device"
PATH=$PATH:/usr/sbin:/sbin

disk=/sys/class/block/${device##*/}
[ -d "$disk" ] || die "$device is not known to the kernel (no $disk)"
number=$(printf '%d:%d' "0x$(stat -c %t "$device")" "0x$(stat -c %T "$device")")
[ "$(cat "$disk/dev")" = "$number" ] ||
	die "$device: wrong device number for that name"
[ ! -e "$disk/partition" ] || die "$device is a partition; name the whole disk"

busy=$(lsblk -nro NAME,MOUNTPOINT "$device" | grep ' .' || :)	# with its partitions, and swap
[ ! "$busy" ] || die "mounted: $busy"
others=$(lsblk -nro TYPE,NAME "$device" | grep -vE '^(disk|part|loop|rom) ' || :)
[ ! "$others" ] || die "in use by: $others"
[ "$(cat "$disk/removable")" = 1 ] || [ "${FORCE:-}" = 1 ] ||
	die "$device is not removable; set FORCE=1 to write to it anyway"

size=$(wc -c < "$image")
[ "$(cat "$disk/size")" -ge $((size / 512)) ] || die "$device is smaller than $image"
[ -w "$device" ] || die "no permission to write $device (try sudo)"
echo "write-usb: $device ($(cat "$disk/device/model" 2>/dev/null || echo "no model"))" >&2
dd if="$image" of="$device" bs=1M conv=fsync status=none
blockdev --flushbufs "$device"			# or the comparison would read the page cache
cmp -n "$size" "$image" "$device" || die "$device does not hold what was written"
blockdev --rereadpt "$device" 2>/dev/null || :	# some devices have no partitions
