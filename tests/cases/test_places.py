# SPDX-License-Identifier: MIT
"""Many boots with random placement: none fails, each place is legal, all are equally likely.

PLACE_BOOTS: how many of each kind (make soak-boots: 1,000).
"""
import os
import random

import pytest

from handoff import Info
from machine import ARCHES, Machine, image_path
from places import MIB2, histogram, note, slots, slots_in, uneven
from report import Report
from snapshot import Snapshot
from symbols import elf_symbol
from test_fragmented import descriptors
from test_image import BOARD, BOOTARGS, Bare, compile_tree

BOOTS = {arch: int(os.environ.get("PLACE_BOOTS", n)) for arch, n in (
	("aarch64", "60"), ("x86_64", "60"), ("riscv64", "24"))}
UEFI_BOOTS = int(os.environ.get("PLACE_BOOTS", "24"))
CONVENTIONAL = 7		# EFI_MEMORY_TYPE
ENTRY = {"aarch64": "image", "x86_64": "linux16", "riscv64": "image"}
CPU = {"aarch64": "cortex-a72", "x86_64": "max", "riscv64": "rv64"}	# entropy: tree, RDRAND
CMDLINE = "mmu=mapped poweroff"
VIRTUAL = {"aarch64": 0xffffff8000000000, "x86_64": 0xffffff8000000000,
	   "riscv64": 0xfffffff800000000}


def virtual_slots(arch):
	"""Slots for the virtual base, up to the end of the address space."""
	size = (1 << 64) - VIRTUAL[arch]
	return size // MIB2 - 1 - -(-elf_symbol(arch, "image_end") // MIB2)


def virtual_slot(report):
	assert report.virtual % MIB2 == 0
	return (report.virtual - VIRTUAL[report.arch]) // MIB2


def choices(arch, text):
	"""For one boot: number of its place, number of places, number of its virtual base."""
	report = Report(text).check(arch, "mapped", CMDLINE, ENTRY[arch])
	assert "boot: place: random, virtual base random\n" in text
	places = slots(text, report)
	assert report.runs in places, f"{report.runs:#x}: not a legal place\n{text}"
	base = virtual_slot(report)
	assert 0 <= base < virtual_slots(arch)
	return places.index(report.runs), len(places), base


def boots(arch, machines):
	out = []
	for machine in machines:
		with machine:
			out.append(choices(arch, machine.wait_end()))
	assert len({total for _, total, _ in out}) == 1, "the legal places changed"
	return [p for p, _, _ in out], out[0][1], [v for _, _, v in out]


@pytest.mark.parametrize("arch", ARCHES)
def test_many(arch):
	picks, total, bases = boots(arch, (
		Machine(arch, kernel=image_path(arch), firmware=None, rng=False, cpu=CPU[arch],
			display=False, append=CMDLINE) for _ in range(BOOTS[arch])))
	assert total > 400
	note(histogram(f"{arch} {ENTRY[arch]} place", picks, total))
	note(histogram(f"{arch} {ENTRY[arch]} virtual", bases, virtual_slots(arch)))
	assert not uneven(picks, total)
	assert not uneven(bases, virtual_slots(arch))


def slots_uefi(snapshot):
	"""What was free when the stub chose: firmware's last map, including the arena."""
	with snapshot.boot() as machine:
		snapshot.go(machine)
		machine.wait("boot: idle")
		runs = Report(machine.serial()).runs
		info = Info(machine, runs)
		spans = sorted((base, base + size)
			       for kind, base, size in descriptors(machine, info)
			       if kind == CONVENTIONAL or base == runs)
	joined = []
	for base, end in spans:
		if joined and joined[-1][1] == base:
			joined[-1][1] = end
		else:
			joined.append([base, end])
	return slots_in(joined, info.handoff[1])


@pytest.mark.parametrize("arch", ["aarch64", "x86_64"])
def test_many_uefi(arch):
	"""stub/efi/place.c chooses, with firmware's random numbers. Not on riscv64: U-Boot has
	none, and the tree's seed would be in the snapshot."""
	picks, bases = [], []
	with Snapshot(arch, "mmu=mapped", memory="512M", display=False) as snapshot:
		places = slots_uefi(snapshot)
		for _ in range(UEFI_BOOTS):
			with snapshot.boot() as machine:
				snapshot.go(machine)
				machine.wait("boot: idle")
				report = Report(machine.serial()).check(arch, "mapped")
			assert report.loaded == snapshot.first.loaded
			assert "boot: place: random, virtual base random\n" in report.text
			assert report.runs in places, f"{report.runs:#x}: not a legal place"
			picks.append(places.index(report.runs))
			bases.append(virtual_slot(report))
	assert len(places) > 100
	note(histogram(f"{arch} uefi place", picks, len(places)))
	note(histogram(f"{arch} uefi virtual", bases, virtual_slots(arch)))
	assert not uneven(picks, len(places))
	assert not uneven(bases, virtual_slots(arch))


def test_masked_seed():
	"""A seed of two bits is noticed, in the place and in the virtual base."""
	def tree(seed):
		return compile_tree(BOARD.replace(BOOTARGS, f"rng-seed = <{seed}>; {BOOTARGS}")
				    .replace('"poweroff"', f'"{CMDLINE}"'))
	seeds = [tree(1 + i) for i in range(4)]
	picks, total, bases = boots("aarch64", (Bare(seeds[i % 4]) for i in range(60)))
	assert len(set(picks)) == len(set(bases)) == 4
	assert uneven(picks, total) and uneven(bases, virtual_slots("aarch64"))


@pytest.mark.parametrize("total", [510, 262142])
def test_judge(total):
	"""Checks of test_many's statistics: fair choices pass, each of these does not."""
	rng, n = random.Random(2), 60
	fair = [rng.randrange(total) for _ in range(n)]
	assert not uneven(fair, total)
	for unfair in ([p & ~1 for p in fair], [p // 2 for p in fair], [p | 4 for p in fair],
		       [p % (total // 8) for p in fair], [fair[0]] * n):
		assert uneven([min(p, total - 1) for p in unfair], total)
