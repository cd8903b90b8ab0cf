# SPDX-License-Identifier: MIT
"""shim 16, with and without its demand that memory be either written or executed."""
from .core import BASE_RELOC, DISCARD, EXEC, PAGE, READ, WRITE, rule

HEADER = "shim 16, pe-relocate.c, read_header"
HANDLE = "shim 16, pe.c, handle_image"
NX = "shim 16, pe.c, validate_image_for_nx and handle_image with an NX policy"
SBAT = "shim 16, pe.c, verify_sbat_section; SBAT.md"


def sbat(i):
	"""The rows of .sbat; None if there is not exactly one, or if it is not text."""
	found = i.named(".sbat")
	if len(found) != 1:
		return None
	text = i.bytes(found[0]).rstrip(b"\0")
	if any(c != 10 and not 32 <= c < 127 for c in text):
		return None
	return [line.split(",") for line in text.decode("ascii").rstrip("\n").split("\n")]


@rule("shim-file-align", HEADER, "FileAlignment is even")
def file_align(i):
	if i.file_align % 2:
		yield i.file_align


@rule("shim-image-align", HEADER, "SectionAlignment is a power of two of a page at least")
def image_align(i):
	if i.section_align and (i.section_align < PAGE or i.section_align & (i.section_align - 1)):
		yield hex(i.section_align)


@rule("shim-directories", HEADER, "six data directories: else the image has no relocation entry")
def directories(i):
	if i.ndirs < 6:
		yield i.ndirs


@rule("shim-reloc", HANDLE, "a section .reloc is the only one, and is what its directory says")
def reloc(i):
	found = i.named(".reloc")
	at, size = i.directory(BASE_RELOC)
	if len(found) > 1:
		yield f"{len(found)} of them"
	for s in found[:1]:
		if s.rsize and (s.va != at or not 0 < size <= max(s.vsize, s.rsize)):
			yield f"section {s.va:#x}, directory {at:#x} + {size:#x}"
	if size and not found:
		yield f"directory {at:#x} + {size:#x}, and no section"


@rule("shim-entry", HANDLE, "the entry point is in exactly one section")
def entry(i):
	n = sum(s.holds(i.entry) for s in i.sections)
	if n != 1:
		yield f"{i.entry:#x} in {n}"


@rule("shim-readable", HANDLE, "sections that are not readable are not loaded")
def readable(i):
	for s in i.sections:
		if not s.flags & READ:
			yield f"{s}: {s.flags:#x}"


@rule("shim-discardable", HANDLE, "discardable sections are not copied: relocations only")
def discardable(i):
	for s in i.sections:
		if s.flags & DISCARD and s.name != ".reloc":
			yield f"{s}: {s.flags:#x}"


@rule("shim-nx-compat", NX, "DllCharacteristics says NX_COMPAT")
def nx_compat(i):
	if not i.dll & 0x100:
		yield hex(i.dll)


@rule("shim-nx-wx", NX, "no section is writable and executable")
def nx_wx(i):
	for s in i.sections:
		if s.flags & WRITE and s.flags & EXEC:
			yield f"{s}: {s.flags:#x}"


@rule("shim-nx-entry", NX, "the entry point may be executed")
def nx_entry(i):
	for s in i.sections:
		if s.holds(i.entry) and not s.flags & EXEC:
			yield f"{i.entry:#x} in {s}: {s.flags:#x}"


@rule("shim-sbat", SBAT, "one section .sbat, ASCII")
def sbat_there(i):
	if sbat(i) is None:
		yield f"{len(i.named('.sbat'))} of them"


@rule("shim-sbat-columns", SBAT, "six columns in each row, and another row than the first",
      lambda i: sbat(i))
def sbat_columns(i):
	rows = sbat(i)
	if len(rows) < 2 or any(len(r) != 6 for r in rows):
		yield rows


@rule("shim-sbat-first", SBAT, "the first row is that of the format, version 1", lambda i: sbat(i))
def sbat_first(i):
	if sbat(i)[0][:2] != ["sbat", "1"]:
		yield sbat(i)[0]


@rule("shim-sbat-generation", SBAT, "each component has a generation, a number above 0",
      lambda i: sbat(i))
def sbat_generation(i):
	for r in sbat(i):
		if not r[0] or len(r) < 2 or not r[1].isdigit() or not int(r[1]):
			yield r
