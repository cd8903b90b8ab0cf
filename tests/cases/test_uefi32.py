# SPDX-License-Identifier: MIT
"""32-bit UEFI (Debian's OVMF32) on a 64-bit CPU, and on unsuitable CPUs.

Firmware itself starts BOOTIA32.EFI, which is BOOTX64.EFI with other headers; loaders that
know the section .compat start BOOTX64.EFI as it is.
"""
import re
from pathlib import Path

import pytest

from debian import grub_package, package_file
from gdbstub import GDB, Gdb
from handoff import Info
from machine import BUILD, FIRMWARE, OVMF32, Machine, image_path
from report import Report
from symbols import elf_symbol
from test_boot import GOES_ON, selftest_passed
from test_measure import FILE, INITRD_TAG, judge
from tpm import Tpm

ARCH = "x86_64"
GIB = 2**30
INITRD = bytes(i * 13 % 251 for i in range(234567))
SYSTEMD_BOOT = BUILD / "loaders/systemd-bootia32.efi"
GRUB = "/usr/lib/grub/i386-efi/monolithic/grubia32.efi"

pytestmark = pytest.mark.skipif(not all(Path(p).exists() for p in FIRMWARE["uefi32"]),
				reason="no 32-bit firmware (ovmf-ia32)")


class Machine32(Machine):
	def __init__(self, cmdline=None, **options):
		super().__init__(ARCH, cmdline, firmware="uefi32", **options)


def booted(machine, regime, cmdline, entry="uefi32", initrd=True):
	"""The machine has switched itself off by ACPI, so the tables were found, too."""
	with machine:
		machine.wait(GOES_ON)
		text = machine.wait_end()
	report = Report(text, text.index("Stubborn "))
	return report.check(ARCH, regime, cmdline, entry, INITRD if initrd else None)


@pytest.mark.door("32-bit UEFI's boot manager")
def test_boot():
	"""More memory than 32 bits can address: the image still goes within firmware's reach."""
	words = "initrd=\\i mmu=mapped selftest"
	with Machine32(words, memory="6G", files={"\\i": INITRD}) as machine:
		machine.wait("boot: idle")
		text = machine.serial()
		report = Report(text).check(ARCH, "mapped", words, "uefi32", INITRD)
		selftest_passed(text)
		assert report.runs < 4 * GIB and "boot: place: random" in text
		assert "boot: runtime services: no" in text and "boot: seed: 32 bytes" in text
		assert re.search("^boot: firmware: uefi 2.* vendor \".*EDK II\"$", text, re.M)
		assert re.search("^boot: smbios: 0x[0-9a-f]+$", text, re.M)
		info = Info(machine, report.runs)
		smm = 16 * 2**20 if "secboot" in OVMF32 else 0	# reserved by SMM
		info.check(6 * GIB - smm)
		assert any(base >= 4 * GIB for base, _, _ in info.map)
		size = re.search(r"^boot: screen: (\d+)x(\d+) xrgb at ", text, re.M)
		assert tuple(map(int, size.groups())) == machine.screen()[:2]


@pytest.mark.parametrize("place", ["stay", "0x10000000"])
def test_place(place):
	words = f"place={place} mmu=identity selftest poweroff"
	report = booted(Machine32(words, rng=False), "identity", words, initrd=False)
	assert report.runs == (report.loaded if place == "stay" else int(place, 0))
	selftest_passed(report.text)


LOW = 0x70000
RSP, KEPT = 7, (1, 4, 5, 6)	# gdb's numbers; what a function keeps: EBX, ESI, EDI, EBP


def entered(machine, entry):
	"""gdb, when firmware has called the image."""
	gdb = Gdb(machine)
	gdb.run_to(entry)
	return gdb


def test_low_stack():
	"""Firmware's stack may be anywhere (UEFI 2.10, 2.3.2), below 1 MiB as well. A refusal
	returns to firmware with its registers."""
	with Machine32("place=stay poweroff") as machine:
		entry = Report(machine.wait_end()).loaded + elf_symbol(ARCH, "efi32_entry")
	with Machine32("place=sideways", extra=[*GDB, "-S"]) as machine:
		gdb = entered(machine, entry)
		stack, *kept = (gdb.register(n) for n in (RSP, *KEPT))
		gdb.run_to(int.from_bytes(gdb.read(stack, 4), "little"))
		assert [gdb.register(n) for n in (RSP, *KEPT)] == [stack + 4, *kept]
		gdb.close()
	with Machine32("place=stay poweroff", extra=[*GDB, "-S"]) as machine:
		gdb = entered(machine, entry)
		gdb.write(LOW, gdb.read(gdb.register(RSP), 64))
		gdb.register_set(RSP, LOW)
		gdb.close()
		machine.run("cont")
		text = machine.wait_end()
	Report(text).check(ARCH, cmdline="place=stay poweroff", entry="uefi32")
	assert text.count("BdsDxe: starting") == 1	# no triple fault


def test_refused():
	"""One line, and firmware boots the next disk. This firmware cannot reach the address."""
	with Machine32("place=0x140000000", memory="6G", second="second poweroff") as machine:
		machine.wait("stubborn: error: place=0x140000000: no free RAM for .* pages there")
		machine.wait(GOES_ON)
		text = machine.wait_end()
	Report(text, text.index("Stubborn ")).check(ARCH, cmdline="second poweroff", entry="uefi32")


def test_nothing_is_kept():
	"""Refusals at several stages free all memory, and we can be started again."""
	script = ["memmap", "fs0:\\s.efi mmu=sideways", "fs0:\\s.efi initrd=\\none",
		  "fs0:\\s.efi initrd=\\i place=0xa0000", "memmap", "fs0:\\s.efi third poweroff"]
	files = {"\\startup.nsh": "\r\n".join(script).encode(), "\\i": INITRD,
		 "\\s.efi": image_path(ARCH, "BOOTIA32").read_bytes()}
	with Machine32(boot=False, files=files) as machine:
		text = machine.wait_end()
	assert len(re.findall("^stubborn: error: ", text, re.M)) == 3
	for kind in ("LoaderData", "LoaderCode"):
		pages = re.findall(rf"^\s*{kind}\s*:\s+([0-9,]+) Pages", text, re.M)
		assert len(pages) == 2 and pages[0] == pages[1], (kind, pages)
	Report(text, text.index("Stubborn ")).check(ARCH, cmdline="third poweroff", entry="uefi32")


@pytest.mark.parametrize("cpu,what", [
	("qemu32", "this CPU has no long mode"),
	("qemu64,-nx", "the CPU has no NX, or firmware turned it off")])
def test_cpu(cpu, what):
	with Machine32("", cpu=cpu) as machine:
		machine.wait("stubborn: error: " + what)
		machine.wait("BdsDxe: failed to start .*: Unsupported")


@pytest.mark.door("qemu -kernel through 32-bit firmware")
def test_kernel_option():
	"""The initrd comes by LoadFile2. The place is one that firmware can give, though
	most are above 4 GiB: not the fallback, which is not a multiple of 2 MiB."""
	words = "x=1 poweroff"
	machine = Machine32(kernel=image_path(ARCH, "BOOTIA32"), append=words, initrd=INITRD,
			    memory="6G", rng=False)
	assert booted(machine, "identity", words).runs % (2 * 2**20) == 0


@pytest.mark.door("qemu -kernel through 32-bit firmware, Linux's 32-bit entry")
def test_legacy_Q101():
	"""This firmware cannot start an x86_64 EFI file; it starts it as Linux, with paging on."""
	words = "x=1 poweroff"
	machine = Machine32(kernel=image_path(ARCH), append=words, initrd=INITRD)
	booted(machine, "identity", words, "linux32")


def test_measured():
	"""The TPM's functions take 64-bit arguments, and are used beside the file system's."""
	cmdline = "initrd=\\i"
	with Tpm("tpm-tis") as tpm:
		machine = Machine32(cmdline, files={"\\i": INITRD}, extra=tpm.options)
		judge(tpm, machine, [(FILE, cmdline.encode() + b"\n"), (INITRD_TAG, INITRD)],
		      cmdline)


@pytest.mark.door("32-bit systemd-boot, .compat")
@pytest.mark.skipif(not SYSTEMD_BOOT.exists(), reason="tests/vm/fetch-package.sh failed")
def test_compat():
	"""The same bytes that 64-bit firmware boots; the initrd comes by LoadFile2."""
	entry = "title x\nlinux /s.efi\ninitrd /i\noptions x=1 poweroff\n"
	files = {"\\s.efi": image_path(ARCH).read_bytes(), "\\i": INITRD,
		 "\\loader\\loader.conf": b"timeout 0\ndefault s.conf\n",
		 "\\loader\\entries\\s.conf": entry.encode()}
	booted(Machine32(image=SYSTEMD_BOOT.read_bytes(), files=files), "identity",
	       "initrd=\\i x=1 poweroff")


@pytest.mark.door("32-bit GRUB linux")
def test_grub_linux():
	"""GRUB leaves firmware itself, and passes 32-bit UEFI's tables and map."""
	files = {"\\s.efi": image_path(ARCH).read_bytes(), "\\i": INITRD,
		 "\\EFI\\debian\\grub.cfg": b"linux /s.efi x=1 poweroff\ninitrd /i\nboot\n"}
	loader = package_file(grub_package("ia32"), GRUB).read_bytes()
	report = booted(Machine32(image=loader, files=files), "identity",
			"BOOT_IMAGE=/s.efi x=1 poweroff", "linux32")
	assert re.search("^boot: memory: .* runtime code$", report.text, re.M)
	assert re.search("^boot: smbios: 0x[0-9a-f]+$", report.text, re.M)


@pytest.mark.door("32-bit GRUB chainloader")
def test_grub_chainloader():
	files = {"\\s.efi": image_path(ARCH, "BOOTIA32").read_bytes(), "\\i": INITRD,
		 "\\EFI\\debian\\grub.cfg": b"chainloader /s.efi initrd=/i poweroff\nboot\n"}
	loader = package_file(grub_package("ia32"), GRUB).read_bytes()
	booted(Machine32(image=loader, files=files), "identity", "initrd=/i poweroff")
