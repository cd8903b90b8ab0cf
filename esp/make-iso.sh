#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make-iso.sh - one medium, CD or stick, that both CPUs' firmware boots; without root.
#
# usage: esp/make-iso.sh OUT.iso FILE.EFI... [-c "command line"] [-a HOSTFILE:\path ...]
#
# The words after OUT.iso are make-esp.sh's. Its FAT image is appended as a partition, to which
# both El Torito (a CD's boot catalogue; UEFI 2.10, 13.3.2.1) and the partition table point.
set -eu

die() { echo "make-iso: $*" >&2; exit 1; }

[ $# -ge 2 ] || die "usage: make-iso.sh OUT.iso FILE.EFI... [make-esp.sh's options]"
out=$1
shift
command -v xorriso > /dev/null || die "no xorriso (apt install xorriso)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-315532800}" TZ=UTC LC_ALL=C

"$(dirname "$0")/make-esp.sh" "$work/esp" "$@"
mkdir -m 755 "$work/tree"
date=$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)
xorriso -as mkisofs -o "$work/iso" -V STUBBORN -uid 0 -gid 0 \
	--set_all_file_dates "$date" \
	--gpt_disk_guid 53545542-424f-524e-4449-534b00000003 \
	-append_partition 2 0xef "$work/esp" -appended_part_as_gpt \
	-e --interval:appended_partition_2:all:: -no-emul-boot "$work/tree" > "$work/log" 2>&1 ||
	{ cat "$work/log" >&2; die "xorriso failed"; }
mkdir -p "$(dirname "$out")"
mv "$work/iso" "$out"
