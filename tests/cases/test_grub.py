# SPDX-License-Identifier: MIT
"""GRUB for Arm on AAVMF, as Debian ships it: `chainloader`, and `linux` with `initrd`."""
import re
import zlib
from pathlib import Path

import pytest

from machine import BUILD, Machine, image_path
from report import Report
from test_boot import GOES_ON, selftest_passed

ARCH = "aarch64"
PLACES = [BUILD / "loaders/grubaa64.efi",
	  Path("/usr/lib/grub/arm64-efi/monolithic/grubaa64.efi")]
GRUB = next((p for p in PLACES if p.exists()), None)

pytestmark = pytest.mark.skipif(not GRUB, reason="no GRUB for Arm: fetch-package.sh failed")


def run(commands, initrd=b"", **options):
	files = {"\\stubborn.efi": image_path(ARCH).read_bytes(), "\\i": initrd or b"x",
		 "\\EFI\\debian\\grub.cfg": ("set root=(hd0)\n" + commands + "\n").encode()}
	with Machine(ARCH, image=GRUB.read_bytes(), files=files, **options) as machine:
		machine.wait(GOES_ON)
		return machine.wait_end()


@pytest.mark.door("GRUB chainloader")
@pytest.mark.parametrize("machine", ["", "virtualization=on"])
def test_chainloader(machine):
	data, words = bytes(range(99)), "initrd=/i mmu=mapped selftest poweroff"
	text = run(f"chainloader /stubborn.efi {words}\nboot", data, machine=machine)
	Report(text).check(ARCH, "mapped", words, initrd=data)
	selftest_passed(text)


@pytest.mark.parametrize("regime", ["off", "identity"])
def test_linux(regime):
	text = run(f"linux /stubborn.efi mmu={regime} selftest poweroff\nboot")
	report = Report(text).check(ARCH, regime)
	assert report.cmdline == f"BOOT_IMAGE=/stubborn.efi mmu={regime} selftest poweroff"
	assert "stubborn: warning" not in text
	selftest_passed(text)


@pytest.mark.door("GRUB linux")
@pytest.mark.parametrize("regime", ["off", "mapped"])
def test_initrd(regime):
	data = bytes(i * 13 % 251 for i in range(234567))
	text = run(f"linux /stubborn.efi mmu={regime} selftest poweroff\ninitrd /i\nboot", data)
	assert Report(text).initrd == (len(data), zlib.crc32(data))
	selftest_passed(text)


def test_no_volume():
	"""`linux` starts what it has in memory; GRUB 2.06 does not say from which disk."""
	text = run("linux /stubborn.efi module=/i poweroff\nboot\n"
		   "chainloader /stubborn.efi poweroff\nboot")
	assert "error: module=/i: no volume, cannot be opened\n" in text or \
		b"2.06" not in GRUB.read_bytes() and " 0x1000 module\n" in text


def test_error():
	"""A refusal leads back to GRUB's script."""
	text = run("chainloader /stubborn.efi place=0x1000\nboot\n"
		   "chainloader /stubborn.efi poweroff\nboot")
	assert re.search(r"^stubborn: error: place=0x1000: no free RAM", text, re.M)
	assert Report(text).cmdline == "poweroff"
