#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run-all.sh - what `make test` is: unit, fake, lint, cache, qemu, each to its end; their sum.
#
# Last line: "N passed, N failed[, N skipped]". Fails if anything failed, a suite did not
# say what it did, or nothing ran. usage: tests/run-all.sh [SUITE...]
set -u

[ $# -gt 0 ] || set -- unit fake lint cache qemu
log=$(mktemp)
trap 'rm -f "$log"' EXIT
summary='' passed=0 failed=0 skipped=0

number() { printf '%s\n' "$line" | sed -n "s/.*[ :]\([0-9][0-9]*\) $1.*/\1/p"; }

for suite; do
	"${MAKE:-make}" --no-print-directory "$suite" > "$log" 2>&1 &
	job=$!
	tail -f --pid=$job "$log" &
	wait $job
	status=$?
	wait				# for tail to show the rest
	line=$(grep -E "^$suite: [0-9]+ passed, [0-9]+ failed" "$log" | tail -n 1)
	[ "$line" ] || line="$suite: 0 passed, 1 failed (it did not finish)"
	bad=$(number failed)
	if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then
		line="$suite: $(number passed) passed, 1 failed (exit status $status)"
		bad=1
	fi
	passed=$((passed + $(number passed)))
	failed=$((failed + bad))
	some=$(number skipped)
	skipped=$((skipped + ${some:-0}))
	summary="$summary$line
"
done
printf '\n%s' "$summary"
if [ $skipped -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ] && [ $passed -gt 0 ]
