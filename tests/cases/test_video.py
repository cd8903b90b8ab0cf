# SPDX-License-Identifier: MIT
"""video=: firmware sets the mode, the display shows it, and the kernel is told."""
import re

import pytest

from machine import Machine, elf_path
from test_boot import refused

# modes that each display's driver offers, including the initial one
DISPLAYS = [("x86_64", None), ("aarch64", "ramfb")]
LARGE = {"x86_64": 1920 * 1440, "aarch64": 1024 * 768}	# the largest have at least that much


def shown(arch, cmdline, display, **options):
	"""What the kernel reports, what QEMU shows, and all the text."""
	with Machine(arch, cmdline, display=display, **options) as machine:
		machine.wait("boot: idle")
		text = machine.serial()
		screen = machine.screen()[:2]
	told = re.search("^boot: screen: ([0-9]+)x([0-9]+) .*$", text, re.M)
	assert "unusable" not in told[0]
	return tuple(map(int, told.groups())), screen, text


@pytest.mark.parametrize("arch,display", DISPLAYS)
@pytest.mark.parametrize("size", [(640, 480), (1024, 768)])
def test_size(arch, display, size):
	told, screen, text = shown(arch, "video=%ux%u" % size, display)
	assert told == screen == size
	assert "warning" not in text


@pytest.mark.parametrize("arch,display", DISPLAYS)
def test_max(arch, display):
	kept, _, _ = shown(arch, "video=keep", display)
	told, screen, text = shown(arch, "video=max", display)
	assert told == screen
	assert told[0] * told[1] >= max(kept[0] * kept[1], LARGE[arch])
	assert "warning" not in text


@pytest.mark.parametrize("arch,display", DISPLAYS)
def test_impossible(arch, display):
	told, screen, text = shown(arch, "video=641x99", display)
	assert told == screen
	assert (f"stubborn: warning: video=641x99: the screen has no such mode, "
		f"{told[0]}x{told[1]} is kept\n") in text


def test_wrong(arch):
	"""A clear error, and firmware goes on."""
	refused(arch, "video=800", "video=800: invalid value$")


def test_uefi32():
	with Machine("x86_64", "video=max poweroff", firmware="uefi32") as machine:
		text = machine.wait_end()
	assert "warning: video=: firmware has no screen whose mode can be set\n" in text


def test_no_firmware():
	with Machine("x86_64", kernel=elf_path("x86_64"), firmware=None,
		     append="video=max poweroff") as machine:
		text = machine.wait_end()
	assert "stubborn: warning: video=: only UEFI can set a mode: ignored\n" in text
