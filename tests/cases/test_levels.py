# SPDX-License-Identifier: MIT
"""riscv64: page tables of three, four and five levels, as memory or levels= need them."""
import re

import pytest

from gdbstub import GDB
from livemap import regime_of
from machine import Machine, image_path, qemu_version
from monitor import Monitor
from report import Report
from symbols import elf_symbol
from test_again import line, runs
from test_boot import selftest_passed

ARCH = "riscv64"
NAME = {3: "sv39", 4: "sv48", 5: "sv57"}
REACH_SV39 = 160 << 30
ABOVE = 384 << 30
# The host allocates only what is used.
HUGE = {"memory": "512G", "machine": "memory-backend=ram", "extra": [
	"-smp", "2", "-object", "memory-backend-ram,id=ram,size=512G,reserve=off"]}


def raw(words, kernel=None, **options):
	return Machine(ARCH, kernel=kernel or image_path(ARCH), firmware=None, append=words,
		       **options)


def levels_of(part):
	return line(part, "cpu").split()[-1]


def chain(*runs):
	"""A command line for runs of (mmu=, levels=), each after the other."""
	words = [f"mmu={mmu} {f'levels={n} ' if n else ''}selftest" for mmu, n in runs]
	return " again -- ".join(words) + " poweroff"


def test_again():
	"""From each mode into each other, in all regimes; an earlier run's levels= no longer
	counts."""
	way = [("identity", 5), ("mapped", 4), ("mapped", 5), ("off", 3), ("mapped", 0),
	       ("off", 5), ("identity", 4), ("identity", 0)]
	with raw(chain(*way), extra=["-smp", "2"]) as machine:
		parts = runs(machine.wait_end())
	assert [levels_of(part) for part in parts] == [NAME[n or 3] for _, n in way]
	assert [Report(part).regime for part in parts] == [mmu for mmu, _ in way]
	for part in parts:
		selftest_passed(part)
		assert line(part, "cpus") == "2 of 2"


@pytest.mark.parametrize("mmu,levels", [("identity", 4), ("mapped", 5)])
def test_uboot(mmu, levels):
	"""By UEFI, whose MMU is off here."""
	with Machine(ARCH, f"mmu={mmu} levels={levels} selftest poweroff") as machine:
		text = machine.wait_end()
	assert Report(text).regime == mmu and levels_of(text) == NAME[levels]
	selftest_passed(text)


def test_beyond_sv39():
	"""512 GiB of RAM: all of it is used, and image, tables and stacks are where Sv39's reach
	ends."""
	places = [ABOVE, ABOVE + 0x40000000, ABOVE]		# not where it is already
	words = " again -- ".join(f"mmu={mmu} place={place:#x} selftest" for mmu, place in
				  zip(("mapped", "identity", "off"), places)) + " poweroff"
	with raw(words, **HUGE) as machine:
		text = machine.wait_end()
	parts = checked_runs(text, 3)
	for part, place in zip(parts, places):
		assert levels_of(part) == "sv48" and Report(part).runs == place
		assert int(line(part, "memory").split()[0]) > 511 << 10
		assert "\nboot: cpus: 2 of 2\n" in part


def checked_runs(text, n):
	parts = runs(text)
	assert len(parts) == n and "warning" not in text, text[-3000:]
	for part in parts:
		selftest_passed(part)
	return parts


def only_sv39(folder):
	"""Our file, changed as if it had found a CPU with no other mode: QEMU 7.2 has none."""
	image = bytearray(open(image_path(ARCH), "rb").read())
	at = elf_symbol(ARCH, "levels_there")
	assert image[at:at + 4] == bytes(4)
	image[at:at + 4] = (3).to_bytes(4, "little")
	path = folder / "sv39.efi"
	path.write_bytes(image)
	return str(path)


def test_only_sv39(tmp_path):
	"""The report says that the tables do not reach all memory; nothing is put beyond."""
	words = " again -- ".join(f"mmu={mmu} selftest" for mmu in
				  ("mapped", "identity", "off")) + " poweroff"
	with raw(words, kernel=only_sv39(tmp_path), **HUGE) as machine:
		if qemu_version(ARCH) > 7:	# its tree is at the end of RAM
			machine.wait("stubborn: panic: device tree at 0x807f.*: out of reach")
			return
		text = machine.wait_end()
	parts = runs(text)
	assert len(parts) == 3
	for part in parts:
		assert levels_of(part) == "sv39" and Report(part).runs < REACH_SV39
		assert line(part, "memory").endswith(", some not mapped")
		selftest_passed(part)


def test_refused(tmp_path):
	with raw("levels=4", kernel=only_sv39(tmp_path)) as machine:
		machine.wait("stubborn: panic: levels=4: not supported by the CPU")
	for word in ("levels=6", "levels=2", "levels=33", "levels="):
		with raw(word) as machine:
			machine.wait(f"stubborn: panic: {word}: invalid value")


@pytest.mark.parametrize("levels", [4, 5])
def test_shown(levels):
	"""walk shows a step for each level, regs the mode; addresses between the halves are
	refused."""
	with raw(f"mmu=mapped levels={levels}", talk=True, extra=GDB) as machine:
		monitor = Monitor(machine)
		machine.run("stop")
		regime = regime_of(machine, ARCH)
		machine.run("cont")
		assert regime.levels == levels
		assert f"MODE={levels + 5:#x}" in monitor.run("regs")
		said = monitor.run(f"walk {1 << 12 + 9 * levels - 1:#x}")
		assert "not a valid address on this CPU" in said
		assert len(re.findall("^level ", said, re.M)) == levels
