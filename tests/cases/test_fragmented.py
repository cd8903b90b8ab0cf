# SPDX-License-Identifier: MIT
"""A memory map of more than 10,000 entries, made by firmware: tests/bench/fragment.c."""
import struct

import pytest

from fragmented import ENTRIES, fragmented
from handoff import FREE, PAGE, Info
from report import Report
from test_boot import EVERY, selftest_passed

# EFI_MEMORY_TYPE: loader, boot services and free memory; all other types stay in use
MAY_BE_FREE = {1, 2, 3, 4, 7}
LENGTH = {"riscv64": 3_000}	# U-Boot goes through its list for each entry


def descriptors(machine, info):
	"""Firmware's last map: type, base, size."""
	base, size = info.raw
	memory = machine.memory(base, size)
	for at in range(0, size, info.desc_size):
		kind, start, _, pages = struct.unpack_from("<QQQQ", memory, at)
		yield kind & 0xffffffff, start, pages * PAGE


def overlap(a, b):
	return a[0] < b[0] + b[1] and b[0] < a[0] + a[1]


@pytest.mark.parametrize("arch,regime", EVERY)
def test_fragmented(arch, regime):
	check_fragmented(arch, regime, LENGTH.get(arch, ENTRIES))


def check_fragmented(arch, regime, entries, start=None):
	with fragmented(arch, f"mmu={regime} selftest", entries, start) as machine:
		machine.wait("boot: idle")
		text = machine.serial()
		report = Report(text).check(arch, regime)
		selftest_passed(text)
		info = Info(machine, report.runs)
		info.check(2**30)
		assert info.descriptors >= entries
		taken = sorted((b, s) for t, b, s in descriptors(machine, info)
			       if t not in MAY_BE_FREE)
	free = [(b, s) for b, s, t in info.map if t == FREE]
	# One of every three pages taken is reserved.
	assert sum(s == PAGE for _, s in taken) >= entries // 2 // 3
	while taken and free:			# both are sorted: the lower end is done
		assert not overlap(taken[0], free[0]), f"{taken[0]} became free in {free[0]}"
		(taken if sum(taken[0]) <= sum(free[0]) else free).pop(0)
