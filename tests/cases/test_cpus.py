# SPDX-License-Identifier: MIT
"""All CPUs: started by every door and in every regime, called, and stopped again. The selftest has
what they do together; here is that they come, and what is said of one that does not."""
import re

import pytest

from machine import Machine, elf_path, image_path
from monitor import Monitor
from test_again import runs
from test_boot import REGIMES, selftest_passed
from test_time import LEVELS

ARM, PC = "aarch64", "x86_64"
DOORS = {ARM: image_path, PC: elf_path}
GIC3 = {ARM: "gic-version=3", PC: ""}	# a GICv2 has eight CPUs


def boot(arch, count, words, machine=None, **options):
	return Machine(arch, kernel=DOORS[arch](arch), firmware=None, append=words, rng=False,
		       display=False, machine=GIC3[arch] if machine is None else machine,
		       extra=["-smp", str(count)], **options)


def all_run(text, count, of=None):
	line = f"^boot: cpus: {count} of {of or count}$"
	assert len(re.findall(line, text, re.M)) == (count > 1 or bool(of)), text[-3000:]
	assert "does not" not in text


@pytest.mark.parametrize("count", [1, 2, 8, 64])
@pytest.mark.parametrize("arch", [ARM, PC])
def test_count(arch, count):
	with boot(arch, count, "selftest poweroff") as machine:
		text = machine.wait_end()
	all_run(text, count)
	selftest_passed(text)


@pytest.mark.parametrize("threads", ["single", "multi"])
def test_threads(arch, threads):
	"""QEMU runs its CPUs one at a time, or at the same time."""
	guest = boot(arch, 4, "selftest poweroff")
	at = guest.command.index("-machine") + 1
	guest.command[at] = guest.command[at].replace(",accel=tcg", "")
	guest.command += ["-accel", f"tcg,thread={threads}"]
	with guest as machine:
		text = machine.wait_end()
	all_run(text, 4)
	selftest_passed(text)


@pytest.mark.parametrize("arch, regime", REGIMES)
def test_uefi(arch, regime):
	"""The MADT names them, and firmware has used them before us."""
	with Machine(arch, f"mmu={regime} selftest poweroff", machine=GIC3[arch],
		     extra=["-smp", "4"]) as machine:
		text = machine.wait_end()
	all_run(text, 4)
	selftest_passed(text)


@pytest.mark.parametrize("cpu", ["cortex-a72", "max"])
@pytest.mark.parametrize("regime", ["off", "identity", "mapped"])
@pytest.mark.parametrize("level", LEVELS)
def test_levels(level, regime, cpu):
	words, more, _ = LEVELS[level]
	with boot(ARM, 4, f"{words}mmu={regime} selftest poweroff", GIC3[ARM] + more,
		  cpu=cpu) as machine:
		text = machine.wait_end()
	all_run(text, 4)
	selftest_passed(text)


def test_gicv2():
	with boot(ARM, 8, "selftest poweroff", "gic-version=2") as machine:
		text = machine.wait_end()
	all_run(text, 8)
	selftest_passed(text)


@pytest.mark.parametrize("path", [image_path, elf_path])
@pytest.mark.parametrize("regime", ["identity", "mapped"])
def test_pc(path, regime):
	"""By linux16 and PVH, with memory above 4 GiB, where the tables may be."""
	with Machine(PC, kernel=path(PC), firmware=None, append=f"mmu={regime} selftest poweroff",
		     memory="5G", rng=False, display=False, extra=["-smp", "4"]) as machine:
		text = machine.wait_end()
	all_run(text, 4)
	selftest_passed(text)


def test_again(arch):
	"""They are parked, and the next run starts them again."""
	with boot(arch, 4, "selftest again=3:any poweroff") as machine:
		text = machine.wait_end()
	found = runs(text)
	assert len(found) == 4
	for one in found:
		all_run(one, 4)
	selftest_passed(found[-1])


def test_limit(arch):
	with boot(arch, 4, "cpus=3 idle") as machine:
		machine.wait("boot: idle")
		all_run(machine.serial(), 3, of=4)
	with boot(arch, 4, "cpus=1 selftest poweroff") as machine:
		text = machine.wait_end()
	all_run(text, 1, of=4)
	selftest_passed(text)


def test_command(arch):
	with boot(arch, 3, "", talk=True) as machine:
		text = Monitor(machine).run("cpus")
	lines = text.splitlines()
	assert re.match(r"  0  id 0x0  boot CPU  \d+ interrupts, ", lines[0])
	assert all(re.match(rf"  {i}  id 0x{i}  waits  \d+ interrupts, ", lines[i]) for i in (1, 2))
	assert lines[3] == "3 of 3 run"
