#!/bin/sh
# SPDX-License-Identifier: MIT
#
# compile-commands.sh - compile_commands.json for editors, from what make would run.
set -eu

make -nB image | /usr/bin/python3 -c '
import json, os, shlex, sys
entries = []
for line in sys.stdin:
    words = line.split()
    if len(words) > 3 and words[0] == "clang" and "-c" in words:
        entries.append({"directory": os.getcwd(), "file": words[-1],
                        "arguments": shlex.split(line)})
json.dump(entries, open("compile_commands.json", "w"), indent=1)
print(len(entries), "files")'
