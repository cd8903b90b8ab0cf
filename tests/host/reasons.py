#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""tests/host/mutate-equivalent.txt: why no test can notice a change (mutate.py). As a program: the
line that a reason is for is still in its file, and has what is changed where the reason says."""
import re
import sys
from pathlib import Path

TABLE = "tests/host/mutate-equivalent.txt"


def wrong(row):
	"""What is wrong with this row, or None."""
	cells = [cell.strip() for cell in row.split(" ## ")]
	if len(cells) != 4 or not all(cells):
		return "a row has file, line, change and reason"
	source, text, change, _ = cells
	if not Path(source).is_file():
		return f"there is no {source}"
	lines = [line for line in Path(source).read_text("utf-8").split("\n")
		 if line.strip() == text]
	if not lines:
		return f"{source} has no line: {text}"
	at = re.fullmatch(r"(.+) at (\d+) becomes .+", change)
	if change != "statement removed" and not at:
		return f"no change: {change}"
	if at and not any(line[int(at[2]):].startswith(at[1]) for line in lines):
		return f"{source} has no {at[1]} at {at[2]} in: {text}"
	return None


def read():
	"""{(file, line's text, change): reason}, and what is wrong with the table"""
	rows = [row for row in Path(TABLE).read_text("utf-8").split("\n")
		if row.strip() and not row.startswith("#")]
	bad = [f"{TABLE}: {what}" for what in map(wrong, rows) if what]
	known = {}
	for row in rows if not bad else ():
		*place, reason = (cell.strip() for cell in row.split(" ## "))
		known[tuple(place)] = reason
	return known, bad


if __name__ == "__main__":
	known_reasons, complaints = read()
	print(*complaints, sep="\n", end="\n" if complaints else "")
	sys.exit(not known_reasons)
