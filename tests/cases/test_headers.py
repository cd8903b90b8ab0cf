# SPDX-License-Identifier: MIT
"""The headers that are installed: all of them can be used, from C and from C++, and what they
declare works in a kernel that is built without the tree.
"""
import re
import shutil
import subprocess

import pytest

from kernels import compile_c, install, raw, run
from machine import ARCHES, BUILD, IMAGE_NAME, ROOT

COMPILERS = {			# with the options that no packages file has
	"clang": ["clang", "-x", "c", "-std=gnu2x"],
	"clang++": ["clang++", "-x", "c++", "-std=c++20"],
	"g++": ["g++", "-x", "c++", "-std=c++20"],
}
KERNEL = """#include "stubborn/kernel.h"
#include "kernel/cpu/trap.h"
#include "kernel/dev/pci.h"
#include "kernel/firmware/power.h"
#include "kernel/mm/area.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/windows.h"
#include "arch/kernel.h"
#include "lib/console/console.h"
#include "lib/crumb.h"
#include "lib/efi.h"
#include "lib/fdt.h"
#ifdef __cplusplus
#error "C"
#endif
const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants), .name = "mine" };
static struct fdt tree;
static struct windows open;

static void reads(void *at)
{
	*(volatile char *)at;
}

/* Faults again, inside the handler: on aarch64, what EL0 can read holds a register meanwhile. */
static bool faults(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f)
{
	static bool inside;
	struct trap_info second;

	(void)kind, (void)f;
	if (!inside) {
		inside = true;
		trap_try(reads, (void *)t->address, &second);
	}
	return false;
}

static void print_left(void)
{
#ifdef __aarch64__
	uint64_t left;

	__asm__ volatile("mrs %0, tpidrro_el0" : "=r"(left));
	console_print("mine: EL0 could read %llx\\n", (unsigned long long)left);
#endif
}

static const void *devicetree(const struct boot_info *bi)
{
	const struct boot_module *m = (void *)(bi->modules.base + bi->direct_map);

	for (uint64_t i = 0; i < bi->modules.size / sizeof(*m); i++)
		if (m[i].kind == BOOT_MODULE_DTB)
			return (void *)(m[i].mem.base + bi->direct_map);
	return NULL;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	return window_map(pa, size, ARCH_IO);
}

void kernel_main(struct boot_info *bi)
{
	struct power p = { { .reach = windows_reach, .cookie = &open }, bi->acpi_rsdp, window };
	const void *blob = devicetree(bi);
	struct trap_info t = { };
	struct fdt_value v;

	console_serial(&bi->uart, bi->direct_map);
	trap_start(bi);
	trap_hook(faults);
	if (!trap_try(reads, (void *)0x5eadbeeff000, &t))
		console_print("mine: %s, at %llx\\n", t.what, (unsigned long long)t.address);
	console_print("mine: after %s\\n", crumb_name(crumb_trail->stage));
	print_left();
	if (!blob)
		console_print("mine: no tree\\n");
	else if (fdt_open(&tree, blob, FDT_MAX) == OK && !tree.tops &&
		 fdt_property(&tree, "/", "compatible", &v))
		console_print("mine: %s\\n", (const char *)v.data);
	if (mm_start(bi, 1) != OK)
		return;
	arch_off(power_fadt(&p), blob, FDT_MAX);
	power_off(&p);
	for (;;)
		;
}
"""
LEFT = {"x86_64": "", "aarch64": "mine: EL0 could read 0\n", "riscv64": ""}
TREE = {"x86_64": "no tree", "aarch64": "linux,dummy-virt", "riscv64": "riscv-virtio"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
	return install(tmp_path_factory.mktemp("sdk") / "usr")


def cflags(installed, arch):
	done = subprocess.run(["pkg-config", "--cflags", f"stubborn-{arch}"], check=True, text=True,
			      stdout=subprocess.PIPE,
			      env={"PATH": "/usr/bin",
				   "PKG_CONFIG_PATH": installed / "lib/pkgconfig"})
	return done.stdout.split()


def first(flags, start):
	return next(i for i, flag in enumerate(flags) if flag.startswith(start))


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("arch", ARCHES)
def test_alone(arch, compiler, installed, tmp_path):
	"""Each header by itself. g++ has none of clang's options, nor its extensions."""
	flags = cflags(installed, arch)
	if compiler == "g++":
		if arch != "x86_64":
			pytest.skip("there is no g++ for it")
		flags = ["-ffreestanding", *flags[first(flags, "--include-directory-after="):]]
	top = installed / "lib/stubborn/include"
	names = [str(header.relative_to(top)) for header in top.rglob("*.h")] + \
		[f"stubborn/{header.name}" for header in (installed / "include").rglob("*.h")]
	assert len(names) > 50
	text = "#ifdef __cplusplus\nextern \"C\" {\n#endif\n#include \"%s\"\n" \
		"#ifdef __cplusplus\n}\n#endif\n"
	bad = []
	for name in names:
		(tmp_path / "header.c").write_text(text % name)
		status, said = run(*COMPILERS[compiler], *flags, "-Wall", "-Werror",
				   "-fsyntax-only", tmp_path / "header.c")
		if status:
			bad.append(f"{name}: {said}")
	assert not bad, "".join(bad)


def test_library(installed):
	"""Headers are installed only if the library has what they declare."""
	headers = installed / "lib/stubborn/include"
	folders = {path.name for path in (headers / "kernel").iterdir()}
	assert folders == {"cpu", "dev", "firmware", "irq", "mm", "time"}
	assert all((headers / f"arch/{arch}/kernel/frame.h").exists() for arch in ARCHES)
	assert not {"collect.h", "pgshape.h"} & {path.name for path in headers.glob("arch/*.h")}


@pytest.mark.parametrize("name", ["lib/efi.h", "lib/efi_protocols.h", "lib/fdt.h", "arch/cpu.h"])
def test_cpu_missing(name, tmp_path):
	(tmp_path / "header.c").write_text(f'#include "{name}"\n')
	status, said = run("clang", "-std=gnu2x", "-I", ROOT, "-fsyntax-only",
			   tmp_path / "header.c")
	assert status and "compile with -include arch/CPU/isa.h: see sdk/README.md" in said, said


@pytest.mark.parametrize("arch", ARCHES)
def test_used(arch, installed, tmp_path):
	"""Traps, the device tree and switching off, in structures whose size depends on the CPU.
	Without the options of the packages file the error says which one is missing."""
	(tmp_path / "main.c").write_text(KERNEL)
	flags = cflags(installed, arch)
	command = ["clang", "-std=gnu2x", "-Os", "-c", "-o", tmp_path / "main.o",
		   tmp_path / "main.c"]
	status, said = run(*command, *flags[:first(flags, "--include=")])
	assert status and "compile with -include arch/CPU/isa.h: see sdk/README.md" in said
	assert run(*command, *flags) == (0, "")
	parts = installed / "lib/stubborn"
	image = tmp_path / f"{IMAGE_NAME[arch]}.EFI"
	assert run(installed / "bin/stubborn-link", "--arch", arch, "-o", image,
		   "--elf", tmp_path / "kernel.elf", tmp_path / "main.o",
		   parts / arch / "libstubborn.a") == (0, "")
	with raw(arch, tmp_path) as machine:
		machine.wait_end()
		assert re.search("mine: .*, at 5eadbeeff000\nmine: after jump\n"
				 f"{LEFT[arch]}mine: {TREE[arch]}", machine.serial())


@pytest.mark.parametrize("arch", ARCHES)
def test_makefile(arch, installed, tmp_path):
	"""stubborn.mk passes the same options."""
	(tmp_path / "mine").mkdir()
	(tmp_path / "mine/main.c").write_text(KERNEL)
	parts = installed / "lib/stubborn"
	status, said = run("make", "-C", tmp_path / "mine", "-f", parts / "stubborn.mk",
			   f"ARCHES={arch}", f"STUBBORN={parts}")
	assert status == 0, said
	shutil.rmtree(tmp_path / "mine/build")


FRAME = {"x86_64": "movq %rsp, %rbp", "aarch64": "mov x29, sp", "riscv64": "addi s0, sp, "}


def disassembled(path, *more):
	said = run("llvm-objdump", "-d", "--no-show-raw-insn", *more, path)[1]
	return re.sub(r"[ \t]+", " ", said)


@pytest.mark.parametrize("arch", ARCHES)
def test_frames(arch, tmp_path):
	"""Our flags keep frame pointers, which backtraces follow, whatever clang defaults to."""
	mine = compile_c(arch, tmp_path, "mine", "void g(void);\nvoid f(void);\n"
			 "void f(void) { g(); g(); }\n")
	assert FRAME[arch] in disassembled(mine)


@pytest.mark.parametrize("arch", ARCHES)
def test_frames_rust(arch):
	"""So does stubborn.mk in Rust."""
	assert FRAME[arch] in disassembled(BUILD / "kernels/rust" / arch / "kernel.elf",
					   "--disassemble-symbols=kernel_main")


def test_hidden(tmp_path):
	"""A kernel's own lib/base.h hides ours; sdk/README.md's -iquote, ours in quotes only."""
	(tmp_path / "lib").mkdir()
	(tmp_path / "lib/base.h").write_text("enum { MINE = 1 };\n")
	text = '#include <lib/base.h>\n#include "lib/console/console.h"\n' + \
		"uint8_t a[ARRAY_SIZE(((struct boot_info *)0)->seed) + MINE];\n"
	compile_c("x86_64", tmp_path, "main", text, "-std=gnu2x", "-I", tmp_path, "-iquote", ROOT)
	with pytest.raises(AssertionError, match="size_t"):
		compile_c("x86_64", tmp_path, "main", text, "-std=gnu2x", "-I", tmp_path)
