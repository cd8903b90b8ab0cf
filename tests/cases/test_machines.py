# SPDX-License-Identifier: MIT
"""Other memory sizes, CPUs, boards and displays than the defaults."""
import re

import pytest

from handoff import Info
from machine import EDK2, Machine, boot
from report import Report
from screen import screen_text
from test_boot import selftest_passed

GIB = 2**30
# The least memory with which firmware itself boots: measured as 48 MiB for OVMF 2022.11 and 128
# for AAVMF, which takes an exception before its boot manager with 112. U-Boot
# for riscv64 stops with 128.
SIZES = [("x86_64", "64M"), ("x86_64", "128M"), ("x86_64", "512M"), ("x86_64", "4G"),
	 ("x86_64", "8G"),
	 ("aarch64", "128M"), ("aarch64", "512M"), ("aarch64", "4G"), ("aarch64", "8G"),
	 ("riscv64", "256M"), ("riscv64", "8G")]
X86_MACHINES = {
	"max": {"cpu": "max"},
	"la57": {"cpu": "max,la57=on"},
	"no-1g-pages": {"cpu": "max,pdpe1gb=off"},
	"pc": {"machine": "pc", "disk": "ide"},
	"q35-ide": {"machine": "q35", "disk": "ide"},
	"no-vga": {"display": "pci-testdev"},		# a device that is not a display
	"virtio-vga": {"display": "virtio-vga"},
	"ramfb": {"display": "ramfb"},
	"bochs": {"display": "bochs-display"},
	"four-cpus": {"extra": ["-smp", "4"]},
}
AA64_MACHINES = {
	"a53": {"cpu": "cortex-a53"},
	"max": {"cpu": "max"},
	"gic2": {"machine": "gic-version=2"},
	"gic3": {"machine": "gic-version=3", "extra": ["-smp", "4"]},
	"ramfb": {"display": "ramfb"},
	"bochs": {"display": "bochs-display"},
	"virtio-gpu": {"display": "virtio-gpu-pci"},	# BLT only: no framebuffer for us
	"no-acpi": {"machine": "acpi=off"},		# device tree only
}
EL2 = [("cortex-a72", r) for r in ("off", "identity", "mapped")] + \
      [("max", r) for r in ("off", "identity", "mapped")]


def bytes_of(text):
	return int(text[:-1]) * {"M": 2**20, "G": GIB}[text[-1]]


@pytest.mark.parametrize("arch,memory", SIZES)
def test_memory(arch, memory):
	with Machine(arch, "", memory=memory) as machine:
		machine.wait("boot: idle")
		report = Report(machine.serial()).check(arch)
		Info(machine, report.runs).check(bytes_of(memory))


@pytest.mark.parametrize("name", X86_MACHINES)
def test_x86(name):
	text = boot("x86_64", "selftest poweroff", **X86_MACHINES[name])
	Report(text).check("x86_64")
	selftest_passed(text)


@pytest.mark.parametrize("name", AA64_MACHINES)
def test_aarch64(name):
	text = boot("aarch64", "selftest poweroff", **AA64_MACHINES[name])
	Report(text).check("aarch64")
	selftest_passed(text)


@pytest.mark.parametrize("cpu,regime", EL2)
def test_el2(cpu, regime):
	"""Entered at EL2, and left there. `max` could have E2H, but firmware leaves it clear."""
	with Machine("aarch64", f"selftest mmu={regime}", cpu=cpu,
		     machine="virtualization=on") as machine:
		machine.wait("boot: idle")
		text = machine.serial()
		report = Report(text).check("aarch64", regime)
		selftest_passed(text)
		assert Info(machine, report.runs).cpu_mode == 2
		assert re.search(r"^boot: cpu: EL2 id 0x0( e2h)?$", machine.serial(), re.M)


@pytest.mark.parametrize("size", ["640x480", "800x600", "1280x800"])
@pytest.mark.parametrize("arch", EDK2)
def test_screen(arch, size):
	"""The screen has scrolled, and shows the last lines that were sent to the serial port."""
	display = "ramfb" if arch == "aarch64" else None
	with Machine(arch, display=display, cmdline=f"idle loglevel=7 video={size}") as machine:
		machine.wait("boot: idle")
		for _ in range(100):		# it is drawn a moment after it was sent
			lines = screen_text(*machine.screen())
			if "boot: idle" in lines:
				break
		last = machine.serial().rstrip("\n").split("\n")[-10:]
	assert last[-1] == "boot: idle"
	at = lines.index("boot: idle")
	for i, line in enumerate(reversed(last)):
		assert lines[at - i] == line, lines
	assert at == len(lines) - 2 and "" not in lines[:at]	# the cursor is below
