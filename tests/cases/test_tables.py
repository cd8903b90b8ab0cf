# SPDX-License-Identifier: MIT
"""The live page tables, walked from outside, are what include/stubborn/README.md promises."""
import re

import pytest

from edk2 import Edk2, needed
from gdbstub import GDB
from handoff import HANDOFF, Crumbs
from livemap import Live, promised, regime_of
from machine import Machine, image_path
from pagewalk import (ACCESSED, AP_EL0, AP_RO, DIRTY, GLOBAL, NOT_GLOBAL, NX, PXN, RV_D, UXN,
		      Leaf, W, merge, walk)
from pc_loader import Loaded
from report import Report

AREAS = {"riscv64": range((1 << 64) - (96 << 30), (1 << 64) - (32 << 30))}	# isa.h
AREA = range(0x7f8000000000, 1 << 47)
SH_INNER = 3 << 8
VIRT2 = "virtualization=on"
RAW = {"firmware": None}
# RAM for which the stub has too few table pages without 1 GiB leaves. The host needs less.
HUGE = RAW | {"memory": "40G", "machine": "memory-backend=ram", "objects": [
	"-object", "memory-backend-ram,id=ram,size=40G,reserve=off"]}
# name: arch, mmu=, options of Machine. Those without firmware take a tenth of a second each.
CASES = {
	"x86_64-identity": ("x86_64", "identity", {}),
	"x86_64-mapped": ("x86_64", "mapped", {"cpu": "max"}),
	"x86_64-linux16": ("x86_64", "mapped", RAW),
	"x86_64-linux16-stay": ("x86_64", "identity", RAW | {"place": "stay"}),
	"x86_64-gib-pages": ("x86_64", "mapped", RAW | {"cpu": "max", "memory": "12G"}),
	"x86_64-kernel-finishes": ("x86_64", "mapped", HUGE),
	"x86_64-kernel-finishes-identity": ("x86_64", "identity", HUGE),
	"x86_64-five-levels": ("x86_64", "mapped", {"loaded": 64}),
	"x86_64-five-levels-identity": ("x86_64", "identity", {"loaded": 64}),
	"aarch64-identity": ("aarch64", "identity", {}),
	"aarch64-mapped-el2": ("aarch64", "mapped", {"machine": VIRT2, "display": "ramfb"}),
	"aarch64-image-off": ("aarch64", "off", RAW),
	"aarch64-image-off-el2": ("aarch64", "off", RAW | {"machine": VIRT2}),
	"aarch64-image-identity-el2": ("aarch64", "identity", RAW | {"machine": VIRT2}),
	"aarch64-image-mapped": ("aarch64", "mapped", RAW),
	"aarch64-image-mapped-stay": ("aarch64", "mapped", RAW | {"place": "stay"}),
	"aarch64-image-12G": ("aarch64", "mapped", RAW | {"memory": "12G"}),
	"riscv64-identity": ("riscv64", "identity", {}),
	"riscv64-image-off": ("riscv64", "off", RAW),
	"riscv64-image-mapped-12G": ("riscv64", "mapped", RAW | {"memory": "12G"}),
	"riscv64-sv48": ("riscv64", "identity", RAW | {"words": "levels=4"}),
	"riscv64-sv57": ("riscv64", "mapped", RAW | {"words": "levels=5"}),
	"riscv64-sv57-uefi": ("riscv64", "identity", {"words": "levels=5"}),
	"riscv64-edk2": ("riscv64", "mapped", {"edk2": True, "display": "bochs-display"}),
	"riscv64-types": ("riscv64", "mapped", RAW | {"cpu": "rv64,svpbmt=on"}),
	"riscv64-types-off": ("riscv64", "off", RAW | {"cpu": "rv64,svpbmt=on"}),
}


def start(arch, mmu, place="random", loaded=None, firmware="uefi", objects=(), words="",
	  edk2=False, **options):
	cmdline = f"mmu={mmu} place={place} debug {words}".rstrip()
	if loaded:
		return Loaded(loaded, cmdline, levels=5, cpu="max,la57=on", extra=GDB)
	if edk2:
		return Edk2(cmdline, extra=GDB, **options)
	raw = {"kernel": image_path(arch), "append": cmdline} if firmware is None else \
		{"cmdline": cmdline}
	return Machine(arch, firmware=firmware, extra=[*GDB, *objects], **raw, **options)


def arena_of(report, text):
	"""Where the handoff begins: before a moved image, or the only range that large."""
	if report.runs != report.loaded:
		return report.runs
	sizes = re.findall(r"^boot: memory: (0x\w+) (0x\w+) handoff$", text, re.M)
	return max((int(size, 16), int(base, 16)) for base, size in sizes)[1]


def check_leaf(regime, leaf):
	"""Bits that are always the same, or depend on the kind of memory."""
	entry = leaf.entry
	assert entry & ACCESSED[regime.arch], hex(entry)
	if regime.arch == "x86_64":
		assert entry & DIRTY and not entry & GLOBAL
		assert not (entry & W and not entry & NX), "writable and executable"
		return
	if regime.arch == "riscv64":
		assert entry & RV_D
		assert not (leaf.write and leaf.execute), "writable and executable"
		return
	assert (entry & 3 << 8 == SH_INNER) == (leaf.memory == "wb"), hex(entry)
	assert not entry & NOT_GLOBAL
	assert entry & AP_RO or entry & (UXN if regime.el2 else PXN), "writable and executable"
	if regime.el2:
		assert entry & AP_EL0 and not entry & PXN	# RES1, RES0
	else:
		assert entry & UXN and not entry & AP_EL0	# no access at EL0


def monitor_agrees(machine, leaves, levels):
	"""QEMU's own walkers: x86_64, entry by entry; riscv64, by ranges."""
	if machine.arch == "riscv64":
		ranges = re.findall(r"^(\w{16}) (\w{16}) (\w{16}) r(\S)(\S)--ad",
				    machine.monitor("info mem"), re.M)
		theirs = [Leaf(*(int(n, 16) for n in (va, pa, size)), w == "w", x == "x", "", 0)
			  for va, pa, size, w, x in ranges]
		assert merge(theirs) == merge(x._replace(memory="") for x in leaves)
		return
	theirs = {(int(va, 16), int(pa, 16)): ("W" in flags, "X" not in flags) for va, pa, flags in
		  re.findall(r"^(\w{16}): (\w{16}) (\S{9})", machine.monitor("info tlb"), re.M)}
	assert theirs == {(x.va, x.pa): (x.write, x.execute) for x in leaves}
	if levels == 5:				# QEMU 7.2 prints no ranges for five levels
		return
	ranges = re.findall(r"^(\w{16})-(\w{16}) \w{16} (\S{3})", machine.monitor("info mem"), re.M)
	ours = []
	for x in leaves:
		if ours and ours[-1][1] == x.va and ours[-1][2] == x.write:
			ours[-1][1] += x.size
		else:
			ours.append([x.va, x.va + x.size, x.write])
	assert [[int(a, 16), int(b, 16), p == "-rw"] for a, b, p in ranges] == ours


def translations_agree(machine, regions):
	"""QEMU's MMU at the edges of each region, and beyond it if nothing follows."""
	starts = {va for va, *_ in regions}
	for va, pa, size, *_ in regions:
		for offset in (0, size - 1):
			answer = machine.monitor(f"gva2gpa {va + offset:#x}")
			assert int(answer.split()[1], 16) == pa + offset, hex(va + offset)
		if va + size not in starts and va + size < 1 << 64:
			assert "Unmapped" in machine.monitor(f"gva2gpa {va + size:#x}")


@pytest.mark.parametrize("name", [pytest.param(name, marks=needed if "edk2" in name else ())
				  for name in CASES])
def test_tables(name):
	arch, mmu, options = CASES[name]
	with start(arch, mmu, **options) as machine:
		machine.wait("boot: idle")
		report = Report(machine.serial())
		assert report.regime == mmu
		arena = arena_of(report, machine.serial())
		machine.run("stop")
		Crumbs(machine, arena)
		live = Live(machine, arch, arena)
		regime = regime_of(machine, arch, live.el, types="types" in name)
		assert bool(live.cpu_flags & 1 << 3) == ("types" in name)
		tables = {}
		leaves = list(walk(machine.memory, regime, tables))
		regions = merge(leaves)
		assert regime.root == live.root and not live.flags & 1 << 4	# RAM_UNMAPPED
		if arch != "aarch64":
			monitor_agrees(machine, leaves, regime.levels)
		translations_agree(machine, regions)
	for leaf in leaves:
		check_leaf(regime, leaf)
	expected = promised(live, tables, trampoline=mmu != "off" and arch != "riscv64",
			    typed=bool(regime.types))
	own = AREAS.get(arch, AREA)
	areas = [r for r in regions if r not in expected and r[0] in own]
	assert all(r[3] and not r[4] for r in areas), areas	# the kernel's own: RW, not X
	regions = [r for r in regions if r not in areas]
	assert regions == expected, "\n".join(
		f"{sign} {va:#x} {pa:#x} {size:#x} {kind}" for sign, have, other in
		(("found", regions, expected), ("promised", expected, regions))
		for va, pa, size, *kind in have if (va, pa, size, *kind) not in other)
	tables = [t for t, va in tables.items() if va not in own]
	check_case(name, live, regime, regions, tables)


def check_case(name, live, regime, regions, tables):
	"""Each case really is what its name says. `tables`: without those of the kernel's areas,
	which page_alloc() may have given."""
	assert all(live.type_at(t) in (HANDOFF, None) for t in tables), "a table is free memory"
	pool = range(live.pool[0], sum(live.pool))
	assert ("kernel-finishes" in name) == any(t not in pool for t in tables)
	assert regime.levels == (5 if "five" in name or "sv57" in name else
				 3 if "riscv64" in name and "sv48" not in name else 4)
	assert live.cpu_flags >> 4 & 3 == (max(regime.levels - 3, 0) if "riscv64" in name else 0)
	assert regime.el2 == ("el2" in name)
	typed = bool(regime.types)
	assert any(r[5] == "uc" for r in regions) == (live.uart is not None and typed)
	assert any(r[5] == "wc" for r in regions) == (live.fb[1] != 0 and typed)
	if "mapped" in name or live.direct:
		assert not any(va <= 0 < va + size for va, _, size, *_ in regions), "a null pointer"
