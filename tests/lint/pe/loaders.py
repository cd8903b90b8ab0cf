# SPDX-License-Identifier: MIT
"""U-Boot 2023.01 and later, GRUB 2.06 and 2.12, systemd's stub, UEFI's 32-bit way into a 64-bit
Linux."""
from .core import EXEC, I386, PE32, PE32_PLUS, rule

UBOOT = "U-Boot, lib/efi_loader/efi_image_loader.c, efi_load_pe"
UBOOT_HASH = "U-Boot, lib/efi_loader/efi_image_loader.c, efi_image_parse"
GRUB = "GRUB 2.12, grub-core/loader/efi/linux.c, grub_arch_efi_linux_load_image_header"
CHAIN = "GRUB 2.06, grub-core/loader/efi/chainloader.c, read_header and handle_image (Debian's)"
STUB = "systemd 260, src/boot/linux.c, linux_exec"
COMPAT = "Linux, arch/x86/boot/header.S, .compat; systemd, src/boot/pe.c, pe_kernel_info"


@rule("uboot-magic", UBOOT, "the optional header is PE32 or PE32+")
def magic(i):
	if i.magic not in (PE32, PE32_PLUS):
		yield hex(i.magic)


@rule("uboot-directories", UBOOT, "six directories: that of relocations is read in any case")
def directories(i):
	if i.ndirs < 6:
		yield i.ndirs


@rule("uboot-memory", UBOOT, "the last section ends where SizeOfImage does: no more is allocated")
def memory(i):
	end = max((s.va + s.vsize for s in i.sections), default=0)
	if (end + 0xfff) & -0x1000 < i.size:
		yield f"{end:#x}, SizeOfImage {i.size:#x}"


@rule("uboot-headers", UBOOT, "what is copied of the headers is below the first section")
def headers(i):
	copied = 64 + 24 + i.opt_size + 40 * i.nsections
	first = min((s.va for s in i.sections), default=copied)
	if copied > first:
		yield f"{copied:#x} > {first:#x}"


@rule("uboot-hash", UBOOT_HASH, "an optional header with room for the certificates' directory")
def hashable(i):
	if i.ndirs <= 4:
		yield i.ndirs


@rule("grub-version", GRUB, "MajorImageVersion is 1 or more: else it is given no initrd")
def version(i):
	if not i.u16(i.opt + 44):
		yield 0


@rule("grub-sections", CHAIN, "there is a section, with data in the file")
def sections(i):
	if not any(s.rsize for s in i.sections):
		yield i.nsections


@rule("systemd-raw", STUB, "no section has more data in the file than in memory")
def no_excess(i):
	for s in i.sections:
		if s.rsize > s.vsize:
			yield f"{s}: {s.rsize:#x} > {s.vsize:#x}"


def compat(i):
	"""(type, size, machine, entry) of each; ends at a type 0 or with the section."""
	for s in i.named(".compat"):
		data, at = i.bytes(s), 0
		while at < len(data) and data[at]:
			size = data[at + 1] if at + 1 < len(data) else 0
			entry = data[at:at + size]
			yield (data[at], size, int.from_bytes(entry[2:4], "little"),
			       int.from_bytes(entry[4:8], "little"), at + size <= len(data))
			if size < 2:
				return
			at += size


@rule("compat-entries", COMPAT, "entries of type 1 are 8 bytes or a multiple, and one is for i386",
      lambda i: i.named(".compat"))
def compat_entries(i):
	found = list(compat(i))
	for kind, size, _, _, whole in found:
		if size < 2 or not whole or (kind == 1 and (size < 8 or size % 8)):
			yield f"type {kind}, size {size}"
	if not any(kind == 1 and machine == I386 for kind, _, machine, _, _ in found):
		yield "no entry for i386"


@rule("compat-entry-point", COMPAT, "their entry points are in executable sections; that for its "
      "own machine is the file's",
      lambda i: i.named(".compat"))
def compat_entry_point(i):
	for kind, _, machine, rva, _ in compat(i):
		inside = any(s.holds(rva) and s.flags & EXEC for s in i.sections)
		if kind == 1 and (not inside or (machine == i.machine and rva != i.entry)):
			yield f"{machine:#x}: {rva:#x}"
