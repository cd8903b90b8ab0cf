# SPDX-License-Identifier: MIT
"""Names of a kernel: those that the library has as well, and those that a backtrace prints."""
import re

import pytest

from kernels import HEAD, compile_c, library, link, run
from machine import ARCHES, IMAGE_NAME, elf_path
from symbols import elf_symbol

OWN = HEAD + """
#include "arch/map.h"
#include "kernel/cpu/symbols.h"
#include "kernel/cpu/trap.h"
#include "lib/string.h"
_Noreturn void panic(const char *why, ...) { for (;;); }
void *memcpy(void *to, const void *from, size_t n) { return to; }
__attribute__((weak, noinline, visibility("default"))) void may_differ(void);
void may_differ(void) { panic("weak"); }
void kernel_main(struct boot_info *bi)
{
	struct arch_map map = {};
	struct symbol s;

	arch_map_live(&map);
	arch_map_flush();
	%s;
	panic("");
}
"""
OWN_USES = """trap_start(bi); symbol_find((uint64_t)memcpy(bi, bi + 1, 3000), &s); may_differ();
	memset(bi, 0, 3000)"""


@pytest.mark.parametrize("arch", ARCHES)
def test_own(arch, tmp_path):
	"""A kernel has a panic and some of C's functions of its own, and uses the rest of the
	library; what maps a device brings no other names. Weak functions have names, too."""
	for text in OWN % "" + "int crumb_trail;\n", OWN % OWN_USES:
		own = compile_c(arch, tmp_path, "own", text, "-std=gnu2x", "-fno-builtin")
		assert link(arch, tmp_path, own, library(arch)) == (0, "")
	assert b" may_differ\n" in (tmp_path / f"{IMAGE_NAME[arch]}.EFI").read_bytes()


SHARED = HEAD + """
#include "kernel/mm/heap.h"
uint64_t __stack_chk_guard = 5;			/* compilers' names mean the same everywhere */
_Noreturn void __stack_chk_fail(void) { for (;;); }
void kernel_main(struct boot_info *bi)
{
	bi->size = (uint64_t)%s;
	for (;;);
}
"""
WEAK = "__attribute__((weak)) void heap_free(void *p);\nvoid heap_free(void *p) { for (;;); }\n"
LOCK = "void lock_acquire(int *semaphore);\nvoid lock_acquire(int *semaphore) { *semaphore = 1; }\n"


@pytest.mark.parametrize("flags", [[], ["-flto"]])
def test_shared_name(flags, tmp_path):
	"""A function of the library would call one of the kernel's that only has the same name: if
	it is linked, and the kernel's is, too. A weak one gives way to the library's."""
	uses, none = (compile_c("x86_64", tmp_path, name, SHARED % of + WEAK, "-std=gnu2x", *flags)
		      for name, of in (("uses", "heap_resize"), ("none", "bi")))
	lock = compile_c("x86_64", tmp_path, "lock", LOCK, *flags)
	archive = tmp_path / "lib.a"
	assert run("llvm-ar", "rc", archive, lock)[0] == 0
	status, said = link("x86_64", tmp_path, uses, lock, archive, library("x86_64"))
	assert status == 1 and said.startswith(f"stubborn-link: {lock}: lock_acquire is also a "
		"name of libstubborn.a, whose ") and said.count("\n") == 1, said
	assert said.endswith(" would take yours: rename it, or make it static\n"), said
	assert link("x86_64", tmp_path, none, lock, library("x86_64")) == (0, "")
	assert link("x86_64", tmp_path, uses, library("x86_64"), archive) == (0, "")
	status, said = link("x86_64", tmp_path, uses, archive, library("x86_64"))
	assert status == 1 and f": {archive}(lock.o): lock_acquire is also a name of" in said, said


def test_shared_assigned(tmp_path):
	"""The same, if an option or a linker script defines the name: the library's own is then
	replaced although it is linked. PROVIDE leaves the library's."""
	mine = compile_c("x86_64", tmp_path, "mine", SHARED % "heap_resize" + LOCK.replace(
		"lock_acquire", "other"), "-std=gnu2x")
	script = tmp_path / "names.ld"
	option, text = "--defsym=lock_acquire=other", "lock_acquire = other;"
	for given in option, script:
		script.write_text(text)
		status, said = link("x86_64", tmp_path, mine, given, library("x86_64"))
		assert status == 1 and f": {given}: lock_acquire is also a name of" in said, said
	script.write_text(f"PROVIDE({text[:-1]});")
	assert link("x86_64", tmp_path, mine, script, library("x86_64")) == (0, "")


def test_symbols(arch, tmp_path):
	"""Backtraces can name each function of a kernel, the first and the last as well."""
	elf, table, at = elf_path(arch), {}, 0
	assert run("llvm-objcopy", f"--dump-section=.symbols={tmp_path}/symbols", elf,
		   tmp_path / "elf")[0] == 0
	for line in (tmp_path / "symbols").read_text().splitlines():
		distance, name = line.split(" ")
		at += int(distance, 16)
		table[at] = name
	start, end = elf_symbol(arch, "kernel_text"), elf_symbol(arch, "image_rodata")
	found = [(int(place, 16), int(size, 16), name) for place, size, name in re.findall(
		r"^(\w+) (\w+) [tTwW] (\S+)$", run("llvm-nm", "-S", elf)[1], re.M)]
	found = [x for x in found if start <= x[0] < end and x[1]]
	assert len(found) > 300 and min(found)[0] == start and table[at] == ""
	for place, size, _ in found:
		said = table[max(x for x in table if x <= place)]
		assert said in ("stub", "outlined", *(x[2] for x in found if x[0] == place))
		assert place + size <= at
