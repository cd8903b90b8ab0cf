# SPDX-License-Identifier: MIT
"""Another kernel (tests/vm/foreign.c), linked with the stub and started in several
ways: sections, constructors, a GOT, a large stack; sizes up to the contract's limits."""
import pytest

from foreign import build, compile_c, linked
from machine import ARCHES, Machine
from pc_loader import Loaded

KIB, MIB = 1 << 10, 1 << 20
SIZES = {"small": (4 * KIB, 4 * KIB), "large": (4 * MIB, 2 * MIB), "huge": (256 * MIB, 4 * KIB)}


def foreign(arch, folder, size):
	return build(arch, folder, *SIZES[size])


def said(machine):
	machine.wait("foreign: done")
	text = machine.serial()
	for line in ("hello from mine, regime 2", "constructors 123, entries 12, counters 42 of 1",
		     "bss 0, data 3", "written 7, 10", "stack 524288, other 42, absent 0",
		     "panic is mine: called"):
		assert "foreign: " + line in text, text[-2000:]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("arch", ARCHES)
def test_uefi(arch, size, tmp_path):
	efi, _ = foreign(arch, tmp_path, size)
	with Machine(arch, image=efi.read_bytes(), memory="1G") as machine:
		said(machine)


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("arch", ARCHES)
def test_kernel_option(arch, size, tmp_path):
	"""The setup header's 16- and 32-bit entries; the arm64 Image."""
	efi, _ = foreign(arch, tmp_path, size)
	with Machine(arch, kernel=efi, firmware=None) as machine:
		said(machine)


@pytest.mark.parametrize("arch", ["aarch64", "riscv64"])
def test_huge_image(arch, tmp_path):
	efi, _ = foreign(arch, tmp_path, "huge")
	with Machine(arch, kernel=efi, firmware=None, memory="1G") as machine:
		said(machine)


def test_huge_linux64(tmp_path):
	"""The image and its copy fill half of the machine's memory; the loader's own things lie
	below 256 MiB."""
	efi, _ = foreign("x86_64", tmp_path, "huge")
	with Loaded(64, at=256 * MIB, file=efi.read_bytes(), memory="1G") as machine:
		said(machine)


@pytest.mark.parametrize("size", ["small", "large"])
def test_pvh(size, tmp_path):
	_, elf = foreign("x86_64", tmp_path, size)
	with Machine("x86_64", kernel=elf, firmware=None) as machine:
		said(machine)


@pytest.mark.parametrize("arch", ARCHES)
def test_small_pages(arch, tmp_path):
	"""Where it was loaded, a large image cannot be mapped by large pages in the upper half."""
	efi, _ = foreign(arch, tmp_path, "huge")
	with Machine(arch, "mmu=mapped place=stay", image=efi.read_bytes(),
		     memory="1G") as machine:
		machine.wait("foreign: hello from mine, regime 3")
		machine.wait("foreign: done")


@pytest.mark.parametrize("arch,kernel", [
	("x86_64", "efi"), ("x86_64", "elf"), ("riscv64", "efi")])
def test_little_memory(arch, kernel, tmp_path):
	"""Not even the image fits. QEMU itself checks that only on aarch64."""
	efi, elf = foreign(arch, tmp_path, "huge")
	with Machine(arch, kernel={"efi": efi, "elf": elf}[kernel], firmware=None,
		     memory="160M") as machine:
		machine.wait("stubborn: error: too little memory for the image and its .bss")


REFUSED = {
	"no kernel_main": ("const int nothing = 1;", ["kernel_main", "the stub enters"]),
	"a thread's variable": ("#include \"include/stubborn/kernel.h\"\n"
				"const struct kernel_wants kernel_wants = { .size = 88 };\n"
				"_Thread_local int mine = 3;\n"
				"void kernel_main(struct boot_info *b) { mine += (int)b->size; }",
				["refused.c.o", "mine", "thread-local", "ordinary variable"]),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("arch", ARCHES)
def test_refused(arch, what, tmp_path):
	source, words = REFUSED[what]
	(tmp_path / "refused.c").write_text(source)
	out = compile_c(arch, tmp_path, str(tmp_path / "refused.c"), "-ftls-model=local-exec")
	result, _, _ = linked(arch, tmp_path, out)
	assert result.returncode != 0
	for word in words:
		assert word in result.stderr, result.stderr


def test_other_cpu(tmp_path):
	out = compile_c("aarch64", tmp_path, "tests/vm/foreign_other.c")
	result, _, _ = linked("x86_64", tmp_path, out)
	assert result.returncode != 0 and "different CPU" in result.stderr, result.stderr
