# SPDX-License-Identifier: MIT
"""U-Boot as the loader: its own UEFI, by itself and by `bootefi`, and `booti` without UEFI."""
import re
import subprocess
from pathlib import Path

import pytest

from board import own_tree
from debian import package_file
from machine import Machine, image_path
from report import Report
from test_boot import GOES_ON, REGIMES, selftest_passed

ARCH = "aarch64"
UBOOT = Path("/usr/lib/u-boot/qemu_arm64/u-boot.bin")
REGIME = [r for a, r in REGIMES if a == ARCH]
LOAD = "load virtio 0 ${kernel_addr_r} /stubborn.efi; "
EL2 = "virtualization=on"
INITRD = bytes(i * 11 % 253 for i in range(123457))

pytestmark = pytest.mark.skipif(not UBOOT.exists(), reason=f"no {UBOOT}: install u-boot-qemu")


def script(tmp_path, text, arch="arm64"):
	"""Commands that U-Boot runs when it finds them on a disk."""
	source, out = tmp_path / "boot.txt", tmp_path / "boot.scr"
	source.write_text(text + "\n")
	try:
		subprocess.run(["mkimage", "-A", arch, "-T", "script", "-C", "none",
				"-d", source, out], check=True, capture_output=True)
	except FileNotFoundError:
		pytest.skip("no mkimage: install u-boot-tools")
	return out.read_bytes()


def run(commands, tmp_path, files=None, **options):
	disk = {"\\boot.scr": script(tmp_path, commands), **(files or {})}
	with Machine(ARCH, boot=False, files=disk, firmware=UBOOT, **options) as machine:
		machine.wait(GOES_ON)
		return machine.wait_end()


@pytest.mark.door("U-Boot, removable disk")
@pytest.mark.parametrize("regime", REGIME)
def test_removable(regime):
	"""\\EFI\\BOOT\\BOOTAA64.EFI is found, and its text file."""
	cmdline = f"mmu={regime} initrd=\\i selftest poweroff"
	with Machine(ARCH, cmdline, files={"\\i": INITRD}, firmware=UBOOT) as machine:
		text = machine.wait_end()
	Report(text).check(ARCH, regime, cmdline, initrd=INITRD)
	assert 'vendor "Das U-Boot"' in text
	selftest_passed(text)


def test_seed():
	"""No entropy device: the seed is the one that QEMU has put into the device tree."""
	with Machine(ARCH, "poweroff", firmware=UBOOT, rng=False) as machine:
		text = machine.wait_end()
	Report(text).check(ARCH, cmdline="poweroff")
	assert "boot: seed: 32 bytes" in text and "boot: place: random" in text


@pytest.mark.door("U-Boot bootefi")
@pytest.mark.parametrize("machine", ["", EL2])
def test_bootefi(tmp_path, machine):
	words = 'mmu=mapped initrd=/i "a b" selftest poweroff'
	commands = LOAD + f"setenv bootargs '{words}'; bootefi ${{kernel_addr_r}} ${{fdt_addr}}"
	text = run(commands, tmp_path, {"\\i": INITRD}, machine=machine)
	Report(text).check(ARCH, "mapped", words, initrd=INITRD)
	selftest_passed(text)


def test_bootefi_error(tmp_path):
	"""A refusal returns to U-Boot's script."""
	text = run(LOAD + "setenv bootargs place=0x1000; bootefi ${kernel_addr_r} ${fdt_addr}; "
		   "echo back; setenv bootargs poweroff; bootefi ${kernel_addr_r} ${fdt_addr}",
		   tmp_path)
	assert re.search(r"^stubborn: error: place=0x1000: .*\n(.*\n)*back\n", text, re.M)
	assert Report(text[text.index("\nback\n"):]).cmdline == "poweroff"


@pytest.mark.door("U-Boot booti")
@pytest.mark.parametrize("machine", ["", EL2], ids=["EL1", "EL2"])
@pytest.mark.parametrize("regime", REGIME)
def test_booti(tmp_path, regime, machine):
	commands = LOAD + ("load virtio 0 ${ramdisk_addr_r} /i; "
			   f"setenv bootargs mmu={regime} selftest poweroff; "
			   "booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdt_addr}")
	text = run(commands, tmp_path, {"\\i": INITRD}, machine=machine)
	Report(text).check(ARCH, regime, f"mmu={regime} selftest poweroff", "image", INITRD)
	assert f"boot: cpu: EL{2 if machine else 1} " in text
	selftest_passed(text)


@pytest.mark.parametrize("place", ["stay", "0x50000000"])
def test_booti_place(tmp_path, place):
	text = run(LOAD + f"setenv bootargs place={place} selftest poweroff; "
		   "booti ${kernel_addr_r} - ${fdt_addr}", tmp_path, memory="512M")
	report = Report(text).check(ARCH, entry="image")
	assert report.runs == (report.loaded if place == "stay" else int(place, 0))
	selftest_passed(text)


@pytest.mark.door("systemd-boot, devicetree")
def test_systemd_boot_devicetree(tmp_path):
	"""The entry's tree replaces firmware's."""
	tree = own_tree(tmp_path, "gic-version=2", cpu="cortex-a72")
	subprocess.run(["fdtput", "-t", "s", tree, "/", "model", "of the entry"], check=True)
	words = 'mmu=mapped selftest run="fdt /; poweroff"'
	entry = f"linux /stubborn.efi\ninitrd /i\ndevicetree /t.dtb\noptions {words}\n"
	files = {"\\stubborn.efi": image_path(ARCH).read_bytes(), "\\i": INITRD,
		 "\\t.dtb": tree.read_bytes(),
		 "\\loader\\loader.conf": b"timeout 0\ndefault x.conf\n",
		 "\\loader\\entries\\x.conf": entry.encode()}
	loader = package_file("systemd-boot-efi", "/usr/lib/systemd/boot/efi/systemd-bootaa64.efi",
			      ARCH).read_bytes()
	with Machine(ARCH, image=loader, files=files, firmware=UBOOT) as machine:
		text = machine.wait_end()
	Report(text).check(ARCH, "mapped", f"initrd=\\i {words}", initrd=INITRD)
	assert re.search(r'^\tmodel = "of the entry"', text, re.M)
	selftest_passed(text)


TREE = "fdt addr ${fdt_addr}; fdt move ${fdt_addr} 0x48000000 0x110000; fdt addr 0x48000000; "
BOOTEFI = "setenv bootargs 'selftest poweroff'; bootefi ${kernel_addr_r} 0x48000000"


def type_of(text, at):
	"""The type of an address in the report's map."""
	for base, size, kind in re.findall(r"^boot: memory: (0x\w+) (0x\w+) (.*)$", text, re.M):
		if int(base, 0) <= at < int(base, 0) + int(size, 0):
			return kind
	return None


@pytest.mark.parametrize("start, end", [(0x9000000, 0x9001000), (0x40000000, 0xbfffffff),
					(0x50000000, 0x4fffffff)])
def test_tree_initrd_Q69(tmp_path, start, end):
	"""An initrd in a device, one larger than all memory, one that ends before it begins."""
	text = run(LOAD + TREE + f"fdt set /chosen linux,initrd-start <{start:#x}>; "
		   f"fdt set /chosen linux,initrd-end <{end:#x}>; " + BOOTEFI, tmp_path)
	assert "stubborn: warning: initrd " in text
	Report(text).check(ARCH, cmdline="selftest poweroff")
	selftest_passed(text)


def test_reserved_memory_Q91(tmp_path):
	"""Without no-map U-Boot calls it boot services data; likewise the reservation block."""
	text = run(LOAD + TREE + "fdt rsvmem add 0x62000000 0x3000; fdt mknode / reserved-memory; "
		   "fdt set /reserved-memory '#address-cells' <2>; "
		   "fdt set /reserved-memory '#size-cells' <2>; fdt set /reserved-memory ranges; "
		   "fdt mknode /reserved-memory a@60000000; "
		   "fdt set /reserved-memory/a@60000000 reg <0x0 0x60000000 0x0 0x200000>; " +
		   BOOTEFI, tmp_path)
	for at in 0x60000000, 0x601ff000, 0x62000000, 0x62002000:
		assert type_of(text, at) == "reserved"
	for at in 0x5ffff000, 0x60200000, 0x62003000:
		assert type_of(text, at) != "reserved"
	selftest_passed(text)
