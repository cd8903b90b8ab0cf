# SPDX-License-Identifier: MIT
"""Zero, one, many: initrds of 0 bytes to 64 MiB and command lines of 0 to 64 Ki characters
arrive complete for every kind of way in, or a message says what was lost.
"""
import re
import zlib

import pytest

from machine import Machine, elf_path, image_path
from pc_loader import Loaded, boot_params
from report import Report
from test_grub import GRUB
from test_media import MediumMachine, make
from test_uboot import LOAD, UBOOT, script

KEPT = 4095			# include/stubborn/README.md: cmdline
LONG = 64 * 1024
X86, ARM, RISCV = "x86_64", "aarch64", "riscv64"


def words_of(size):
	"""A command line of that many characters; a long one ends with poweroff. Of short
	words: GRUB 2.06 accepts none beyond 8 KiB, and drops those that do not fit."""
	text = ("poweroff -- " + "seven77 " * (size // 8))[:max(size, 1) - 1]
	return text + "c" * (size - len(text))


def pattern(size):
	turn = bytes(range(251))	# so that no two pages are alike
	return (turn * (size // len(turn) + 1))[:size]


def by_disk(words, data, _):
	files = {} if data is None else {"\\i": data}
	words = words if data is None else "initrd=/i " + words
	return Machine(X86, words, files=files)


def by_firmware(words, data, folder):
	return by_qemu(ARM, image_path(ARM), words, data, folder, "uefi")


def by_qemu(arch, kernel, words, data, folder, firmware=None, **options):
	machine = Machine(arch, kernel=kernel, firmware=firmware, append=words, **options)
	if data is not None:
		(folder / "i").write_bytes(data)
		machine.command += ["-initrd", str(folder / "i")]
	return machine


def by_image(words, data, folder):
	return by_qemu(ARM, image_path(ARM), words, data, folder)


def by_opensbi(words, data, folder):
	return by_qemu(RISCV, image_path(RISCV), words, data, folder)


def by_linux16(words, data, folder):
	return by_qemu(X86, image_path(X86), words, data, folder)


def by_pvh(words, data, folder):
	"""With qboot: the ROM that QEMU 7.2 uses under SeaBIOS has 4 KiB for the command
	line, and writes beyond it."""
	return by_qemu(X86, elf_path(X86), words, data, folder, machine="microvm", rng=False,
		       display=False)


def by_32(words, data, _):
	return by_entry(32, words, data)


def by_64(words, data, _):
	return by_entry(64, words, data)


def by_entry(bits, words, data):
	"""With a loader of ours; the long line and the large initrd do not overlap."""
	params = boot_params(cmdline=0x6000000,
			     initrd=(0, 0) if data is None else (0x8000000, len(data)))
	more = [(0x6000000, words.encode() + b"\0")] + ([(0x8000000, data)] if data else [])
	return Loaded(bits, "", params, more=more)


def by_uboot(words, data, folder):
	if not UBOOT.exists():
		pytest.skip(f"no {UBOOT}")
	ramdisk = "-" if data is None else "${ramdisk_addr_r}:${filesize}"
	commands = LOAD + ("" if data is None else "load virtio 0 ${ramdisk_addr_r} /i; ") + \
		f"setenv bootargs '{words}'; booti ${{kernel_addr_r}} {ramdisk} ${{fdt_addr}}"
	files = {"\\boot.scr": script(folder, commands), "\\i": data or b""}
	return Machine(ARM, boot=False, files=files, firmware=UBOOT)


def by_grub_arm(words, data, _):
	if not GRUB:
		pytest.skip("no GRUB for Arm")
	config = f"set root=(hd0)\nlinux /k {words}\n" + ("" if data is None else "initrd /i\n")
	files = {"\\k": image_path(ARM).read_bytes(), "\\i": data or b"",
		 "\\EFI\\debian\\grub.cfg": (config + "boot\n").encode()}
	return Machine(ARM, image=GRUB.read_bytes(), files=files)


def by_grub_bios(words, data, folder):
	more = []
	if data is not None:
		(folder / "i").write_bytes(data)
		words, more = "initrd=/i " + words, ["-a", f"{folder / 'i'}:\\i"]
	return MediumMachine(X86, make("iso", folder, words, more), "cd", firmware=None)


KINDS = {"uefi": by_disk, "uefi -kernel": by_firmware, "image": by_image, "opensbi": by_opensbi,
	 "linux16": by_linux16, "linux32": by_32, "linux64": by_64, "pvh": by_pvh,
	 "uboot": by_uboot, "grub": by_grub_arm, "grub bios": by_grub_bios}


# What comes before our words, and the message for an initrd of 0 bytes, if any.
BEFORE = {"grub": "BOOT_IMAGE=/k ", "grub bios": "BOOT_IMAGE=/stubborn.efi "}
NAMED = {"uefi": "stubborn: error: initrd=/i: is empty",
	 "grub bios": "stubborn: panic: initrd=/i: the loader passed none, or an empty one"}


@pytest.mark.parametrize("size,initrd", [(0, 0), (1, 1), (2047, 64 << 20), (LONG, None)])
@pytest.mark.parametrize("kind", KINDS)
def test_sizes(kind, size, initrd, tmp_path):
	words = words_of(size)
	data = None if initrd is None else pattern(initrd)
	wanted = BEFORE.get(kind, "") + ("initrd=/i " if data is not None and kind in NAMED else "")
	wanted = (wanted + words).strip()
	with KINDS[kind](words, data, tmp_path) as machine:
		if initrd == 0 and kind in NAMED:
			machine.wait(re.escape(NAMED[kind]))
			return
		if size <= 1:
			machine.wait("boot: idle")
		text = machine.serial() if size <= 1 else machine.wait_end()
	report = Report(text, text.index("Stubborn "))
	assert report.initrd == ((initrd, zlib.crc32(data)) if initrd else None)
	assert report.cmdline == wanted[:KEPT].rstrip()
	assert ("the command line was too long and is cut" in text) == (len(wanted) > KEPT)
