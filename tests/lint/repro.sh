#!/bin/sh
# SPDX-License-Identifier: MIT
#
# repro.sh - the same source gives the same bytes: builds two copies of the tree, in folders of
# different length and at different times, and compares what firmware would load.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git ls-files --cached --others --exclude-standard > "$work/files"
for copy in a much/longer/name; do
	mkdir -p "$work/$copy"
	while read -r f; do
		[ ! -f "$f" ] || cp --parents "$f" "$work/$copy"
	done < "$work/files"
	make -s -C "$work/$copy" BUILD=build image
	sleep 1
done
for image in x86_64/BOOTX64.EFI x86_64/BOOTIA32.EFI aarch64/BOOTAA64.EFI; do
	cmp "$work/a/build/$image" "$work/much/longer/name/build/$image"
	sha256sum "$work/a/build/$image" | sed "s, .*,  $image,"
done
