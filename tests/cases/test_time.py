# SPDX-License-Identifier: MIT
"""Interrupts and time: every interrupt controller, clock and timer that QEMU has. The selftest
waits for timers that interrupt; here, which of them it should have found.
"""
import os
import re

import pytest

from board import assembled, loaded, own_tree, run
from kernels import compile_c, library, link
from machine import ROOT, Machine, elf_path, image_path
from monitor import Monitor
from test_boot import selftest_passed

ARM, PC = "aarch64", "x86_64"
REGIMES = ("off", "identity", "mapped")
GICD, GICR = 0x08000000, 0x080a0000	# of QEMU's virt board
GIC = {2: "GICv2, 288 interrupts", 3: "GICv3, (?:256|288) interrupts"}	# 256: QEMU 7.2
LEVELS = {			# words, more of the machine, interrupt of the timer
	"el1": ("", "", 27),
	"el2": ("", ",virtualization=on", 26),
	"dropped": ("el=1 ", ",virtualization=on", 27),
}


def found(text, irq, counter):
	assert re.search(rf"^boot: irq: {irq}$", text, re.M), text
	assert re.search(rf"^boot: counter: {counter}$", text, re.M), text


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("gic", GIC)
def test_gic(gic, regime, level):
	words, more, number = LEVELS[level]
	with Machine(ARM, kernel=image_path(ARM), firmware=None, cpu="max",
		     machine=f"gic-version={gic}{more}",
		     append=f"{words}mmu={regime} selftest poweroff") as machine:
		text = machine.wait_end()
	found(text, GIC[gic], r"generic timer, (?:62\.5|1000\.0)00 MHz by CNTFRQ_EL0, " +
	      f"interrupt {number}")
	selftest_passed(text)


def test_gic_by_acpi():
	"""UEFI passes no tree: the MADT and the GTDT say it all."""
	with Machine(ARM, "selftest poweroff", machine="gic-version=3") as machine:
		text = machine.wait_end()
	found(text, GIC[3], r"generic timer, .* interrupt 27")
	selftest_passed(text)


@pytest.mark.parametrize("level", ["el1", "el2"])
def test_timer_left_Q123(level, tmp_path):
	"""Another CPU is stopped while its timer interrupts, and started again."""
	text = (ROOT / "tests/vm/timer_left.c").read_text()
	status, said = link(ARM, tmp_path, compile_c(
		ARM, tmp_path, "mine", text, "-std=gnu2x"), library(ARM))
	assert status == 0, said
	with Machine(ARM, kernel=tmp_path / image_path(ARM).name, firmware=None, cpu="max",
		     machine="gic-version=3" + LEVELS[level][1], extra=["-smp", "2"]) as machine:
		assert machine.wait("mine: (?:panic: )?(.*work.*)")[1] == "it works"


def test_counter_with_errata(tmp_path):
	"""The tree says that the counter may return wrong values: it is read in another way."""
	tree = own_tree(tmp_path, "gic-version=3", words="selftest poweroff")
	run("fdtput", tree, "/timer", "allwinner,erratum-unknown1")
	with Machine(ARM, kernel=image_path(ARM), firmware=None, cpu="max",
		     machine="gic-version=3", append="selftest poweroff",
		     extra=["-dtb", tree]) as machine:
		text = machine.wait_end()
	found(text, GIC[3], "generic timer, .* interrupt 27; has errata")
	selftest_passed(text)


def by_shim(folder, gic, more, words, cpus=1, *, e2h, dirty, **options):
	"""leftover.S is the loader."""
	board = f"gic-version={gic}{more}"
	code = assembled(folder, "leftover", GICV=gic, E2H=int(e2h), DIRTY=int(dirty))
	return loaded(code, own_tree(folder, board, cpus, words), board, cpus, **options)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("gic", GIC)
def test_e2h(tmp_path, gic, regime):
	with by_shim(tmp_path, gic, ",virtualization=on", f"mmu={regime} selftest poweroff",
		     e2h=True, dirty=False) as machine:
		text = machine.wait_end()
	assert "\nboot: cpu: EL2 id 0x0 e2h\n" in text
	found(text, GIC[gic], r"generic timer, .* interrupt 26")
	selftest_passed(text)


@pytest.mark.parametrize("more", ["", ",virtualization=on"])
@pytest.mark.parametrize("gic", GIC)
def test_left_by_a_loader(tmp_path, gic, more):
	"""Interrupts that are enabled, pending or active do not arrive, block none of ours, and are
	cleared: the only device interrupt left is the serial port's."""
	with by_shim(tmp_path, gic, more, "selftest", e2h=False, dirty=True,
		     talk=True) as machine:
		monitor = Monitor(machine)
		text = machine.serial()
		found(text, GIC[gic], r"generic timer, .* interrupt 2[67]")
		selftest_passed(text)
		assert "unexpected interrupt" not in text
		assert "spurious: 0\nunexpected: 0\n" in monitor.run("irq")
		tables = monitor.run("pt")

		def word(page, offset):
			line = re.search(rf"^(0x\w+) (0x\w+) -> (0x\w*{page:x}) ", tables, re.M)
			said = monitor.run(f"peek {int(line[1], 16) + offset:#x}")
			return int(said.split()[1], 16)

		enabled, pending, active = (word(GICD, at) for at in (0x104, 0x204, 0x304))
		assert (enabled, pending, active) == (1 << 33 - 32, 0, 0)
		sent = word(GICD, 0xf20) if gic == 2 else word(GICR, 0x10200) & 0xffff
		assert sent == 0


TSC = r"TSC, \d+\.\d{3} MHz by "
PCS = {
	"pc": ({"machine": "pc"}, "local APIC, 24 interrupts", TSC + "HPET, interrupt 224.*"),
	"q35": ({}, "local APIC, 24 interrupts", TSC + "HPET, interrupt 224.*"),
	"pm": ({"machine": "hpet=off"}, "local APIC, 24 interrupts",
	       TSC + "PM timer, interrupt 224.*"),
	"no-acpi": ({"machine": "pc,acpi=off"}, "local APIC, 24 interrupts",
		    TSC + "PIT, interrupt 224.*"),
	"microvm": ({"machine": "microvm"}, "local APIC, 48 interrupts",
		    TSC + "PIT, interrupt 224.*"),
	"no-pit": ({"machine": "microvm,pit=off,pic=off"}, "local APIC, 48 interrupts",
		   "none: nothing to calibrate the TSC with"),
	"no-apic": ({"cpu": "qemu64,-apic"}, "none: the CPU has no local APIC",
		    TSC + "HPET, no interrupt.*"),
}


@pytest.mark.parametrize("door", [image_path, elf_path])
@pytest.mark.parametrize("name", PCS)
def test_pc(name, door):
	options, irq, counter = PCS[name]
	with Machine(PC, kernel=door(PC), firmware=None, append="selftest", rng=False,
		     display=False, **options) as machine:
		machine.wait(r"\d+ passed, \d+ failed")
		text = machine.serial()
	found(text, irq, counter)
	selftest_passed(text)


def test_rates():
	"""The TSC's rate is the same, whatever it was measured by."""
	rates = {}
	for name in ("q35", "pm", "no-acpi"):
		with Machine(PC, kernel=image_path(PC), firmware=None, rng=False, display=False,
			     **PCS[name][0]) as machine:
			said = machine.wait(r"boot: counter: TSC, (\S+) MHz by (.*), interrupt.*")
			rates[said[2]] = float(said[1])
	assert set(rates) == {"HPET", "PM timer", "PIT"}
	assert max(rates.values()) < 1.1 * min(rates.values()), rates


KVMS = {
	"plain": ("qemu64", TSC + "HPET, interrupt 224.*"),
	"deadline": ("qemu64,+x2apic,+tsc-deadline,+invtsc", TSC + "hypervisor, interrupt 224"),
}


@pytest.mark.parametrize("name", KVMS)
def test_kvm(name):
	"""x2APIC, which QEMU's own CPU does not have, and a real TSC. That the report names an
	interrupt means that one came."""
	cpu, counter = KVMS[name]
	if not os.access("/dev/kvm", os.W_OK):
		pytest.skip("no /dev/kvm")
	guest = Machine(PC, kernel=elf_path(PC), firmware=None, append="idle", cpu=cpu, rng=False,
			display=False)
	guest.command = [word.replace("accel=tcg", "accel=kvm") for word in guest.command]
	with guest as machine:
		machine.wait("boot: idle")
		found(machine.serial(), "x2APIC, 24 interrupts", counter)
