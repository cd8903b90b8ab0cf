# SPDX-License-Identifier: MIT
"""kernel.elf as a PVH guest: QEMU takes it by its note, with SeaBIOS and with qboot."""
import re
import zlib

import pytest

from handoff import Info
from machine import Machine, elf_path
from report import Report
from test_boot import selftest_passed

ARCH = "x86_64"
LOADED = 0x200000		# x86_64_LOAD of arch/x86_64/isa.mk


def pvh(append="poweroff", **options):
	return Machine(ARCH, kernel=elf_path(ARCH), firmware=None, append=append, **options)


@pytest.mark.parametrize("place", ["random", "stay", "0x10000000"])
@pytest.mark.parametrize("regime", ["identity", "mapped"])
def test_regime(regime, place):
	cmdline = f"mmu={regime} place={place} selftest poweroff"
	with pvh(cmdline) as machine:
		text = machine.wait_end()
	report = Report(text).check(ARCH, regime, cmdline, "pvh")
	assert report.loaded == LOADED
	assert (report.runs == report.loaded) == (place == "stay")
	assert place[0] != "0" or report.runs == int(place, 0)
	assert "boot: acpi: 0x" in text
	selftest_passed(text)


@pytest.mark.parametrize("machine,memory", [("microvm", "128M"), ("microvm", "5G"), ("pc", "8G")])
def test_machines(machine, memory):
	with pvh("selftest", machine=machine, memory=memory, rng=False, display=False) as vm:
		vm.wait("boot: idle")
		text = vm.serial()
		report = Report(text).check(ARCH, entry="pvh")
		Info(vm, report.runs).check(int(memory[:-1]) << (30 if memory[-1] == "G" else 20))
	selftest_passed(text)


def test_initrd():
	data = bytes(i * 7 % 251 for i in range(300001))
	with pvh("mmu=mapped selftest poweroff", initrd=data) as machine:
		text = machine.wait_end()
	assert Report(text).initrd == (len(data), zlib.crc32(data))
	selftest_passed(text)


@pytest.mark.parametrize("cpu", ["qemu64,-lm", "qemu32"])
def test_no_long_mode(cpu):
	with pvh(cpu=cpu) as machine:
		machine.wait("stubborn: error: this CPU has no long mode")
		assert machine.serial().count("stubborn") == 1


def test_refused():
	with pvh("place=0x200000") as machine:
		assert re.search("place=0x200000: no free RAM",
				 machine.wait("stubborn: panic: .*").group())
