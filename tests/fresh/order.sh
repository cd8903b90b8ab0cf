#!/bin/bash
# SPDX-License-Identifier: MIT
#
# order.sh - checks with `make -n` what each command does first on a machine without packages.
#
# It must be setup.sh, with all the packages that any later step asks for: one installation or,
# without root, one command to run. Needs only make.
set -u

cd "$(dirname "$0")/../.." || exit 1
nowhere=$(mktemp -d)
trap 'rm -f "$nowhere.log"; rmdir "$nowhere"' EXIT
failed=0 count=0
unset MAKEFLAGS MAKELEVEL MFLAGS

complain() { echo "order: make $*"; failed=1; }

# The targets that make help lists; three need no packages.
targets=$(make -s help | sed -n 's/^   *\([a-z][a-z_-]*\)  .*/\1/p' |
	grep -vE '^(clean|help|new-kernel)$')
for target in $targets "run ARCH=aarch64" "debug ARCH=aarch64" "esp SIGNED=1" "iso SIGNED=1" \
		"check-image FILE=$nowhere/build/x86_64/BOOTX64.EFI"; do
	case $target in check-image) words="$target FILE=x" ;; *) words=$target ;; esac
	# shellcheck disable=SC2086 # words
	make -n BUILD="$nowhere/build" $words > "$nowhere.log" 2>&1 ||
		complain "$target: $(tail -n 1 "$nowhere.log")"
	first=$(grep -vE '^(mkdir|echo|:)' "$nowhere.log" | head -n 1)
	case $first in
	./setup.sh*)	;;
	*)		complain "$target: begins with: ${first:0:70}" ;;
	esac
	for package in $(sed -n 's,^\./setup.sh,,p' "$nowhere.log" | tr ' ' '\n' | sort -u); do
		case "$first " in
		*" $package "*)	;;
		*)		complain "$target: asks for $package later"
				break ;;
		esac
	done
	case $target in
	check-image)	! grep -q clang "$nowhere.log" || complain "$target: builds an image" ;;
	check-image*)	grep -q 'clang.*-c' "$nowhere.log" || complain "$target: builds none" ;;
	esac
	count=$((count + 1))
done

# What a command builds for its tests. Those that run the same tests need the same files.
files() {
	make -n BUILD="$nowhere/build" "$1" 2> /dev/null |
		grep -oE "$nowhere/build/(bench|inject|vm)/[a-z0-9_-]+\.(efi|so)" | sort -u
}
files qemu > "$nowhere.log"
[ -s "$nowhere.log" ] || complain "qemu: builds nothing for its tests"
for target in soak-cold soak-riscv64; do
	missing=$(files $target | comm -13 - "$nowhere.log" | head -n 1)
	[ -z "$missing" ] || complain "$target: does not build ${missing#"$nowhere/"}"
done
echo "order: $count commands"
[ $failed = 0 ] && [ $count -gt 10 ]
