#!/bin/sh
# SPDX-License-Identifier: MIT
#
# esp-repro.sh - two runs of make-esp.sh, seconds and time zones apart, give the same bytes.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
for run in 1 2; do
	mkdir "$work/$run"
	cp "$1"/*/BOOT*.EFI "$work/$run"
	touch -d "2001-02-0$run" "$work/$run"/*
	TZ=UTC+$((run * 5)) esp/make-esp.sh "$work/$run.img" "$work/$run"/*.EFI -c "a b" \
		-a "$work/$run/BOOTX64.EFI:\\other\\file.bin"
	sleep $((4 - run * 2))			# FAT counts in steps of two seconds
done
cmp "$work/1.img" "$work/2.img"
