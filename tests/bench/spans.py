# SPDX-License-Identifier: MIT
"""Runs the image under spans.c, with marks that are found in its disassembly.

Under -icount, so that every run is the same: an instruction takes a nanosecond of guest time, and
time jumps ahead while all CPUs wait.
"""
import bisect
import re
import subprocess
from collections import Counter, namedtuple

from machine import BUILD, Machine, elf_path, image_path
from symbols import listed

MATCH = 48		# bytes that identify an entry point
ICOUNT = ("-icount", "shift=0,sleep=off")
SLOW = ("-icount", "shift=3,sleep=off")	# else firmware waits for a minute: 8 ns per instruction
CALLS = ("call", "callq", "bl", "jal")
CALLS_BY_POINTER = ("call", "callq", "blr", "jalr")
# What is mapped; TCG's x86 CPUs have 40 address bits.
LARGEST = {"x86_64": "970G", "aarch64": "1T", "riscv64": "128G"}
DOORS = {		# entered without firmware: the first instruction counted, and the file
	"aarch64": {"image": ("image_entry", image_path)},
	"riscv64": {"image": ("image_entry", image_path)},
	"x86_64": {"linux16": ("linux32_entry", image_path), "pvh": ("pvh_entry", elf_path)},
}
Insn = namedtuple("Insn", "at op args")
Run = namedtuple("Run", "spans hits names touch")	# by span, address, function; loads, stores


def match(image, at):
	"""How a plugin recognises a place: by its offset in the image and the bytes there."""
	return f"{at:#x}:{image[at:at + MATCH].hex()}"


def sparse(memory):
	"""QEMU's options for that much memory, of which the host allocates only what is used."""
	return ["-object", f"memory-backend-ram,id=ram,size={memory},reserve=off,prealloc=off",
		"-machine", "memory-backend=ram"]


def door_machine(door):
	"""A machine started by QEMU's -kernel without firmware; with UEFI if `door` is None."""
	def make(arch, cmdline, **options):
		return Machine(arch, kernel=DOORS[arch][door][1](arch), firmware=None,
			       append=cmdline, **options)
	return make if door else Machine


class Code:
	"""The linked kernel; addresses are offsets from the image's start."""
	def __init__(self, arch):
		self.arch = arch
		self.image = image_path(arch).read_bytes()
		self.symbols = listed(elf_path(arch))
		self.starts = [at for at, _ in self.symbols]
		self.names = {name: at for at, name in self.symbols}	# if two: the kernel's
		text = subprocess.run(["llvm-objdump", "-d", "--no-show-raw-insn", elf_path(arch)],
				      check=True, text=True, capture_output=True).stdout
		self.insns = [Insn(int(at, 16), op, args.strip()) for at, op, args in
			      re.findall(r"^ +([0-9a-f]+): +\t?(\S+)(.*)$", text, re.M)]

	def body(self, name):
		"""A function's instructions."""
		start = self.names[name]
		end = self.starts[bisect.bisect_right(self.starts, start)]
		first = bisect.bisect_left(self.insns, (start,))
		return self.insns[first:bisect.bisect_left(self.insns, (end,))]

	def calls(self, name, caller=None, ops=CALLS):
		"""Calls of a function, and where they return to; without tail calls."""
		insns = self.body(caller) if caller else self.insns
		return [(insn.at, after.at) for insn, after in zip(insns, insns[1:])
			if insn.op in ops and insn.args.endswith(f"<{name}>")]

	def returns(self, name, ops):
		return [insn.at for insn in self.body(name) if insn.op in ops]

	def function(self, at):
		return self.symbols[bisect.bisect_right(self.starts, at) - 1][1]

	def plugin(self, entries, marks):
		"""QEMU's -plugin argument. marks: (address, how, span)."""
		found = [f"entry={match(self.image, self.names[name])}" for name in entries]
		where = [f"mark={at:#x}:{how}:{span}" for at, how, span in marks]
		return ",".join([str(BUILD / "bench/spans.so"),
				 f"size={self.names['image_end']:#x}", *found, *where, "out=spans"])

	def read(self, folder):
		"""What the plugin wrote."""
		spans, hits, touch = {}, {}, (0, 0)
		for line in (folder / "spans").read_text().splitlines():
			what, *words = line.split()
			if what == "span":
				spans[int(words[0])] = [int(word) for word in words[1:]]
			elif what == "touch":
				touch = tuple(map(int, words))
			else:
				pairs = zip(words[::2], words[1::2])
				hits = Counter({int(at, 16): int(n) for at, n in pairs})
		names = Counter()
		for at, n in hits.items():
			names[self.function(at)] += n
		return Run(spans, hits, names, touch)


def calls_marked(code, name, span, caller=None):
	"""Marks for each call of a function, including the call instruction."""
	return [mark for at, after in code.calls(name, caller)
		for mark in ((at, "+", span), (after, "-", span))]
