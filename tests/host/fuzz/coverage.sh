#!/bin/sh
# SPDX-License-Identifier: MIT
#
# coverage.sh - which lines and branches of the image's sources the existing inputs reach.
#
# usage: coverage.sh FOLDER INPUTS NAME...   FOLDER: targets built with coverage; INPUTS: the folder
# whose seeds/, new/ and corpus/ hold inputs. `llvm-cov show` with FOLDER/all.profdata shows lines.
# Fails if less than half of the branches are reached in the file that a target is named after, in
# the best of them if there are several: a seed may have become stale.
set -eu

folder=$1 inputs=$2
shift 2
rm -f "$folder"/*.profraw
objects=''
for name; do
	# once each, not merged and without mutations
	dirs=$(find "$inputs/seeds/$name" "$inputs/new/$name" "$inputs/corpus/$name" -maxdepth 0 \
		-type d 2>/dev/null || true)
	# shellcheck disable=SC2086 # words
	LLVM_PROFILE_FILE="$folder/$name.profraw" "$folder/fuzz_$name" -runs=0 -verbosity=0 $dirs \
		> "$folder/$name.log" 2>&1
	objects="$objects -object $folder/fuzz_$name"
done
llvm-profdata merge -o "$folder/all.profdata" "$folder"/*.profraw
# shellcheck disable=SC2086 # words
llvm-cov report -instr-profile="$folder/all.profdata" $objects -show-region-summary=false \
	-ignore-filename-regex='tests/' 2>"$folder/report.log" |
	awk '/^Filename|^TOTAL/ || (/\.[ch] / && $2 > 0) {
		printf "%-28s %8s %8s %8s %8s\n", $1, $2, $4, $(NF - 2), $NF }' |
	sed 's/^Filename .*/file                         functions  seen  branches    seen/' |
	tee "$folder/table"
if ! grep -q '^TOTAL .*[1-9]' "$folder/table"; then
	cat "$folder/report.log"
	echo "fuzz-coverage: there are no figures"
	exit 1
fi
for name; do			# pgtable_aarch64 is named after pgtable.c
	awk -v name="${name%%_*}" '
		"/" $1 ~ "/" name "[.]c$" && $5 + 0 >= most { most = $5 + 0; file = $1 }
		END { if (!file || most >= 50) exit
		      print file ": fuzz_" name " sees " most " % of its branches"; exit 1 }' \
		"$folder/table"
done
