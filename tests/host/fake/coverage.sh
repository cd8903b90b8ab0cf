#!/bin/sh
# SPDX-License-Identifier: MIT
#
# coverage.sh - lines of the stub that the cases reach. Fails if a case does.
# usage: coverage.sh FOLDER
set -eu

folder=$1
rm -f "$folder"/*.profraw
passed=true
LLVM_PROFILE_FILE="$folder/%p.profraw" "$folder/fake-cover" > "$folder/cover.log" || passed=false
grep ' FAILED: ' "$folder/cover.log" || :
tail -n 1 "$folder/cover.log"
llvm-profdata merge -o "$folder/cases.profdata" "$folder"/*.profraw
rm -f "$folder"/*.profraw
set -- -instr-profile="$folder/cases.profdata" -ignore-filename-regex=tests/
llvm-cov report "$folder/fake-cover" "$@"
llvm-cov show "$folder/fake-cover" "$@" > "$folder/coverage.txt"
echo "line by line: $folder/coverage.txt"
$passed
