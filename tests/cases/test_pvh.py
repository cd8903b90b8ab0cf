# SPDX-License-Identifier: MIT
"""kernel.elf: as a PVH guest, which QEMU starts by its note, with SeaBIOS and with qboot; and by
e_entry, where VMMs without PVH enter."""
import re

import pytest

from handoff import Info
from machine import Machine, elf_path, qemu_version
from pc_loader import INITRD as INITRD_AT
from pc_loader import Loaded, elf_parts, vmm_params
from report import Report
from symbols import elf_symbol
from test_boot import selftest_passed
from test_linux import INITRD, says_no_long_mode

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
	assert "boot: smbios: 0x" in text and 'boot: machine: "QEMU ' in text
	selftest_passed(text)


@pytest.mark.parametrize("machine,memory", [
	pytest.param("microvm", "128M", marks=pytest.mark.door("PVH, microvm and qboot")),
	("microvm", "5G"), ("pc", "8G")])
def test_machines(machine, memory):
	spoilt = machine == "microvm" and qemu_version(ARCH) > 7
	initrd = None if spoilt else INITRD
	with pvh("selftest", machine=machine, memory=memory, rng=False, display=False,
		 initrd=initrd) as vm:
		vm.wait("boot: idle")
		text = vm.serial()
		report = Report(text).check(ARCH, entry="pvh", initrd=initrd)
		Info(vm, report.runs).check(int(memory[:-1]) << (30 if memory[-1] == "G" else 20))
	selftest_passed(text)


@pytest.mark.door("PVH, q35 and SeaBIOS")
def test_initrd():
	with pvh("mmu=mapped selftest poweroff", initrd=INITRD) as machine:
		text = machine.wait_end()
	Report(text).check(ARCH, "mapped", entry="pvh", initrd=INITRD)
	selftest_passed(text)


@pytest.mark.parametrize("machine,cpu", [("q35", "qemu64,-lm"), ("q35", "qemu32"),
					 ("q35", "486"), ("microvm", "486")])
def test_no_long_mode(machine, cpu):
	says_no_long_mode(pvh(machine=machine, cpu=cpu, rng=False, display=False))


def test_refused():
	with pvh("place=0x200000") as machine:
		assert re.search("place=0x200000: no free RAM",
				 machine.wait("stubborn: panic: .*").group())


@pytest.mark.door("kernel.elf by e_entry, as VMMs without PVH")
@pytest.mark.parametrize("regime", ["identity", "mapped"])
@pytest.mark.parametrize("place", ["random", "stay"])
def test_elf_entry_Q95(regime, place):
	"""Segments at p_paddr, e_entry taken for a physical address, boot_params in RSI."""
	cmdline = f"mmu={regime} place={place} selftest poweroff"
	params = vmm_params(initrd=(INITRD_AT, len(INITRD)))
	with Loaded(64, cmdline, params, at=None, initrd=INITRD) as machine:
		text = machine.wait_end()
	report = Report(text).check(ARCH, regime, cmdline, "linux64", INITRD)
	assert report.loaded == LOADED and (report.runs == LOADED) == (place == "stay")
	selftest_passed(text)


@pytest.mark.parametrize("arch,entry,load", [(ARCH, "linux64_entry", LOADED),
					     ("aarch64", "image_entry", 0)])
def test_entry_Q95(arch, entry, load):
	"""e_entry is the right routine's physical address, and inside a segment."""
	at, parts = elf_parts(elf_path(arch).read_bytes())
	assert at == load + elf_symbol(arch, entry)
	assert any(base <= at < base + len(data) for base, data in parts)
