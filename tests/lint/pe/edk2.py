# SPDX-License-Identifier: MIT
"""EDK II 2022.11 and 2025.02: reading, loading, relocating, and protecting an image."""
from .core import (AARCH64, BASE_RELOC, CODE, DEBUG, EXEC, I386, MACHINE, PAGE, PE32, PE32_PLUS,
		   SECURITY, WRITE, X86_64, rule)

READ_HEADER = "EDK II, BasePeCoff.c, PeCoffLoaderGetPeHeader"
LOAD = "EDK II, BasePeCoff.c, PeCoffLoaderLoadImage"
RELOCATE = "EDK II, BasePeCoff.c, PeCoffLoaderRelocateImage"
CORE = "EDK II, MdeModulePkg/Core/Dxe/Image/Image.c, CoreLoadPeImage"
PROTECT = "EDK II, MdeModulePkg/Core/Dxe/Misc/MemoryProtection.c, ProtectUefiImage"
RECORD = "EDK II 2025.02, ImagePropertiesRecordLib.c, CreateImagePropertiesRecord"
DEBUG_ENTRY = 28


@rule("edk2-machine", READ_HEADER, "the machine is one that UEFI has")
def machine(i):
	if i.machine not in MACHINE:
		yield hex(i.machine)


@rule("edk2-magic", READ_HEADER, "PE32+ for a 64-bit machine, PE32 for a 32-bit one")
def magic(i):
	want = {X86_64: PE32_PLUS, AARCH64: PE32_PLUS, I386: PE32}.get(i.machine, i.magic)
	if i.magic != want or i.magic not in (PE32, PE32_PLUS):
		yield hex(i.magic)


@rule("edk2-directories", READ_HEADER, "no more than 16 data directories")
def directories(i):
	if i.ndirs > 16:
		yield i.ndirs


@rule("edk2-optional-size", READ_HEADER, "the optional header is as long as its directories say")
def optional_size(i):
	want = (112 if i.wide else 96) + 8 * i.ndirs
	if i.opt_size != want:
		yield f"{i.opt_size}, not {want}"


@rule("edk2-image-headers", READ_HEADER, "SizeOfImage reaches beyond SizeOfHeaders")
def image_headers(i):
	if i.size <= i.headers:
		yield f"{i.size:#x}, headers {i.headers:#x}"


@rule("edk2-table", READ_HEADER, "SizeOfHeaders holds all section headers")
def table(i):
	if i.headers < i.table + 40 * i.nsections:
		yield f"{i.headers:#x} < {i.table:#x} + 40 * {i.nsections}"


@rule("edk2-headers-file", READ_HEADER, "the last byte of the headers is in the file")
def headers_file(i):
	if i.headers > len(i.data):
		yield f"{i.headers:#x} > {len(i.data):#x}"


@rule("edk2-security", READ_HEADER, "the certificates are in the file")
def security(i):
	at, size = i.directory(SECURITY)
	if at + size > len(i.data):
		yield f"{at:#x} + {size:#x} > {len(i.data):#x}"


@rule("edk2-section-va", READ_HEADER, "no section with data is where the headers are")
def section_va(i):
	for s in i.sections:
		if s.rsize and s.va < i.headers:
			yield f"{s} at {s.va:#x}"


@rule("edk2-section-raw", READ_HEADER, "no section's data is among the headers")
def section_raw(i):
	for s in i.sections:
		if s.rsize and s.raw < i.headers:
			yield f"{s} at {s.raw:#x}"


@rule("edk2-section-file", READ_HEADER, "each section's data is in the file")
def section_file(i):
	for s in i.sections:
		if s.rsize and s.raw + s.rsize > len(i.data):
			yield f"{s}: {s.raw:#x} + {s.rsize:#x} > {len(i.data):#x}"


@rule("edk2-section-image", LOAD, "each section ends within SizeOfImage")
def section_image(i):
	for s in i.sections:
		if s.va + max(s.vsize, s.rsize if not s.vsize else 0) > i.size:
			yield f"{s}: {s.va:#x} + {s.vsize:#x} > {i.size:#x}"


@rule("edk2-entry", LOAD, "the entry point is in the image")
def entry(i):
	if not 0 < i.entry < i.size:
		yield hex(i.entry)


@rule("edk2-subsystem", CORE, "an EFI application or driver")
def subsystem(i):
	if i.subsystem not in (10, 11, 12):
		yield i.subsystem


@rule("edk2-relocatable", CORE, "relocations were not stripped: it may load anywhere")
def relocatable(i):
	if i.flags & 1:
		yield f"characteristics {i.flags:#x}"


@rule("edk2-reloc-directory", RELOCATE, "the relocations are in the image, whole blocks")
def reloc_directory(i):
	at, size = i.directory(BASE_RELOC)
	if not size:
		return
	if at + size > i.size:
		yield f"{at:#x} + {size:#x} > {i.size:#x}"
		return
	while size >= 8:
		offset = i.offset(at)
		if offset is None:
			yield f"{at:#x} is in no section"
			return
		block = i.u32(offset + 4)
		if block < 8 or block > size:
			yield f"a block of {block} bytes at {at:#x}, {size} are left"
			return
		at, size = at + block, size - block


@rule("edk2-debug", READ_HEADER, "debug data has an address: else it is appended to the image")
def debug(i):
	at, size = i.directory(DEBUG)
	offset = i.offset(at) if size else None
	if size and offset is None:
		yield f"directory at {at:#x}"
	while size >= DEBUG_ENTRY and offset is not None:
		if i.u32(offset + 12) == 2 and not i.u32(offset + 20):
			yield f"CodeView of {i.u32(offset + 16)} bytes"
		offset, size = offset + DEBUG_ENTRY, size - DEBUG_ENTRY


@rule("edk2-protect-align", PROTECT, "sections begin at whole pages: else none is protected")
def protect_align(i):
	if i.section_align % PAGE or not i.section_align:
		yield hex(i.section_align)
	for s in i.sections:
		if i.section_align and s.va % i.section_align:
			yield f"{s} at {s.va:#x}"


@rule("edk2-protect-code", RECORD, "a section is executable if and only if it contains code")
def protect_code(i):
	for s in i.sections:
		if bool(s.flags & CODE) != bool(s.flags & EXEC and not s.flags & WRITE):
			yield f"{s}: {s.flags:#x}"


@rule("edk2-protect-order", RECORD, "sections in order of address, none over another")
def protect_order(i):
	end = 0
	for s in i.sections:
		if s.va < end:
			yield f"{s} at {s.va:#x}, the one before ends at {end:#x}"
		end = s.va + s.vsize
