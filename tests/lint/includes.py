#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Who may include what, and that no isa is named outside its folder.

The table is that of CONTRIBUTING.md. Arguments: the source files, relative to the tree.
"""
import os
import re
import sys

FREESTANDING = {"float.h", "iso646.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h",
		"stddef.h", "stdint.h", "stdnoreturn.h"}
ARCH_STUB = ("arch/boot.h", "arch/map.h")	# what lib/ and the stub see of a CPU
ARCH_KERNEL = ("arch/kernel.h", "arch/cpu.h", "arch/irq.h", "arch/timer.h", "arch/smp.h",
	       "arch/machine.h")
ARCH_OWN = ("arch/collect.h", "arch/jump.h", "arch/pgtree.h",
	    "arch/pgedit.h", "arch/pgshape.h")	# what CPU folders may also include
ALLOWED = {		# including file's folder -> what it may include; the longest match counts
	"include/stubborn": ("include/stubborn/",),
	"lib": ("lib/", "include/stubborn/") + ARCH_STUB,
	"arch": ("arch/jump.h", "arch/pgshape.h", "lib/", "include/stubborn/") + ARCH_STUB,
	"stub": ("stub/", "lib/", "include/stubborn/", "arch/collect.h") + ARCH_STUB,
	"kernel": ("kernel/", "lib/", "include/stubborn/") + ARCH_KERNEL + ARCH_STUB,
	"lds": ("lds/", "lib/image.h", "arch/x86_64/pc/header.lds.S"),
	"examples": ("stubborn/", "lib/", "kernel/") + ARCH_KERNEL + ARCH_STUB,
	"sdk": (),
	"tests": ("",),
}
HOSTED = ("tests/", "lds/image_sum.c", "lds/read_wants.c")	# run on the machine that builds
FREE = HOSTED + ("examples/cxx/", "examples/third/")	# may include other headers, too
ISA = re.compile(r"__(aarch64|x86_64|i386|arm|ARM_\w+|amd64|riscv)(__|\b)|\bARCH_(X86|ARM)\w*")
def allowed(path):
	folder = os.path.dirname(path)
	parts = folder.split("/")
	own = ()
	if parts[0] == "arch" and len(parts) > 1:	# arch/<isa>/...
		isa = "/".join(parts[:2])
		kernel = parts[2:3] == ["kernel"]
		own = ARCH_OWN + tuple(f"{isa}/{part}/" for part in
				       ("boot", "image", "pc", "efi32"))
		own += (isa + "/kernel/", "kernel/") + ARCH_KERNEL if kernel else ()
	while folder and folder not in ALLOWED:
		folder = os.path.dirname(folder)
	return ALLOWED.get(folder, ()) + own


def check(path, text):
	hosted = path.startswith(HOSTED)
	in_arch = path.startswith("arch/") and path.count("/") > 1
	for n, line in enumerate(text.split("\n"), 1):
		include = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
		free = path.startswith(FREE) or include and include[2] in FREESTANDING
		if include and include[1] == "<" and not free:
			yield n, f"<{include[2]}> is not freestanding"
		if include and include[1] == '"':
			name = include[2]
			if ".." in name.split("/"):
				yield n, f'"{name}": no ..'
			if "/" not in name:		# bare: in the same folder
				whole = os.path.join(os.path.dirname(path), name)
				if not hosted and not os.path.exists(whole):
					yield n, f'"{name}" is not in this folder'
			elif not hosted and not name.startswith(allowed(path)):
				yield n, f'{path.split("/")[0]}/ may not include "{name}"'
		if not in_arch and not hosted and re.match(r"\s*#", line) and ISA.search(line):
			yield n, "an isa is named outside arch/<isa>/"


bad = 0
for path in sys.argv[1:]:
	with open(path, encoding="utf-8") as f:
		for n, what in check(path, f.read()):
			print(f"{path}:{n}: {what}")
			bad += 1
sys.exit(1 if bad else 0)
