# SPDX-License-Identifier: MIT
"""UEFI's runtime services after the jump: time against QEMU's clock, variables against the store
that the test has written, and firmware that faults, or does not return, when it is called."""
import datetime
import re

import pytest

from gdbstub import GDB, Gdb
from isa import loop
from machine import ARCHES, EDK2, Machine, image_path
from monitor import Monitor
from secure import BOOT, GLOBAL, NV, RUNTIME, Keys, SecureMachine, store
from test_boot import REGIMES

VENDOR = "53545542-424f-4e52-8d56-415249414200"
DATA = bytes(i * 37 % 256 for i in range(333))
LARGE = 0xf001			# more than the kernel has room for
VARIABLES = [("TestLarge", VENDOR, NV | BOOT | RUNTIME, bytes(LARGE)),
	     ("TestHeld", VENDOR, NV | BOOT | RUNTIME, DATA),
	     ("TestHidden", VENDOR, NV | BOOT, b"not at runtime"),
	     ("TestText", VENDOR, NV | BOOT | RUNTIME, b"as it is"),
	     ("TestText", GLOBAL, NV | BOOT | RUNTIME, b"another vendor's")]
BASE = datetime.datetime(2031, 5, 6, 7, 8, 9)
RTC = ["-rtc", f"base={BASE.isoformat()}"]
DATE = r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"
TRAP = {"x86_64": b"\x0f\x0b", "aarch64": b"\0\0\0\0"}	# UD2, UDF
GET_TIME = 24			# offset in EFI_RUNTIME_SERVICES
GONE = "one of them faulted or hung"
NO_TIME = "firmware: no time: " + GONE
EL2 = {"machine": "virtualization=on"}
CASES = [(arch, f"mmu={regime}", {}) for arch, regime in REGIMES] + [
	("aarch64", "mmu=identity", EL2), ("aarch64", "mmu=mapped", EL2),
	("aarch64", "mmu=mapped el=1", EL2), ("aarch64", "mmu=mapped", EL2 | {"cpu": "max"}),
	("x86_64", "mmu=mapped", {"cpu": "max", "memory": "6G"})]


class Stored(Machine):
	"""With VARIABLES in its flash."""

	def _command(self, *options):
		command = super()._command(*options)
		with open(self.folder / "vars.fd", "r+b") as file:
			file.write(store(self.arch, VARIABLES))
		return command


def dumped(text):
	"""The bytes of a dump, and what is before it."""
	lines = re.findall(r"^[0-9a-f]{16} ((?: [0-9a-f]{2})+)", text, re.M)
	return bytes.fromhex("".join(lines).replace(" ", ""))


def moment(line, text):
	return datetime.datetime.fromisoformat(re.search(rf"^{line}: {DATE}", text, re.M)[1])


@pytest.mark.check
@pytest.mark.parametrize("arch,cmdline,options", CASES)
def test_services(arch, cmdline, options):
	with Stored(arch, cmdline, talk=True, extra=RTC, **options) as machine:
		monitor = Monitor(machine)
		said = monitor.run("time")
		minute = datetime.timedelta(minutes=10)
		assert BASE <= moment("firmware", said) < BASE + minute
		assert abs(moment("firmware", said) - moment("since boot", said)) < minute / 60
		assert re.search(r"^up: \d+\.\d{3} s$", said, re.M)
		assert re.search(r"^clock: .+, \d+ Hz by \S+", said, re.M)
		well, said = monitor.try_("efivar")
		listed = said.splitlines()
		large = listed.index(f"{VENDOR} TestLarge")
		assert not well and listed[large + 1].startswith("error: GetVariable: status 0x")
		assert f"{VENDOR} TestHeld NV BS RT {len(DATA)}" in listed
		assert f"{VENDOR} TestText NV BS RT 8" in listed
		assert f"{GLOBAL} TestText NV BS RT 16" in listed
		assert not any("TestHidden" in line for line in listed)
		assert any(f"{GLOBAL} BootCurrent BS RT 2" == line for line in listed), listed
		assert dumped(monitor.run("efivar TestHeld")) == DATA
		assert dumped(monitor.run("efivar TestText")) == VARIABLES[3][3] + VARIABLES[4][3]
		for bad in ("efivar TestHidden", "efivar nothing", "efivar a b c", "efivar a 0x1"):
			ok, why = monitor.try_(bad)
			assert not ok and "error: " in why, bad
		assert "passed, 0 failed" in monitor.run("selftest")


@pytest.mark.parametrize("arch", EDK2)
def test_write(arch):
	"""What is written is there after a reset, what is deleted is not."""
	with Stored(arch, talk=True) as machine:
		monitor = Monitor(machine)
		monitor.run("efivar TestHeld 0x0102ff")
		monitor.run("efivar TestText 0x")
		monitor.run("efivar TestNew hello")
		assert dumped(monitor.run("efivar TestHeld")) == b"\1\2\xff"
		monitor.type("reboot\r")
		machine.wait("boot: idle", after=monitor.seen)
		monitor._answer()
		assert dumped(monitor.run("efivar TestHeld")) == b"\1\2\xff"
		assert dumped(monitor.run("efivar TestNew")) == b"hello"
		assert " NV BS RT 5\n" in monitor.run("efivar TestNew")
		text = monitor.run("efivar TestText")	# only the first of that name is gone
		assert len(dumped(text)) in (8, 16)


def services(monitor):
	"""The physical address of EFI_RUNTIME_SERVICES, found in memory."""
	memory = monitor.run("mem")
	for base, size in re.findall(r"^d 0x(\w+) 0x(\w+) runtime data$", memory, re.M):
		ok, found = monitor.try_(f"find @0x{base} 0x{size} RUNTSERV")
		for line in found.splitlines() if ok else []:
			at = int(line, 16)
			if int(monitor.run(f"peek {at + 8:#x} 4").split()[-1], 16) >> 16 == 2:
				return at
	raise AssertionError("no runtime services")


def replaced(machine, monitor, code, warning):
	"""Replace GetTime by `code`: the failure is reported once, firmware is not called again,
	and everything else works."""
	assert re.search(rf"^firmware: {DATE}", monitor.run("time"), re.M)
	at = int(monitor.run(f"peek {services(monitor) + GET_TIME:#x} 8").split()[-1], 16)
	machine.run("stop")
	gdb = Gdb(machine)
	gdb.write(at, code)
	gdb.close()
	machine.run("cont")
	said = monitor.run("time")
	assert re.search(rf"^stubborn: warning: GetTime{warning}", said, re.M), said
	assert NO_TIME in said and moment("since boot", said)
	said = monitor.run("time")
	assert NO_TIME in said and "warning" not in said
	ok, said = monitor.try_("efivar")
	assert not ok and GONE in said
	assert not monitor.try_("reboot efi")[0]
	assert "passed, 0 failed" in monitor.run("selftest")
	monitor.type("reboot\r")
	machine.wait("boot: idle", after=monitor.seen)


@pytest.mark.parametrize("arch,cmdline,options", CASES[:1] + CASES[3:6] + CASES[7:8])
def test_fault(arch, cmdline, options):
	"""With one CPU, and with a second one that may interrupt firmware, too. With two CPUs and
	on a PC, GetTime does not return in the next boot."""
	cpus = ["-smp", "2"] if (cmdline, options) == ("mmu=identity", EL2) else []
	with Machine(arch, cmdline, talk=True, extra=GDB + cpus, **options) as machine:
		monitor = Monitor(machine)
		replaced(machine, monitor, TRAP[arch], ": (invalid opc|undefined instr)")
		if cpus or arch == "x86_64":
			monitor._answer()
			replaced(machine, monitor, loop(arch), " does not return")


@pytest.mark.parametrize("arch", EDK2)
def test_not_code(arch):
	"""A service that is not in firmware's code is not called."""
	with Machine(arch, talk=True) as machine:
		monitor = Monitor(machine)
		monitor.run(f"poke {services(monitor) + GET_TIME:#x} 0x1000 8")
		assert "firmware: no time: status 0x8000000000000003\n" in monitor.run("time")
		monitor.run("efivar")			# the others are called


@pytest.mark.parametrize("arch", ARCHES)
def test_none(arch):
	with Machine(arch, firmware=None, kernel=image_path(arch), append="", talk=True) as machine:
		monitor = Monitor(machine)
		assert "firmware: no time: there are none" in monitor.run("time")
		ok, said = monitor.try_("efivar")
		assert not ok and "error: runtime services: there are none" in said


@pytest.mark.parametrize("arch", EDK2)
def test_secure(arch, tmp_path):
	"""Under Secure Boot variables are read, not written."""
	keys = Keys(tmp_path)
	image = keys.sign(image_path(arch).read_bytes())
	with SecureMachine(arch, keys.enrolled() + VARIABLES, image=image, talk=True) as machine:
		monitor = Monitor(machine)
		assert dumped(monitor.run("efivar TestHeld")) == DATA
		assert dumped(monitor.run("efivar SecureBoot")) == b"\1"
		assert re.search(rf"^firmware: {DATE}", monitor.run("time"), re.M)
		ok, said = monitor.try_("efivar TestHeld 0x00")
		assert not ok and "Secure Boot is on" in said
		assert dumped(monitor.run("efivar TestHeld")) == DATA
