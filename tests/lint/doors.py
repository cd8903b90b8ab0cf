#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the linker script puts into .doors, which a moved image lacks, must not run after the jump.

usage: doors.py [--list] ISA BUILD. Reads BUILD/ISA/stub.o.

Follows every relocation of stub.o from what runs in a moved image: what the stub shows to kernels,
and an entry by `again`. Jumps within one section of assembly have none. STAGES are the steps that
only another entry takes. --list shows what could be in .doors and is not.
"""
import fnmatch
import re
import struct
import sys
from bisect import bisect_right
from collections import defaultdict
from pathlib import Path

# (from, to): another kind of entry than `again` goes there
STAGES = [("stub_main", "efi_*"), ("arch_collect", "*_collect")]
AGAIN = "again_collect"
ENTRIES = re.compile(r"(efi|efi32|image|linux32|linux64)_entry|kernel_info")
SHT_RELA, SHT_SYMTAB = 4, 2
SHF_ALLOC, SHF_EXEC = 2, 4
STT_FUNC, STT_SECTION = 2, 3
SCRIPT = Path(__file__).resolve().parents[2] / "lds/doors.lds.S"


class Object:
	"""An ELF64 object's functions and variables, and what each refers to."""

	def __init__(self, path):
		self.data = data = path.read_bytes()
		at, = struct.unpack_from("<Q", data, 0x28)
		count, names = struct.unpack_from("<HH", data, 0x3c)
		self.headers = [struct.unpack_from("<IIQQQQIIQQ", data, at + 64 * i)
				for i in range(count)]
		self.names = [self.text(self.headers[names], h[0]) for h in self.headers]
		table = next(h for h in self.headers if h[1] == SHT_SYMTAB)
		strings = self.headers[table[6]]
		self.symbols = []
		for at in range(table[4], table[4] + table[5], 24):
			name, info, _, section, value, _ = struct.unpack_from("<IBBHQQ", data, at)
			self.symbols.append((self.text(strings, name), info, section, value))
		# the parts of each section: its functions, or all of it
		self.parts = defaultdict(list)
		for name, info, section, value in self.symbols:
			if info & 15 == STT_FUNC:
				self.parts[section].append((value, name))
		for section, header in enumerate(self.headers):
			if header[2] & SHF_ALLOC and (not self.parts[section] or
						      min(self.parts[section])[0] > 0):
				self.parts[section].append((0, ""))
		for parts in self.parts.values():
			parts.sort()
		self.refers = defaultdict(set)
		for header in self.headers:
			if header[1] == SHT_RELA and self.headers[header[7]][2] & SHF_ALLOC:
				self.follow(header)

	def text(self, section, at):
		start = section[4] + at
		return self.data[start:self.data.index(b"\0", start)].decode()

	def part(self, section, value):
		"""(section, where its part with this offset begins)"""
		parts = self.parts[section]
		return section, parts[max(bisect_right(parts, (value, "\xff")) - 1, 0)][0]

	def name(self, part):
		section, value = part
		name = next(n for at, n in self.parts[section] if at == value)
		return name or self.names[section].rpartition(".")[2]

	def follow(self, header):
		for at in range(header[4], header[4] + header[5], 24):
			offset, info, addend = struct.unpack_from("<QQq", self.data, at)
			_, kind, section, value = self.symbols[info >> 32]
			if not section or section >= 0xff00:
				continue
			if kind & 15 == STT_SECTION:
				value += addend + (4 if addend < 0 else 0)
			self.refers[self.part(header[7], offset)].add(self.part(section, value))


def shown(obj):
	"""The parts that anything else can reach."""
	for name, info, section, value in obj.symbols:
		if section and info >> 4 and not ENTRIES.fullmatch(name):
			yield obj.part(section, value)
		elif name in ("kernel_entry", "again_enter", "again_entry"):
			yield obj.part(section, value)
	for section, header in enumerate(obj.headers):	# what the jump and its traps run
		if re.match(r"\.(idmap|vectors)\.text|\.data", obj.names[section]):
			for value, _ in obj.parts[section]:
				yield section, value


def runs(obj):
	todo = list(shown(obj))
	seen = {part: None for part in todo}
	while todo:
		part = caller = todo.pop()
		while obj.name(caller).startswith("OUTLINED_FUNCTION_"):	# by the compiler
			caller = seen[caller]
		for to in obj.refers[part]:
			edge = obj.name(caller), obj.name(to)
			if to in seen or edge[1] != AGAIN and any(
					edge[0] == a and fnmatch.fnmatchcase(edge[1], b)
					for a, b in STAGES):
				continue
			seen[to] = part
			todo.append(to)
	return seen


def main():
	args = [a for a in sys.argv[1:] if a != "--list"]
	isa, build = args[0], Path(args[1])
	obj = Object(build / isa / "stub.o")
	patterns = re.findall(r"\.text\.[\w*]+", SCRIPT.read_text())
	seen = runs(obj)
	bad, rest, count = [], [], 0
	for section, header in enumerate(obj.headers):
		if not header[2] & SHF_EXEC or not obj.names[section].startswith(".text."):
			continue
		listed = any(fnmatch.fnmatchcase(obj.names[section], p) for p in patterns)
		count += listed
		run = [(section, v) for v, _ in obj.parts[section] if (section, v) in seen]
		if listed and run:
			way, part = [], run[0]
			while part is not None:
				way.append(obj.name(part))
				part = seen[part]
			bad.append(" <- ".join(way))
		elif not listed and not run:
			rest.append((header[5], obj.names[section]))
	if not count:
		bad.append("nothing: lds/doors.lds.S names none of its sections")
	for line in bad:
		print(f"{isa}: in .doors, and runs in a moved image: {line}")
	if "--list" in sys.argv:
		for size, name in sorted(rest, reverse=True):
			print(size, name)
	return 1 if bad else 0


sys.exit(main())
