#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh - every rule that can be checked without running the image, one line each.
#
# usage: tests/lint/run.sh [BUILD [quick]]. Last line: "lint: N passed, N failed". Needs all
# images.
set -u

cd "$(dirname "$0")/../.." || exit 1
build=${1:-build} quick=${2:-}
lint=tests/lint
python="/usr/bin/python3 -B"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
started=0 shown=0 slots=$(nproc)

check() {			# check NAME COMMAND...: one job for each of the host's CPUs
	local name=$1 log=$work/$((++started))

	shift
	while [ "$(jobs -rp | wc -l)" -ge "$slots" ]; do
		wait -n
	done
	{
		if "$@" > "$log" 2>&1; then
			echo "lint: $name: ok" > "$log"
		else
			echo "lint: $name: FAILED" >> "$log"
		fi
		mv "$log" "$log.done"
	} &
	show
}

show() {			# what has ended, in order
	while [ -e "$work/$((shown + 1)).done" ]; do
		cat "$work/$((++shown)).done"
	done
}

# What is in the tree: known to git, or about to be.
files=$(git ls-files --cached --others --exclude-standard | while read -r f; do
	[ -f "$f" ] && [ "${f#"$build"/}" = "$f" ] && echo "$f"
done)
matching() { echo "$files" | grep -E "$1"; }

check "git's list of files" test "$files"

# shellcheck disable=SC2046,SC2086 # lists of names without blanks
{
	check text $python $lint/text.py $files
	check includes $python $lint/includes.py $(matching '\.([chS]|cc|inc)$')
	check quirks $python $lint/quirks.py
	check reasons $python tests/host/reasons.py
	check version $python $lint/version.py --self-test
	check workflow $python $lint/workflow.py --self-test
	check options $python $lint/options.py
	check commands $python $lint/commands.py
	check docs $python $lint/docs.py $files
	check port $python $lint/port.py --self-test $files
	check targets $python $lint/targets.py --self-test $files
	check mirrors $lint/mirrors.sh
	check format $python $lint/format.py $(matching '^(include|lib|arch|stub|kernel)/.*\.[ch]$')
	check "image file" $python $lint/image.py --ours --quiet "$build"/*/BOOT*.EFI
	check "image checker" $python $lint/image.py --self-test "$build"/*/BOOT*.EFI
	check "image oracles" $lint/image-oracles.sh "$build"/*/BOOT*.EFI
	[ "$quick" ] || check "kernels' files" $python $lint/image.py --kernel --quiet \
		"$build"/kernels/*/*/BOOT*.EFI
	[ "$quick" ] || check "kernels' oracles" $lint/image-oracles.sh \
		"$build"/kernels/*/*/BOOT*.EFI
	check "aarch64 code" $python $lint/aarch64.py --self-test "$build/aarch64/kernel.elf"
	check "aarch64 marks" $python $lint/marks.py "$build"
	check "ia32 headers" cmp -i 496 "$build/x86_64/BOOTX64.EFI" "$build/x86_64/BOOTIA32.EFI"
	check "32-bit uefi" clang --target=i386-none-elf -ffreestanding -fsyntax-only \
		-malign-double -isystem /usr/include/efi -isystem /usr/include/efi/ia32 -I. \
		tests/host/unit/efi32_theirs.c
	[ "$quick" ] || check "esp reproducible" $lint/esp-repro.sh "$build"
	[ "$quick" ] || check "build reproducible" env BUILD="$build" $lint/repro.sh quick
	for mk in arch/*/isa.mk; do
		isa=$(basename "$(dirname "$mk")")
		check "link $isa" $lint/link.sh "$isa" "$build"
		check "doors $isa" $python $lint/doors.py --self-test "$isa" "$build"
		[ "$quick" ] || check "cppcheck $isa" $lint/cppcheck.sh "$isa" "$build"
	done
}
wait
show
failed=$(tail -q -n 1 "$work"/*.done | grep -c ': FAILED$')
echo "lint: $((shown - failed)) passed, $failed failed"
[ "$failed" = 0 ] && [ $shown -gt 0 ]
