# SPDX-License-Identifier: MIT
"""video=: firmware sets the mode, the display shows it, and the kernel is told."""
import functools
import re
import subprocess

import pytest

from machine import HANG, Limit, Machine, elf_path, image_path
from screen import screen_text
from setup16 import EMPTY, image_before
from test_boot import refused

# modes that each display's driver offers, including the initial one
DISPLAYS = [("x86_64", None), ("aarch64", "ramfb")]
LARGE = {"x86_64": 1920 * 1440, "aarch64": 1024 * 768}	# the largest have at least that much


def bios(append, **options):
	"""The 16-bit entry sets the mode."""
	return Machine("x86_64", kernel=image_path("x86_64"), firmware=None, append=append,
		       **options)


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
	assert "stubborn: warning: video=: cannot set this mode\n" in text


@functools.cache
def displays():
	return subprocess.run(["qemu-system-x86_64", "-device", "help"], text=True, check=True,
			      capture_output=True).stdout


@pytest.mark.parametrize("display", [None, "qxl-vga", "virtio-vga", "vmware-svga"])
def test_bios(display):
	"""By default 1024x768, which shows the boot screen."""
	if display and f'"{display}"' not in displays():
		pytest.skip(f"this QEMU has no {display}: on Debian 13 another package has")
	with bios("", display=display) as machine:
		machine.wait("boot: idle")
		assert "boot: screen: 1024x768 xrgb at " in machine.serial()
		width, height, pixels = machine.screen()
	assert (width, height) == (1024, 768)
	assert screen_text(width, height, pixels)[0].startswith("Stubborn ")


WRONG = "stubborn: warning: video=: cannot set this mode\n"


@pytest.mark.parametrize("append,size,warns", [
	("video=800x600", (800, 600), False), ("a=video=640x480 video=801x767", (800, 600), True),
	("video=640x480 a\tvideo=1280x720", (1280, 720), False),
	("video=max", (2560, 1600), False), ('video="800x600"', (800, 600), False),
	('"video=800x600"', (800, 600), False), ('x="a video=640x480"', (1024, 768), False),
	("a --video=640x480 -- video=640x480", (1024, 768), False)])
def test_bios_size(append, size, warns):
	"""The largest mode up to that size; the last word counts."""
	with bios(append) as machine:
		machine.wait("boot: idle")
		text = machine.serial()
		assert machine.screen()[:2] == size
	assert "boot: screen: %ux%u xrgb at " % size in text
	assert (WRONG in text) == warns


@pytest.mark.parametrize("append,options", [
	("video=keep", {}), ("video=2x3", {}), ("video=max", {"display": "cirrus-vga"}),
	("", {"display": False}), ("video=1024x768", {"display": False})])
def test_bios_none(append, options):
	"""No mode fits, none has 32 bits per pixel, or there is no VGA BIOS: text mode stays."""
	with bios(append + " poweroff", **options) as machine:
		text = machine.wait_end()
	assert "boot: screen: none\n" in text
	assert (WRONG in text) == (append not in ("", "video=keep"))


@pytest.mark.parametrize("size,warns", [("800x600", False), ("640x480", True)])
def test_bios_again(size, warns):
	"""The screen is kept."""
	with bios(f"video=800x600 again -- video={size} poweroff") as machine:
		text = machine.wait_end()
	assert text.count("boot: screen: 800x600 xrgb at ") == 2
	assert (WRONG in text) == warns


@pytest.mark.parametrize("append", ["", "video=keep"])
def test_bios_stride(append, tmp_path):
	"""VBE 3.0 has a stride for linear modes. With "keep" the BIOS is not asked at all."""
	file = image_before(tmp_path, "vbe.S")
	with Machine("x86_64", kernel=file, firmware=None, append=append) as machine:
		machine.wait("boot: idle")
		calls = int.from_bytes(machine.memory(0x10000 + EMPTY, 2), "little")
		screen = machine.screen()
	assert (calls > 10) == (append == "")
	assert append or screen_text(*screen)[0].startswith("Stubborn ")


def test_bios_panic():
	"""An option that stops the boot is seen on the screen."""
	with bios("video=800x600 mmu=x") as machine:
		machine.wait("stubborn: panic: mmu=x: invalid value")
		limit = Limit(HANG)
		while "HLT=1" not in machine.monitor("info registers"):
			assert limit.lasts(0)
		width, height, pixels = machine.screen()
	assert (width, height) == (800, 600)
	assert any("stubborn: panic: mmu=x: invalid value" in line
		   for line in screen_text(width, height, pixels))


@pytest.mark.parametrize("cpu,error", [
	("qemu64,-lm", "no long mode"), ("486", "no long mode"), ("qemu64,-nx", "no NX")])
def test_bios_text(cpu, error, tmp_path):
	"""An error of the 32-bit code is told in text mode."""
	file = image_before(tmp_path, "vbe.S") if "nx" in cpu else image_path("x86_64")
	with Machine("x86_64", kernel=file, firmware=None, append="video=800x600", cpu=cpu,
		     memory="128M") as machine:
		machine.wait(f"stubborn: error: .*{error}.*")
		assert machine.screen()[:2] == (720, 400)
		text = machine.memory(0xb8000, 200)[::2].decode(errors="replace")
		assert text.startswith("stubborn: error: ") and error in text
