#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh - run fuzz targets one after the other, on fixed inputs or for a given time.
#
# usage: run.sh FOLDER SECONDS NAME=RUNS...   SECONDS 0: RUNS inputs from one seed, with seeds/ only
# (SHARE=20: a twentieth of them); else that long for each target, also starting from what earlier
# runs of this kind have found. A finding's input is kept as FOLDER/found-NAME-*. Last line:
# "fuzz: N passed, N failed".
set -u

folder=$1 seconds=$2
shift 2
passed=0 failed=0 inputs=0

for target; do
	name=${target%=*}
	seeds=$folder/seeds/$name
	if [ "$seconds" = 0 ]; then
		corpus=$folder/new/$name
		rm -rf "$corpus" "$folder/found-$name"-*
		amount="-runs=$((${target#*=} / ${SHARE:-1})) -seed=1"
	else
		corpus=$folder/corpus/$name
		amount="-max_total_time=$seconds"
	fi
	mkdir -p "$corpus" "$seeds"
	log=$folder/$name.log
	# shellcheck disable=SC2086 # words
	"$folder/fuzz_$name" $amount -max_len=16384 -timeout=60 -verbosity=0 -print_final_stats=1 \
		-artifact_prefix="$folder/found-$name-" "$corpus" "$seeds" > "$log" 2>&1
	status=$?
	count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	if [ $status -eq 0 ] && [ "${count:-0}" -gt 0 ]; then
		passed=$((passed + 1))
		inputs=$((inputs + count))
		echo "fuzz: $name: $count inputs, ok"
	else
		failed=$((failed + 1))
		grep -vE '^(stat::|INFO:|0x|$)' "$log" | head -n 60
		echo "fuzz: $name: FAILED: $(find "$folder" -name "found-$name-*" | head -n 1)"
	fi
done
echo "fuzz: $inputs inputs in all"
[ $passed -gt 0 ] || [ $failed -gt 0 ] || failed=1
echo "fuzz: $passed passed, $failed failed"
[ $failed -eq 0 ]
