#!/bin/sh
# SPDX-License-Identifier: MIT
# Run the cmocka programs given and add up their tests. A program that dies, stops short of
# its plan or exits non-zero without naming a failed test counts as one failed test more.
pass=0
fail=0
for t; do
	mkdir -p "${t%/*}"
	CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$t" >"$t.tap" 2>&1
	rc=$?
	ok=$(grep -c '^ok ' "$t.tap")
	bad=$(grep -c '^not ok ' "$t.tap")
	plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$t.tap" | head -n 1)
	if [ "$bad" -eq 0 ] && { [ "$rc" -ne 0 ] || [ "$((ok + bad))" -ne "${plan:--1}" ]; }; then
		bad=1
	fi
	if [ "$bad" -ne 0 ]; then
		echo "--- ${t##*/}: $bad failed, exit status $rc"
		grep -v '^ok ' "$t.tap"
	fi
	pass=$((pass + ok))
	fail=$((fail + bad))
done
echo "unit: $pass passed, $fail failed"
[ "$fail" -eq 0 ] && [ "$pass" -gt 0 ]
