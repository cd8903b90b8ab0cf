# SPDX-License-Identifier: MIT
"""kernel.elf as dom0 of Debian's Xen (`dom0=pvh`), on QEMU's emulation of AMD's virtualisation."""
import gzip
import re

import pytest

from debian import known, package_file
from machine import Machine, elf_path
from report import Report
from test_boot import selftest_passed

ARCH = "x86_64"
INITRD = bytes(i * 11 % 251 for i in range(54321))
SIZE = 256 << 20
OPTIONS = f"dom0=pvh dom0_mem={SIZE}B console=none"
# Xen 4.17's idle loop faults on an emulated MWAIT, and PVH needs an IOMMU.
MACHINE = {"cpu": "EPYC,-x2apic,-monitor", "rng": False, "display": False}
IOMMU = ["-device", "amd-iommu"]


def xen(name):
	package = known("xen-hypervisor-4.20-amd64", "xen-hypervisor-4.17-amd64")
	path = package.replace("hypervisor-", "") + "." + name
	return package_file(package, "/boot/" + path).read_bytes()


def report(text, words, regime):
	"""The report of dom0."""
	Report(text, text.index("Stubborn ")).check(ARCH, regime, words, "pvh", INITRD)
	assert re.search("^boot: counter: TSC, .* by hypervisor", text, re.M)
	pages = sum(int(size, 16) for size, kind in
		    re.findall("^boot: memory: 0x[0-9a-f]+ (0x[0-9a-f]+) ([a-z]+)$", text, re.M)
		    if kind not in ("reserved", "acpi", "nvs"))
	assert SIZE - (2 << 20) < pages <= SIZE
	return text


@pytest.mark.door("Xen's dom0, PVH")
@pytest.mark.parametrize("words,regime", [("selftest", "identity"),
					  ("mmu=mapped place=stay selftest", "mapped")])
def test_bios(words, regime, tmp_path):
	"""QEMU starts Xen by multiboot. dom0 gets no ACPI that could switch the machine off."""
	(tmp_path / "xen").write_bytes(gzip.decompress(xen("gz")))
	(tmp_path / "i").write_bytes(INITRD)
	modules = f"{elf_path(ARCH)} {words},{tmp_path / 'i'}"
	with Machine(ARCH, kernel=tmp_path / "xen", append=OPTIONS, firmware=None, **MACHINE,
		     extra=[*IOMMU, "-initrd", modules]) as machine:
		machine.wait("boot: idle")
		selftest_passed(report(machine.serial(), words, regime))


def test_uefi():
	"""By UEFI dom0 has a valid XSDT (Q-111), and so a second CPU and a way to power off. Two
	emulated ones let Xen's timers wait for long, so there is no self-test."""
	words = "poweroff"
	files = {"\\EFI\\BOOT\\k": elf_path(ARCH).read_bytes(), "\\EFI\\BOOT\\i": INITRD,
		 "\\EFI\\BOOT\\BOOTX64.cfg": "[global]\ndefault=a\n[a]\nkernel=k {}\nramdisk=i\n"
		 "options={} dom0_max_vcpus=2\n".format(words, OPTIONS).encode()}
	with Machine(ARCH, image=xen("efi"), files=files, **MACHINE,
		     extra=[*IOMMU, "-smp", "2"]) as machine:
		text = machine.wait_end()
	if f'"k {words}"' in text:
		words = f"k {words}"
	assert "\nboot: cpus: 2 of 2\n" in report(text, words, "identity")
