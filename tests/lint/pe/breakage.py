# SPDX-License-Identifier: MIT
"""Tests the rules: our file is broken in memory, in one way after the other.

Each breakage lists all rules that must notice it, and no other may, unless the list ends with
"...": then it depends on the bytes there. Each rule must notice at least one breakage.
"""
import random
import struct

from .breakages import arch_rule, breakages
from .core import RULES, Image, judge


NOISE = 500


def patched(data, patches):
	data = bytearray(data)
	for at, form, value in patches:
		if form == "append":
			data += value
		elif form == "cut":
			del data[at:]
		else:
			values = value if isinstance(value, tuple) else (value,)
			struct.pack_into("<" + form, data, at, *values)
	return bytes(data)


def test_file(path, seen):
	with open(path, "rb") as f:
		data = f.read()
	wrong, ways = [f"{path}: {name}: {value}" for name, value in judge(data)], 0
	for expected, patches, whole in breakages(Image(data)):
		got = {name for name, _ in judge(patched(data, patches))
		       if whole or not arch_rule(name)}
		want = set(expected.split()) - {"..."}
		ways += 1
		seen |= got & want
		if got != want and not (expected.endswith("...") and got >= want):
			wrong.append(f"{path}: {patches} is caught by "
				     f"{' '.join(sorted(got)) or 'no rule'}, not by {expected}")
	return wrong, ways


def noise(path, count):
	"""Whatever the bytes are, the rules judge them without an exception."""
	with open(path, "rb") as f:
		data = f.read()
	dice = random.Random(1)
	headers = Image(data).headers
	for _ in range(count):
		end = dice.choice((len(data), dice.randrange(len(data)), headers))
		broken = bytearray(data[:end])
		for _ in range(dice.randrange(1, 12)):
			if broken:
				broken[dice.randrange(min(len(broken), headers))] = dice.choice(
					(0, 1, 0x7f, 0x80, 0xff, dice.randrange(256)))
		judge(bytes(broken))


def self_test(files):
	"""True if something is wrong."""
	seen, wrong, ways = set(), [], 0
	for path in files:
		found, n = test_file(path, seen)
		noise(path, NOISE)
		wrong += found
		ways += n
	wrong += [f"{name}: no way of breaking it is known" for name in RULES if name not in seen]
	print("\n".join(wrong), end="\n" if wrong else "")
	print(f"{len(RULES)} rules, {ways} ways to break them, {len(wrong)} not as they should be")
	return bool(wrong)
