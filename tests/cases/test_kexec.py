# SPDX-License-Identifier: MIT
"""A running Debian Linux starts us: with both system calls of kexec, with and without firmware.

A few boots for every run; KEXEC=all, which `make soak-kexec` sets, runs all of them.
"""
import os
import re
import zlib

import pytest

from linux import config, initramfs, kernel_file, program
from machine import Machine, image_path
from report import Report
from test_boot import selftest_passed

DATA = bytes(i * 7 % 251 for i in range(300001))
CONSOLE = {"x86_64": "ttyS0", "aarch64": "ttyAMA0"}
ENTRY = {"x86_64": "linux64", "aarch64": "image"}
INIT = """#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
dmesg | grep -o 'LPI .* table @.*'
kexec $(cat /how) -l /image --initrd=/data --command-line="$(cat /words)" && kexec -e
echo "linux: not started"
poweroff -f
"""
# Where Linux allows a crash kernel, the rest of memory, and the end.
CRASH_INIT = INIT.split("dmesg")[0] + """
grep -E 'System RAM|Crash kernel' /proc/iomem
kexec $(cat /how) -p /image --initrd=/data --command-line="$(cat /words)" || poweroff -f
echo "linux: crashes"
echo c > /proc/sysrq-trigger
"""
LOAD, FILE = "-c", "-s"		# kexec_load, kexec_file_load
EL2 = "virtualization=on"
CPU = "max,pauth-impdef=on"	# Linux signs addresses; the usual algorithm is slow in QEMU
# name: CPU, system call, UEFI, our options, the machine; a normal run only does the first ones
WAYS = {
	"x86_64 kexec_load, above 4 GiB": ("x86_64", LOAD, False, "", {"memory": "6G"}),
	"x86_64 kexec_file_load, OVMF": ("x86_64", FILE, True, "mmu=mapped", {}),
	"x86_64 kexec_load, OVMF": ("x86_64", LOAD, True, "place=stay", {}),
	"aarch64 kexec_load, AAVMF, ACPI, GICv3": (
		"aarch64", LOAD, True, "", {"machine": "gic-version=3", "extra": ["-smp", "2"]}),
	"aarch64 kexec_load, EL2 with E2H": (
		"aarch64", LOAD, False, "mmu=mapped", {"machine": EL2, "cpu": CPU}),
}
MORE = {
	"x86_64 kexec_file_load, 6 GiB": (	# Linux chooses where it lies
		"x86_64", FILE, False, "", {"memory": "6G"}),
	"x86_64 kexec_load, 32-bit entry": (
		"x86_64", LOAD + " --entry-32bit", False, "", {}),
	"x86_64 kexec_load, five levels": ("x86_64", LOAD, False, "", {"cpu": "max"}),
	"x86_64 kexec_file_load, OVMF, five levels, two CPUs": (
		"x86_64", FILE, True, "mmu=mapped", {"cpu": "max", "extra": ["-smp", "2"]}),
	"aarch64 kexec_load, AAVMF, tree": ("aarch64", LOAD, True, "", {"machine": "acpi=off"}),
	"aarch64 kexec_load, AAVMF, EL2": (
		"aarch64", LOAD, True, "place=stay", {"machine": EL2}),
	"aarch64 kexec_load, AAVMF, EL2, tree": (
		"aarch64", LOAD, True, "mmu=off", {"machine": EL2 + ",acpi=off"}),
	"aarch64 kexec_load, EL1": ("aarch64", LOAD, False, "mmu=mapped", {}),
	"aarch64 kexec_load, EL2 with E2H, off": (
		"aarch64", LOAD, False, "mmu=off", {"machine": EL2, "cpu": CPU}),
	"aarch64 kexec_load, EL2 with E2H, dropped": (
		"aarch64", LOAD, False, "mmu=mapped el=1", {"machine": EL2, "cpu": CPU}),
	"aarch64 kexec_load, EL2 with E2H, identity": (
		"aarch64", LOAD, False, "place=stay", {"machine": EL2, "cpu": CPU}),
	"aarch64 kexec_file_load": ("aarch64", FILE, False, "", {}),
}
if os.environ.get("KEXEC") == "all":
	WAYS |= MORE


def found(report):
	"""The registers as found, by name."""
	line = re.search(r"^boot: found:(( \w+ 0x[0-9a-f]+)+)$", report.text, re.M)
	words = line[1].split()
	return dict(zip(words[::2], (int(word, 16) for word in words[1::2])))


def check_x86_64(report, efi, machine, how):
	registers = found(report)
	assert registers["cr0"] & 0x80000001 == 0x80000001 and registers["efer"] & 0x500 == 0x500
	assert (" la57" in report.text) == ("cpu" in machine)	# Linux enables it
	assert registers["cr4"] >> 12 & 1 == (" la57" in report.text)
	assert registers["apic"] & 0x800 and registers["svr"] & 0xff
	assert registers["pic"] | 1 == 0xffff		# on a busy host Linux may want its timer
	assert "boot: after: an operating system; devices may still do DMA\n" in report.text
	if "memory" in machine and how == LOAD:
		assert report.loaded > 1 << 32
	if not efi:
		return
	assert re.search(r"^boot: memory: \S+ \S+ nvs$", report.text, re.M)
	assert "boot: smbios: 0x" in report.text


def check_aarch64(report, efi, machine, linux):
	registers, options = found(report), machine.get("machine", "")
	level = 2 if EL2 in options else 1
	e2h = level == 2 and machine.get("cpu") == CPU
	now = "EL1 id 0x0 dropped" if "el=1" in report.cmdline else \
		f"EL{level} id 0x0{' e2h' * e2h}"
	assert f"boot: cpu: {now}\n" in report.text
	assert registers["sctlr"] & 0x1005 == 0, "MMU and caches are off, in Linux's own words"
	assert registers["hcr"] >> 34 & 1 == e2h
	assert (registers["cntp"] if level == 2 else registers["cntv"]) & 1, "the clock went on"
	assert ("boot: after: an operating system" in report.text) == efi
	assert ("boot: acpi: none\n" in report.text) == (not efi or "acpi=off" in options)
	assert ("boot: uart: pl011 at memory 0x9000000 from spcr" in report.text) == \
		(efi and "acpi=off" not in options)
	if "gic-version=3" not in options:
		return
	# memory that the interrupt controller keeps writing to (Linux lists it) is never free
	tables = [int(x, 16) for x in re.findall(r"LPI .* table @(0x[0-9a-f]+)", linux)]
	assert len(tables) == 3, linux
	reserved = [(int(base, 16), int(size, 16)) for base, size in
		    re.findall(r"^boot: memory: (\S+) (\S+) reserved$", report.text, re.M)]
	for table in tables:
		assert any(table - base in range(size) for base, size in reserved), hex(table)


def memory_sum(text):
	return sum(int(size, 16) for size in re.findall(
		r"^boot: memory: \S+ (0x[0-9a-f]+) (?!mmio|reserved)", text, re.M))


def start(arch, how, words, init, append, efi, machine):
	"""Debian's Linux with a program that starts us."""
	if how == FILE and "CONFIG_KEXEC_FILE=y" not in config(arch):
		pytest.skip("Debian's kernel for this CPU has no kexec_file_load")
	files = program(arch, "kexec-tools", "/sbin/kexec")
	files |= {"image": image_path(arch).read_bytes(), "data": DATA, "how": how.encode(),
		  "words": words.encode()}
	return Machine(arch, kernel=kernel_file(arch), append=f"console={CONSOLE[arch]} {append}",
		       initrd=initramfs(arch, init, files), firmware="uefi" if efi else None,
		       **machine)


def started(linux):
	"""The report of the run that Linux has started, after its end, and what Linux has printed
	before. DATA was its initrd."""
	end = linux.wait(r"Stubborn \S+ \S+: kernel running|linux: not started.*|"
			 r".*Kernel panic.*")
	assert end[0].startswith("Stubborn"), linux.serial()
	text = linux.wait_end()
	report = Report(text, end.start())
	assert report.initrd == (len(DATA), zlib.crc32(DATA))
	return report, text[:end.start()]


def run(name):
	arch, how, efi, words, machine = WAYS[name]
	words = f"{words} a=\"b c\" selftest poweroff".strip()
	with start(arch, how, words, INIT, "quiet", efi, machine) as linux:
		report, before = started(linux)
	report.initrd = None
	entry = "linux32" if "32bit" in how else ENTRY[arch]
	report.check(arch, cmdline=words, entry=entry)
	assert (report.runs == report.loaded) == ("place=stay" in words)
	assert "boot: runtime services: no\n" in report.text
	assert ('boot: firmware: uefi 2.7 revision 0x10000 vendor "EDK II"\n' in report.text) == efi
	ram = int(machine.get("memory", "1G")[:-1]) << 30
	assert ram - (32 << 20) < memory_sum(report.text) <= ram
	selftest_passed(report.text)
	if arch == "x86_64":
		check_x86_64(report, efi, machine, how)
	else:
		check_aarch64(report, efi, machine, before)


@pytest.mark.parametrize("name", [
	pytest.param(name, marks=pytest.mark.door("kexec: " + name)) for name in WAYS])
def test_kexec(name):
	run(name)


# ---- kexec -p, then a crash: we may use only what Linux has set aside ----

def ranges(pattern, text):
	return [(int(start, 16), int(end, 16)) for start, end in re.findall(pattern, text, re.M)]


CRASHES = [("x86_64", LOAD, False), ("x86_64", FILE, True), ("aarch64", LOAD, True),
	   ("aarch64", FILE, False)]
if os.environ.get("KEXEC") == "all":
	CRASHES = [(arch, how, efi) for arch in CONSOLE for how in (LOAD, FILE)
		   for efi in (False, True)]


@pytest.mark.parametrize("arch,how,efi", CRASHES)
def test_crash(arch, how, efi):
	"""Every page in use is Linux's own crash kernel memory, except a PC's first 640 KiB, of
	which kexec keeps a copy."""
	words = "selftest poweroff"
	with start(arch, how, words, CRASH_INIT, "quiet crashkernel=192M", efi, {}) as linux:
		end = linux.wait(r"Stubborn \S+ \S+: kernel running")
		text = linux.wait_end()
	report = Report(text, end.start())
	assert report.initrd == (len(DATA), zlib.crc32(DATA))
	selftest_passed(report.text)
	before = text[:end.start()]
	assert "linux: crashes\n" in before and "sysrq: Trigger a crash" in before
	crash = ranges(r"^ *([0-9a-f]+)-([0-9a-f]+) : Crash kernel$", before)
	ours = [(base, base + size) for base, size in ranges(
		r"^boot: memory: (\S+) (\S+) (?:free|reclaim|image|handoff|module)$", report.text)]
	assert crash and ours
	for base, top in ours:
		assert any(base >= low and top <= high + 1 for low, high in crash) or \
			(arch == "x86_64" and top <= 0xa0000), (hex(base), hex(top), crash)
	assert report.loaded in range(crash[0][0], crash[0][1])
	header(arch, report)


def header(arch, report):
	"""The header that describes the crashed kernel is kept and can be found."""
	if arch == "x86_64":		# only on the command line, and outside of our memory
		where = re.search(r"\belfcorehdr=0x([0-9a-f]+)(K?)", report.cmdline) or \
			re.search(r"\belfcorehdr=(\d+)(K)", report.cmdline)
		assert where, report.cmdline
		at = int(where[1], 10 if where[2] else 16) << (10 if where[2] else 0)
		assert not any(at in range(base, base + size) for base, size in ranges(
			r"^boot: memory: (\S+) (\S+) (?:free|reclaim)$", report.text))
	else:
		at = re.search(r"^boot: elfcorehdr: \d+ bytes at (\S+)$", report.text, re.M)[1]
		assert re.search(rf"^boot: memory: {at} \S+ module$", report.text, re.M)
	assert "boot: after: an operating system" in report.text
