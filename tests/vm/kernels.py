# SPDX-License-Identifier: MIT
"""Other kernels, compiled and linked as their authors would."""
import os
import subprocess

import pytest

from machine import ARCHES, BUILD, IMAGE_NAME, ROOT, Machine

SDK = ROOT / "sdk"
LINK = SDK / "stubborn-link"
GCC = {				# riscv64's is 100 MB more
       "x86_64": ["gcc", "-mno-red-zone"],
       "aarch64": ["aarch64-linux-gnu-gcc", "-mstrict-align", "-mno-outline-atomics"]}
NO_FPU = {"x86_64": ["-mgeneral-regs-only"], "aarch64": ["-mgeneral-regs-only"], "riscv64": []}
# What the example in Rust says last, of either order: rustc 1.73 changed it.
RUST_PANIC = (r"panicked at (?:'index out of bounds: the len is \d+ but .*', main.rs:\d+:\d+|"
	      r"main.rs:\d+:\d+:\nindex out of bounds: the len is \d+ but .*)")
HEAD = """#include "stubborn/kernel.h"
#include "lib/console/console.h"
const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };
"""


def run(*command, **options):
	"""A command's output, both streams together, and its exit status."""
	done = subprocess.run([str(x) for x in command], stdout=subprocess.PIPE, text=True,
			      stderr=subprocess.STDOUT, check=False, **options)
	return done.returncode, done.stdout


def make(*words, folder=ROOT):
	"""Run make, which must succeed; returns its output."""
	status, said = run("make", "--no-print-directory", "-C", folder, *words)
	assert status == 0, said
	return said


def install(prefix):
	"""The SDK, by a user whose own files are hidden from others."""
	status, said = run("sh", "-c", 'umask 077; exec make -C "$@"', "sh", ROOT, "install-sdk",
			   f"PREFIX={prefix}", f"BUILD={BUILD}")
	assert status == 0, said
	return prefix


def hidden(*command, **options):
	"""Run with an empty folder in place of the tree."""
	script = f"mount -t tmpfs none {ROOT} && exec \"$@\""
	unshare = ["unshare", "-m"] + ([] if os.geteuid() == 0 else ["-r"])
	if subprocess.run([*unshare, "true"], check=False).returncode:
		pytest.skip("no mount namespaces here")
	return run(*unshare, "sh", "-c", script, "sh", *command, **options)


def compile_c(arch, folder, name, text, *flags, compiler="clang"):
	"""Compile `text`, as folder/name.c, to folder/name.o. gcc: without our own flags."""
	source, target = folder / (name + ".c"), folder / (name + ".o")
	source.write_text(text)
	command = ["clang", f"@{SDK / arch}.flags", *NO_FPU[arch]]
	if compiler == "gcc":
		command = [*GCC[arch], "-ffreestanding", "-fpie", *NO_FPU[arch],
			   "-fno-stack-protector"]
	status, said = run(*command, "-idirafter", ROOT / "include", "-idirafter", ROOT, "-Os",
			  "-include", ROOT / "arch" / arch / "isa.h",
			   *flags, "-c", "-o", target, source)
	assert status == 0, said
	return target


def library(arch):
	return BUILD / arch / "libstubborn.a"


def link(arch, folder, *files):
	"""Exit status and output; makes folder/kernel.elf and folder/BOOTX64.EFI or the like."""
	return run(LINK, "--arch", arch, "--sdk", BUILD, "--elf", folder / "kernel.elf",
		   "-o", folder / (IMAGE_NAME[arch] + ".EFI"), *files)


def by_uefi(arch, folder, **options):
	image = (folder / (IMAGE_NAME[arch] + ".EFI")).read_bytes()
	return Machine(arch, image=image, **options)


def by_firmware(arch, folder, **options):
	return Machine(arch, kernel=folder / (IMAGE_NAME[arch] + ".EFI"), **options)


def raw(arch, folder, **options):
	return Machine(arch, kernel=folder / (IMAGE_NAME[arch] + ".EFI"), firmware=None, **options)


def pvh(arch, folder, **options):
	return Machine(arch, kernel=folder / "kernel.elf", firmware=None, **options)


DOORS = {"x86_64": {"uefi": by_uefi, "linux16": raw, "pvh": pvh},
	 "aarch64": {"uefi": by_uefi, "uefi -kernel": by_firmware, "image": raw},
	 "riscv64": {"uefi": by_uefi, "image": raw}}
WAYS = [(arch, door) for arch in ARCHES for door in DOORS[arch]]
