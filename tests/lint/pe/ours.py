# SPDX-License-Identifier: MIT
"""What we promise beyond what loaders require. Only applied to our own files."""
from isa import ARCHES, RAW_SCRATCH, pe_machine

from . import arm64, linux, loaders, riscv
from .core import AARCH64, CODE, DATA, EXEC, I386, PAGE, READ, RISCV64, WRITE, X86_64, rule

OURS = "lds/image.lds.S, arch/x86_64/pc/header.lds.S"
SIZE = "README.md"
SIZE_MAX = 256 * 1024
LINUX, ARM64 = (lambda i: i.machine in (X86_64, I386)), (lambda i: i.machine == AARCH64)


@rule("ours-machine", OURS, "a CPU of arch/, or 32-bit UEFI's way to x86_64")
def machine(i):
	if i.machine not in [*map(pe_machine, ARCHES), I386]:
		yield hex(i.machine)


@rule("ours-zeros", OURS, "what is not needed is 0: the time, Win32's version, loader flags")
def zeros(i):
	for name, at in (("time", i.pe + 8), ("symbols", i.pe + 12), ("Win32 version", i.opt + 52),
			 ("checksum", i.opt + 64), ("loader flags", i.dirs - 8)):
		if i.u32(at):
			yield f"{name} {i.u32(at):#x}"


@rule("ours-executable", OURS, "the characteristics say executable, the subsystem application")
def executable(i):
	if not i.flags & 2 or i.subsystem != 10:
		yield f"{i.flags:#x}, {i.subsystem}"


@rule("ours-directories", OURS, "all data directories are empty: no relocations, no debug data")
def directories(i):
	for n in range(min(i.ndirs, 16)):
		if i.directory(n) != (0, 0):
			yield f"{n}: {i.directory(n)}"


@rule("ours-alignment", OURS, "pages; the file is laid out like the memory")
def alignment(i):
	base = i.u64(i.opt + 24) if i.wide else i.u32(i.opt + 28)
	if i.section_align != PAGE or i.file_align < 512 or PAGE % i.file_align or base % 0x10000:
		yield f"{i.section_align:#x}, {i.file_align:#x}, base {base:#x}"


@rule("ours-size-of-image", OURS, "SizeOfImage is whole pages and ends with the last section")
def size_of_image(i):
	if not i.sections:
		yield "there is no section"
		return
	last = i.sections[-1]
	if i.size != (last.va + last.vsize + PAGE - 1) & -PAGE:
		yield f"{i.size:#x}, {last} ends at {last.va + last.vsize:#x}"


@rule("ours-contiguous", OURS, "each section is at the same place in file and memory, without gaps")
def contiguous(i):
	at = i.headers
	for s in i.sections:
		if s.va != at or s.raw != at:
			yield f"{s} is at {s.va:#x}, in the file at {s.raw:#x}, not {at:#x}"
		at += (s.rsize + PAGE - 1) & -PAGE


@rule("ours-sections", OURS, "only the flags that are needed; .bss at the very end")
def sections(i):
	for s in i.sections:
		known = CODE | DATA | EXEC | READ | WRITE
		if s.flags & ~known or s.relocs or s.lines or s.nrelocs or s.nlines:
			yield f"{s}: {s.flags:#x}"
		if not s.rsize or s.vsize + PAGE <= s.rsize or (s.vsize > s.rsize and
							       s is not i.sections[-1]):
			yield f"{s}: {s.vsize:#x} in memory, {s.rsize:#x} in the file"


@rule("ours-code", OURS, "SizeOfCode and BaseOfCode are those of the executable sections")
def code(i):
	size = sum(s.rsize for s in i.sections if s.flags & CODE)
	base = [s.va for s in i.sections if s.holds(i.entry)]
	if i.u32(i.opt + 4) != size or base != [i.u32(i.opt + 20)]:
		yield f"{i.u32(i.opt + 4):#x} at {i.u32(i.opt + 20):#x}, not {size:#x} at {base}"


@rule("ours-no-reloc", OURS, "no .reloc: the image relocates itself")
def no_reloc(i):
	if i.named(".reloc"):
		yield len(i.named(".reloc"))


@rule("ours-compat", OURS, "32-bit UEFI's entry point is named, on a PC")
def compat(i):
	machines = [machine for _, _, machine, _, _ in loaders.compat(i)]
	if machines != ([] if i.machine in (AARCH64, RISCV64) else [I386]):
		yield machines


@rule("ours-size", SIZE, "at most 256 KiB")
def size(i):
	if len(i.data) > SIZE_MAX:
		yield f"{len(i.data)} > {SIZE_MAX}"


@rule("ours-arm64", OURS, "an arm64 Image: 4 KiB pages, anywhere, our scratch after it", ARM64)
def image(i):
	if not arm64.present(i) or (i.u64(8), i.u64(0x10), i.u64(0x18)) != (
			0, i.size + RAW_SCRATCH, 0xa):
		yield f"{i.u64(8):#x}, {i.u64(0x10):#x}, {i.u64(0x18):#x}"


@rule("ours-riscv", OURS, "a RISC-V Image: 2 MiB into RAM, our scratch after it",
      lambda i: i.machine == RISCV64)
def riscv_image(i):
	want = riscv.MEGAPAGE, i.size + RAW_SCRATCH
	if not riscv.present(i) or (i.u64(8), i.u64(0x10)) != want:
		yield f"{i.u64(8):#x}, {i.u64(0x10):#x}"


@rule("ours-linux", OURS, "a Linux setup header 2.15 after PE's headers, and its sentinel", LINUX)
def header(i):
	if not linux.present(i) or i.u16(0x206) != 0x20f or i.u16(0x1ef) != 0xffff:
		yield f"{i.u16(0x206):#x}, {i.u16(0x1ef):#x}"
	if i.pe + 24 + i.opt_size + 40 * i.nsections > 0x1ef:
		yield "section headers over it"


@rule("ours-room", OURS, "more section headers fit, as tools add them: two on a PC, elsewhere 16")
def room(i):
	end = i.pe + 24 + i.opt_size + 40 * i.nsections
	more, limit = (2, min(i.headers, 0x1ef)) if LINUX(i) or linux.present(i) else \
		(16, i.headers)
	if any(i.data[end:end + more * 40]) or end + more * 40 > limit:
		yield f"after {end:#x}"


@rule("ours-linux-sizes", OURS, "setup part, syssize and init_size are those of the file, exactly",
      LINUX)
def linux_sizes(i):
	if not i.sections:
		return			# ours-size-of-image reports that
	text, last = i.u32(i.opt + 20), i.sections[-1]
	want = (text, len(i.data) - text, last.va + last.vsize - text + RAW_SCRATCH)
	got = (linux.setup(i), 16 * i.u32(0x1f4), i.u32(0x260))
	if got != want or i.headers != text:
		yield f"{got}, not {want}"


@rule("ours-linux-fields", OURS, "LOADED_HIGH, relocatable to any page, kexec and 5 levels, no "
      "handover; the loader's fields are 0", LINUX)
def linux_fields(i):
	if (i.u8(0x211), i.u8(0x234), i.u8(0x235), i.u32(0x230), i.u16(0x236)) != (
			1, 1, 12, PAGE, 0x33) or i.u32(0x264) or i.u32(0x238) < 0x7ff:
		yield f"{i.u8(0x211):#x} {i.u8(0x235)} {i.u32(0x230):#x} {i.u16(0x236):#x}"
	if any(i.data[0x218:0x22c]) or any(i.data[0x23c:0x258]):
		yield "not all are 0"


@rule("ours-linux-entries", OURS, "cli, cld where a loader enters with 32 and with 64 bits", LINUX)
def linux_entries(i):
	text = i.u32(i.opt + 20)
	if i.data[text:text + 2] != b"\xfa\xfc" or i.data[text + 0x200:text + 0x202] != b"\xfa\xfc":
		yield i.data[text:text + 2].hex()
	if i.data[0x200:0x202] != b"\xeb\x6a" or i.u8(0x26c) not in (0xe9, 0xeb):
		yield f"at 0x200: {i.data[0x200:0x202].hex()}, {i.u8(0x26c):#x}"
