#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh - run fuzz targets, as many at once as there are CPUs, on fixed inputs or for a given time.
#
# usage: run.sh FOLDER SECONDS NAME=RUNS...   SECONDS 0: RUNS inputs from one seed, with seeds/ only
# (SHARE=20: a twentieth of them); else that long for each target, also starting from what earlier
# runs of this kind have found. A finding's input is kept as FOLDER/found-NAME-*. Last line:
# "fuzz: N passed, N failed".
set -u

folder=$1 seconds=$2
shift 2

one() {				# run target NAME=RUNS
	local name=${1%=*} corpus amount status count
	local seeds=$folder/seeds/$name log=$folder/$name.log

	if [ "$seconds" = 0 ]; then
		corpus=$folder/new/$name
		rm -rf "$corpus" "$folder/found-$name"-*
		amount="-runs=$((${1#*=} / ${SHARE:-1})) -seed=1"
	else
		corpus=$folder/corpus/$name
		amount="-max_total_time=$seconds"
	fi
	mkdir -p "$corpus" "$seeds"
	# shellcheck disable=SC2086 # words
	"$folder/fuzz_$name" $amount -max_len=16384 -timeout=60 -verbosity=0 -print_final_stats=1 \
		-artifact_prefix="$folder/found-$name-" "$corpus" "$seeds" > "$log" 2>&1
	status=$?
	count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	if [ $status -eq 0 ] && [ "${count:-0}" -gt 0 ]; then
		echo "fuzz: $name: $count inputs, ok"
	else
		grep -vE '^(stat::|INFO:|0x|$)' "$log" | head -n 60
		echo "fuzz: $name: FAILED: $(find "$folder" -name "found-$name-*" | head -n 1)"
	fi
}
export -f one
export folder seconds

said=$(mktemp)
trap 'rm -f "$said"' EXIT
printf '%s\n' "$@" | xargs -I TARGET -P "$(nproc)" bash -c 'one TARGET' | tee "$said"
passed=$(grep -c '^fuzz: .* inputs, ok$' "$said")
failed=$(($# - passed))		# a target without a result has failed
awk '/^fuzz: .* inputs, ok$/ { n += $3 } END { print "fuzz: " n + 0 " inputs in all" }' "$said"
[ $# -gt 0 ] || failed=1
echo "fuzz: $passed passed, $failed failed"
[ $failed -eq 0 ]
