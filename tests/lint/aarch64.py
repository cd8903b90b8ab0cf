#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What must not be in the code of an aarch64 kernel.elf. usage: aarch64.py [--self-test] ELF

x18 is the platform register, firmware's until ExitBootServices (UEFI 2.10, 2.3.6). Only the
frame of a fault may save it.

--self-test: assembles and links something of each kind first, and wants it found.
"""
import re
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

SAVES_X18 = ("trap_common", "stp", "x18, x19, [x1, #144]")
Code = namedtuple("Code", "at op args name")

PLANTED = """
	.text
	.global _start
_start:
	mov	w18, w1
	stp	x18, x19, [x1, #144]
	ret
"""


def disassemble(elf):
	text = subprocess.run(["llvm-objdump", "-d", "--no-show-raw-insn", elf], check=True,
			      text=True, stdout=subprocess.PIPE).stdout
	name, code = "?", []
	for line in text.splitlines():
		label = re.match(r"[0-9a-f]+ <(.*)>:", line)
		word = re.match(r"\s*([0-9a-f]+):\s+(\S+)\s*([^/<]*)", line)
		if label:
			name = label[1]
		elif word:
			code.append(Code(int(word[1], 16), word[2], word[3].strip(), name))
	return code


def platform_register(code):
	for c in code:
		if re.search(r"\b[wx]18\b", c.args) and (c.name, c.op, c.args) != SAVES_X18:
			yield c, "x18 is firmware's"


RULES = (platform_register,)


def judge(elf):
	code = disassemble(elf)
	if not code:
		yield "no code"
	for rule in RULES:
		for c, what in rule(code):
			yield f"0x{c.at:x} {c.name}: {c.op} {c.args}: {what}"


def planted(folder):
	"""How often each rule fires on the planted code."""
	(folder / "a.S").write_text(PLANTED, encoding="ascii")
	subprocess.run(["clang", "--target=aarch64-none-elf", "-c", "-o", folder / "a.o",
			folder / "a.S"], check=True)
	subprocess.run(["ld.lld", "-o", folder / "elf", folder / "a.o"], check=True)
	code = disassemble(folder / "elf")
	return [len(list(rule(code))) for rule in RULES]


def self_test():
	with tempfile.TemporaryDirectory() as name:
		found = planted(Path(name))
	if found != [2]:
		sys.exit(f"aarch64.py: finds {found} of what was planted")


if __name__ == "__main__":
	words = [w for w in sys.argv[1:] if w != "--self-test"]
	if len(words) != 1:
		sys.exit(__doc__)
	if words != sys.argv[1:]:
		self_test()
	bad = list(judge(words[0]))
	print("\n".join(bad), end="\n" if bad else "")
	sys.exit(1 if bad else 0)
