#!/bin/sh
# SPDX-License-Identifier: MIT
# Run the cmocka programs given and add up their tests. A program that crashes, stops before
# its last test, tests nothing, or fails without naming a test counts as one more failed test.
# Last line: "unit: N passed, N failed[, N skipped]".
pass=0
fail=0
skip=0
# One for each of the host's CPUs at a time.
# shellcheck disable=SC2016 # for the shell that xargs starts
printf '%s\n' "$@" | xargs -r -n 1 -P "$(nproc)" sh -c 'mkdir -p "${1%/*}"
	rm -f "$1.status"
	CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$1" > "$1.tap" 2>&1
	echo $? > "$1.status"' sh
for t; do
	rc=1
	[ ! -e "$t.status" ] || read -r rc < "$t.status"
	skipped=$(grep -c '^not ok .*# SKIP' "$t.tap")	# so cmocka reports them
	ok=$(grep -c '^ok ' "$t.tap")
	bad=$(($(grep -c '^not ok ' "$t.tap") - skipped))
	plan=$(sed -n 's/^1\.\.\([1-9][0-9]*\)$/\1/p' "$t.tap" | head -n 1)
	if [ "$bad" -eq 0 ] &&
			{ [ "$rc" -ne 0 ] || [ "$((ok + skipped))" -ne "${plan:--1}" ]; }; then
		bad=1
	fi
	if [ "$bad" -ne 0 ]; then
		echo "--- ${t##*/}: $bad failed, exit status $rc"
		grep -v '^ok ' "$t.tap"
	fi
	pass=$((pass + ok))
	fail=$((fail + bad))
	skip=$((skip + skipped))
done
[ "$pass" -gt 0 ] || [ "$fail" -gt 0 ] || fail=1	# nothing was tested
some=''
[ "$skip" -eq 0 ] || some=", $skip skipped"
echo "unit: $pass passed, $fail failed$some"
[ "$fail" -eq 0 ]
