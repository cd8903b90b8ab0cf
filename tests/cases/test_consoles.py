# SPDX-License-Identifier: MIT
"""Input from the serial port by its interrupt, whatever names that, and from a PC's keyboard;
errors of the port; a missing keyboard."""
import re
import time

import pytest

from machine import ARCHES, HANG, Machine, image_path
from monitor import Monitor

RAW = {"firmware": None}
MACHINES = {			# the machine, the serial port's interrupt if it is a fixed one
	"x86_64": ("x86_64", {}),
	"x86_64 pc": ("x86_64", {"machine": "pc", "disk": "ide"}),
	"x86_64 linux16": ("x86_64", RAW),
	"aarch64 off": ("aarch64", {"cmdline": "mmu=off"}),
	"aarch64 mapped": ("aarch64", {"cmdline": "mmu=mapped"}),
	"aarch64 GICv3": ("aarch64", {"machine": "gic-version=3"}),
	"aarch64 EL2": ("aarch64", {"machine": "virtualization=on"}),
	"aarch64 tree": ("aarch64", RAW),
	"riscv64": ("riscv64", RAW),
	"riscv64 APLIC": ("riscv64", {"machine": "aia=aplic", **RAW}),
	"riscv64 IMSIC": ("riscv64", {"machine": "aia=aplic-imsic", **RAW}),
	"aarch64 no ACPI": ("aarch64", {"machine": "acpi=off"}),
}
OUTPUT_FULL = 1		# in the status of a PC's keyboard controller
SPECIAL = {" ": "spc", "\r": "ret", ";": "semicolon", "\x7f": "backspace", "\t": "tab",
	   "-": "minus"}


def machine_of(arch, firmware="uefi", cmdline="", **options):
	if firmware is None:
		options.update(kernel=image_path(arch), firmware=None, append=cmdline)
		cmdline = None
	machine = Machine(arch, cmdline, talk=True, **options)
	if "isa-serial" in str(machine.command):
		machine.command[machine.command.index("chardev:talk")] = "none"
	return machine


def interrupts(monitor, device):
	return int(re.search(rf"^{device}: interrupt \d+, (\d+) times$", monitor.run("input"),
			     re.M)[1])


def press(machine, *keys):
	"""Press `keys` one after the other; "ctrl-c" is two at once. The keyboard keeps only 16
	bytes, so each time the kernel reads what there is."""
	for key in keys:
		parts = key.split("-")
		for down, order in ((True, parts), (False, parts[::-1])):
			machine.run("input-send-event", events=[
				{"type": "key", "data": {"down": down, "key": {
					"type": "qcode", "data": part}}} for part in order])
			end = time.monotonic() + HANG
			while int(machine.monitor("i /b 0x64").split("=")[1], 16) & OUTPUT_FULL:
				assert time.monotonic() < end, f"{key} is not read"
				time.sleep(0.005)


def press_text(machine, text):
	press(machine, *(SPECIAL.get(c, "shift-" + c.lower() if c.isupper() else c) for c in text))


def test_call():
	"""The console is a call of firmware (SBI), which is also asked for what is typed. Not on
	QEMU's spike, which keeps only the last byte that has arrived."""
	with machine_of("riscv64", None, machine="sifive_u", cpu="sifive-u54", rng=False,
			display=False) as m:
		monitor = Monitor(m)
		assert "boot: input: serial polled\n" in m.serial()
		assert "1 of 1 run\n" in monitor.run("cpus")
		assert monitor.run("input").startswith("serial: polled")


@pytest.mark.parametrize("name", MACHINES)
def test_serial(name):
	"""Each byte causes an interrupt; nothing is polled."""
	arch, options = MACHINES[name]
	with machine_of(arch, **options) as machine:
		monitor = Monitor(machine)
		assert re.search(r"^boot: input: serial by interrupt \d+", machine.serial(), re.M)
		before = interrupts(monitor, "serial")
		for i, key in enumerate("help", 1):
			monitor.type(key)
			monitor.echoed("help"[:i])
		monitor.type("\r")
		assert "peek ADDR" in monitor._answer()[1]
		assert interrupts(monitor, "serial") >= before + 5


def test_polled():
	"""A port whose interrupt is unknown stays polled when CPUs interrupt each other."""
	with machine_of("x86_64", None, "earlycon=uart8250,io,0x2f0", machine="q35,i8042=off",
			extra=["-smp", "2", "-device",
			       "isa-serial,chardev=talk,iobase=0x2f0,irq=5"]) as machine:
		monitor = Monitor(machine)
		assert "\nboot: input: serial polled\n" in machine.serial()
		assert monitor.run("cpus 200") == "200 operations on 2 CPUs, 0 wrong\n"
		assert "serial: polled\n" in monitor.run("input")


@pytest.mark.parametrize("firmware", ["uefi", None])
def test_second_port(firmware):
	"""A PC with COM2 and without COM1."""
	guest = machine_of("x86_64", firmware, fresh=True)
	at = guest.command.index("-serial")
	guest.command[at:at] = ["-serial", "none"]
	with guest as machine:
		monitor = Monitor(machine)
		assert "\nboot: uart: 16550 at port 0x2f8 from default\n" in machine.serial()
		assert re.search(r"^boot: input: serial by interrupt \d+", machine.serial(), re.M)
		assert "peek ADDR" in monitor.run("help")


def test_no_port():
	"""A PC without both: boot_info has no port. The report is read in the kernel's log."""
	guest = Machine("x86_64", kernel=image_path("x86_64"), firmware=None, memory="64M",
			append="idle cpus=1", rng=False, display=False)
	guest.command[guest.command.index("-serial") + 1] = "none"
	with guest as machine:
		end = time.monotonic() + HANG
		while b"\nboot: idle\n" not in (ram := machine.memory(0, 64 << 20)):
			assert time.monotonic() < end, "no end of the boot in memory"
			time.sleep(0.2)
	assert b"\nboot: uart: none\n" in ram


@pytest.mark.parametrize("arch", ARCHES)
def test_break(arch):
	"""A break is counted, and not taken for a byte. Reading LSR to send a byte clears BI, so
	the break comes after the echo."""
	with Machine(arch, talk=True) as machine:
		monitor = Monitor(machine)
		monitor.type("he")
		monitor.echoed("he")
		machine.run("chardev-send-break", id="talk")
		assert "peek ADDR" in monitor.run("lp")
		assert re.search(r"^errors: break 1, framing 0, ", monitor.run("input"), re.M)


@pytest.mark.parametrize("arch", ARCHES)
def test_many(arch):
	"""More input than the port buffers, while a command runs."""
	with Machine(arch, talk=True) as machine:
		monitor = Monitor(machine)
		monitor.type("help\r" * 10 + "timeline\r")
		monitor._answer(prompts=11)
		assert "errors: break 0" in monitor.run("input")


@pytest.mark.parametrize("machine", ["q35", "pc"])
def test_keyboard(machine):
	disk = "ide" if machine == "pc" else "virtio"
	with Machine("x86_64", talk=True, machine=machine, disk=disk) as m:
		monitor = Monitor(m)
		assert re.search(r"^boot: input: serial by interrupt \d+, "
				 r"keyboard by interrupt \d+$", m.serial(), re.M)
		press_text(m, "help peek\r")
		assert "peek ADDR" in monitor._answer()[1]
		press(m, "up", "home", "delete", "delete", "h", "e", "left", "right", "end", "ret")
		assert "peek ADDR" in monitor._answer()[1]
		press_text(m, "Xy\x7f\x7fhel\t\r")
		assert "peek ADDR" in monitor._answer()[1]
		press(m, "caps_lock", "a", "shift-a", "caps_lock", "shift-2", "ret")
		assert 'there is no command "Aa@"' in monitor._answer()[1]
		press(m, "x", "y", "ctrl-c")
		assert monitor._answer()[0]
		assert interrupts(monitor, "keyboard") > 40


def test_no_keyboard():
	"""The FADT's flag for the controller is valid only from revision 4 on."""
	with Machine("x86_64", talk=True, machine="q35,i8042=off") as machine:
		Monitor(machine)
		assert re.search(r"^boot: keyboard: none: (firmware says there is )?no controller$",
				 machine.serial(), re.M)
