#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run-qemu.sh - boot an image on QEMU with real UEFI firmware; serial port on this terminal.
#
# usage: esp/run-qemu.sh ARCH IMG [--debug] [--append "command line"] [-- QEMU OPTION...]
#
# ARCH is x86_64 or aarch64, IMG a FAT image from make-esp.sh. --append puts the text beside
# the kernel in a private copy of IMG; nothing is ever written to IMG itself. --debug waits
# for gdb and prints how to attach it. Environment: KVM=1 uses the host's CPU instead of
# emulation, MEMORY (default 1G), CPU, MACHINE (added to the machine's name: gic-version=3,
# virtualization=on), BUILD (default build).
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
case $arch in
x86_64)
	name=BOOTX64 machine=q35 cpu=${CPU:-qemu64}
	code=/usr/share/OVMF/OVMF_CODE_4M.fd vars=/usr/share/OVMF/OVMF_VARS_4M.fd ;;
aarch64)
	name=BOOTAA64 machine=virt cpu=${CPU:-cortex-a72}
	code=/usr/share/AAVMF/AAVMF_CODE.fd vars=/usr/share/AAVMF/AAVMF_VARS.fd ;;
*)	die "unknown CPU $arch" ;;
esac
[ -f "$code" ] || die "no firmware $code (apt install ovmf qemu-efi-aarch64)"
if [ "${KVM:-}" = 1 ]; then
	accel=kvm cpu=${CPU:-host}
else
	accel=tcg
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp --sparse=always "$vars" "$work/vars.fd"
cp --sparse=always "$image" "$work/esp.img"
if [ "$append" ]; then
	printf '%s\n' "$append" > "$work/cmdline"
	MTOOLS_SKIP_CHECK=1 mcopy -o -i "$work/esp.img" "$work/cmdline" "::/EFI/BOOT/$name.TXT"
fi

set -- -machine "$machine,accel=$accel${MACHINE:+,$MACHINE}" -cpu "$cpu" -m "${MEMORY:-1G}" \
	-drive "if=pflash,format=raw,readonly=on,file=$code" \
	-drive "if=pflash,format=raw,file=$work/vars.fd" \
	-drive "if=none,id=esp,format=raw,file=$work/esp.img" \
	-device virtio-blk-pci,drive=esp,bootindex=0 -device virtio-rng-pci \
	-net none -serial mon:stdio -no-reboot "$@"
[ "${DISPLAY:-}" ] || set -- "$@" -display none
if [ "$arch" = aarch64 ]; then
	set -- "$@" -device ramfb
fi
if [ "$debug" ]; then
	set -- "$@" -s -S
	cat >&2 <<-END
		run-qemu: waiting for gdb. In another terminal:
		  gdb-multiarch -x $here/tests/gdb/stubborn.gdb $build/$arch/kernel.elf
		then: continue, and once the image has printed where it is (option: debug):
		  stubborn-load ADDRESS
	END
fi
echo "run-qemu: Ctrl-A X ends QEMU, Ctrl-A C is its monitor" >&2
"qemu-system-$arch" "$@"
