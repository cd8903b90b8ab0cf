# SPDX-License-Identifier: MIT
"""A halted machine's translation regime, and what include/stubborn/README.md says it should be.

Registers come from QEMU's monitor or gdbstub, tables from physical memory. Uses none of the
stub's or kernel's code; of the image only the segments of kernel.elf.
"""
import re
import struct
import subprocess

from gdbstub import Gdb
from handoff import (ACPI, FREE, HANDOFF, IMAGE, MODULE, NVS, PAGE, RECLAIM, RUNTIME_DATA, Info)
from machine import elf_path
from pagewalk import Regime
from symbols import elf_symbol

# IA32_PAT cannot be read from outside; arch_plan writes this (include/stubborn/README.md).
PAT = 0x0007010600070106
RAM = {FREE, RECLAIM, ACPI, MODULE, RUNTIME_DATA, NVS, IMAGE, HANDOFF}
CR4_LA57, CR4_PGE, CR0_WP, EFER_NXE = 1 << 12, 1 << 7, 1 << 16, 1 << 11
SCTLR_M, SCTLR_C, SCTLR_I, SCTLR_WXN = 1 << 0, 1 << 2, 1 << 12, 1 << 19
BADDR = 0x0000fffffffff000


def regime_x86(machine):
	text = machine.monitor("info registers")
	cr0, cr3, cr4, efer = (int(re.search(rf"\b{name}=([0-9a-f]+)", text)[1], 16)
			       for name in ("CR0", "CR3", "CR4", "EFER"))
	assert cr0 & CR0_WP and efer & EFER_NXE and not cr4 & CR4_PGE and not cr3 & PAGE - 1
	return Regime("x86_64", cr3, 5 if cr4 & CR4_LA57 else 4, PAT)


def gdb_registers(machine, names):
	"""System registers, by the names in gdb's target description."""
	machine.run("stop")
	gdb = Gdb(machine)
	xml = ""
	while True:
		part = gdb.ask(f"qXfer:features:read:system-registers.xml:{len(xml):x},800")
		xml += part[1:]
		if part[0] != "m":
			break
	number = {name: int(n) for name, n in
		  re.findall(r'name="(\w+)" bitsize="64" regnum="(\d+)"', xml)}
	values = [gdb.register(number[name]) for name in names]
	gdb.close()
	return values


def regime_aarch64(machine, el):
	names = ["SCTLR_EL2" if el == 2 else "SCTLR"]		# QEMU's name for SCTLR_EL1
	names += [f"{name}_EL{el}" for name in ("TCR", "MAIR", "TTBR0")]
	sctlr, tcr, mair, root, upper = gdb_registers(machine, names + ["TTBR1_EL1"])
	if el == 1:
		assert upper == root
		assert tcr & 0xffff0000 == 0xb5100000, f"TCR_EL1 {tcr:#x}"	# as the lower half
	assert tcr & 0xffff == 0x3510, f"TCR {tcr:#x}"	# 48 bits, 4 KiB, write-back, inner
	want = SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_WXN
	assert sctlr & want == want, f"SCTLR {sctlr:#x}"
	assert not root & ~BADDR
	return Regime("aarch64", root, 4, mair, el2=el == 2, wxn=True)


def regime_riscv(machine, types=False):
	text = machine.monitor("info registers")
	satp = int(re.search(r"^ *satp +([0-9a-f]+)", text, re.M)[1], 16)
	assert satp >> 60 in (8, 9, 10) and not satp >> 44 & 0xffff, f"satp {satp:#x}"
	return Regime("riscv64", (satp & (1 << 44) - 1) * PAGE, (satp >> 60) - 5, types)


def regime_of(machine, arch, el=1, types=False):
	if arch == "riscv64":
		return regime_riscv(machine, types)
	return regime_x86(machine) if arch == "x86_64" else regime_aarch64(machine, el)


class Live(Info):
	"""boot_info with what is needed to know the map."""

	def __init__(self, machine, arch, arena):
		super().__init__(machine, arena)
		raw = machine.memory(arena + 0x200, 0x1c8)

		def word(offset):
			return struct.unpack_from("<Q", raw, offset)[0]
		self.arch, self.regime = arch, struct.unpack_from("<I", raw, 0x44)[0]
		self.loaded, self.virtual, self.direct = word(0x78), word(0x80), word(0x98)
		self.root, self.flags = word(0x90), struct.unpack_from("<I", raw, 0x58)[0]
		self.fb = (word(0x150), word(0x158)) if \
			struct.unpack_from("<I", raw, 0x150 + 28)[0] else (0, 0)
		uart, kind, is_port = struct.unpack_from("<QBB", raw, 0x180)
		self.uart = uart if kind and not is_port else None
		self.el = self.cpu_mode


def segments(arch):
	"""kernel.elf's segments: (offset, size, write, execute), whole pages, no header page and
	nothing for ways in alone. Relocated data is written only by the stub."""
	text = subprocess.run(["llvm-readelf", "-lW", elf_path(arch)], check=True, text=True,
			      capture_output=True).stdout
	out = []
	load = r"^\s+LOAD\s+\S+ (\S+) \S+ \S+ (\S+) (.{3}) "
	for va, size, flags in re.findall(load, text, re.M):
		start, end = int(va, 16), int(va, 16) + int(size, 16)
		end = min(-(-end // PAGE) * PAGE, elf_symbol(arch, "image_end"))
		out.append([start, end, "W" in flags, "E" in flags])
	kinds = [[False, False], [False, True], [False, False], [True, False]]
	assert [x[2:] for x in out] == kinds
	out[1][0] = elf_symbol(arch, "image_text")
	out[3][0] = out[2][1] = elf_symbol(arch, "image_data")
	return [(start, end - start, w, x) for start, end, w, x in out[1:]]


class Map:
	"""Expectations by page; later ones override earlier ones."""

	def __init__(self):
		self.spans = []		# (start, end, pa - va, write, execute, memory), sorted

	def say(self, va, pa, size, kind):
		"""kind: (write, execute, memory), or None for not mapped."""
		end, kept = va + size, []
		for s in self.spans:
			if s[1] <= va or s[0] >= end:
				kept.append(s)
				continue
			if s[0] < va:
				kept.append((s[0], va, *s[2:]))
			if s[1] > end:
				kept.append((end, s[1], *s[2:]))
		if kind and size:
			kept.append((va, end, pa - va, *kind))
		self.spans = sorted(kept)

	def merged(self):
		out = []
		for start, end, delta, *kind in self.spans:
			if out and out[-1][1] == start and out[-1][2:] == [delta, *kind]:
				out[-1][1] = end
			else:
				out.append([start, end, delta, *kind])
		return [(s, s + d, e - s, *kind) for s, e, d, *kind in out]


def promised(live, tables, trampoline, typed=True):
	"""The table "What is mapped, and how" of the contract, from the general to the specific.
	typed: tables say how memory is accessed."""
	m, direct, mapped = Map(), live.direct, live.direct != 0
	# Where we were loaded, and tables, are RAM. If the kernel's map had no entry left, it
	# dropped them and what is beside them (map_carve), after they were mapped.
	old, size = live.loaded + PAGE, elf_symbol(live.arch, "image_end") - PAGE
	tramp = live.loaded + elf_symbol(live.arch, "idmap_start") & -PAGE
	gap = (0, 0)
	if live.type_at(tramp) is None:
		start = max(b + s for b, s, _ in live.map if b + s <= tramp)
		gap = start, min(b for b, _, _ in live.map if b > tramp) - start
	for base, size in [(old, size), gap] + [(t, PAGE) for t in tables]:
		m.say(direct + base, base, size, (True, False, "wb"))
	for base, size, kind in live.map:
		if kind in RAM:
			m.say(direct + base, base, size, (True, False, "wb"))
	if live.uart is not None:
		page = live.uart & -PAGE
		m.say(direct + page, page, PAGE, (True, False, "uc" if typed else "wb"))
	base, size = live.fb
	size = -(-(base + size) // PAGE) * PAGE - (base & -PAGE) if size else 0
	m.say(direct + (base & -PAGE), base & -PAGE, size, (True, False, "wc" if typed else "wb"))
	if trampoline:
		m.say(direct + tramp, tramp, PAGE, (False, False, "wb"))
		m.say(tramp, tramp, PAGE, (False, True, "wb"))
	m.say(direct + live.handoff[0], live.handoff[0], live.handoff[1], (True, False, "wb"))
	doors = live.image[0] + PAGE
	m.say(direct + doors, doors, elf_symbol(live.arch, "image_text") - PAGE, None)
	for offset, size, write, execute in segments(live.arch):
		pa = live.image[0] + offset
		m.say(direct + pa, pa, size, (write, execute and not mapped, "wb"))
		if mapped:
			m.say(live.virtual + offset, pa, size, (write, execute, "wb"))
	for base, _ in (live.stack, live.trap_stack):
		m.say(direct + base - PAGE, base - PAGE, PAGE, None)
	return m.merged()
