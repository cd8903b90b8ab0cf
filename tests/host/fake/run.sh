#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh - all cases, then the fuzzer from the same seeds. usage: run.sh FOLDER RUNS [SECONDS]
#
# RUNS -1: as many as fit in SECONDS, from a new seed each time; new inputs are kept in
# FOLDER/corpus. $FAKE_CASES: run only the cases that have one of these words in their name. Last
# line: "fake: N passed, N failed"; fuzzing counts as one.
set -u

folder=$1 runs=$2 seconds=${3:-0}
seeds=$folder/seeds log=$folder/fuzz.log
mkdir -p "$seeds" "$folder/corpus"
# shellcheck disable=SC2086 # words
"$folder/fake-run" ${FAKE_CASES:-} > "$folder/cases.log" 2>&1
sed '$d' "$folder/cases.log"
line=$(tail -n 1 "$folder/cases.log")
passed=$(echo "$line" | sed -n 's/^fake: \([0-9]*\) passed.*/\1/p')
failed=$(echo "$line" | sed -n 's/.* \([0-9]*\) failed$/\1/p')
passed=${passed:-0} failed=${failed:-1}

rm -f "$seeds"/*
"$folder/fake-run" --corpus "$seeds" || failed=$((failed + 1))
if [ "$runs" = -1 ]; then
	set -- -max_total_time="$seconds" "$folder/corpus" "$seeds"
else
	set -- -runs="$runs" -seed=1 "$seeds"
fi
if "$folder/fake-fuzz" -timeout=60 -rss_limit_mb=4096 -max_len=8192 -print_final_stats=1 \
		-artifact_prefix="$folder/" "$@" > "$log" 2>&1; then
	passed=$((passed + 1))
	grep -E 'number_of_executed_units|DONE' "$log"
else
	failed=$((failed + 1))
	tail -n 40 "$log"
	echo "fake: FAILED: fuzzing; repeat with $folder/fake-fuzz FILE"
fi
echo "fake: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 1 ]
