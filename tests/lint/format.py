#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Layout as clang-format would have it, statement by statement.

Tables, trailing comments, macros and long lists are laid out by hand, which
clang-format 14 would change. So this compares each statement's indentation,
its blanks and the place of its braces; not line breaks within it, nor columns,
comments, preprocessor lines and assembly.
"""
import difflib
import re
import subprocess
import sys


def bare(text):
	"""Without comments and preprocessor lines; strings are kept."""
	token = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/'
	text = re.sub(token, lambda m: m[0] if m[0][0] in "\"'" else "", text, flags=re.S)
	return re.sub(r"^#(?:.*\\\n)*.*$", "", text, flags=re.M)


def control_done(line):
	"""Whether `line` is a whole `if (...)` or the like, its statement to follow."""
	head = re.match(r"\s*(?:\} )?(?:(?:else if|if|for|while|switch)\b|(?:else|do)$)", line)
	return head and line.count("(") == line.count(")")


def statements(text):
	"""Each statement on one line, after its own indentation."""
	out, open_line = [], None
	for line in bare(text).split("\n"):
		line = line.rstrip()
		if not line:
			continue
		indent = re.match(r"\s*", line)[0]
		words = re.sub(r"\s+", " ", line[len(indent):])
		if open_line and (words == "{" or control_done(open_line)):
			out.append(open_line)
			open_line = None
		open_line = f"{open_line} {words}" if open_line else indent + words
		if re.search(r"[;{}]$|^(case\b.*|default|\w+):$", words):
			out.append(open_line)
			open_line = None
	out = [re.sub(r"([({]) ?| ?([)}])", r"\1\2", x) for x in out if "__asm__" not in x]
	# Where clang-format 14 is wrong (EFIAPI, [[attributes]] of enums, `*++p`) or both forms are
	# good (`case 1: case 2:`).
	for pattern, plain in ((r" \(EFIAPI", "(EFIAPI"), (r"(\w) \{", r"\1{"),
			       (r"\)? ?\* ?\+\+", ")*++"),
			       (r"^\s+(?=[A-Z_]+ = )", "\t")):
		out = [re.sub(pattern, plain, x) for x in out]
	return re.sub(r"(case [^:\n]+:)\s+(?=case)", r"\1 ", "\n".join(out)).split("\n")


def formatted(paths):
	"""The text that clang-format makes of each file. It starts slowly, so it gets many at a
	time; each begins with its SPDX line."""
	out = subprocess.run(["clang-format", *paths], capture_output=True, text=True,
			     check=True).stdout
	parts = re.split(r"^(?=(?://|/\*) SPDX-License-Identifier: )", out, flags=re.M)[1:]
	if len(parts) != len(paths):
		sys.exit("format: not each file has one line of SPDX, at its start")
	return parts


def check(path, want):
	text = open(path).read()
	return [x for x in difflib.unified_diff(statements(text), statements(want), path,
						"clang-format", "", "", 0, "")]


bad = 0
for path, want in zip(sys.argv[1:], formatted(sys.argv[1:])):
	diff = check(path, want)
	if diff:
		bad += 1
		print("\n".join(diff))
sys.exit(1 if bad else 0)
