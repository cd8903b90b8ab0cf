# SPDX-License-Identifier: MIT
"""riscv64: firmware and CPUs that lack something. What is possible without it is done, and one
line says what is not. sbi.py has the firmware."""
import re

import pytest

from machine import Machine, image_path
from sbi import EVERYTHING, HSM, IPI, RISCV, SHUTDOWN, SRST, TIME, machine
from test_boot import selftest_passed

WORDS = "mmu=mapped selftest poweroff"


def text_of(tmp_path, **options):
	with machine(tmp_path, WORDS, **options) as guest:
		text = guest.wait_end()
	assert len(re.findall("^Stubborn .*: kernel running$", text, re.M)) == 1
	selftest_passed(text)
	return text


@pytest.mark.parametrize("has,line", [(EVERYTHING, "boot: cpus: 4 of 4"),
				      (EVERYTHING & ~HSM, "boot: cpus: 1 of 4")])
def test_every_hart_enters(tmp_path, has, line):
	"""At the same time: the kernel runs once. The others are stopped, or wait, and it starts
	those that it can."""
	assert f"\n{line}\n" in text_of(tmp_path, harts=4, every_hart=True, has=has)


@pytest.mark.parametrize("has,lines", [
	(EVERYTHING & ~HSM, ["boot: cpus: 1 of 2",
			     "stubborn: warning: CPU 1 (id 0x1): SBI has no HSM"]),
	(EVERYTHING & ~IPI, ["boot: cpus: 1 of 2: SBI has no IPI"]),
	(EVERYTHING & ~TIME, ["boot: counter: time, SBI timer, 10.000 MHz by device tree, no "
			      "interrupt; its timer does not interrupt", "boot: cpus: 2 of 2"]),
	(SHUTDOWN, ["boot: cpus: 1 of 2: SBI has no IPI"])])
def test_extension_missing(tmp_path, has, lines):
	text = text_of(tmp_path, has=has)
	for line in lines:
		assert f"\n{line}\n" in text
	assert text.count("stubborn: warning") == sum("warning" in line for line in lines)


def test_no_way_to_switch_off(tmp_path):
	with machine(tmp_path, "poweroff", has=EVERYTHING & ~SHUTDOWN & ~SRST) as guest:
		assert "cannot power off" in guest.wait("stubborn: panic: .*").group()


@pytest.mark.parametrize("harts", [1, 2])
def test_unlisted_hart(tmp_path, harts):
	"""A number that the tree does not have. One that runs already cannot be started."""
	text = text_of(tmp_path, harts=harts, told=5)
	assert "boot: cpu: PRV1 id 0x5\n" in text
	assert ("boot: irq: SBI, 0 interrupts; the device tree does not list the boot hart\n"
		in text)
	if harts > 1:
		assert "stubborn: warning: CPU 1 (id 0x0): SBI: it runs already\n" in text


@pytest.mark.parametrize("kind", ["aplic", "aplic-imsic"])
def test_no_plic(kind):
	"""A controller that is not known: devices are polled; timers and calls are each hart's."""
	with Machine(RISCV, kernel=image_path(RISCV), firmware=None, append=WORDS,
		     machine=f"aia={kind}", extra=["-smp", "2"]) as guest:
		text = guest.wait_end()
	for line in ("irq: SBI, 0 interrupts; no device tree names a PLIC",
		     "input: serial polled", "cpus: 2 of 2"):
		assert f"\nboot: {line}\n" in text
	selftest_passed(text)


NO_MMU = "the CPU has no Sv39: it cannot translate addresses"


def test_no_mmu():
	with Machine(RISCV, kernel=image_path(RISCV), firmware=None, cpu="rv64,mmu=off") as guest:
		assert guest.wait("stubborn: panic: .*").group() == f"stubborn: panic: {NO_MMU}"


def test_no_mmu_uefi():
	"""Under UEFI it is an error that returns."""
	with Machine(RISCV, WORDS, cpu="rv64,mmu=off") as guest:
		assert guest.wait("stubborn: error: .*").group() == f"stubborn: error: {NO_MMU}"
		guest.wait("## Application failed.*")
