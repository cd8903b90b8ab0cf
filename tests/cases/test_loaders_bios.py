# SPDX-License-Identifier: MIT
"""Boot loaders on a BIOS start us by Linux's protocol: the Syslinux family, GRUB 0.97, tboot.

Each is Debian's (debian.py), and starts from the medium that it is for. The command line must
arrive as the loader passes it.
"""
import gzip
import random
import subprocess

import pytest

from bochs import Bochs
from debian import package_file
from machine import Machine, image_path
from report import Report
from test_boot import selftest_passed
from test_media import MediumMachine
from test_network import Networked

X86 = "x86_64"
WORDS = 'ä=ß "b c" selftest poweroff'
INITRD = random.Random(2).randbytes(300001)
CONFIG = f"DEFAULT s\nLABEL s\nLINUX k\nINITRD i\nAPPEND {WORDS}\n"
PASSED = f"BOOT_IMAGE=k {WORDS} initrd=i"
LDLINUX = "/usr/lib/syslinux/modules/bios/ldlinux.c32"
ELTORITO = "/usr/lib/grub/x86_64-pc/stage2_eltorito"


def checked(machine, cmdline, initrd=INITRD, entry="linux16"):
	with machine:
		text = machine.wait_end()
	Report(text).check(X86, None, cmdline, entry, initrd)
	selftest_passed(text)


def filled(folder, files):
	for name, data in {"k": image_path(X86).read_bytes(), "i": INITRD, **files}.items():
		path = folder / name
		path.parent.mkdir(parents=True, exist_ok=True)
		path.write_bytes(data.encode() if isinstance(data, str) else data)


class Disk(Machine):
	"""Its disk, a FAT volume, got Syslinux's boot sector."""

	def _disk(self, *how):
		super()._disk(*how)
		subprocess.run([package_file("syslinux", "/usr/bin/syslinux"), "--install",
				self.disks[-1]], check=True)


@pytest.mark.door("Syslinux")
def test_syslinux():
	files = {"\\k": image_path(X86).read_bytes(), "\\i": INITRD,
		 "\\syslinux.cfg": CONFIG.encode()}
	checked(Disk(X86, boot=False, files=files, firmware=None, memory="64M"), PASSED)


def cd(folder, loader, files):
	"""A CD image with the loader."""
	root, iso = folder / "root", folder / "iso"
	root.mkdir()
	filled(root, {loader.name: loader.read_bytes(), **files})
	subprocess.run(["xorriso", "-as", "mkisofs", "-R", "-o", iso, "-b", loader.name,
			"-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", root],
		       check=True, capture_output=True)
	return iso


@pytest.mark.parametrize("pc,more", [
	pytest.param(lambda iso: MediumMachine(X86, iso, "cd", firmware=None), "", id="QEMU",
		     marks=pytest.mark.door("ISOLINUX")),
	# its terminal ends Bochs if a mode has 32 bits per pixel
	pytest.param(lambda iso: Bochs(iso, megs=64), " video=keep", id="Bochs",
		     marks=pytest.mark.door("Bochs, ISOLINUX"))])
def test_isolinux(pc, more, tmp_path):
	"""Two initrds; each begins at a multiple of 4. Two BIOSes answer our 16-bit code."""
	config = f"DEFAULT s\nLABEL s\nKERNEL /k\nAPPEND initrd=/a,/i {WORDS}{more}\n"
	loader = package_file("isolinux", "/usr/lib/ISOLINUX/isolinux.bin")
	iso = cd(tmp_path, loader, {
		"a": "abc", "isolinux.cfg": config,
		"ldlinux.c32": package_file("syslinux-common", LDLINUX).read_bytes()})
	checked(pc(iso), f"BOOT_IMAGE=/k initrd=/a,/i {WORDS}{more}", b"abc\0" + INITRD)


@pytest.mark.door("PXELINUX")
def test_pxelinux(tmp_path):
	"""Firmware's network code stays in memory; the loader says what it got by DHCP."""
	filled(tmp_path, {
		"pxelinux.0": package_file("pxelinux", "/usr/lib/PXELINUX/pxelinux.0").read_bytes(),
		"ldlinux.c32": package_file("syslinux-common", LDLINUX).read_bytes(),
		"pxelinux.cfg/default": CONFIG + "IPAPPEND 1\nKEEPPXE\n"})
	machine = Networked(X86, tmp_path, "pxelinux.0", "e1000", firmware=None)
	checked(machine, f"{PASSED} ip=10.0.2.15:10.0.2.2:0.0.0.0:255.255.255.0")


@pytest.mark.door("GRUB 0.97")
def test_grub_legacy(tmp_path):
	"""Its command line has no BOOT_IMAGE."""
	menu = f"timeout 0\ntitle s\nkernel (cd)/k {WORDS}\ninitrd (cd)/i\n"
	iso = cd(tmp_path, package_file("grub-legacy", ELTORITO), {"boot/grub/menu.lst": menu})
	checked(MediumMachine(X86, iso, "cd", firmware=None), WORDS)


@pytest.mark.door("tboot")
def test_tboot(tmp_path):
	"""Without TXT, which QEMU lacks, it goes on. It enters by the 32-bit protocol, not at
	1 MiB, and passes our path as the first word."""
	data = gzip.decompress(package_file("tboot", "/boot/tboot.gz").read_bytes())
	filled(tmp_path, {"tboot": data})
	modules = f"{tmp_path / 'k'} {WORDS},{tmp_path / 'i'}"
	machine = Machine(X86, kernel=tmp_path / "tboot", append="logging=vga", firmware=None,
			  extra=["-initrd", modules])
	checked(machine, f"{tmp_path / 'k'} {WORDS}", entry="linux32")
