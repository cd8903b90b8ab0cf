# SPDX-License-Identifier: MIT
"""The header of a RISC-V Image. Linux, Documentation/arch/riscv/boot-image-header.rst."""
from .core import EXEC, RISCV64, rule

HEADER = "Linux, Documentation/arch/riscv/boot-image-header.rst"
UBOOT = "U-Boot, arch/riscv/lib/image.c, booti_setup"
MAGIC = b"RSC\x05"
MEGAPAGE = 0x200000


def present(i):
	return i.machine == RISCV64 and i.data[0x38:0x3c] == MAGIC


def jump(i):
	"""Target of the instruction at offset 2; None if it is not a JAL to x0."""
	word = i.u32(2)
	if word & 0xfff != 0x6f:
		return None
	offset = (word >> 21 & 0x3ff) << 1 | (word >> 20 & 1) << 11 | (word >> 12 & 0xff) << 12 | \
		(word >> 31) << 20
	return 2 + offset - (offset >> 20 << 21)


@rule("riscv-magic", UBOOT, "an EFI program for riscv64 has the Image's magic2: else booti refuses "
      "it", lambda i: i.machine == RISCV64 and i.subsystem == 10)
def magic(i):
	if i.data[0x38:0x3c] != MAGIC:
		yield i.data[0x38:0x3c].hex()


@rule("riscv-jump", HEADER, "after MZ (c.li s4, -13) a jump forwards into code", present)
def branch(i):
	target = jump(i)
	if target is None or not any(s.holds(target) and s.flags & EXEC for s in i.sections):
		yield hex(i.u32(2))


@rule("riscv-text-offset", UBOOT, "from the start of RAM: whole 2 MiB, and not over the firmware "
      "that lies there", present)
def text_offset(i):
	if not i.u64(8) or i.u64(8) % MEGAPAGE:
		yield hex(i.u64(8))


@rule("riscv-image-size", UBOOT, "image_size covers the image and its zeros", present)
def image_size(i):
	if i.u64(0x10) < i.size:
		yield f"{i.u64(0x10):#x} < {i.size:#x}"


@rule("riscv-flags", HEADER, "little endian, no other bit; version 0.2 or later", present)
def flags(i):
	if i.u64(0x18) or i.u32(0x20) < 2:
		yield f"{i.u64(0x18):#x}, {i.u32(0x20):#x}"


@rule("riscv-reserved", HEADER, "res1 and res2 are 0", present)
def reserved(i):
	if any(i.data[0x24:0x30]):
		yield i.data[0x24:0x30].hex()
