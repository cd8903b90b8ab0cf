#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What every loader demands of the built file, checked on the file itself.

The rules are those of EDK II, shim, U-Boot and sbsign together (PE/COFF specification;
UEFI 2.10, 2.1.1). --self-test breaks one field at a time in memory and wants
each to be noticed, by the rule that is meant to.
"""
import struct
import sys

MACHINE = {0x8664: "x86_64", 0xaa64: "aarch64"}
PAGE = 4096
SIZE_MAX = 96 * 1024
DIRECTORIES = 6		# U-Boot reads the sixth unasked; shim wants more than five
SECURITY, BASE_RELOC = 4, 5
ARM64_MAGIC = 0x644d5241	# "ARM\x64"
SCRATCH = 0x20000		# RAW_SCRATCH of include/image.h
EXEC, READ, WRITE, DISCARD = 0x20000000, 0x40000000, 0x80000000, 0x02000000
CODE, DATA = 0x20, 0x40
RELOCS_STRIPPED = 1


class Broken(Exception):
	"""A rule does not hold; the message begins with the rule's name."""


def need(rule, ok, text=""):
	if not ok:
		raise Broken(f"{rule}: {text}" if text else rule)


class Section:
	def __init__(self, raw):
		self.name = raw[:8].rstrip(b"\0").decode("ascii", "replace")
		(self.vsize, self.va, self.rsize, self.raw, self.relocs, self.lines, self.nrelocs,
		 self.nlines, self.flags) = struct.unpack_from("<IIIIIIHHI", raw, 8)

	def holds(self, rva):
		return self.va <= rva < self.va + self.vsize


class Image:
	def __init__(self, data):
		self.data = data
		need("mz", data[:2] == b"MZ")
		self.pe = self.u32(0x3c)
		need("e_lfanew", 0x40 <= self.pe <= len(data) - 0x18 and self.pe % 8 == 0)
		need("signature", data[self.pe:self.pe + 4] == b"PE\0\0")
		self.machine, self.nsections = self.u16(self.pe + 4), self.u16(self.pe + 6)
		self.time = self.u32(self.pe + 8)
		self.opt_size, self.flags = struct.unpack_from("<HH", data, self.pe + 20)
		self.opt = self.pe + 24
		self.table = self.opt + self.opt_size
		need("section table", self.table + 40 * self.nsections <= len(data))
		self.sections = [Section(data[self.table + 40 * i:][:40])
				 for i in range(self.nsections)]

	def u16(self, at):
		return struct.unpack_from("<H", self.data, at)[0]

	def u32(self, at):
		return struct.unpack_from("<I", self.data, at)[0]

	def directory(self, n):
		count = self.u32(self.opt + 108)
		return (self.u32(self.opt + 112 + 8 * n), self.u32(self.opt + 116 + 8 * n)) \
			if n < count else (0, 0)


def check_header(i):
	need("machine", i.machine in MACHINE, hex(i.machine))
	need("timestamp", i.time == 0)
	need("relocs stripped", not i.flags & RELOCS_STRIPPED, "it would load at ImageBase only")
	need("executable", i.flags & 2)
	need("magic", i.u16(i.opt) == 0x20b)
	count = i.u32(i.opt + 108)
	need("directories", DIRECTORIES <= count <= 16, count)
	need("optional header size", i.opt_size == 112 + 8 * count)
	need("subsystem", i.u16(i.opt + 68) == 10)
	need("image version", i.u16(i.opt + 44) >= 1, "GRUB would not offer its initrd")
	need("nx compat", i.u16(i.opt + 70) & 0x100)
	need("loader flags", i.u32(i.opt + 104) == 0)
	need("win32 version", i.u32(i.opt + 52) == 0)


def check_sizes(i):
	section_align, file_align = i.u32(i.opt + 32), i.u32(i.opt + 36)
	image, headers = i.u32(i.opt + 56), i.u32(i.opt + 60)
	need("section alignment", section_align == PAGE, "what firmware can protect")
	need("file alignment", file_align and file_align % 512 == 0 and PAGE % file_align == 0)
	need("image base", i.u32(i.opt + 24) % 0x10000 == 0)
	need("size of image", image % section_align == 0 and image > headers)
	need("size of headers", headers % file_align == 0 and headers <= len(i.data))
	need("room for sections", i.table + 40 * (i.nsections + 1) <= headers)
	code = sum(s.rsize for s in i.sections if s.flags & CODE)
	need("size of code", i.u32(i.opt + 4) == code)
	need("file size", len(i.data) <= SIZE_MAX, f"{len(i.data)} > {SIZE_MAX}")


def check_sections(i):
	at = i.u32(i.opt + 60)
	need("section count", 1 <= i.nsections <= 6, "no room before 0x1f1")
	for s in i.sections:
		need("contiguous", s.va == at and s.raw == at, f"{s.name} is not at {at:#x}")
		need("raw size", 0 < s.rsize <= len(i.data) - s.raw, s.name)
		need("raw size", s.rsize % i.u32(i.opt + 36) == 0, s.name)
		need("virtual size", s.vsize + PAGE > s.rsize and s.vsize > 0, s.name)
		need("w^x", not (s.flags & EXEC and s.flags & WRITE), s.name)
		need("readable", s.flags & READ, s.name)
		need("not discardable", not s.flags & DISCARD, s.name)
		need("code is executable", bool(s.flags & CODE) == bool(s.flags & EXEC), s.name)
		need("section flags", not s.flags & ~(CODE | DATA | EXEC | READ | WRITE), s.name)
		need("no reloc section", s.name != ".reloc", "shim would want its directory")
		need("coff leftovers", not (s.relocs or s.lines or s.nrelocs or s.nlines), s.name)
		at = s.va + ((s.rsize + PAGE - 1) & -PAGE)
	last = i.sections[-1]
	need("end of file", len(i.data) == last.raw + last.rsize,
	     "what follows would not be signed alike")
	end = (last.va + max(last.vsize, last.rsize) + PAGE - 1) & -PAGE
	need("end of image", i.u32(i.opt + 56) == end)
	for s in i.sections[:-1]:
		need("bss last", s.vsize <= s.rsize, f"{s.name} has uninitialised data")


def check_contents(i):
	entry = i.u32(i.opt + 16)
	inside = [s for s in i.sections if s.holds(entry)]
	need("entry", len(inside) == 1 and inside[0].flags & EXEC, hex(entry))
	need("base of code", i.u32(i.opt + 20) == inside[0].va)
	for n in range(i.u32(i.opt + 108)):
		need("directory empty", i.directory(n) == (0, 0), n)
	sbat = [s for s in i.sections if s.name == ".sbat"]
	need("sbat", len(sbat) == 1)
	text = i.data[sbat[0].raw:sbat[0].raw + sbat[0].vsize].rstrip(b"\0")
	need("sbat text", text.endswith(b"\n") and all(32 <= c < 127 or c == 10 for c in text))
	rows = [line.split(",") for line in text.decode("ascii").rstrip("\n").split("\n")]
	need("sbat columns", len(rows) >= 2 and all(len(r) == 6 for r in rows), text)
	need("sbat first row", rows[0][:2] == ["sbat", "1"])
	need("sbat generations", all(r[1].isdigit() and int(r[1]) > 0 and all(r) for r in rows))


def check_arm64(i):
	"""The header of an arm64 Image (Linux, booting.rst), in front of PE's."""
	if MACHINE[i.machine] != "aarch64":
		return
	branch = i.u32(4)
	need("arm64 magic", i.u32(0x38) == ARM64_MAGIC)
	need("arm64 code0", i.u32(0) & 0xffe00c10 == 0xfa400800, "no ccmp: what does it do?")
	need("arm64 branch", branch >> 26 == 0x05, "not forwards")
	target = 4 + 4 * (branch & 0x3ffffff)
	need("arm64 branch", any(s.holds(target) and s.flags & EXEC for s in i.sections),
	     hex(target))
	need("arm64 text offset", struct.unpack_from("<Q", i.data, 8)[0] == 0)
	need("arm64 image size", struct.unpack_from("<Q", i.data, 0x10)[0] ==
	     i.u32(i.opt + 56) + SCRATCH)
	need("arm64 flags", struct.unpack_from("<Q", i.data, 0x18)[0] == 0xa)
	need("arm64 reserved", not any(i.data[0x20:0x38]))


def check_linux(i):
	"""The setup header of a Linux kernel (boot.rst), behind PE's headers."""
	if MACHINE[i.machine] != "x86_64":
		return
	d = i.data
	text, after, bss = i.u32(i.opt + 20), i.table + 40 * i.nsections, i.sections[-1]
	need("linux sentinel", after <= 0x1ef and i.u16(0x1ef) == 0xffff)
	need("linux magic", d[0x202:0x206] == b"HdrS" and i.u16(0x1fe) == 0xaa55)
	need("linux version", i.u16(0x206) == 0x20f)
	need("linux setup size", 512 * (d[0x1f1] + 1) == text == i.u32(i.opt + 60))
	need("linux size", 16 * i.u32(0x1f4) == len(d) - text)
	need("linux jump", d[0x200] == 0xeb and d[0x201] == 0x6a and d[0x26c] in (0xe9, 0xeb),
	     "not over the header to code")
	need("linux loadflags", d[0x211] == 1)
	need("linux start", i.u32(0x214) == 0x100000, "GRUB counts from there")
	need("linux for the loader", not any(d[0x218:0x22c]) and not any(d[0x23c:0x258]))
	need("linux alignment", i.u32(0x230) == 1 << d[0x235] == PAGE)
	need("linux relocatable", d[0x234] == 1 and i.u32(0x258) % PAGE == 0)
	need("linux xloadflags", i.u16(0x236) == 0x33)
	need("linux command line", i.u32(0x238) >= 0x7ff)
	need("linux init size", i.u32(0x260) == bss.va + bss.vsize - text + SCRATCH)
	need("linux handover", i.u32(0x264) == 0)
	info = text + i.u32(0x268)
	need("linux kernel info", d[info:info + 4] == b"LToP" and i.u32(info + 4) == 16)
	need("linux 32-bit entry", d[text:text + 2] == b"\xfa\xfc", "no cli, cld")
	need("linux 64-bit entry", d[text + 0x200:text + 0x202] == b"\xfa\xfc", "no cli, cld")


def check(data):
	i = Image(data)
	for rule in (check_header, check_sizes, check_sections, check_contents, check_arm64,
		     check_linux):
		rule(i)


def breakages_arm64():
	return (
		("arm64 magic", 0x38, "I", 0),
		("arm64 code0", 0, "I", 0x91005a4d),
		("arm64 branch", 4, "I", 0xd503201f),
		("arm64 branch", 4, "I", 0x17ffffff),
		("arm64 branch", 4, "I", 0x14000000 + 0x40000 // 4),
		("arm64 text offset", 8, "Q", 0x80000),
		("arm64 image size", 0x10, "Q", 0),
		("arm64 image size", 0x10, "Q", 0x10000),
		("arm64 flags", 0x18, "Q", 2),
		("arm64 reserved", 0x30, "Q", 1),
	)


def breakages_linux(i):
	text = i.u32(i.opt + 20)
	return (
		("linux sentinel", 0x1ef, "B", 0),
		("linux magic", 0x202, "B", 0),
		("linux magic", 0x1fe, "H", 0),
		("linux version", 0x206, "H", 0x20e),
		("linux setup size", 0x1f1, "B", 4),
		("linux size", 0x1f4, "I", 1),
		("linux jump", 0x201, "B", 0x20),
		("linux jump", 0x26c, "B", 0),
		("linux loadflags", 0x211, "B", 0),
		("linux start", 0x214, "I", 0x200000),
		("linux for the loader", 0x228, "I", 1),
		("linux for the loader", 0x250, "Q", 1),
		("linux alignment", 0x230, "I", 0x800),
		("linux alignment", 0x235, "B", 21),
		("linux relocatable", 0x234, "B", 0),
		("linux relocatable", 0x258, "Q", 1),
		("linux xloadflags", 0x236, "H", 1),
		("linux command line", 0x238, "I", 255),
		("linux init size", 0x260, "I", 0x10000),
		("linux handover", 0x264, "I", 0x10),
		("linux kernel info", 0x268, "I", 0),
		("linux 32-bit entry", text, "B", 0x90),
		("linux 64-bit entry", text + 0x200, "B", 0x90),
	)


def breakages(i):
	"""Changes of one field: (rule that must catch it, offset, format, value)."""
	o, s = i.opt, i.table
	last = s + 40 * (i.nsections - 1)
	sbat = next((n, x) for n, x in enumerate(i.sections) if x.name == ".sbat")
	sbat_header, sbat_text = s + 40 * sbat[0], sbat[1].raw
	return (
		("mz", 0, "B", 0),
		("e_lfanew", 0x3c, "I", 0x20),
		("signature", i.pe, "B", 0),
		("machine", i.pe + 4, "H", 0x14c),
		("section table", i.pe + 6, "H", 0xffff),
		("timestamp", i.pe + 8, "I", 1),
		("relocs stripped", i.pe + 22, "H", i.flags | RELOCS_STRIPPED),
		("executable", i.pe + 22, "H", i.flags & ~2),
		("magic", o, "H", 0x10b),
		("size of code", o + 4, "I", 0),
		("entry", o + 16, "I", 0x10),
		("entry", o + 16, "I", i.sections[-1].va),
		("base of code", o + 20, "I", 0),
		("image base", o + 24, "I", 0x1000),
		("section alignment", o + 32, "I", 512),
		("file alignment", o + 36, "I", 100),
		("image version", o + 44, "H", 0),
		("win32 version", o + 52, "I", 1),
		("size of image", o + 56, "I", 0x1001),
		("end of image", o + 56, "I", 0x100000),
		("size of headers", o + 60, "I", 0x1001),
		("room for sections", o + 60, "I", 0),
		("subsystem", o + 68, "H", 11),
		("nx compat", o + 70, "H", 0),
		("loader flags", o + 104, "I", 1),
		("directories", o + 108, "I", DIRECTORIES - 1),
		("directories", o + 108, "I", 17),
		("optional header size", o + 108, "I", DIRECTORIES + 1),
		("directory empty", o + 112 + 8 * SECURITY, "I", 8),
		("directory empty", o + 112 + 8 * BASE_RELOC, "I", 8),
		("no reloc section", s, "8s", b".reloc"),
		("virtual size", s + 8, "I", 0),
		("bss last", s + 8, "I", i.sections[0].rsize + 1),
		("contiguous", s + 12, "I", 0x3000),
		("contiguous", s + 20, "I", 0x400),
		("contiguous", s + 52, "I", 0x400),
		("raw size", last + 16, "I", 0x80000),
		("raw size", last + 16, "I", 1),
		("coff leftovers", s + 24, "I", 1),
		("w^x", s + 36, "I", CODE | EXEC | READ | WRITE),
		("readable", s + 36, "I", CODE | EXEC),
		("not discardable", s + 36, "I", CODE | EXEC | READ | DISCARD),
		("code is executable", s + 36, "I", CODE | READ),
		("section flags", s + 36, "I", CODE | EXEC | READ | 0x10000000),
		("sbat", sbat_header, "8s", b".other"),
		("sbat text", sbat_text, "B", 200),
		("sbat columns", sbat_text + 4, "B", 65),
		("sbat first row", sbat_text, "B", 88),
		("sbat generations", i.data.index(b"\nstubborn,") + 10, "B", 48),
	)


def self_test(data):
	check(data)
	missed = 0
	cases = []
	image = Image(data)
	ways = breakages(image)
	if MACHINE[image.machine] == "aarch64":
		ways += breakages_arm64()
	else:
		ways += breakages_linux(image)
	for rule, at, form, value in ways:
		end = at + struct.calcsize(form)
		cases.append((rule, data[:at] + struct.pack("<" + form, value) + data[end:]))
	cases += [("end of file", data + b"\0"), ("file size", data + bytes(SIZE_MAX))]
	for rule, broken in cases:
		try:
			check(broken)
			got = "nothing"
		except Broken as e:
			got = str(e)
		if not got.startswith(rule):
			missed += 1
			print(f"breaking {rule!r} is caught by {got!r}")
	print(f"{len(cases)} ways to break the image, {missed} not noticed")
	return missed


def main():
	failed = 0
	for path in sys.argv[1:]:
		if path == "--self-test":
			continue
		with open(path, "rb") as f:
			data = f.read()
		try:
			check(data)
			if "--self-test" in sys.argv:
				failed += self_test(data)
		except Broken as e:
			print(f"{path}: {e}")
			failed += 1
	return 1 if failed else 0


if __name__ == "__main__":
	sys.exit(main())
