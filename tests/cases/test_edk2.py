# SPDX-License-Identifier: MIT
"""riscv64 started by EDK II: from a disk, and by -kernel. edk2.py has the machine."""
import re
import struct

import pytest

import edk2
from edk2 import ARCH, ENTRY, Edk2
from gdbstub import GDB
from handoff import Info, addresses
from isa import loop
from machine import BUILD, ROOT, elf_path, image_path
from monitor import Monitor
from opensbi import boot_hart
from report import Report
from secure import BOOT, NV, RUNTIME
from test_boot import GOES_ON, selftest_passed
from test_fault import FAULT, stage_said, symbol
from test_foreign import foreign, said
from test_fragmented import check_fragmented
from test_gdb import follows, gdb_says
from test_riscv import grub, told
from test_runtime import DATE, VENDOR, dumped
from test_sdk import EXAMPLES
from test_uboot import INITRD

pytestmark = edk2.needed
GIB = 1 << 30
HIGH = 0x150000000


def ended(*words, **options):
	with Edk2(*words, **options) as machine:
		machine.wait(GOES_ON)
		return machine.wait_end()


def hart(text):
	"""OpenSBI's choice."""
	return int(re.search(r"^Boot HART ID +: (\d+)$", text, re.M)[1])


@pytest.mark.door("EDK II, removable disk, riscv64")
def test_disk():
	"""The text file and an initrd beside the image; the number of the boot hart, which only a
	protocol tells; from five levels to our own tables."""
	cmdline = "mmu=mapped initrd=\\i selftest poweroff"
	with Edk2(cmdline, files={"\\i": INITRD}, extra=["-smp", "4", "-S", *GDB]) as machine:
		boot_hart(machine, 2, ENTRY)
		machine.wait(GOES_ON)
		text = machine.wait_end()
	assert hart(text) == 2
	Report(text).check(ARCH, "mapped", cmdline, initrd=INITRD)
	assert 'vendor "Debian distribution of EDK II"' in text
	assert f"boot: cpu: PRV1 id 0x{hart(text):x} sv39\n" in text
	assert re.search(r"^boot: found: .* satp 0xa\w{15} ", text, re.M)
	assert "boot: cpus: 4 of 4\n" in text
	assert "boot: runtime services: yes\n" in text
	told(text)		# firmware's map calls OpenSBI's memory boot services data
	selftest_passed(text)


@pytest.mark.door("EDK II, qemu -kernel, riscv64")
@pytest.mark.parametrize("regime,place,size", [
	("off", "random", (1280, 800)), ("identity", "stay", (640, 480)),
	("mapped", f"{HIGH:#x}", (1024, 768))])
def test_kernel(regime, place, size):
	"""A command line as load options, an initrd by LoadFile2, all of it above 4 GiB, and a
	screen: firmware's own mode, and modes that it sets for us."""
	video = "keep" if size == (1280, 800) else "%ux%u" % size
	cmdline = f"mmu={regime} place={place} video={video} selftest"
	with Edk2(kernel=image_path(ARCH), append=cmdline, initrd=INITRD, memory="4G",
		  display="bochs-display") as machine:
		machine.wait("boot: idle")
		text = machine.serial()
		assert machine.screen()[:2] == size
	report = Report(text).check(ARCH, regime, cmdline, initrd=INITRD)
	assert (report.runs == report.loaded) == (place == "stay") and report.loaded > 4 * GIB
	assert place[0] != "0" or report.runs == int(place, 0)
	assert re.search(r"^boot: screen: %ux%u xrgb at 0x\w+$" % size, text, re.M)
	selftest_passed(text)


@pytest.mark.door("GRUB on EDK II, riscv64")
@pytest.mark.parametrize("commands,words", [
	("chainloader /stubborn.efi {}", "initrd=/i mmu=mapped"),
	("linux /stubborn.efi {}\ninitrd /i", "mmu=off")])
def test_grub(commands, words):
	"""EDK II says which disk the image is from, and has a screen: GRUB leaves it as it is."""
	words += " selftest poweroff"
	text = grub(commands.format(words), Edk2, display="bochs-display")
	first = "" if commands[0] == "c" else "BOOT_IMAGE=/stubborn.efi "
	Report(text).check(ARCH, words.split("mmu=")[1].split()[0], first + words, initrd=INITRD)
	assert f"boot: cpu: PRV1 id 0x{hart(text):x} sv39\n" in text
	assert re.search(r"^boot: screen: 1280x800 xrgb at 0x\w+$", text, re.M)
	told(text)
	selftest_passed(text)


def kernels(name):
	folder = BUILD / "kernels" / name / ARCH
	if not folder.exists():
		pytest.fail("make examples")
	return folder / image_path(ARCH).name, folder / "kernel.elf"


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(example):
	with Edk2(kernel=kernels(example)[0], memory="4G", extra=["-smp", "2"]) as machine:
		machine.wait(EXAMPLES[example])


@pytest.mark.parametrize("size", ["small", "large"])
def test_foreign(size, tmp_path):
	"""An image and a stack of other sizes, from a disk."""
	with Edk2(image=foreign(ARCH, tmp_path, size)[0].read_bytes()) as machine:
		said(machine)


def stopped(image):
	"""With a branch to itself at its entry point, as by make debug."""
	data = bytearray(image.read_bytes())
	header, = struct.unpack_from("<I", data, 0x3c)
	entry, = struct.unpack_from("<I", data, header + 40)
	data[entry:entry + 4] = loop(ARCH)
	return bytes(data)


@pytest.mark.parametrize("kernel", ["ours", "hello"])
def test_gdb(kernel, tmp_path):
	"""The commands of make debug find the image above 4 GiB, under five levels of tables, and
	follow it to a kernel in its own regime."""
	image, elf, folder = image_path(ARCH), elf_path(ARCH), "kernel"
	if kernel != "ours":
		(image, elf), folder = kernels(kernel), f"examples/{kernel}"
	(tmp_path / "stopped.EFI").write_bytes(stopped(image))
	with Edk2(kernel=tmp_path / "stopped.EFI", append="mmu=mapped", memory="4G",
		  extra=["-S", *GDB]) as machine:
		machine.run("query-status")	# QEMU is there
		text = gdb_says(elf, machine.folder / "gdb", tmp_path, "stubborn-stub",
				"stubborn-jump", "stubborn-kernel", "stubborn-map", "stubborn-here",
				sources=ROOT / ("" if kernel == "ours" else folder))
	follows(text, ARCH, f"{folder}/main.c", r"void kernel_main\(")
	loaded = re.search(r"^image loaded at (0x\w+)$", text, re.M)[1]
	runs = re.search(r"^image will run at (0x\w+)$", text, re.M)[1]
	assert int(loaded, 16) > 4 * GIB and int(runs, 16) > 1 << 63
	assert f"\nimage at {runs}\n" in text


def test_fragmented():
	"""A memory map of 5,000 entries, each of them longer than U-Boot's."""
	check_fragmented(ARCH, "mapped", 5_000, start=Edk2)


def test_refused():
	"""An error returns to firmware, which goes on with the next disk."""
	with Edk2("place=0x1000", second="second poweroff") as machine:
		machine.wait("stubborn: error: place=0x1000: no.*")
		machine.wait(GOES_ON)
		assert 'boot: command line: "second poweroff"' in machine.wait_end()


@pytest.mark.parametrize("stage", ["jump", "kernel"])
def test_fault(stage):
	"""With firmware's tables, and with our own."""
	with Edk2(f"mmu=identity fault={stage}") as machine:
		machine.wait("stubborn: panic: halted")
		fault = FAULT.search(machine.serial())
	assert fault and fault[1] == stage_said(stage)
	assert fault[2] == "page fault, read (scause 0xd, stval 0x5eadbeeff000)"
	assert symbol(ARCH, int(fault[4], 16))[0] != "??"


def test_runtime():
	"""The time; variables in firmware's flash: read, written, still there after a reset. The
	timer interrupt that firmware leaves pending does not arrive."""
	data = bytes(range(99))
	with Edk2("mmu=mapped", talk=True, variables=[
			("TestHeld", VENDOR, NV | BOOT | RUNTIME, data),
			("TestHidden", VENDOR, NV | BOOT, b"not at runtime")]) as machine:
		monitor = Monitor(machine)
		assert re.search(rf"^firmware: {DATE}", monitor.run("time"), re.M)
		assert dumped(monitor.run("efivar TestHeld")) == data
		assert not monitor.try_("efivar TestHidden")[0]
		monitor.run("efivar TestHeld 0x0102ff")
		monitor.type("reboot\r")
		machine.wait("boot: idle", after=monitor.seen)
		monitor._answer()
		assert dumped(monitor.run("efivar TestHeld")) == b"\1\2\xff"
		assert "passed, 0 failed" in monitor.run("selftest")


CONTROLLERS = {"none": "PLIC", "aplic": "APLIC", "aplic-imsic": "APLIC and IMSIC"}


def check_shown(monitor, aia):
	"""The monitor decodes the tables that only this CPU has, with QEMU's own numbers."""
	madt, harts = monitor.run("acpi APIC"), monitor.run("acpi RHCT")
	assert "error" not in madt + harts and " type 0x" not in madt + harts
	assert re.findall(r" rintc version=0x1 flags=0x1 hart=(\w+)", madt) == ["0x0", "0x1", "0x2"]
	assert (" plic version=0x1 id=0x0 " in madt) == (aia == "none")
	assert bool(re.search(r" aplic version=0x1 .* sources=0x60 .* base=0xd000000", madt)) == \
		(aia != "none")
	assert (" imsic version=0x1 flags=0x0 ids=0xff " in madt) == (aia == "aplic-imsic")
	assert " harts flags=0x0 hz=10000000 nodes=" in harts
	assert re.search(r" name rv64\w+$", harts, re.M)
	assert re.findall(r" hart revision=0x1 offsets=0x\w+ uid=(\w+)", harts) == \
		["0x0", "0x1", "0x2"]


@edk2.newer
@pytest.mark.door("EDK II with ACPI, riscv64")
@pytest.mark.parametrize("aia,regime,cpu", [
	("none", "mapped", "rv64"), ("aplic", "identity", "rva22s64"),
	("aplic-imsic", "off", "rv64,svpbmt=on")])
def test_acpi(aia, regime, cpu):
	"""No tree: port, harts, frequency, interrupt controller and Svpbmt are in ACPI's tables."""
	cmdline = f"mmu={regime} debug"
	with Edk2(acpi=True, kernel=image_path(ARCH), append=cmdline, initrd=INITRD, talk=True,
		  machine=f"aia={aia}", cpu=cpu, display="ramfb", extra=["-smp", "3"]) as machine:
		monitor = Monitor(machine)		# each key is an interrupt
		text = machine.serial()
		Report(text).check(ARCH, regime, cmdline, initrd=INITRD)
		assert f"boot: cpu: PRV1 id 0x{hart(text):x} sv39\n" in text
		for line in ("dtb: none", r"acpi: 0x\w+", r"time: entry 0 0 us", "cpus: 3 of 3",
			     "uart: 16550 at memory 0x10000000 from spcr",
			     rf"irq: {CONTROLLERS[aia]}, \d+ interrupts",
			     r"counter: time, (Sstc|SBI timer), 10.000 MHz by RHCT, interrupt \d+",
			     "input: serial by interrupt 10", r"screen: 800x600 xrgb at 0x\w+"):
			assert re.search(rf"^boot: {line}$", text, re.M), line
		levels = 0x8 if cpu == "rva22s64" else 0xa	# firmware takes all there are
		assert re.search(rf"^boot: found: .* satp 0x{levels:x}\w{{15}} ", text, re.M)
		types = Info(machine, addresses(text)[1]).cpu_flags >> 3 & 1
		assert types == (cpu != "rv64")
		check_shown(monitor, aia)
		assert "passed, 0 failed" in monitor.run("selftest")
		assert "serial by interrupt 10" in machine.serial()
		machine.talk.sendall(b"poweroff\r")
		machine.wait_end()


@edk2.newer
@pytest.mark.skipif(edk2.MODERN, reason="this QEMU's OpenSBI is new, too")
def test_acpi_denied():
	"""An older OpenSBI, whose memory EDK II's map calls usable; no tree says otherwise."""
	machine = Edk2("mmu=mapped selftest poweroff", acpi=True)
	at = machine.command.index("-bios") + 1
	machine.command[at] = f"{edk2.DATA}/opensbi-riscv64-generic-fw_dynamic.bin"
	with machine:
		text = machine.wait_end()
	assert "\nboot: memory: 0x80000000 0x80000 reserved\n" in text
	selftest_passed(text)


def test_again():
	"""The kernel boots itself out of each regime."""
	text = ended("again=4:any selftest poweroff", extra=["-smp", "2"])
	assert len(re.findall(r"^\d+ passed, 0 failed$", text, re.M)) == 5
	assert "boot: again: 4 times since uefi" in text
