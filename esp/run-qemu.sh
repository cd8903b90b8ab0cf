#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run-qemu.sh - boot an image on QEMU with real UEFI firmware; serial port on this terminal.
#
# usage: esp/run-qemu.sh ARCH IMG [--debug] [--append "command line"] [-- QEMU OPTION...]
#
# ARCH is a CPU (a folder in arch/), IMG a FAT image from make-esp.sh. --append puts
# the text beside the kernel in a private copy of IMG; IMG itself is never written to.
# --debug waits for gdb and prints how to attach it. In the private copy the image's first
# instruction is then a branch to itself, so that tests/gdb/stubborn.py finds the image wherever
# firmware puts it.
# Environment: KVM=1 uses the host's CPU instead of emulation, MEMORY (default 1G), CPU, MACHINE
# (appended to the machine's name: gic-version=3, virtualization=on), GDB (where QEMU listens,
# default tcp::1234), BUILD (default build), DISPLAY (without it there is no window).
set -eu

die() { echo "run-qemu: $*" >&2; exit 1; }

[ $# -ge 2 ] || die 'usage: run-qemu.sh ARCH IMG [--debug] [--append "command line"] [-- OPTION...]'
arch=$1 image=$2
shift 2
debug='' append=''
while [ $# -gt 0 ]; do
	case $1 in
	--debug)  debug=1; shift ;;
	--append) [ $# -ge 2 ] || die "--append needs a text"
		  append=$2; shift 2 ;;
	--)	  shift; break ;;
	*)	  die "unknown option $1" ;;
	esac
done
[ -f "$image" ] || die "no image $image (make esp)"

here=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-build}
isa_mk=$here/arch/$arch/isa.mk
[ -r "$isa_mk" ] || die "unknown CPU $arch"
isa() { sed -n "s/^${arch}_$1 := *//p" "$isa_mk"; }
name=$(isa EFI) firmware=$(isa FIRMWARE) qemu=$(isa QEMU) screen=$(isa SCREEN)
code=${firmware% *} vars=${firmware#* } machine=${qemu% *} cpu=${CPU:-${qemu#* }}
[ -f "$code" ] || die "no firmware $code (make setup installs it)"
if [ "${KVM:-}" = 1 ]; then
	accel=kvm cpu=${CPU:-host}
else
	accel=tcg
fi

# Bytes of a little-endian number at an offset of a file.
number() { od -An -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }

# Stop the image at its entry point (PE: e_lfanew at 0x3c, AddressOfEntryPoint 40 bytes into the
# headers). File offsets equal addresses.
stop_at_entry() {
	mcopy -n -i "$work/esp.img" "::/EFI/BOOT/$name" "$work/$name"
	entry=$(number "$work/$name" $(($(number "$work/$name" 60 4) + 40)) 4)
	# shellcheck disable=SC2059 # the format is the bytes
	printf "$(isa STOP)" |
		dd of="$work/$name" bs=1 seek="$entry" conv=notrunc status=none
	mcopy -o -i "$work/esp.img" "$work/$name" "::/EFI/BOOT/$name"
}

export MTOOLS_SKIP_CHECK=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
if [ "$vars" = "$code" ]; then		# one file: a program that keeps no variables
	set -- -kernel "$code" "$@"
else
	cp --sparse=always "$vars" "$work/vars.fd"
	set -- -drive "if=pflash,format=raw,readonly=on,file=$code" \
		-drive "if=pflash,format=raw,file=$work/vars.fd" "$@"
fi
cp --sparse=always "$image" "$work/esp.img"
if [ "$append" ]; then
	printf '%s\n' "$append" > "$work/cmdline"
	mcopy -o -i "$work/esp.img" "$work/cmdline" "::/EFI/BOOT/${name%.EFI}.TXT"
fi

set -- -machine "$machine,accel=$accel${MACHINE:+,$MACHINE}" -cpu "$cpu" -m "${MEMORY:-1G}" \
	-drive "if=none,id=esp,format=raw,file=$work/esp.img" \
	-device virtio-blk-pci,drive=esp,bootindex=0 -device virtio-rng-pci \
	-net none -serial mon:stdio -no-reboot "$@"
[ "${DISPLAY:-}" ] || set -- "$@" -display none
[ -z "$screen" ] || set -- "$@" -device "$screen"
if [ "$debug" ]; then
	stop_at_entry
	gdb=${GDB:-tcp::1234} script=$here/tests/gdb/stubborn.py elf=$build/$arch/kernel.elf
	[ "${elf#/}" != "$elf" ] || elf=$PWD/$elf	# make -C: that terminal may be elsewhere
	target=${gdb#*:} target=${GDB:+GDB_TARGET=${target%%,*} }
	set -- "$@" -gdb "$gdb" -S
	cat >&2 <<-END
		run-qemu: waiting for gdb. In another terminal:
		  ${target}gdb-multiarch -d $PWD -x $script $elf
		then stubborn-stub, stubborn-jump or stubborn-kernel: each runs to there.
	END
fi
echo "run-qemu: Ctrl-A X ends QEMU, Ctrl-A C is its monitor" >&2
"qemu-system-$arch" "$@"
