#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run-all.sh - `make test`: run every suite, then print the totals.
#
# usage: tests/run-all.sh [--check] [SUITE...]      --check: a sample of each, as `make check` does
#
# Prints a line when a suite starts and one when it ends, and for a long one its progress. Its
# output is in BUILD/test-logs/SUITE.log, and shown if it fails. Last line: "N passed,
# N failed[, N skipped]". A suite that tests nothing, or prints no totals, has failed.
set -u

# Seconds on two idle cores with nothing built; the second number is for --check. The times of the
# last run on this machine take precedence.
declare -A usual=([unit]="75 75" [fake]="45 20" [lint]="75 15" [fuzz]="90 40" [cache]="30 10"
	[qemu]="1200 60" [fresh]="480 0")
TICK=${TICK:-60}			# seconds between reports of progress

check='' kind=test column=1
if [ "${1:-}" = --check ]; then
	check=CHECK=1 kind=check column=2
	shift
fi
[ $# -gt 0 ] || set -- unit fake lint fuzz cache qemu
logs=${BUILD:-build}/test-logs
mkdir -p "$logs"
progress=$(cd "$logs" && pwd)
job='' ticker=''
trap 'kill $job $ticker 2> /dev/null' EXIT
trap 'exit 130' INT TERM

expected() {			# seconds that suite $1 will take
	if [ -s "$logs/$1.$kind.seconds" ]; then
		cat "$logs/$1.$kind.seconds"
	else
		echo "${usual[$1]:-60 60}" | cut -d ' ' -f $column
	fi
}

left() {			# seconds that the suites from $1 on will take
	local sum=0 suite
	for suite; do
		sum=$((sum + $(expected "$suite")))
	done
	echo $sum
}

minutes() {			# $1 seconds as text for people
	if [ "$1" -lt 100 ]; then
		echo "$1 s"
	else
		echo "$((($1 + 30) / 60)) min"
	fi
}

tick() {			# reports the progress of suite $1 at times; $2: seconds after it
	local began=$SECONDS spent done_ total bad rest how
	while sleep "$TICK" > /dev/null 2>&1; do
		spent=$((SECONDS - began)) how=''
		rest=$(($(expected "$1") - spent))
		if read -r done_ total bad 2> /dev/null < "$logs/$1.progress" &&
				[ "$done_" -gt 0 ]; then
			how=", $done_ of $total, $bad failed"
			rest=$((spent * (total - done_) / done_))
		fi
		[ $rest -gt 0 ] || rest=0
		echo "$kind: $1: $(minutes $spent)$how; $(minutes $((rest + $2))) left in all"
	done
}

number() { sed -n "s/.*[ :]\([0-9][0-9]*\) $1.*/\1/p" <<< "$line"; }

failures() {			# the part of the log in $1 that is about failures
	awk '!on && /^=+ (FAILURES|ERRORS)|^---|FAILED|[Ee]rror|\*\*\*/ { on = 1 }
	     on { print } END { exit !on }' "$1" > "$1.failed" || tail -n 40 "$1" > "$1.failed"
	grep -E '^(FAILED|ERROR) ' "$1"		# pytest's list of them, which comes last
	head -n 400 "$1.failed"
	rm -f "$1.failed"
}

summary='' passed=0 failed=0 skipped=0 count=$# began=$SECONDS
echo "$kind: $count suites, about $(minutes "$(left "$@")"); logs are in $logs"
while [ $# -gt 0 ]; do
	suite=$1 log=$logs/$1.log start=$SECONDS
	shift
	after=$(left "$@")
	echo "$kind: $suite: running ($((count - $#)) of $count," \
		"about $(minutes "$(expected "$suite")"), then $(minutes "$after"))"
	rm -f "$logs/$suite.progress"
	PROGRESS=$progress/$suite.progress "${MAKE:-make}" -j"$(nproc)" --no-print-directory \
		$check "$suite" > "$log" 2>&1 < /dev/null &
	job=$!
	tick "$suite" "$after" &
	ticker=$!
	wait $job
	status=$?
	{ kill $ticker; wait $ticker; } 2> /dev/null
	took=$((SECONDS - start))
	line=$(grep -E "^$suite: [0-9]+ passed, [0-9]+ failed" "$log" | tail -n 1)
	[ "$line" ] || line="$suite: 0 passed, 1 failed (it did not finish)"
	good=$(number passed) bad=$(number failed) some=$(number skipped)
	if [ "$bad" -eq 0 ] && [ "$good" -eq 0 ]; then
		line="$suite: 0 passed, 1 failed (nothing was tested)"
		bad=1
	elif [ "$bad" -eq 0 ] && [ $status -ne 0 ]; then
		line="$suite: $good passed, 1 failed (exit status $status)"
		bad=1
	fi
	if [ "$bad" -eq 0 ]; then
		echo $took > "$logs/$suite.$kind.seconds"
	else
		failures "$log"
	fi
	echo "$line [$(minutes $took)]"
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + ${some:-0}))
	summary+="$line"$'\n'
done
printf '\n%s' "$summary"
echo "$kind: took $(minutes $((SECONDS - began)))"
if [ $skipped -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ] && [ $passed -gt 0 ]
