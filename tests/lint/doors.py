#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Code that the linker script puts into .doors, which a moved image lacks, must not run after the
jump.

usage: doors.py [--list | --self-test] ISA BUILD. Reads BUILD/ISA/stub.o and kernel.elf.

Follows every relocation of stub.o from the code that runs in a moved image: functions that the stub
exports to kernels, and the entry `again`. Jumps within one section of assembly have no relocations.
STAGES are the steps that only other entries take. --list shows what could be in .doors and is not.
--self-test: first makes running code refer to each section in .doors, one after the other, and
leaves out each of STAGES; each must be noticed.
"""
import copy
import fnmatch
import re
import struct
import sys
from bisect import bisect_right
from collections import defaultdict
from pathlib import Path

# (from, to): only entries other than `again` take this step
STAGES = [("stub_main", "efi_*"), ("arch_collect", "*_collect"), ("levels_find", "modes_try")]
AGAIN = "again_collect"
ENTRIES = re.compile(r"(efi|efi32|image|linux32|linux64)_entry|kernel_info")
EM_X86_64, R_PC32, R_PLT32 = 62, 2, 4
SHT_RELA, SHT_SYMTAB = 4, 2
SHF_ALLOC, SHF_EXEC = 2, 4
STT_FUNC, STT_SECTION = 2, 3
SCRIPTS = Path(__file__).resolve().parents[2] / "lds"


class Object:
	"""An ELF64 object's functions and variables, and what each refers to."""

	def __init__(self, data):
		self.data = data
		self.machine, = struct.unpack_from("<H", data, 0x12)
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
		"""(section, start of the part that has this offset)"""
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
			if kind & 15 == STT_SECTION:	# PC is after the four bytes
				behind = self.machine == EM_X86_64 and \
					 info & 0xffffffff in (R_PC32, R_PLT32)
				value += addend + (4 if behind else 0)
			self.refers[self.part(header[7], offset)].add(self.part(section, value))


def shown(obj):
	"""The parts that code outside the stub can reach."""
	for name, info, section, value in obj.symbols:
		if section and info >> 4 and not ENTRIES.fullmatch(name):
			yield obj.part(section, value)
		elif name in ("kernel_entry", "again_enter", "again_entry"):
			yield obj.part(section, value)
	for section, header in enumerate(obj.headers):	# what the jump and its traps run
		if re.match(r"\.(idmap|vectors)\.text|\.data", obj.names[section]):
			for value, _ in obj.parts[section]:
				yield section, value


def runs(obj, stages):
	"""{part that runs in a moved image: the part that refers to it, or None}"""
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
					for a, b in stages):
				continue
			seen[to] = part
			todo.append(to)
	return seen


def scripted():
	"""Patterns of the names of sections in .doors."""
	image = (SCRIPTS / "image.lds.S").read_text()
	head = image[image.index("image_doors = .;"):image.index("image_text = ")]
	return re.findall(r"\.text\.[\w*]+", head + (SCRIPTS / "doors.lds.S").read_text())


def code(obj, patterns):
	"""Yields (section of code, whether it is in .doors)."""
	for section, header in enumerate(obj.headers):
		name = obj.names[section]
		if header[2] & SHF_EXEC and name.startswith(".text."):
			yield section, any(fnmatch.fnmatchcase(name, p) for p in patterns)


def linked(elf):
	"""The names of the functions that the linker has put into .doors."""
	at = {name: value for name, _, _, value in elf.symbols}
	return {name for name, info, _, value in elf.symbols if info & 15 == STT_FUNC and
		at["image_doors"] <= value < at["image_text"]}


def unchecked(obj, there, patterns):
	"""The names in `there`, those that are in .doors, that are in none of the sections."""
	return there - {name for section, listed in code(obj, patterns) if listed
			for _, name in obj.parts[section]}


def judge(obj, patterns, stages):
	"""What runs and should not, one per line."""
	seen, count = runs(obj, stages), 0
	for section, listed in code(obj, patterns):
		count += listed
		part = next(((section, v) for v, _ in obj.parts[section] if (section, v) in seen),
			    None)
		if listed and part:
			way = []
			while part is not None:
				way.append(obj.name(part))
				part = seen[part]
			yield f"in .doors, and runs in a moved image: {' <- '.join(way)}"
	if not count:
		yield "nothing is in .doors"


def rest(obj, patterns, stages):
	"""(size, name) of what does not run but is not in .doors."""
	seen = runs(obj, stages)
	for section, listed in code(obj, patterns):
		if not listed and not any((section, v) in seen for v, _ in obj.parts[section]):
			yield obj.headers[section][5], obj.names[section]


def redirected(obj, at, symbol):
	"""The object, with one relocation changed to refer to another symbol."""
	data = bytearray(obj.data)
	info, = struct.unpack_from("<Q", data, at + 8)
	struct.pack_into("<Qq", data, at + 8, symbol << 32 | info & 0xffffffff, 0)
	return Object(bytes(data))


def self_test(obj, there, patterns):
	names = {symbol[0] for symbol in obj.symbols}
	for left in (s for s in STAGES if s[0] in names):	# not all CPUs have all of them
		assert list(judge(obj, patterns, [s for s in STAGES if s != left])), \
			f"{left} allows nothing"
	assert list(judge(obj, [], STAGES)), "an empty .doors is not noticed"
	for name in there:
		section = next(x for n, _, x, _ in obj.symbols if n == name)
		fewer = [p for p in patterns if not fnmatch.fnmatchcase(obj.names[section], p)]
		assert name in unchecked(obj, there, fewer), f"{name} is not checked"
	table = next(h for h in obj.headers if h[1] == SHT_RELA and
		     obj.names[h[7]] == ".text.stub_again")
	user = obj.part(table[7], 0)
	assert user in runs(obj, STAGES)
	entries = {obj.part(x, v): i for i, (_, info, x, v) in enumerate(obj.symbols)
		   if info & 15 == STT_FUNC}
	parts = [(section, v) for section, listed in code(obj, patterns) if listed
		 for v, _ in obj.parts[section]]
	assert parts, "no section in .doors has a function"
	for part in parts:
		broken = copy.copy(obj)
		broken.refers = obj.refers.copy()
		broken.refers[user] = obj.refers[user] | {part}
		if part == parts[0]:		# once: the object as read from the file
			broken = redirected(obj, table[4], entries[part])
		assert any(obj.name(part) in line for line in
			   judge(broken, patterns, STAGES)), \
			f"{obj.name(part)} runs, and this is not noticed"


def main():
	words = [a for a in sys.argv[1:] if not a.startswith("--")]
	isa, build = words[0], Path(words[1])
	obj = Object((build / isa / "stub.o").read_bytes())
	there = linked(Object((build / isa / "kernel.elf").read_bytes()))
	patterns = scripted()
	bad = list(judge(obj, patterns, STAGES))
	bad += [f"in .doors, and not checked: {x}" for x in unchecked(obj, there, patterns)]
	for line in bad:
		print(f"{isa}: {line}")
	if "--self-test" in sys.argv and not bad:
		self_test(obj, there, patterns)
	if "--list" in sys.argv:
		for size, name in sorted(rest(obj, patterns, STAGES), reverse=True):
			print(size, name)
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main())
