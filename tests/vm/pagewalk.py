# SPDX-License-Identifier: MIT
"""Page tables read from outside, according to the manuals only: Intel SDM 3A 4.5, Arm ARM D8.3,
RISC-V privileged specification 4.4 and 5.

Uses none of our own page table code. read(pa, size) gives physical memory. Addresses are as
the CPU needs them: sign-extended, or unchanged in a regime without an upper half.
"""
import struct
from typing import NamedTuple

PAGE = 4096
ADDRESS = {"x86_64": 0x000ffffffffff000, "aarch64": 0x0000fffffffff000}
ACCESSED = {"x86_64": 1 << 5, "aarch64": 1 << 10, "riscv64": 1 << 6}
# x86_64, any level. PAT_LEAF: bit 12 in a leaf above level 0, bit 7 in a page's entry.
P, W, US, PWT, PCD, DIRTY, PS, GLOBAL, NX = (1 << n for n in (0, 1, 2, 3, 4, 6, 7, 8, 63))
MTRR_NAME = {0: "uc", 1: "wc", 4: "wt", 5: "wp", 6: "wb", 7: "uc-"}
# aarch64 leaves
TABLE, NS, AP_EL0, AP_RO, NOT_GLOBAL, CONTIGUOUS, PXN, UXN = \
	(1 << n for n in (1, 5, 6, 7, 11, 52, 53, 54))
# ... and tables: NSTable, APTable, XNTable, PXNTable
TABLE_HINTS = 0x1f << 59
MAIR_NAME = {0xff: "wb", 0x44: "wc", 0x00: "uc"}
# riscv64
RV_R, RV_W, RV_X, RV_U, RV_G, RV_D, RV_PBMT, RV_ZERO = \
	(1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 7, 3 << 61, 0x3ff << 54)
PBMT_NAME = {0: "wb", 1: "wc", 2: "uc"}


class Leaf(NamedTuple):
	va: int
	pa: int
	size: int
	write: bool
	execute: bool
	memory: str		# wb, wc, uc, ...
	entry: int


class Regime(NamedTuple):
	"""The values of the control registers; types: for x86_64 IA32_PAT, for aarch64 MAIR, for
	riscv64 whether the CPU has Svpbmt."""
	arch: str
	root: int
	levels: int
	types: int
	el2: bool = False	# one privilege level, one half of the address space
	wxn: bool = False


class Bad(AssertionError):
	"""An entry that is invalid on every CPU."""


def address(arch, entry):
	return entry << 2 & 0x00fffffffffff000 if arch == "riscv64" else entry & ADDRESS[arch]


def is_leaf(arch, entry, level):
	if arch == "riscv64":
		return bool(entry & (RV_R | RV_X))
	return not level or (entry & PS if arch == "x86_64" else not entry & TABLE)


def reserved(regime, entry, level, leaf):
	"""Bits that must be zero, or whose meaning is never wanted here."""
	if regime.arch == "riscv64":
		if not leaf:
			return entry & (RV_ZERO | RV_U | ACCESSED["riscv64"] | RV_D)
		low = (1 << 12 + 9 * level) - 1 & ~0xfff
		pbmt = RV_PBMT if regime.types and entry & RV_PBMT != RV_PBMT else 0
		return entry & (RV_ZERO & ~pbmt | RV_U | RV_G | low >> 2)
	if regime.arch == "x86_64":
		if not leaf:
			return entry & (US | PWT | PCD)
		low = (1 << 12 + 9 * level) - 1 & ~0xfff
		return entry & (low | US | (1 << 12 if level else PS))	# PAT bit: not used
	if not leaf:
		return entry & (TABLE_HINTS | 0xffc)
	low = (1 << 12 + 9 * level) - 1 & ~0xfff
	return entry & (low | NS | CONTIGUOUS | 0xf << 48 | 0x1ff << 55)


def decode(regime, entry, level, va, write, execute):
	size = PAGE << 9 * level
	pa = address(regime.arch, entry) & ~(size - 1)
	if regime.arch == "riscv64":		# the platform decides unless there is Svpbmt
		write, execute = bool(entry & RV_W), bool(entry & RV_X)
		memory = PBMT_NAME[entry >> 61 & 3] if regime.types else "wb"
	elif regime.arch == "x86_64":
		write = write and bool(entry & W)
		execute = execute and not entry & NX
		index = (entry >> 3 & 1) | (entry >> 4 & 1) << 1
		memory = MTRR_NAME[regime.types >> 8 * index & 0xff]
	else:
		write = not entry & AP_RO
		execute = not entry & (UXN if regime.el2 else PXN)
		if write and regime.wxn:
			execute = False
		memory = MAIR_NAME.get(regime.types >> 8 * (entry >> 2 & 7) & 0xff, "?")
	return Leaf(va, pa, size, write, execute, memory, entry)


def canonical(regime, va):
	bits = 12 + 9 * regime.levels
	if regime.el2 or not va >> bits - 1:
		return va
	return va | (1 << 64) - (1 << bits)


def walk(read, regime, visited=None):
	"""All leaves, in table order. `visited` collects the tables: {address: what it maps}."""
	def table(pa, level, va, write, execute):
		if visited is not None:
			if pa in visited:
				raise Bad(f"the table at {pa:#x} is used twice")
			visited[pa] = canonical(regime, va)
		for i, entry in enumerate(struct.unpack("<512Q", read(pa, PAGE))):
			if not entry & P:	# valid: the same bit on all CPUs
				if entry:
					raise Bad(f"absent, but not zero: {entry:#x} in {pa:#x}")
				continue
			at = va | i << 12 + 9 * level
			leaf = is_leaf(regime.arch, entry, level)
			if leaf and (level > 2 or regime.arch == "aarch64" and
				     not level and not entry & TABLE) or not leaf and not level:
				raise Bad(f"no leaf at level {level}: {entry:#x} in {pa:#x}")
			if reserved(regime, entry, level, leaf):
				raise Bad(f"reserved bits: {entry:#x}, level {level}, in {pa:#x}")
			if leaf:
				yield decode(regime, entry, level, canonical(regime, at), write,
					     execute)
			else:
				yield from table(address(regime.arch, entry), level - 1, at,
						 write and bool(entry & W),
						 execute and not entry & NX)
	yield from table(regime.root, regime.levels - 1, 0, True, True)


def merge(leaves):
	"""Merge neighbours with equal attributes: (va, pa, size, write, execute, memory)."""
	out = []
	for leaf in leaves:
		va, pa, size, *kind = leaf[:6]
		if out and out[-1][3:] == kind and out[-1][0] + out[-1][2] == va and \
		   out[-1][1] + out[-1][2] == pa:
			out[-1][2] += size
		else:
			out.append([va, pa, size, *kind])
	return [tuple(x) for x in out]
