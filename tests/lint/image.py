#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Which loader would refuse, misread or not protect this file? usage: image.py [--ours] FILE...

Applies the checks of firmware, loaders and signing tools (pe/, one module each) to any PE file, and
prints each broken rule with the values and whose rule it is, and what is hashed for a
signature. --ours: also our own stricter promises. --kernel: those that hold for every kernel linked
with the stub, that is, all but the size. --self-test: breaks each of the files, which must be ours,
in every way that a rule covers. --list: the rules. --fields: header fields for comparison with
other readers. --quiet: print only what is broken.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "vm"))	# isa.py
from pe import core, sign		# noqa: E402
from pe.breakage import self_test	# noqa: E402

GROUPS = {"pe": "a PE file", "edk2": "EDK II", "shim": "shim", "uboot": "U-Boot", "grub": "GRUB",
	  "systemd": "systemd's stub",
	  "compat": "32-bit UEFI (.compat)", "sign": "signing", "linux": "x86 Linux loaders, kexec",
	  "arm64": "arm64 Image loaders",
	  "riscv": "RISC-V Image loaders", "ours": "our own"}


def report(path, groups, theirs):
	"""Print what is broken, without rules that this file need not keep (`theirs`)."""
	with open(path, "rb") as f:
		data = f.read()
	found = [x for x in core.judge(data, groups) if x[0] not in theirs]
	for name, value in found:
		r = core.RULES[name]
		print(f"{path}: {name}: not true: {r.text}{': ' if value else ''}{value} "
		      f"[{r.source}]")
	return found, data


def verdict(path, found, data, groups):
	bad = {name.split("-")[0] for name, _ in found}
	if "pe" in bad:
		print(f"{path}: not a PE file")
		return
	print(f"{path}: " + "; ".join(f"{text}: {'BROKEN' if g in bad else 'ok'}"
				      for g, text in GROUPS.items() if g in groups and g != "pe"))
	if not any(name == "sign-hash" for name, _ in found):
		print(f"{path}: sha256 {sign.digest(core.Image(data))}")


def fields(path):
	with open(path, "rb") as f:
		i = core.Image(f.read())
	print(f"0x{i.entry:X}\n{i.size}\n{i.headers}")
	for s in i.sections:
		print(f"0x{s.va:X}\n{s.rsize}\n0x{s.raw:X}")


def main():
	words = [w for w in sys.argv[1:] if w.startswith("--")]
	files = [w for w in sys.argv[1:] if not w.startswith("--")]
	groups = set(GROUPS) - (set() if {"--ours", "--kernel"} & set(words) else {"ours"})
	theirs = {"ours-size"} if "--kernel" in words else set()
	if "--list" in words:
		for r in core.RULES.values():
			print(f"{r.name}: {r.text} [{r.source}]")
	if not files and "--list" not in words:
		sys.exit(__doc__)
	failed = 0
	if "--fields" in words:
		for path in files:
			fields(path)
		return 0
	if "--self-test" in words:
		return 1 if self_test(files) else 0
	for path in files:
		found, data = report(path, groups, theirs)
		failed += len(found)
		if "--quiet" not in words:
			verdict(path, found, data, groups)
	return 1 if failed else 0


if __name__ == "__main__":
	try:
		sys.exit(main())
	except OSError as error:
		sys.exit(f"image.py: {error.filename}: {error.strerror}")
