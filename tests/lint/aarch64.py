#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What must not be in the code of an aarch64 kernel.elf. usage: aarch64.py [--self-test] ELF

x18 is the platform register, firmware's until ExitBootServices (UEFI 2.10, 2.3.6). Only the
frames of exceptions and interrupts may save it. Errata 835769 and 843419 are sequences that fail
on a Cortex-A53 (arch/aarch64/README.md): the compiler and the linker avoid them; assembly must,
too.

--self-test: first builds an example of each kind, which must be found, and builds it with the
compiler's and the linker's flags, which must remove it.
"""
import re
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

PAGE = 0x1000
SAVES_X18 = {("trap_common", "stp", "x18, x19, [x1, #144]")} | {
	(f"{kind}_entry_el{el}", op, "x18, x19, [sp, #144]")
	for kind in ("trap", "irq") for el in (1, 2) for op in ("stp", "ldp")}
PROBE = "arch_trap_probe"	# saves and restores x18 around a test
BROADCASTS = "arch_map_flush_cpus"	# does its TLBI twice
MEMORY = re.compile(r"(ld|st|prfm|cas|swp|dc$)")
MULTIPLY = re.compile(r"([su])?m(add|sub)l?$")
BRANCH = re.compile(r"(b|bl|br|blr|ret|cbn?z|tbn?z|b\..+|eret)$")
Code = namedtuple("Code", "at op args name")

PLANTED = """
	.text
	.global _start
_start:
	.zero	0xff8 - (. - _start)
	adrp	x0, data
	str	x2, [x3]
	ldr	x1, [x0, #:lo12:data]
	ret
	.zero	0x1ffc - (. - _start)
	adrp	x0, data
	ldr	x2, [x3]
	add	x2, x2, #1
	str	x1, [x0, #:lo12:data]
	mov	w18, w1
	dc	cvac, x1
	dc	civac, x1
	tlbi	vmalle1is
	tlbi	vmalle1
	ret
	.data
	.balign	8
data:	.quad	0
"""
MULTIPLIES = """
unsigned long f(unsigned long *p, unsigned long a, unsigned long b)
{
	return p[a] * b + a;
}
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
			args = re.sub(r"#(0x[0-9a-f]+)", lambda n: f"#{int(n[1], 0)}", word[3])
			code.append(Code(int(word[1], 16), word[2], args.strip(), name))
	return code


def platform_register(code):
	for c in code:
		if re.search(r"\b[wx]18\b", c.args) and \
				c.name != PROBE and (c.name, c.op, c.args) not in SAVES_X18:
			yield c, "x18 is firmware's"


def a53_835769(code):
	"""A memory access directly followed by a 64-bit multiply-accumulate."""
	for a, b in zip(code, code[1:]):
		if MEMORY.match(a.op) and MULTIPLY.match(b.op) and b.args.startswith("x"):
			yield b, "Cortex-A53 erratum 835769"


def a53_843419(code):
	"""ADRP in the last two words of a page; a memory access; perhaps another instruction; an
	access with ADRP's register."""
	for i, c in enumerate(code):
		if c.op != "adrp" or c.at % PAGE < PAGE - 8:
			continue
		base = c.args.split(",")[0]
		near = code[i + 1:i + 4]
		if len(near) < 2 or not MEMORY.match(near[0].op):
			continue
		for n, use in enumerate(near[1:]):
			between = near[1:1 + n]
			if MEMORY.match(use.op) and re.search(rf"\[{base}\b", use.args) and \
			   not any(BRANCH.match(x.op) for x in between):
				yield c, "Cortex-A53 erratum 843419"


def maintenance(code):
	"""Cleaning without invalidating fails on Cortex-A53; TLBI for other CPUs fails on some CPUs
	unless it is done twice."""
	for c in code:
		kind = c.args.split(",")[0].lower()
		if c.op == "dc" and kind != "civac" or \
		   c.op == "tlbi" and kind.endswith("s") and c.name != BROADCASTS:
			yield c, "errata: arch/aarch64/README.md"


RULES = (platform_register, a53_835769, a53_843419, maintenance)


def judge(elf):
	code = disassemble(elf)
	if not code:
		yield "no code"
	for rule in RULES:
		for c, what in rule(code):
			yield f"0x{c.at:x} {c.name}: {c.op} {c.args}: {what}"


def planted(folder, compiler, linker):
	"""How often each rule fires on the planted code, built with these flags."""
	clang = ["clang", "--target=aarch64-none-elf", "-Os", "-c"]
	(folder / "a.S").write_text(PLANTED, encoding="ascii")
	(folder / "b.c").write_text(MULTIPLIES, encoding="ascii")
	objects = []
	for name in ("a.S", "b.c"):
		objects.append(folder / (name + ".o"))
		subprocess.run([*clang, *compiler, "-o", objects[-1], folder / name], check=True)
	elf = folder / "elf"
	subprocess.run(["ld.lld", "-Ttext=0x10000", "-Tdata=0x20000", *linker, "-o", elf,
			*objects], check=True)
	code = disassemble(elf)
	return [len(list(rule(code))) for rule in RULES]


def self_test():
	with tempfile.TemporaryDirectory() as name:
		folder = Path(name)
		bare = planted(folder, ["-mno-fix-cortex-a53-835769"], [])
		fixed = planted(folder, ["-mfix-cortex-a53-835769"],
				["--fix-cortex-a53-843419"])
	if bare != [1, 1, 2, 2] or fixed != [1, 0, 0, 2]:
		sys.exit(f"aarch64.py: finds {bare} and {fixed} of what was planted")


if __name__ == "__main__":
	words = [w for w in sys.argv[1:] if w != "--self-test"]
	if len(words) != 1:
		sys.exit(__doc__)
	if words != sys.argv[1:]:
		self_test()
	bad = list(judge(words[0]))
	print("\n".join(bad), end="\n" if bad else "")
	sys.exit(1 if bad else 0)
