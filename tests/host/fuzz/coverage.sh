#!/bin/sh
# SPDX-License-Identifier: MIT
#
# coverage.sh - which lines and branches of the image's sources the existing inputs reach.
#
# usage: coverage.sh FOLDER INPUTS NAME...   FOLDER: targets built with coverage; INPUTS: the folder
# whose seeds/, new/ and corpus/ hold inputs. `llvm-cov show` with FOLDER/all.profdata shows lines.
# Fails if less than half of the branches are reached in a file that a target is named after: a seed
# may have become stale.
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
	-ignore-filename-regex='tests/' 2>/dev/null |
	awk '/^Filename|^TOTAL/ || (/\.[ch] / && $2 > 0) {
		printf "%-28s %8s %8s %8s %8s\n", $1, $2, $4, $(NF - 2), $NF }' |
	sed 's/^Filename .*/file                         functions  seen  branches    seen/' |
	tee "$folder/table"
for name; do
	awk -v name="$name" '"/" $1 ~ "/" name "[.]c$" && $5 + 0 < 50 {
		print $1 ": fuzz_" name " sees " $5 " of its branches"; bad = 1 }
		END { exit bad }' "$folder/table"
done
