#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Rules for every text file: blanks, width, length, license line, whether it can be executed, and
words that must not occur."""
import os
import re
import sys

WIDTH = 100
LENGTH = 400		# lines of a source file
FUNCTION = 50		# lines of a C function: a screen
SOURCE = re.compile(r"(\.(c|h|S|cc|rs|inc|py|sh|awk|mk|cmake)|/run|Makefile|stubborn-\w+)$")
HEAD_LINES = 3		# the SPDX line is among them: a #! line may come first
# Put together here so that this file does not match itself.
FOREIGN = re.compile("issue" + r" #\d|/wo" + r"rk\b|\b(?:TO" + "DO|FIX" + r"ME|XX" + r"X)\b")


def check(path, text):
	source = SOURCE.search("/" + path)
	lines = text.split("\n")
	if lines[-1] != "":
		yield len(lines), "no newline at the end"
	if len(lines) > 1 and lines[-2] == "":
		yield len(lines) - 1, "blank line at the end"
	if source and not any("SPDX-License-Identifier: MIT" in x for x in lines[:HEAD_LINES]):
		yield 1, "no SPDX line"
	if source and len(lines) - 1 > LENGTH:
		yield LENGTH + 1, f"more than {LENGTH} lines"
	if text.startswith("#!") != os.access(path, os.X_OK):
		yield 1, "executable, but without #!, or the reverse"
	if text.startswith("#!/bin/sh\n") and re.search("^trap .* EXIT$", text, re.M) and \
			not re.search("^trap 'exit .* HUP INT TERM$", text, re.M):
		yield 1, "no EXIT trap after a signal in dash: trap 'exit 1' HUP INT TERM"
	start = None
	for n, line in enumerate(lines, 1):
		if path.endswith((".c", ".h")) and line[:1] in "{}" and line:
			if line[0] == "}" and start and n - start > FUNCTION:
				yield start, f"a function of {n - start} lines"
			start = n if line[0] == "{" else None
		if line != line.rstrip() and not path.endswith(".md"):
			yield n, "trailing blank"
		if "\r" in line:
			yield n, "carriage return"
		if source and len(line.expandtabs(8)) > WIDTH:
			yield n, f"wider than {WIDTH} columns"
		if source and re.match(r" +\t|\t+ +\t", line):
			yield n, "blank before a tab in the indentation"
		if FOREIGN.search(line):
			yield n, "does not belong into the tree: " + FOREIGN.search(line)[0]


bad = 0
for path in sys.argv[1:]:
	with open(path, encoding="utf-8") as f:
		try:
			content = f.read()
		except UnicodeDecodeError:
			continue		# no text: a fixture
	for n, what in check(path, content):
		print(f"{path}:{n}: {what}")
		bad += 1
sys.exit(1 if bad else 0)
