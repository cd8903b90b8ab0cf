#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What arch/README.md says that a CPU's folder must define, against the code.

Both must name the same: functions and variables that headers in arch/ declare, constants of isa.h,
variables of isa.mk, and macros that isa.mk defines for the linker script and the compiler. Each
CPU defines each constant and has its files in other folders; something reads each variable.

usage: port.py [--self-test] FILE...: every file of the tree, relative to its root. --self-test:
also whether a name that is missing on either side is found.
"""
import re
import sys

GUIDE = "arch/README.md"
ELSEWHERE = ("sdk/{}.flags", "tests/host/unit/pgtable_{}.c")
READERS = (".mk", "Makefile", ".py", ".sh", "sdk/stubborn-link", "sdk/stubborn.cmake")
READ = r"""\)_{1}\b|\w{0}\)|\bisa(?: |\(\w+, "){1}\b"""
NAME = re.compile(r"`(\w+)`")


def section(guide, title):
	found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", guide, re.M | re.S)
	return found[1] if found else ""


def names(text):
	"""`arch_irq_ack`, `_eoi`: a set of possible names for each, as `_eoi` may replace one word
	of the name before it, two, or none."""
	base = ""
	for m in NAME.finditer(text):
		name = m[1]
		if not name.startswith("_"):
			base = name
			yield {name}
		else:
			words = base.split("_")
			yield {"_".join(words[:n]) + name for n in range(1, len(words) + 1)}


def declared(files):
	"""Functions and variables that headers in arch/ declare, not tags."""
	for path, text in files.items():
		if re.fullmatch(r"arch/\w+\.h", path):
			code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
			yield from re.findall(r"(?<!struct )(?<!enum )\b(arch_\w+)(?=[(\[;])", code)


def of_cpus(files, name, pattern):
	"""For each CPU: what `pattern` finds in its file `name`."""
	return {path.split("/")[1]: set(re.findall(pattern, text, re.M))
		for path, text in files.items() if re.fullmatch(rf"arch/\w+/{name}", path)}


def differ(what, coded, guided):
	for name in sorted(coded - set().union(*guided)):
		yield f"{GUIDE} does not name {name}, {what}"
	for choice in guided:
		if not choice & coded:
			yield f"{GUIDE} names {min(choice, key=len)}, which is not {what}"


def check(files):
	guide = files[GUIDE]
	define, make = section(guide, "What the folder must define"), section(guide, "isa.mk")
	said = list(names(define))
	yield from differ("declared in arch/*.h", set(declared(files)),
			  [x for x in said if any(n.startswith("arch_") for n in x)])
	constants = of_cpus(files, "isa.h", r"^#define (ARCH_\w+)")
	yield from differ("a constant of isa.h", set().union(*constants.values()),
			  [x for x in said if any(n.startswith("ARCH_") for n in x)])
	for isa, own in constants.items():
		for name in sorted(set().union(*constants.values()) - own):
			yield f"arch/{isa}/isa.h: no {name}"
	variables = set()
	for isa, own in of_cpus(files, "isa.mk", r"^(\w+) :?=").items():
		variables |= {name.removeprefix(isa) for name in own}
	yield from differ("a variable of isa.mk", variables,
			  [{name} for name in re.findall(r"`(?:<isa>)?(_[A-Z]\w*)`", make)])
	read = "\n".join(text for path, text in files.items() if path.endswith(READERS))
	for name in sorted(variables):
		if not re.search(READ.format(name, name[1:]), read):
			yield f"nothing reads <isa>{name}"
	macros = of_cpus(files, "isa.mk", r"\s-D(\w+)=?")
	yield from differ("a macro of isa.mk", set().union(*macros.values()),
			  [{name} for name in re.findall(r"`-D(\w+)=?`", make)])
	allowed = of_cpus(files, r"boot/plan\.c", r"\br == BOOT_MMU_(\w+)")
	for isa, regimes in of_cpus(files, r"isa\.mk", r"_REGIMES := (.*)").items():
		if set(" ".join(regimes).upper().split()) != allowed.get(isa):
			yield f"arch/{isa}/isa.mk: _REGIMES differs from arch_regime_ok"

	for isa in constants:
		for path in ELSEWHERE:
			if path.format(isa) not in files:
				yield f"{isa}: no {path.format(isa)}"
		if not re.search(rf"^RUN_{isa}_PACKAGES :=", files["packages.mk"], re.M):
			yield f"packages.mk: no RUN_{isa}_PACKAGES"
		if len(re.findall(rf"\bRUN_{isa}(?:_PACKAGES)?\b", files["packages.mk"])) > 1:
			yield f"packages.mk: RUN_{isa} is named twice: use RUN_LISTS"


def self_test(files):
	"""Lines or names that may be missing without being noticed."""
	guide = files[GUIDE]
	for name in ("`arch_copy_image`", "`_split`", "`ARCH_FRAME`", "`<isa>_JUMP`",
		     "`-DIDMAP_MAX=`"):
		assert name in guide, name
		for changed in guide.replace(name, "it"), guide.replace(name, name[:-1] + "x`"):
			if not list(check({**files, GUIDE: changed})):
				yield f"self-test: {name}: not noticed"
	for path, name in (("arch/riscv64/isa.h", "#define ARCH_FRAME"),
			   ("arch/boot.h", "void arch_fill"),
			   ("arch/x86_64/isa.mk", "_REGIMES := identity mapped"),
			   ("arch/aarch64/isa.mk", "\naarch64_JUMP")):
		assert name in files[path], name
		changed = files[path].replace(name, name + "_x")
		if not list(check({**files, path: changed})):
			yield f"self-test: {path}: {name}: not noticed"
	without = {path: text for path, text in files.items() if path != "sdk/riscv64.flags"}
	if not list(check(without)):
		yield "self-test: sdk/riscv64.flags: not noticed"


def main():
	testing = sys.argv[1:2] == ["--self-test"]
	files = {}
	for path in sys.argv[1 + testing:]:
		with open(path, encoding="utf-8", errors="replace") as f:
			files[path] = f.read()
	bad = list(check(files))
	if testing and not bad:
		bad = list(self_test(files))
	if bad:
		print("\n".join(bad))
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main())
