#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The first version in CHANGELOG.md and the one in README.md's sample equal Makefile's VERSION.

--self-test: checks that texts that disagree are found.
"""
import re
import sys

MAKEFILE, CHANGES, README = "Makefile", "CHANGELOG.md", "README.md"
NUMBER = r"(\d+\.\d+\.\d+)"


def first(pattern, text):
	found = re.search(pattern, text, re.M)
	return found[1] if found else None


def check(makefile, changes, readme):
	"""What is wrong, one item per line."""
	version = first(rf"^VERSION := {NUMBER}$", makefile)
	newest = first(rf"\A{NUMBER}(?: \(unreleased\)|, \d{{4}}-\d\d-\d\d|)\Z",
		       first(r"^## (.*)$", changes) or "")
	shown = re.findall(rf"^    Stubborn {NUMBER} \w+: kernel running$", readme, re.M)
	if not version:
		yield f"{MAKEFILE}: no line VERSION := 1.2.3"
	if not newest:
		yield f"{CHANGES}: its first heading is not ## 1.2.3, (unreleased) or a date"
	if version != newest:
		yield f"{MAKEFILE} has {version}, {CHANGES} begins with {newest}"
	for number in shown or [None]:
		if number != version:
			yield f"{README}: its sample shows {number}, {MAKEFILE} has {version}"


def self_test():
	good = ("VERSION := 0.2.0\n", "# Changes\n\n## 0.2.0 (unreleased)\n\n### Added\n",
		"    Stubborn 0.2.0 aarch64: kernel running\n")
	assert not list(check(*good))
	for i, old, new in ((0, "0.2.0", "0.1.0"), (0, ":=", "?="), (1, "## 0.2.0", "## 0.3.0"),
			    (1, "## 0", "## next\n\n## 0"), (2, "0.2.0", "0.1.0"),
			    (2, "Stubborn", "stubborn")):
		broken = list(good)
		broken[i] = broken[i].replace(old, new)
		assert list(check(*broken)), f"not refused: {broken[i]!r}"


def main():
	if sys.argv[1:] == ["--self-test"]:
		self_test()
	texts = []
	for path in (MAKEFILE, CHANGES, README):
		with open(path, encoding="utf-8") as f:
			texts.append(f.read())
	bad = list(check(*texts))
	print("\n".join(bad), end="\n" if bad else "")
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main())
