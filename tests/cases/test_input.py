# SPDX-License-Identifier: MIT
"""User input: command lines passed in three ways, and an initrd."""
import random
import struct
import zlib

import pytest

from machine import EDK2, IMAGE_NAME, Machine, boot, image_path
from report import Report
from secure import SecureMachine, entries
from test_boot import refused

INITRDS = {"one byte": 1, "odd": 64 * 1024 + 1, "large": 5 * 1024 * 1024}


def some_bytes(size):
	return random.Random(size).randbytes(size)


def test_text_file(arch):
	text = boot(arch, '  quoted="a b"  unicode=äß€𝄞 poweroff ')
	Report(text).check(arch, cmdline='quoted="a b"  unicode=äß€𝄞 poweroff')


def test_no_text_file(arch):
	with Machine(arch) as machine:
		machine.wait("boot: idle")
		Report(machine.serial()).check(arch, cmdline="")


# OptionalData that is not a command line: a vendor's mark, Windows' structure.
OPAQUE = {
	"ami": b"\0\0BO",
	"windows": b"WINDOWS\0" + struct.pack("<3I", 1, 136, 120) +
		   "BCDOBJECT={9dea862c-5cdd-4e70-acc1-f32b344d4795}a".encode("utf-16-le") +
		   struct.pack("<4I", 1, 16, 4, 0x4ff7f),
}


@pytest.mark.parametrize("kind", OPAQUE)
@pytest.mark.parametrize("arch", EDK2)
def test_opaque_options_Q67(arch, kind):
	"""If a boot entry's options are not text, the text file is used."""
	path = f"\\EFI\\BOOT\\{IMAGE_NAME[arch]}.EFI"
	with SecureMachine(arch, entries([(path, OPAQUE[kind])]), "hello poweroff") as machine:
		text = machine.wait_end()
	assert '\nboot: command line: "hello poweroff"\n' in text


@pytest.mark.door("UEFI Shell")
@pytest.mark.parametrize("typed", ["fs0:\\stubborn.efi", "fs0:\\stubborn"])
@pytest.mark.parametrize("arch", EDK2)
def test_shell_name_alone_Q67(arch, typed):
	"""Only the program's name was typed: that is no command line either."""
	files = {"\\startup.nsh": f"{typed}\r\n".encode(), "\\stubborn.TXT": b"hello poweroff"}
	with Machine(arch, boot=False, files=files) as machine:
		text = machine.wait_end()
	assert '\nboot: command line: "hello poweroff"\n' in text


@pytest.mark.door("UEFI Shell")
@pytest.mark.parametrize("arch", EDK2)
def test_shell(arch):
	"""The UEFI Shell puts the file's name first; it is not part of the command line."""
	words, data = 'mmu=identity initrd=\\i "two three" poweroff', some_bytes(70000)
	files = {"\\startup.nsh": f"fs0:\\stubborn.efi {words}\r\n".encode(), "\\i": data}
	with Machine(arch, boot=False, files=files) as machine:
		text = machine.wait_end()
	report = Report(text, text.index("kernel running") - 40)
	report.check(arch, "identity", words, initrd=data)


@pytest.mark.parametrize("typed", ["stubborn", "\"\\a b\\\"stubborn"])
@pytest.mark.parametrize("arch", EDK2)
def test_shell_name_Q67(arch, typed):
	"""The Shell finds a program without its suffix, too, and adds nothing to what was typed."""
	image = image_path(arch).read_bytes()
	script = f"fs0:\r\n{typed} first poweroff\r\n".encode()
	files = {"\\startup.nsh": script, "\\a b\\stubborn.efi": image}
	with Machine(arch, boot=False, files=files) as machine:
		text = machine.wait_end()
	assert '\nboot: command line: "first poweroff"\n' in text


@pytest.mark.parametrize("arch", EDK2)
def test_shell_error(arch):
	"""A refused command line returns to the shell, which can start us again."""
	script = b"fs0:\\stubborn.efi mmu=x\r\nfs0:\\stubborn.efi third poweroff\r\n"
	with Machine(arch, boot=False, files={"\\startup.nsh": script}) as machine:
		text = machine.wait_end()
	assert "\nstubborn: error: " in text
	assert 'boot: command line: "third poweroff"' in text


def test_unknown_option(arch):
	text = boot(arch, "frobnicate frobnicate=2 poweroff")
	for word in ("frobnicate", "frobnicate=2"):
		assert text.count(f'stubborn: warning: unknown option "{word}" ignored\n') == 1
	assert text.count("stubborn: warning") == 2
	Report(text).check(arch)


@pytest.mark.parametrize("size", INITRDS.values(), ids=INITRDS)
def test_initrd(arch, size):
	data = some_bytes(size)
	text = boot(arch, "initrd=\\boot\\initrd.img poweroff", files={"\\boot\\initrd.img": data})
	assert Report(text).initrd == (size, zlib.crc32(data))


@pytest.mark.door("firmware's boot manager")
def test_initrd_mapped(arch):
	data = some_bytes(70000)
	text = boot(arch, "initrd=\\i mmu=mapped place=stay poweroff", files={"\\i": data})
	assert Report(text).initrd == (len(data), zlib.crc32(data))


def test_initrd_missing(arch):
	refused(arch, "initrd=\\not\\there", "not.there")


@pytest.mark.parametrize("arch", EDK2)
def test_kernel_option(arch):
	"""qemu -kernel through firmware: the file comes from fw_cfg, the text from -append."""
	text = boot(arch, kernel=image_path(arch), append="one=1  mmu=identity poweroff")
	Report(text).check(arch, "identity", "one=1  mmu=identity poweroff")


@pytest.mark.door("qemu -kernel through firmware")
@pytest.mark.parametrize("arch", EDK2)
def test_kernel_option_initrd(arch):
	data = some_bytes(300000)
	text = boot(arch, kernel=image_path(arch), append="x=1 poweroff", initrd=data)
	report = Report(text)
	assert report.initrd == (len(data), zlib.crc32(data))
	assert report.cmdline == "x=1 poweroff"
