#!/bin/sh
# SPDX-License-Identifier: MIT
#
# install.sh - put the image on this machine's EFI System Partition, and into its boot menu.
#
# usage: esp/install.sh install ESP FILE.EFI ["command line"]
#        esp/install.sh uninstall ESP
#
# ESP is where the partition is mounted. The file goes to \EFI\NAME\, where NAME is KERNEL_NAME in
# the environment (default stubborn). The entry, called Name, goes last, so that an unattended
# machine still boots what it did before. BOOT=next selects it for the next boot only, BOOT=first
# makes it the default. If firmware's variables cannot be written, prints the command to run
# elsewhere. Needs only efibootmgr and the tools of busybox.
set -eu

NAME=${KERNEL_NAME:-stubborn}
FOLDER=EFI/$NAME
SYS=${SYS:-/sys}				# another place for tests
MOUNTS=${MOUNTS:-/proc/self/mounts}

die() { echo "install: $*" >&2; exit 1; }
case $NAME in
.*|*[!A-Za-z0-9._-]*) die "$NAME: cannot be the name of a folder on an ESP" ;;
[Bb][Oo][Oo][Tt])			# what starts if there is no boot entry
	die "$NAME: the folder EFI/$NAME may hold another system's loader: take another NAME" ;;
esac
LABEL=$(printf %.1s "$NAME" | tr a-z A-Z)${NAME#?}
usage() { die 'usage: install.sh install ESP FILE.EFI ["command line"] | uninstall ESP'; }

can_register() { [ -w "$SYS/firmware/efi/efivars" ] && command -v efibootmgr > /dev/null; }

entries() {			# the numbers of our entries; some versions append a tab and a path
	pattern=$(echo "$LABEL" | sed 's/[.]/\\./g')
	efibootmgr | sed -n "s/^Boot\([0-9A-Fa-f]\{4\}\)[* ] *$pattern\(	.*\)*\$/\1/p"
}

boot_order() { efibootmgr | sed -n 's/^BootOrder: //p'; }

entries_delete() {		# the entries in $1
	for number in $1; do
		efibootmgr -q -b "$number" -B
	done
}

partition_find() {		# sets disk and part to the partition that is mounted at the ESP
	where=$(cd "$esp" && pwd -P | sed 's/\\/\\134/g; s/ /\\040/g')	# as the kernel writes it
	export where
	source=$(awk '$2 == ENVIRON["where"] { found = $1 } END { print found }' "$MOUNTS")
	block=$SYS/class/block/${source##*/}
	[ -e "$block/partition" ] || return 1
	part=$(cat "$block/partition")
	disk=/dev/$(basename "$(readlink -f "$block/..")")
}

entry_make() {			# makes our new entry first; only then deletes the old ones
	old=$(entries)
	efibootmgr -q -C -d "$disk" -p "$part" -L "$LABEL" -l "$loader" -u "$options"
	new=$(entries | grep -vxF "$old") || die "efibootmgr made no entry"
	entries_delete "$old"
	order=$(boot_order)
	case ${BOOT:-last} in
	first)	efibootmgr -q -o "$new${order:+,$order}" ;;
	*)	efibootmgr -q -o "${order:+$order,}$new" ;;
	esac
	[ "${BOOT:-}" != next ] || efibootmgr -q -n "$new"
	echo "install: registered as Boot$new" >&2
}

install_image() {
	case ${BOOT:-last} in first|next|last) ;; *) die "BOOT is first, next or last" ;; esac
	[ -f "$file" ] || die "no file $file (make image)"
	name=$(basename "$file")
	loader="\\$(echo $FOLDER | tr / '\134')\\$name"	# 134: backslash
	mkdir -p "$esp/$FOLDER"
	cp "$file" "$esp/$FOLDER/$name.new" || {	# a full disk must not destroy the old file
		rm -f "$esp/$FOLDER/$name.new"
		die "$esp: cannot be written"
	}
	mv -f "$esp/$FOLDER/$name.new" "$esp/$FOLDER/$name"
	sync
	if partition_find && can_register; then
		entry_make
		return
	fi
	echo "install: not registered; on the machine itself, as root, type:" >&2
	printf "efibootmgr -c -d %s -p %s -L %s -l '%s' -u '%s'\n" "${disk:-/dev/DISK}" \
		"${part:-PARTITION}" "$LABEL" "$loader" \
		"$(printf '%s\n' "$options" | sed "s/'/'\\\\''/g")"
}

uninstall_image() {
	rm -f "$esp/$FOLDER"/BOOT*.EFI
	if can_register; then
		entries_delete "$(entries)"
	else
		echo "install: to remove its boot entry, as root: efibootmgr -b NUMBER -B" >&2
	fi
	[ ! -d "$esp/$FOLDER" ] || rmdir "$esp/$FOLDER" || die "$FOLDER holds other files"
}

[ $# -ge 2 ] || usage
esp=$2 file=${3:-} options=${4:-} disk='' part=''
[ -d "$esp" ] || die "no folder $esp (ESP=where the EFI System Partition is mounted)"
case $1 in
install)	[ "$file" ] || usage
		install_image ;;
uninstall)	uninstall_image ;;
*)		usage ;;
esac
