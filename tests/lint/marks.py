#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64: each function of our kernel whose address is taken begins with a mark, BTI or PACIASP,
as the CPU refuses indirect branches elsewhere (arch_guard_text); so does each place in a function
whose address ADR takes, for which there is no relocation.

usage: marks.py BUILD. Reads the objects there, and kernel.elf.
"""
import struct
import sys
from pathlib import Path

from doors import SHF_ALLOC, SHF_EXEC, SHT_RELA, STT_SECTION, Object

# Code that runs with the kernel besides its own: MARKED in the Makefile, and shared code.
STUB = ["arch/**/*.o", "lib/**/*.o", "stub/again.o"]
# These are entered by the CPU, by firmware or with the MMU off, or are no code.
UNMARKED = {"again_entry", "idmap_end", "idmap_start", "image_text", "kernel_text_end", "park_code",
	    "park_rest", "smp_enter", "trap_vectors", "trap_vectors_el1", "trap_vectors_el2"}
MARKS = {0xd503245f, 0xd503249f, 0xd50324df, 0xd503233f}	# BTI c, j, jc; PACIASP
STRAY = {"arch_guard_stray"}	# branches to what is not marked: the self-test
TAKES = {257, 260, 261, 274, 275, 277}		# R_AARCH64_ABS64, PREL..., ADR_..., ADD_...


def taken(path):
	"""Names of functions whose address the object takes."""
	obj = Object(path.read_bytes())
	out = set()
	for header in obj.headers:
		if header[1] != SHT_RELA or not obj.headers[header[7]][2] & SHF_ALLOC:
			continue
		for at in range(header[4], header[4] + header[5], 24):
			_, info, addend = struct.unpack_from("<QQq", obj.data, at)
			name, kind, section, value = obj.symbols[info >> 32]
			if info & 0xffffffff not in TAKES:
				continue
			if not section:
				out.add(name)
			elif obj.headers[section][2] & SHF_EXEC:
				out.add(name if kind & 15 != STT_SECTION else
					obj.name(obj.part(section, value + addend)))
	return out


def is_code(obj, section, at):
	"""Whether the last of the mapping symbols, $x and $d, at or before this offset is $x."""
	before = [(value, name) for name, _, where, value in obj.symbols
		  if where == section and name[:2] in ("$x", "$d") and value <= at]
	return not before or max(before)[1].startswith("$x")


def places(path):
	"""The places whose address ADR takes, (function, offset in it, whether marked)."""
	obj = Object(path.read_bytes())
	for section, header in enumerate(obj.headers):
		if not header[2] & SHF_EXEC:
			continue
		for at in range(0, header[5] & ~3, 4):
			word, = struct.unpack_from("<I", obj.data, header[4] + at)
			to = at + ((word >> 3 & 0x1ffffc | word >> 29 & 3) ^ 0x100000) - 0x100000
			if word & 0x9f000000 != 0x10000000 or to == at or \
			   not is_code(obj, section, at):
				continue		# no ADR, or one with a relocation
			part = obj.part(section, to)
			mark = to & 3 == 0 and 0 <= to < header[5] and \
				struct.unpack_from("<I", obj.data, header[4] + to)[0] in MARKS
			yield obj.name(part), to - part[1], mark


class Linked(Object):
	def follow(self, header):
		pass

	def unmarked(self, names, marks):
		"""Those of the names that begin without a mark, in text that is mapped."""
		start = next(symbol[3] for symbol in self.symbols if symbol[0] == "image_text")
		return {name for name, _, section, value in self.symbols
			if name.removeprefix("stub.") in names and value >= start and
			section < len(self.headers) and self.headers[section][2] & SHF_EXEC and
			self.word(section, value) not in marks}

	def word(self, section, value):
		header = self.headers[section]
		return struct.unpack_from("<I", self.data, header[4] + value - header[3])[0]


def main():
	build = Path(sys.argv[-1]) / "aarch64"
	objects = [*build.glob("obj/kernel/**/*.o"), *build.glob("copy/**/*.o")]
	for pattern in STUB:
		objects += build.glob("obj/" + pattern)
	names = set().union(*map(taken, objects)) - UNMARKED
	elf = Linked((build / "kernel.elf").read_bytes())
	bad = elf.unmarked(names, MARKS)
	for name in sorted(bad):
		print(f"{name}: its address is taken, but it does not begin with BTI or PACIASP")
	marked = elf.unmarked(names, set()) - bad
	found = [place for path in objects for place in places(path)]
	lost = [place for place in found if not place[2] and place[0] not in STRAY]
	for name, offset, _ in lost:
		print(f"{name}+0x{offset:x}: ADR takes its address, but there is no BTI")
	print(f"{len(objects)} objects take the addresses of {len(marked)} marked functions and "
	      f"{len(found) - len(lost)} places")
	sys.exit(bool(bad or lost) or not {"stub.jump_code", "access_make"} <= marked or
		 not STRAY <= {place[0] for place in found})


if __name__ == "__main__":
	main()
