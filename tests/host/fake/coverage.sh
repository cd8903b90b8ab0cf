#!/bin/sh
# SPDX-License-Identifier: MIT
#
# coverage.sh - lines of the stub that the cases reach. usage: coverage.sh FOLDER
set -eu

folder=$1
rm -f "$folder"/*.profraw
LLVM_PROFILE_FILE="$folder/%p.profraw" "$folder/fake-cover" | tail -n 1
llvm-profdata merge -o "$folder/cases.profdata" "$folder"/*.profraw
rm -f "$folder"/*.profraw
set -- -instr-profile="$folder/cases.profdata" -ignore-filename-regex=tests/
llvm-cov report "$folder/fake-cover" "$@"
llvm-cov show "$folder/fake-cover" "$@" > "$folder/coverage.txt"
echo "line by line: $folder/coverage.txt"
