# SPDX-License-Identifier: MIT
"""A PE file, which may contain anything, and the list of rules.

A rule is a generator: it yields the values of each thing that breaks it. An access outside of
the file breaks the rule that makes it.
"""
import struct

PAGE = 4096
EXEC, READ, WRITE, DISCARD = 0x20000000, 0x40000000, 0x80000000, 0x02000000
CODE, DATA = 0x20, 0x40
SECURITY, BASE_RELOC, DEBUG = 4, 5, 6
X86_64, AARCH64, I386, RISCV64 = 0x8664, 0xaa64, 0x14c, 0x5064
MACHINE = {X86_64: "x86_64", AARCH64: "aarch64", I386: "i386", 0x1c2: "arm", RISCV64: "riscv64",
	   0x6264: "loongarch64", 0xebc: "ebc"}
PE32, PE32_PLUS = 0x10b, 0x20b
RULES = {}			# name: Rule, in the order of definition


class Cut(Exception):
	"""Something lies outside of the file."""


class Unreadable(Exception):
	"""This is not a PE file; the text names the rule."""


class Rule:
	def __init__(self, name, source, text, when, check):
		self.name, self.source, self.text = name, source, text
		self.when, self.check = when, check

	def broken(self, image):
		if self.when and not self.when(image):
			return []
		try:
			return [str(value) for value in self.check(image)]
		except Cut as e:
			return [f"the file ends before {e}"]


def rule(name, source, text, when=None):
	def register(check):
		assert name not in RULES, name
		RULES[name] = Rule(name, source, text, when, check)
		return check
	return register


class Section:
	def __init__(self, raw):
		self.name = raw[:8].rstrip(b"\0").decode("ascii", "replace")
		(self.vsize, self.va, self.rsize, self.raw, self.relocs, self.lines, self.nrelocs,
		 self.nlines, self.flags) = struct.unpack_from("<IIIIIIHHI", raw, 8)

	def holds(self, rva):
		return self.va <= rva < self.va + max(self.vsize, 1)

	def __str__(self):
		return f"{self.name or '(no name)'}"


class Image:
	"""Fields by their offset; `opt` is where the optional header begins."""

	def __init__(self, data):
		self.data = data
		self.need("pe-mz", data[:2] == b"MZ")
		self.need("pe-lfanew", len(data) >= 0x40 and
			  0x40 <= self.u32(0x3c) <= len(data) - 0x18)
		self.pe = self.u32(0x3c)
		self.need("pe-signature", data[self.pe:self.pe + 4] == b"PE\0\0")
		self.machine, self.nsections = self.u16(self.pe + 4), self.u16(self.pe + 6)
		self.opt_size, self.flags = self.u16(self.pe + 20), self.u16(self.pe + 22)
		self.opt = self.pe + 24
		self.table = self.opt + self.opt_size
		self.need("pe-headers", self.opt + 112 <= len(data) and
			  self.table + 40 * self.nsections <= len(data))
		self.magic = self.u16(self.opt)
		self.wide = self.magic == PE32_PLUS or (self.magic != PE32 and self.machine != I386)
		self.dirs = self.opt + (112 if self.wide else 96)
		self.ndirs = self.u32(self.dirs - 4)
		self.entry, self.section_align, self.file_align, self.size, self.headers = (
			self.u32(self.opt + at) for at in (16, 32, 36, 56, 60))
		self.subsystem, self.dll = self.u16(self.opt + 68), self.u16(self.opt + 70)
		self.sections = [Section(data[self.table + 40 * n:][:40])
				 for n in range(self.nsections)]

	@staticmethod
	def need(name, ok):
		if not ok:
			raise Unreadable(name)

	def read(self, form, at):
		size = struct.calcsize(form)
		if at < 0 or at > len(self.data) - size:
			raise Cut(hex(at))
		return struct.unpack_from("<" + form, self.data, at)[0]

	def u8(self, at):
		return self.read("B", at)

	def u16(self, at):
		return self.read("H", at)

	def u32(self, at):
		return self.read("I", at)

	def u64(self, at):
		return self.read("Q", at)

	def directory(self, n):
		"""(address, size) of directory n; zeros if there are fewer."""
		if n >= self.ndirs:
			return 0, 0
		return self.u32(self.dirs + 8 * n), self.u32(self.dirs + 8 * n + 4)

	def named(self, name):
		return [s for s in self.sections if s.name == name]

	def offset(self, rva):
		"""Where in the file an address is; None if it is in no section's data."""
		for s in self.sections:
			if s.va <= rva < s.va + s.rsize:
				return s.raw + rva - s.va
		return None

	def bytes(self, s):
		return self.data[s.raw:s.raw + min(s.rsize, s.vsize or s.rsize)]


HEAD = "PE/COFF specification 3.3, MS-DOS stub and COFF header"
UNREADABLE = {
	"pe-mz": "the file begins with MZ",
	"pe-lfanew": "e_lfanew at 0x3c leads to a header in the file, after the first 64 bytes",
	"pe-signature": "PE and two zero bytes are there",
	"pe-headers": "the optional header and all section headers are in the file",
}
for _name, _text in UNREADABLE.items():
	rule(_name, HEAD, _text)(lambda image: ())


def judge(data, groups=None):
	"""[(rule, value)] for all that is broken; groups: first words of rules' names, or all."""
	try:
		image = Image(data)
	except Unreadable as e:
		return [(str(e), "")]
	return [(r.name, value) for r in RULES.values()
		if groups is None or r.name.split("-")[0] in groups for value in r.broken(image)]
