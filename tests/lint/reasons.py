#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""tests/host/mutate-equivalent.txt: the line that a reason is for is still in its file, and has
what is changed where the reason says."""
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


def main():
	rows = [row for row in Path(TABLE).read_text("utf-8").split("\n")
		if row.strip() and not row.startswith("#")]
	bad = [what for what in map(wrong, rows) if what]
	for what in bad:
		print(f"{TABLE}: {what}")
	return bool(bad) or not rows


sys.exit(main())
