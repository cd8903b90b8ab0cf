# SPDX-License-Identifier: MIT
"""Boot loaders that are EFI programs start us, and pass text and an initrd.

Each is Debian's binary (debian.py); what it boots is on the same disk, or on QEMU's
own TFTP server in an isolated network. The command line must arrive exactly as the
loader passes it.
"""
import random
import struct
import zlib

import pytest

from debian import grub_package, package_file
from machine import Machine, image_path
from report import Report

ASCII = 'one=1 "b c" poweroff'
WORDS = "ä=ß " + ASCII
INITRD = random.Random(1).randbytes(300001)
GRUB = "/usr/lib/grub/x86_64-efi/monolithic/grubx64.efi"
SYSTEMD_BOOT = "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"
SYSLINUX = "/usr/lib/SYSLINUX.EFI/efi64/syslinux.efi"
SYSLINUX_MODULE = "/usr/lib/syslinux/modules/efi64/ldlinux.e64"
U_BOOT = "/usr/lib/u-boot/{}/u-boot.rom"
X86 = "x86_64"


def booted(machine, cmdline, initrd=True, entry="uefi"):
	"""The machine has switched itself off; the report says what was passed."""
	with machine:
		text = machine.wait_end()
	report = Report(text, text.index("Stubborn "))
	assert report.initrd == ((len(INITRD), zlib.crc32(INITRD)) if initrd else None)
	report.initrd = None
	return report.check(X86, cmdline=cmdline, entry=entry)


def loader(package, path, files, **options):
	"""A machine that boots the loader from a disk with us, the initrd and `files` on it."""
	files = {"\\stubborn.efi": image_path(X86).read_bytes(), "\\initrd": INITRD, **files}
	return Machine(X86, image=package_file(package, path).read_bytes(), files=files, **options)


def grub(config):
	"""GRUB as Debian signs it, with all modules; it looks for its configuration here."""
	return loader(grub_package("amd64"), GRUB, {"\\EFI\\debian\\grub.cfg": config.encode()})


def test_grub_chainloader():
	"""GRUB 2.06 widens each byte of UTF-8 separately: only ASCII arrives intact."""
	machine = grub(f"chainloader /stubborn.efi '{ASCII}'\nboot\n")
	booted(machine, ASCII, initrd=False)


@pytest.mark.door("GRUB chainloader")
def test_grub_chainloader_initrd():
	"""`chainloader` has no `initrd` command: the option reads it from GRUB's disk."""
	machine = grub(f"chainloader /stubborn.efi 'initrd=\\initrd {ASCII}'\nboot\n")
	booted(machine, f"initrd=\\initrd {ASCII}")


@pytest.mark.door("GRUB linux")
def test_grub_linux():
	"""GRUB 2.06 leaves firmware itself, and enters by Linux's 32-bit protocol; 2.12 starts the
	image by UEFI."""
	machine = grub(f"linux /stubborn.efi {WORDS}\ninitrd /initrd\nboot\n")
	booted(machine, f"BOOT_IMAGE=/stubborn.efi {WORDS}",
	       entry="linux32" if grub_package("amd64").endswith("bin") else "uefi")


@pytest.mark.door("systemd-boot")
def test_systemd_boot():
	"""It puts initrd= before the options, and also offers the initrd by LoadFile2."""
	entry = f"title x\nlinux /stubborn.efi\ninitrd /initrd\noptions {WORDS}\n"
	machine = loader("systemd-boot-efi", SYSTEMD_BOOT, {
		"\\loader\\loader.conf": b"timeout 0\ndefault stubborn.conf\n",
		"\\loader\\entries\\stubborn.conf": entry.encode()})
	booted(machine, f"initrd=\\initrd {WORDS}")


@pytest.mark.door("systemd-boot, efi entry")
def test_systemd_boot_efi():
	words = f"initrd=\\initrd {WORDS}"
	entry = f"title x\nefi /stubborn.efi\noptions {words}\n"
	machine = loader("systemd-boot-efi", SYSTEMD_BOOT, {
		"\\loader\\loader.conf": b"timeout 0\ndefault stubborn.conf\n",
		"\\loader\\entries\\stubborn.conf": entry.encode()})
	booted(machine, words)


@pytest.mark.door("Syslinux on UEFI")
def test_syslinux_Q113():
	"""It leaves firmware itself, and enters by Linux's 32-bit protocol. Its boot_params begin
	as a copy of our first page; firmware and screen are in them all the same."""
	config = f"DEFAULT s\nLABEL s\nLINUX /stubborn.efi\nINITRD /initrd\nAPPEND {WORDS}\n"
	module = package_file("syslinux-common", SYSLINUX_MODULE)
	machine = loader("syslinux-efi", SYSLINUX, {
		"\\EFI\\BOOT\\ldlinux.e64": module.read_bytes(),
		"\\EFI\\BOOT\\syslinux.cfg": config.encode()})
	report = booted(machine, f"BOOT_IMAGE=/stubborn.efi {WORDS} initrd=/initrd",
			entry="linux32")
	assert "\nboot: firmware: uefi" in report.text
	assert "\nboot: screen: 1280x800" in report.text


@pytest.mark.door("rEFInd")
def test_refind():
	"""A quote within quotes is written twice. It reads its configuration as ISO 8859-1."""
	options = ASCII.replace('"', '""')
	config = f"""timeout -1
textonly
scanfor manual
menuentry x {{
	loader /stubborn.efi
	initrd /initrd
	options "{options}"
}}
"""
	machine = loader("refind", "/usr/share/refind/refind/refind_x64.efi",
			 {"\\EFI\\BOOT\\refind.conf": config.encode()})
	booted(machine, f"{ASCII} initrd=\\initrd")


def network(folder, bootfile, script=None):
	"""A card without its own ROM, on a network that ends at QEMU's TFTP server."""
	(folder / "stubborn.efi").write_bytes(image_path(X86).read_bytes())
	(folder / "initrd").write_bytes(INITRD)
	if script:
		(folder / bootfile).write_text("#!ipxe\n" + script)
	return ["-netdev", f"user,id=net,restrict=on,tftp={folder},bootfile={bootfile}",
		"-device", "e1000,netdev=net,romfile="]


@pytest.mark.door("iPXE over TFTP")
def test_ipxe(tmp_path):
	"""Its initrd is a file on a virtual disk; it passes our name first.
	Like GRUB, the 2019 release widens every byte separately."""
	card = network(tmp_path, "boot.ipxe",
		       f"kernel stubborn.efi initrd=initrd {ASCII}\ninitrd initrd\nboot\n")
	machine = loader("ipxe", "/boot/ipxe.efi", {}, extra=card)
	booted(machine, f"initrd=initrd {ASCII}")


class UBoot(Machine):
	"""The pc board with U-Boot instead of UEFI; it scans its virtio disk. A read of an IDE
	disk ends with "no IRQ" now and then when the host is busy."""

	def __init__(self, script, files, build="qemu-x86_64"):
		# no display: its console would scroll for minutes
		files = {"\\initrd": INITRD, "\\boot.scr": uboot_script(script.encode()), **files}
		super().__init__(X86, boot=False, files=files, machine="pc", rng=False,
				 firmware=package_file("u-boot-qemu", U_BOOT.format(build)),
				 display="pci-testdev")


def uboot_script(text):
	"""What U-Boot's `source` runs: its image header (lib/image.h there) and the text."""
	magic, linux, i386, kind, raw = 0x27051956, 5, 3, 6, 0
	data = struct.pack(">2I", len(text), 0) + text

	def header(crc):
		return struct.pack(">7I4B32s", magic, crc, 0, len(data), 0, 0, zlib.crc32(data),
				   linux, i386, kind, raw, b"boot")
	return header(zlib.crc32(header(0))) + data


BOOTEFI = f"""setenv bootargs 'initrd=/initrd {WORDS}'
load virtio 0 ${{kernel_addr_r}} stubborn.efi
bootefi ${{kernel_addr_r}}
"""


@pytest.mark.door("U-Boot bootefi")
def test_uboot():
	"""bootefi takes its text from `bootargs`; we read the initrd from our own disk."""
	booted(UBoot(BOOTEFI, {}), f"initrd=/initrd {WORDS}")


@pytest.mark.door("32-bit U-Boot bootefi")
def test_uboot_32():
	"""The same by U-Boot that runs in 32-bit mode without paging."""
	files = {"\\stubborn.efi": image_path(X86, "BOOTIA32").read_bytes()}
	booted(UBoot(BOOTEFI, files, "qemu-x86"), f"initrd=/initrd {WORDS}", entry="uefi32")


@pytest.mark.door("32-bit U-Boot zboot")
def test_uboot_zboot():
	"""By Linux's protocol. The 64-bit build cannot: it copies any kernel over its own stack,
	which is 54 KiB above 1 MiB."""
	script = f"""setenv bootargs '{WORDS}'
load virtio 0 ${{ramdisk_addr_r}} initrd
setenv size ${{filesize}}
load virtio 0 ${{kernel_addr_r}} stubborn.efi
zboot ${{kernel_addr_r}} ${{filesize}} ${{ramdisk_addr_r}} ${{size}}
"""
	booted(UBoot(script, {}, "qemu-x86"), WORDS, entry="linux32")
