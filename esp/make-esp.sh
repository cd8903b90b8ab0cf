#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make-esp.sh - a FAT image that firmware boots from, without root and reproducible.
#
# usage: esp/make-esp.sh OUT.img FILE.EFI... [-f] [-c "command line"] [-a HOSTFILE:\path ...]
#
# Each FILE.EFI goes to \EFI\BOOT\ under its own name. With -c the command line is put beside
# each as a text file (\EFI\BOOT\BOOTX64.TXT), which the image reads if the loader passes none.
# -a adds any other file; its path is ASCII. -f makes it FAT32, which fixed disks need (UEFI 2.10,
# 13.3) and which needs more space. The same inputs give the same bytes: the volume id is fixed, and
# every date is SOURCE_DATE_EPOCH (default 1980-01-01, FAT's first day).
set -eu

VOLUME_ID=53544253
LABEL=$(printf %.11s "${KERNEL_NAME:-stubborn}" | tr a-z A-Z | tr -c 'A-Z0-9_-' _)
MIB=1048576
FAT32=$((36 * MIB))		# 65525 clusters of a sector, and two FATs
SPARE=$((2 * MIB))		# room for the FATs, directories and what firmware may write
CLUSTER=32768			# the largest that every firmware reads, in bytes

export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-315532800}" TZ=UTC LC_ALL=C
export MTOOLSRC=/dev/null MTOOLS_SKIP_CHECK=1

die() { echo "make-esp: $*" >&2; exit 1; }

[ $# -ge 2 ] || die 'usage: make-esp.sh OUT.img FILE.EFI... [-f] [-c "text"] [-a HOSTFILE:\path]'
out=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
list=$work/list			# HOSTFILE<TAB>/path, in the order they are written
: > "$list"
has_cmdline='' fat32='' least=0
while [ $# -gt 0 ]; do
	case $1 in
	-c)	[ $# -ge 2 ] || die "-c needs a text"
		has_cmdline=1
		printf '%s\n' "$2" > "$work/cmdline"
		shift 2 ;;
	-f)	fat32=1 least=$FAT32
		shift ;;
	-a)	case ${2:-} in *:*[!\\/]) ;; *) die "-a needs HOSTFILE:\\path" ;; esac
		path=$(printf %s "${2#*:}" | tr '\134' / | sed 's,^/*,,')	# 134: backslash
		printf '%s\t/%s\n' "${2%%:*}" "$path" >> "$list"
		shift 2 ;;
	-*)	die "unknown option $1" ;;
	*)	printf '%s\t/EFI/BOOT/%s\n' "$1" "$(basename "$1")" >> "$list"
		name=$(basename "$1")
		printf '%s\n' "${name%.*}" >> "$work/names"	# as the image looks for it
		shift ;;
	esac
done
if [ "$has_cmdline" ]; then
	[ -e "$work/names" ] || die "-c needs a FILE.EFI"
	while read -r name; do
		printf '%s\t/EFI/BOOT/%s.TXT\n' "$work/cmdline" "$name" >> "$list"
	done < "$work/names"
fi

total=0
tab=$(printf '\t')
while IFS=$tab read -r host path; do
	[ -f "$host" ] || die "no file $host"
	case $path in		# mtools may write another name than firmware looks for
	*[!\ -~]*)	die "only ASCII in a name: $path" ;;
	esac
	total=$((total + ($(wc -c < "$host") + CLUSTER - 1) / CLUSTER * CLUSTER))
done < "$list"
[ $total -ge $least ] || total=$least
sectors=$(((total + SPARE + MIB - 1) / MIB * 2048))
cluster=1		# sectors; the largest clusters of which there are enough
while [ $((cluster * 512)) -lt $CLUSTER ] && [ $total -ge $((cluster * 2 * FAT32)) ]; do
	cluster=$((cluster * 2))
done

image=$work/image		# renamed when complete: an interrupted run leaves no half image
truncate -s $((sectors * 512)) "$image"
mformat -i "$image" ${fat32:+-F -c $cluster} -T $sectors -h 64 -s 32 -N $VOLUME_ID -v "$LABEL" ::

make_dirs() {			# every folder on the way to $1
	case $1 in */*) ;; *) return 0 ;; esac
	make_dirs "${1%/*}"
	if ! grep -qixF "$1" "$work/dirs"; then
		mmd -i "$image" "::$1"
		echo "$1" >> "$work/dirs"
	fi
}

: > "$work/dirs"
while IFS=$tab read -r host path; do
	case ${path%/*} in ?*) make_dirs "${path%/*}" ;; esac
	cp "$host" "$work/file"
	touch -d "@$SOURCE_DATE_EPOCH" "$work/file"
	mcopy -m -o -i "$image" "$work/file" "::$path"
done < "$list"
mkdir -p "$(dirname "$out")"
mv "$image" "$out"
