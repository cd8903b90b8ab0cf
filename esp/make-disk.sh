#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make-disk.sh - a GPT disk with an EFI System Partition, without root and reproducible.
#
# usage: esp/make-disk.sh OUT.img FILE.EFI... [-c "command line"] [-a HOSTFILE:\path ...]
#
# Arguments after OUT.img are those of make-esp.sh. The disk may be written to a stick of any size:
# firmware does not need the backup partition table in the last sector.
set -eu

DISK_UUID=53545542-424f-524e-4449-534b00000001		# "STUBBORN DISK"
PART_UUID=53545542-424f-524e-4449-534b00000002
ALIGN=2048		# sectors: a MiB before the partition, and one after it for the tables

die() { echo "make-disk: $*" >&2; exit 1; }

[ $# -ge 2 ] || die "usage: make-disk.sh OUT.img FILE.EFI... [make-esp.sh's options]"
out=$1
shift
PATH=$PATH:/usr/sbin:/sbin
command -v sfdisk > /dev/null || die "no sfdisk (apt install fdisk)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

"$(dirname "$0")/make-esp.sh" "$work/esp" -f "$@"
sectors=$(($(wc -c < "$work/esp") / 512))
truncate -s $(((sectors + 2 * ALIGN) * 512)) "$work/disk"
sfdisk -q --no-reread --no-tell-kernel "$work/disk" <<-END
	label: gpt
	label-id: $DISK_UUID
	start=$ALIGN, size=$sectors, type=U, uuid=$PART_UUID, name="EFI System Partition"
END
dd if="$work/esp" of="$work/disk" bs=1M seek=$((ALIGN / 2048)) conv=notrunc,sparse status=none
mkdir -p "$(dirname "$out")"
mv "$work/disk" "$out"
