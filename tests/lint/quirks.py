#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""tests/quirks.md: every quirk has its row, and every test it names is in the tree.

For `FILE::NAME`, NAME must occur in FILE. A file of cases or sweeps that is named alone must
contain the quirk's number, and each number in such files must be named by the quirk's row.
"""
import re
import sys

PAGE = "tests/quirks.md"
QUIRKS = 123
TABLES = ("tests/host/fake/cases_memory.c", "tests/host/fake/cases_devices.c",
	  "tests/host/fake/cases_text.c", "tests/host/fake/cases_handover.c",
	  "tests/host/fake/cases_section.c", "tests/host/fake/sweeps.c")


def content(path):
	try:
		with open(path, encoding="utf-8") as f:
			return f.read()
	except OSError:
		return None


def check_row(quirk, cells):
	if len(cells) != 2 or not all(cells):
		yield f"{quirk}: a row has a quirk, and a test or a reason"
		return
	for path, name in re.findall(r"`(tests/[^`:]+)(?:::([^`]+))?`", cells[1]):
		text = content(path)
		if text is None:
			yield f"{quirk}: there is no {path}"
		elif name and name not in text:
			yield f"{quirk}: no {name} in {path}"
		elif not name and path in TABLES and not has(text, quirk):
			yield f"{quirk}: not in {path}"
	for path in TABLES:
		if has(content(path) or "", quirk) and path not in cells[1]:
			yield f"{quirk}: {path} has it, the row does not say so"


def has(text, quirk):
	return re.search(quirk + r"(?!\d)", text) is not None


def check():
	rows = {}
	for line in (content(PAGE) or "").split("\n"):
		row = re.match(r"\| (Q-\d{2,3}) \|(.*)\|$", line)
		if not row:
			continue
		if row[1] in rows:
			yield f"{row[1]}: twice"
		rows[row[1]] = [x.strip() for x in row[2].split("|")]
	want = [f"Q-{i:02}" for i in range(1, QUIRKS + 1)]
	for quirk in want:
		if quirk not in rows:
			yield f"{quirk}: no row"
	for quirk in rows:
		if quirk not in want:
			yield f"{quirk}: QUIRKS in {__file__} does not count it"
		yield from check_row(quirk, rows[quirk])


bad = [f"{PAGE}: {x}" for x in check()]
print("\n".join(bad), end="\n" if bad else "")
sys.exit(1 if bad else 0)
