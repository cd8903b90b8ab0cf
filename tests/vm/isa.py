# SPDX-License-Identifier: MIT
"""Values from each CPU's arch/<isa>/isa.mk, the only list of them; RAW_SCRATCH of lib/image.h."""
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "arch"
ARCHES = tuple(sorted(path.parent.name for path in FOLDER.glob("*/isa.mk")))
IMAGE_H = (FOLDER.parent / "lib/image.h").read_text(encoding="utf-8")
RAW_SCRATCH = int(re.search(r"^#define RAW_SCRATCH\s+(\w+)", IMAGE_H, re.M)[1], 0)


def isa(arch, name):
	"""The words of a variable; none if it is not defined."""
	text = (FOLDER / arch / "isa.mk").read_text(encoding="utf-8").replace("\\\n", " ")
	found = re.search(rf"^{arch}_{name} :=(.*)$", text, re.M)
	return found[1].split() if found else []


def files(arch):
	"""Names of a CPU's EFI files, with .EFI."""
	return isa(arch, "EFI") + isa(arch, "EFI32")


def loop(arch):
	"""A branch to itself."""
	return bytes(int(octal, 8) for octal in re.findall(r"\\(\d{3})", isa(arch, "STOP")[0]))


def pe_machine(arch):
	return next(int(word.split("=")[1], 0) for word in isa(arch, "LDS")
		    if word.startswith("-DPE_MACHINE="))
