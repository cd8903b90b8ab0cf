#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make-iso.sh - a CD or stick that boots on all CPUs' UEFI and on a PC's BIOS; without root.
#
# usage: esp/make-iso.sh OUT.iso FILE.EFI... [-c "command line"] [-a HOSTFILE:\path ...]
#
# Arguments after OUT.iso are those of make-esp.sh. Its FAT image is appended as a partition, to
# which both El Torito (a CD's boot catalogue; UEFI 2.10, 13.3.2.1) and the partition table point.
# For a BIOS, GRUB (GRUB=folder of its i386-pc modules) starts the same BOOTX64.EFI as a Linux
# kernel; GRUB puts BOOT_IMAGE= in front of the command line and reads quotes and backslashes
# as a shell does, but no other character. Of the added files it loads the one that the command
# line's initrd= names.
set -eu

NAME=$(printf %s "${KERNEL_NAME:-stubborn}" | tr -c 'A-Za-z0-9._-' _)
LABEL=$(printf %.32s "$NAME" | tr 'a-z.-' 'A-Z__')
GRUB=${GRUB:-/usr/lib/grub/i386-pc}
MODULES="biosdisk iso9660 linux"

die() { printf 'make-iso: %s\n' "$*" >&2; exit 1; }

[ $# -ge 2 ] || die "usage: make-iso.sh OUT.iso FILE.EFI... [make-esp.sh's options]"
out=$1
shift
command -v xorriso > /dev/null || die "no xorriso (apt install xorriso)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-315532800}" TZ=UTC LC_ALL=C

"$(dirname "$0")/make-esp.sh" "$work/esp" "$@"
tree=$work/tree kernel='' words='' added=$work/added	# HOSTFILE<TAB>/path
: > "$added"

# for_grub TEXT: one line, in which what GRUB's script language reads as its own has a backslash;
# between double quotes that is only $, which a backslash does not protect there, but "'$'" does
for_grub() {
	printf %s "$1" | tr '\n' ' ' | awk '{
		quote = ""
		for (i = 1; i <= length($0); i++) {
			c = substr($0, i, 1)
			if (c == "\\" && quote != single) {
				printf "%s", substr($0, i++, 2)
				continue
			}
			if (c == quote)
				quote = ""
			else if (!quote && (c == "\"" || c == single))
				quote = c
			else if (quote == "\"" && c == "$")
				c = "\"" single c single "\""
			else if (!quote && index("$;&|<>{}#", c))
				c = "\\" c
			printf "%s", c
		}
	}' single="'"
}

slashes() { printf %s "$1" | tr '\134' / | sed 's,^/*,/,'; }	# 134: backslash
mkdir -m 755 "$tree"
before=''
for word; do
	case $before in
	-c)	words=$word word='' ;;
	-a)	printf '%s\t%s\n' "${word%%:*}" "$(slashes "${word#*:}")" >> "$added"
		word='' ;;
	*)	case ${word##*/} in [Bb][Oo][Oo][Tt][Xx]64.[Ee][Ff][Ii]) kernel=$word ;; esac ;;
	esac
	before=$word
done

bios=''				# xorriso's options for a BIOS
if [ "$kernel" ]; then
	[ -d "$GRUB" ] && command -v grub-mkimage > /dev/null ||
		die "no GRUB for BIOS (apt install grub-pc-bin grub-common)"
	install -m 644 "$kernel" "$tree/$NAME.efi"
	printf 'linux /%s.efi %s\n' "$NAME" "$(for_grub "$words")" > "$work/grub.cfg"
	initrds='' n=0
	while read -r initrd; do
		[ "$initrd" ] || continue	# the line of no initrd= at all
		file=$(awk -F '\t' -v path="$(slashes "$initrd")" \
			'tolower($2) == tolower(path) { print $1 }' "$added")
		[ "$file" ] || die "initrd=$initrd: no such file is added (-a)"
		initrds="$initrds /initrd$((n += 1))"
		install -m 644 "$file" "$tree/initrd$n"
	done <<-END
		$(printf ' %s' "$words" | tr '\t' ' ' | sed 's/ -- .*//' | tr ' ' '\n' |
			sed -n 's/^initrd=//p')
	END
	[ -z "$initrds" ] || echo "initrd$initrds" >> "$work/grub.cfg"
	echo boot >> "$work/grub.cfg"
	# shellcheck disable=SC2086 # words on purpose
	grub-mkimage -O i386-pc-eltorito -d "$GRUB" -p / -c "$work/grub.cfg" \
		-o "$tree/grub.img" $MODULES
	chmod 644 "$tree/grub.img"
	bios="--grub2-mbr $GRUB/boot_hybrid.img -b grub.img -no-emul-boot -boot-load-size 4
		-boot-info-table --grub2-boot-info -eltorito-alt-boot"
fi
large=''			# sizes in a boot catalogue are less than 32 MiB
[ "$(wc -c < "$work/esp")" -lt 33554432 ] || large="-boot-load-size 0"
# shellcheck disable=SC2086 # words on purpose
xorriso -as mkisofs -o "$work/iso" -V "$LABEL" -uid 0 -gid 0 \
	--set_all_file_dates "$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)" \
	--gpt_disk_guid 53545542-424f-524e-4449-534b00000003 \
	-append_partition 2 0xef "$work/esp" -appended_part_as_gpt $bios \
	-e --interval:appended_partition_2:all:: -no-emul-boot $large "$tree" > "$work/log" 2>&1 ||
	{ cat "$work/log" >&2; die "xorriso failed"; }

# octal NUMBER SHIFT...: a byte of the number for each shift, as printf reads it
octal() {
	number=$1
	shift
	for shift; do printf '\\%03o' $((number >> shift & 255)); done
}

# 0 is up to the end of the CD (UEFI 2.10, 13.3.2.1), which EDK II takes from the volume's size
# (ECMA-119, 8.4.8, in both byte orders); xorriso does not count what it has appended.
if [ "$large" ]; then
	blocks=$(($(wc -c < "$work/iso") / 2048))
	# shellcheck disable=SC2059 # the format is the bytes
	printf "$(octal $blocks 0 8 16 24 24 16 8 0)" |
		dd of="$work/iso" bs=1 seek=$((16 * 2048 + 80)) conv=notrunc status=none
fi
mkdir -p "$(dirname "$out")"
mv "$work/iso" "$out"
