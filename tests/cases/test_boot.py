# SPDX-License-Identifier: MIT
"""All CPUs boot, in every regime, at every place, on many machines, and say so."""
import re

import pytest

from handoff import Info, addresses
from machine import Machine, boot
from report import Report

REGIMES = [("x86_64", "identity"), ("x86_64", "mapped"),
	   ("aarch64", "off"), ("aarch64", "identity"), ("aarch64", "mapped")]
EVERY = REGIMES + [("riscv64", "off"), ("riscv64", "identity"), ("riscv64", "mapped")]
IN_RAM = {"x86_64": 0x10000000, "aarch64": 0x50000000,
	  "riscv64": 0x90000000}	# 256 MiB into RAM: unused
NO_RAM = 1 << 40
GOES_ON = r"Stubborn \S+ \S+: kernel running"


def selftest_passed(text):
	"""Every self-test is ok, and so is the checksum."""
	lines = re.findall(r"^selftest: (.+): (ok.*|FAILED.*)$", text, re.M)
	total = re.search(r"^(\d+) passed, (\d+) failed$", text, re.M)
	assert lines and total, text[-3000:]
	assert [x for x in lines if not x[1].startswith("ok")] == []
	assert (int(total[1]), int(total[2])) == (len(lines), 0)


def refused(arch, cmdline, pattern, **options):
	"""The image prints one clear error and returns, and firmware boots the next disk. U-Boot
	does not try a second disk."""
	if arch == "riscv64":
		with Machine(arch, cmdline, **options) as machine:
			error = machine.wait("stubborn: error: .*").group()
			machine.wait("## Application failed.*")
		assert re.search(pattern, error), error
		return
	with Machine(arch, cmdline, second="second poweroff", **options) as machine:
		error = machine.wait("stubborn: error: .*").group()
		machine.wait(GOES_ON)
		text = machine.wait_end()
	assert re.search(pattern, error), error
	assert len(re.findall("^stubborn: error: ", text, re.M)) == 1
	Report(text, text.index("kernel running") - 40)
	assert 'boot: command line: "second poweroff"' in text


def test_default(arch):
	text = boot(arch)
	report = Report(text).check(arch, cmdline="poweroff")
	assert re.fullmatch(r"\d+\.\d+\.\d+\S*", report.version)
	assert report.runs != report.loaded
	assert "boot: idle" not in text


def test_idle(arch):
	"""Without `poweroff` the kernel idles after the report, and the machine stays on."""
	with Machine(arch, "idly=1") as machine:
		machine.wait("boot: idle")
		report = Report(machine.serial()).check(arch, cmdline="idly=1")
		info = Info(machine, report.runs)
		info.check(2**30)
		assert info.image[0] == report.runs
		assert machine.run("query-status")["running"]


@pytest.mark.parametrize("place", ["random", "stay"])
def test_debug(arch, place):
	"""The option debug prints where to load symbols and where the breadcrumbs are."""
	with Machine(arch, f"debug place={place}") as machine:
		machine.wait("boot: idle")
		report = Report(machine.serial()).check(arch)
		image, arena = addresses(machine.serial())
		assert image == report.runs
		assert (arena == image) == (place == "random")
		Info(machine, arena).check(2**30)


@pytest.mark.parametrize("arch,regime", EVERY)
def test_regime(arch, regime):
	text = boot(arch, f"mmu={regime} selftest poweroff")
	Report(text).check(arch, regime)
	selftest_passed(text)


def test_off_is_refused_on_x86():
	refused("x86_64", "mmu=off", "off")


def test_place_random(arch):
	fresh = arch == "riscv64"	# the seed in its tree is QEMU's, drawn at reset
	places = {Report(boot(arch, fresh=fresh)).check(arch).runs for _ in range(3)}
	assert len(places) > 1


@pytest.mark.parametrize("arch,regime", EVERY)
def test_place_stay(arch, regime):
	text = boot(arch, f"place=stay mmu={regime} selftest poweroff")
	report = Report(text).check(arch, regime)
	assert report.runs == report.loaded
	selftest_passed(text)


@pytest.mark.parametrize("arch,regime", EVERY)
def test_place_fixed(arch, regime):
	text = boot(arch, f"place={IN_RAM[arch]:#x} mmu={regime} selftest poweroff")
	report = Report(text).check(arch, regime)
	assert report.runs & ~0x1fffff == IN_RAM[arch]
	selftest_passed(text)


def test_place_outside_ram(arch):
	refused(arch, f"place={NO_RAM:#x}", f"{NO_RAM:x}")


def test_place_taken(arch):
	with Machine(arch, "place=random") as machine:	# learn where firmware puts the image
		machine.wait("boot: idle")
		loaded = Report(machine.serial()).loaded
	refused(arch, f"place={loaded:#x}", f"{loaded:x}")


def test_place_zero_Q87(arch):
	"""Address 0 means absent everywhere."""
	refused(arch, "place=0x0", "place=0x0: invalid value")


def test_place_unaligned(arch):
	refused(arch, "place=0x10001001", "0x10001001")


def test_bad_option(arch):
	refused(arch, "mmu=sideways", "mmu=sideways")


def test_no_entropy(arch):
	Report(boot(arch, rng=False)).check(arch)
