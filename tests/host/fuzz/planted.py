#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Does fuzzing find anything? One bug for each target, planted in a copy of the tree.

usage: planted.py BUILD [TARGET...]. Builds that target there, runs the inputs that `make fuzz`
runs, and wants them to fail. Last line: "planted: N found, N missed".
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

BUGS = {			# target: file, what is there, what is put there
	"memmap": ("stub/memmap.c", "inward = PAGE_SIZE - 1;", "inward = 0;"),
	"reloc": ("lib/reloc.c", "word >= words", "word > words"),
	"tpm": ("stub/efi/tpm_log.c", "!head || head > LOG_MAX - offset", "!head"),
	"cmdline": ("stub/cmdline.c", "n > cap - 1 - len - blanks", "n > cap - len - blanks"),
	"path": ("stub/efi/file.c", "end - out < 3", "end - out < 0"),
	"fdt": ("lib/fdt.c", "if (i->len > end - p)", "if (i->len > end)"),
	"dtb": ("stub/raw/place.c", "MIN(m[i].base + m[i].size, limit)",
		"MAX(m[i].base + m[i].size, limit)"),
	"linux": ("stub/raw/linux.c", "MIN(p->e820_count, ARRAY_SIZE(p->e820))", "p->e820_count"),
	"pvh": ("stub/raw/pvh.c", "!raw_reach(r, p->memmap, p->memmap_count * sizeof(*m))",
		"!p->memmap"),
	"acpi": ("stub/uart_find.c", "offset > t->header.length ||", ""),
	"off": ("kernel/firmware/s5.c", "end - p < (int64_t)strlen(name) ||", ""),
	"bios": ("stub/raw/bios.c", "base + size - length + 1", "base + size"),
	"runtime": ("kernel/firmware/efi_runtime.c",
		    "d->physical_start % PAGE_SIZE || d->physical_start >= ARCH_REACH", "0"),
	"previous": ("kernel/previous.c", "c->magic = 0;", ""),
	"pgtable_x86_64": ("arch/pgtree.h", "e < end && (fresh || !*e)", "e < end"),
	"pgtable_aarch64": ("arch/pgtree.h", "size >= step)", "size)"),
	"mapplan_x86_64": ("lib/mapplan.c", "perm = ARCH_RO;", ";"),
	"mapplan_aarch64": ("lib/mapplan.c", "base >= ARCH_REACH ||", ""),
}


def found(build, target):
	name, old, new = BUGS[target]
	files = subprocess.run(["git", "ls-files"], capture_output=True, text=True,
			       check=True).stdout.split()
	with tempfile.TemporaryDirectory() as copy:
		for f in files:
			if os.path.isfile(f):
				os.makedirs(os.path.dirname(f"{copy}/{f}"), exist_ok=True)
				shutil.copy2(f, f"{copy}/{f}")
		shutil.copytree(f"{build}/fuzz", f"{copy}/build/fuzz",
				ignore=shutil.ignore_patterns("corpus", "new", "found-*"))
		os.unlink(f"{copy}/build/fuzz/fuzz_{target}")
		for stamp in ("FUZZ",):
			shutil.copy2(f"{build}/have-{stamp}", f"{copy}/build/have-{stamp}")
		with open(f"{copy}/{name}", encoding="utf-8") as f:
			text = f.read()
		if text.count(old) != 1:
			sys.exit(f"planted: {name} has {text.count(old)} times {old!r}")
		with open(f"{copy}/{name}", "w", encoding="utf-8") as f:
			f.write(text.replace(old, new))
		make = subprocess.run(["make", "-s", f"build/fuzz/fuzz_{target}"], cwd=copy,
				      capture_output=True, text=True, check=False)
		if make.returncode:
			sys.exit(f"planted: {target}: does not build\n{make.stderr}")
		name = target.replace("x86_64", "%").replace("aarch64", "%")
		with open("tests/host/fuzz/fuzz.mk", encoding="utf-8") as f:
			runs = re.search(rf"\b{name}=(\d+)", f.read())[1]
		run = subprocess.run(["tests/host/fuzz/run.sh", "build/fuzz", "0",
				      f"{target}={runs}"],
				     cwd=copy, capture_output=True, text=True, check=False)
	said = re.search(r"not so: .*|ERROR: AddressSanitizer: .*|runtime error: .*|ERROR: .*",
			 run.stdout)
	print(f"planted: {target}: {'missed' if run.returncode == 0 else said[0][:90]}", flush=True)
	return run.returncode != 0


def main():
	targets = sys.argv[2:] or list(BUGS)
	count = sum(found(sys.argv[1], t) for t in targets)
	print(f"planted: {count} found, {len(targets) - count} missed")
	return count != len(targets)


sys.exit(main())
