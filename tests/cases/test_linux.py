# SPDX-License-Identifier: MIT
"""The file as a Linux kernel for a PC: QEMU's -kernel, GRUB, and loaders of our own."""
import re
import shutil
import struct
import subprocess
import zlib

import pytest

from handoff import Info
from machine import Machine, image_path
from pc_loader import ARCH, DATA, GIB, IMAGE, MEMORY, PAGE, PARAMS, Loaded, boot_params, e820
from report import Report
from screen import screen_text
from test_boot import selftest_passed

REGIMES = ["identity", "mapped"]
PLACES = ["random", "stay", "0x10000000"]
INITRD = bytes(i * 7 % 251 for i in range(300001))
MACHINES = {
	"pc-128M": {"machine": "pc", "memory": "128M"},
	"q35-8G": {"memory": "8G"},
	"max": {"cpu": "max", "memory": "4G"},
	"la57": {"cpu": "max,la57=on"},
	"no-1g-pages": {"cpu": "max,pdpe1gb=off", "memory": "3G"},
	"four-cpus": {"extra": ["-smp", "4"]},
	"no-vga": {"display": False},
}


def linux16(append="poweroff", **options):
	"""SeaBIOS enters the 16-bit setup code."""
	return Machine(ARCH, kernel=image_path(ARCH), firmware=None, append=append, **options)


def checked(text, regime=None, cmdline=None, entry="linux16", place="random", loaded=None,
	    initrd=None):
	report = Report(text).check(ARCH, regime, cmdline, entry, initrd)
	assert (report.runs == report.loaded) == (place == "stay")
	assert place[0] != "0" or report.runs == int(place, 0)
	assert loaded is None or report.loaded == loaded
	return report


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("regime", REGIMES)
def test_regime(regime, place):
	cmdline = f"mmu={regime} place={place} selftest poweroff"
	with linux16(cmdline) as machine:
		text = machine.wait_end()
	checked(text, regime, cmdline, place=place, loaded=0xff000)
	assert "boot: firmware: none\n" in text and "boot: acpi: 0x" in text
	assert "boot: smbios: 0x" in text
	selftest_passed(text)


@pytest.mark.parametrize("name", MACHINES)
def test_machines(name):
	with linux16("selftest poweroff", **MACHINES[name]) as machine:
		text = machine.wait_end()
	checked(text)
	selftest_passed(text)


@pytest.mark.door("16 bits, pc and SeaBIOS")
def test_pc():
	with linux16("x=1 poweroff", machine="pc", initrd=INITRD) as machine:
		checked(machine.wait_end(), cmdline="x=1 poweroff", initrd=INITRD)


@pytest.mark.door("16 bits, microvm and qboot")
@pytest.mark.parametrize("memory", ["128M", "4G"])
def test_microvm(memory):
	"""Hardly any devices; power off by hardware-reduced ACPI, for which something is mapped and
	unmapped when the other CPU has ended."""
	with linux16("selftest poweroff", machine="microvm", memory=memory, rng=False,
		     display=False, initrd=INITRD, extra=["-smp", "2"]) as machine:
		text = machine.wait_end()
	assert "boot: cpus: 2 of 2\n" in text
	assert "does not answer" not in text
	checked(text, initrd=INITRD)
	selftest_passed(text)


@pytest.mark.parametrize("memory", [2**30, 8 * 2**30])
def test_map(memory):
	with linux16("", memory=f"{memory >> 20}M") as machine:
		machine.wait("boot: idle")
		report = checked(machine.serial(), cmdline="")
		Info(machine, report.runs).check(memory)
		# A20 was tested with an interrupt vector that is as unused as the next
		assert machine.memory(0x200, 4) == machine.memory(0x204, 4)


def test_random():
	"""Only a CPU with RDRAND provides entropy here."""
	def places(cpu):
		with linux16("mmu=mapped poweroff", cpu=cpu) as machine:
			report = checked(machine.wait_end())
		return report.runs, report.virtual
	assert len({places("max") for _ in range(3)}) == 3
	assert len({places("qemu64") for _ in range(2)}) == 1


@pytest.mark.door("16 bits, q35 and SeaBIOS")
@pytest.mark.parametrize("size", [300001, 1])
def test_initrd(size):
	data = INITRD[:size]
	with linux16("mmu=mapped selftest poweroff", initrd=data) as machine:
		text = machine.wait_end()
	assert Report(text).initrd == (size, zlib.crc32(data))
	selftest_passed(text)


def says_no_long_mode(machine, what="this CPU has no long mode"):
	"""The error appears once on port, as 8N1, and screen, then nothing: no reset loop."""
	message = "stubborn: error: " + what
	with machine:
		machine.wait(message)
		assert machine.memory(0xb8000, 2 * len(message))[::2].decode() == message
		assert machine.serial().count("stubborn") == 1
		assert re.search("= 0x03$", machine.monitor("i /xb 0x3fb").strip())	# LCR


@pytest.mark.parametrize("cpu", ["qemu64,-lm", "qemu32", "486"])
def test_no_long_mode(cpu):
	says_no_long_mode(linux16(cpu=cpu))


@pytest.mark.parametrize("cpu", ["Opteron_G1", "Conroe", "EPYC-Milan", "Icelake-Server",
				 "qemu64,-pge,-mtrr,-pat,-pse,-cx8,-syscall,-clflush,-hypervisor"])
def test_models(cpu):
	"""Old and new CPUs that QEMU knows, and one without what we do not need."""
	with linux16("selftest poweroff", cpu=cpu, memory="128M", extra=["-smp", "2"]) as machine:
		text = machine.wait_end()
	assert "boot: cpus: 2 of 2\n" in text
	selftest_passed(text)


@pytest.mark.parametrize("cpu,what", [
	("qemu64,-cmov", "the CPU has no CMOV, SSE or SSE2"),
	("qemu64,-sse", "the CPU has no CMOV, SSE or SSE2"),
	("qemu64,-sse2", "the CPU has no CMOV, SSE or SSE2"),
	("qemu64,-nx", "the CPU has no NX, or firmware turned it off")])
def test_lacks(cpu, what):
	"""All CPUs with long mode have the first three, but a hypervisor may hide them."""
	says_no_long_mode(linux16(cpu=cpu), what)


@pytest.mark.parametrize("cpu", ["qemu32", "486"])
def test_no_long_mode_32(cpu):
	"""A 486 does not even have CPUID."""
	says_no_long_mode(Loaded(32, cpu=cpu))


@pytest.mark.parametrize("append,message", [
	("place=0x10000000000", r"place=0x10000000000: no free RAM for \d+ pages there"),
	("place=0x100000", r"place=0x100000: no free RAM"),
	("mmu=off", "mmu=off: an x86_64 CPU"), ("mmu=sideways", "mmu=sideways: invalid value"),
	("fault=copy", "fault in stage copy: page fault, not mapped, read")])
def test_refused(append, message):
	with linux16(append) as machine:
		assert re.search(message, machine.wait("stubborn: panic: .*").group())


def test_no_nx():
	with linux16(cpu="qemu64,-nx") as machine:
		assert "no NX" in machine.wait("stubborn: error: .*").group()
	with Loaded(64, cpu="qemu64,-nx") as machine:
		assert "no NX" in machine.wait("stubborn: panic: .*").group()


@pytest.mark.parametrize("size", [4000, 5000])
def test_long_command_line(size):
	append = "a=" + "b" * (size - 11) + " poweroff"
	with linux16(append) as machine:
		if size < 4096:
			assert checked(machine.wait_end()).cmdline == append
		else:
			machine.wait("boot: idle")
			report = checked(machine.serial())
			assert report.cmdline == append[:4095]
			assert "command line was too long and is cut" in machine.serial()


# ---- the other two entries, and loaders that QEMU lacks ----

@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("bits,regime", [
	pytest.param(32, "identity", marks=pytest.mark.door("32 bits, a loader of ours")),
	pytest.param(64, "mapped", marks=pytest.mark.door("64 bits, a loader of ours"))])
def test_entry(bits, regime, place):
	cmdline = f"mmu={regime} place={place} selftest poweroff"
	data = bytes(range(256)) * 10
	with Loaded(bits, cmdline, initrd=data) as machine:
		text = machine.wait_end()
	report = Report(text)
	assert report.initrd == (len(data), zlib.crc32(data))
	assert (report.entry, report.cmdline) == (f"linux{bits}", cmdline)
	assert report.loaded == IMAGE - 0x1000
	assert (report.runs == report.loaded) == (place == "stay")
	selftest_passed(text)


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("at", [0x100000, 0x11ff000, 0x123000, 0x2fff0000])
def test_anywhere(bits, at):
	"""Any page works, also across a 2 MiB boundary."""
	with Loaded(bits, "poweroff", at=at) as machine:
		checked(machine.wait_end(), entry=f"linux{bits}", loaded=at - 0x1000)


@pytest.mark.parametrize("bits", [32, 64])
def test_across_gib(bits):
	"""Across a 1 GiB boundary: the image needs two tables."""
	memory = (*MEMORY[:2], (0x100000, 0x7ff00000 - 0x20000, 1))
	at = GIB - 0x8000
	with Loaded(bits, "selftest poweroff", boot_params(memory), at, gibs=(0, 1),
		    memory="2G") as machine:
		text = machine.wait_end()
	checked(text, entry=f"linux{bits}", loaded=at - 0x1000)
	selftest_passed(text)


HIGH = (*MEMORY[:2], (0x100000, 0x7ff00000 - 0x20000, 1), (4 * GIB, 6 * GIB, 1))


@pytest.mark.parametrize("cpu,levels", [("qemu64", 4), ("max", 4), ("max,la57=on", 5)])
@pytest.mark.parametrize("place", ["random", "stay"])
def test_above_4g(place, cpu, levels):
	"""Image, boot_params and command line above 4 GiB, and a loader that maps little else."""
	cmdline = f"place={place} selftest poweroff"
	params = boot_params(HIGH, 0x40200000, o0c8=("I", 1))
	at = 6 * GIB + 0x300000
	with Loaded(64, "", params, at, gibs=(0, 5, 6), levels=levels, cpu=cpu,
		    params_at=5 * GIB + 0x100000, memory="8G",
		    more=[(5 * GIB + 0x200000, cmdline.encode() + b"\0")]) as machine:
		text = machine.wait_end()
	checked(text, cmdline=cmdline, entry="linux64", place=place,
		loaded=at - 0x1000)
	assert ("la57" in text) == (levels == 5)
	selftest_passed(text)


def test_setup_data():
	"""Entropy, and more memory than boot_params has room for."""
	seed = DATA, struct.pack("<QII", 0, 9, 32) + bytes(range(32))
	more = DATA + PAGE, (struct.pack("<QII", DATA, 1, 20) + e820([(0x8000000, PAGE, 2)]))

	def run():
		params = boot_params(o250=("Q", DATA + PAGE))
		with Loaded(32, "", params, more=[seed, more]) as machine:
			machine.wait("boot: idle")
			assert machine.memory(DATA + 8, 4 + 4 + 32) == b"\x09" + bytes(39)
			return machine.serial()
	text = run()
	assert "boot: memory: 0x8000000 0x1000 reserved\n" in text
	assert "boot: seed: 32 bytes" in text and "boot: place: random" in text
	assert Report(run()).runs == Report(text).runs


def test_sentinel():
	"""A loader that copies the file's first page unchanged."""
	params = bytearray(image_path(ARCH).read_bytes()[:4096])
	good = boot_params()
	params[0x1e8] = good[0x1e8]
	params[0x210:0x26c] = good[0x210:0x26c]
	params[0x2d0:0x2d0 + 20 * len(MEMORY)] = good[0x2d0:0x2d0 + 20 * len(MEMORY)]
	params[0xc0:0xcc] = b"\xff" * 12
	params[0x70:0x78] = b"\xff" * 8
	with Loaded(32, "poweroff", bytes(params)) as machine:
		checked(machine.wait_end(), cmdline="poweroff", entry="linux32")


def screen_info(kind, base, form=(8, 16, 8, 8, 8, 0, 8, 24)):
	return struct.pack("<15xB2xHHHIIIH8B", kind, 800, 600, 32, base, 800 * 600 * 4, 0, 3200,
			   *form)


@pytest.mark.parametrize("kind", [0x23, 0x70])
def test_screen(kind):
	"""A framebuffer that the loader has set up; here it is otherwise unused RAM."""
	params = bytearray(boot_params((*MEMORY[:2], (0x100000, 0x1ff00000, 1))))
	params[:0x2e] = screen_info(kind, 0x30000000)
	with Loaded(32, "", bytes(params)) as machine:
		machine.wait("boot: idle")
		assert "boot: screen: 800x600 xrgb at 0x30000000\n" in machine.serial()
		assert any(machine.memory(0x30000000, 3200 * 16))


BAD = {
	"no header": ({"o202": ("I", 0)}, f"boot_params at {PARAMS:#x}: no setup header"),
	"no memory": ({"memory": ()}, "no memory for"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_params(name):
	words, message = BAD[name]
	with Loaded(32, "poweroff", boot_params(**words)) as machine:
		line = machine.wait("stubborn: panic: .*").group()
		assert re.search(message, line), line


@pytest.mark.parametrize("start,size", [
	pytest.param(0x3ffdf000, 0x1001, id="outside"), pytest.param(IMAGE, 1, id="in_the_image"),
	pytest.param(0xfffffff0, 0xfffffff0, id="of_nothing")])
def test_initrd_Q69(start, size):
	"""An initrd that cannot be right: reported, and the boot goes on without it."""
	with Loaded(32, "selftest poweroff", boot_params(initrd=(start, size))) as machine:
		text = machine.wait_end()
	assert (f"stubborn: warning: initrd at {start:#x}, {size:#x} bytes: not in RAM, or "
		"overlaps the image: ignored\n") in text
	checked(text, entry="linux32")
	assert "boot: initrd: none" in text
	selftest_passed(text)


def test_screen_over_image_Q69():
	"""Drawing would overwrite our code."""
	params = bytearray(boot_params())
	params[:0x2e] = screen_info(0x70, IMAGE - 0x1000)
	with Loaded(32, "selftest poweroff", bytes(params)) as machine:
		text = machine.wait_end()
	assert "stubborn: warning: screen at " in text
	assert "bytes: overlaps the image: ignored\n" in text
	checked(text, entry="linux32")
	assert "boot: screen: none\n" in text


@pytest.mark.parametrize("where", [0, 0xffffffff, 0xa0000])
def test_odd_command_line(where):
	"""None, one at the end of the address space, one in a device's memory."""
	with Loaded(32, "", boot_params(cmdline=where)) as machine:
		machine.wait("boot: idle")
		checked(machine.serial(), entry="linux32")


# ---- GRUB, if it is installed ----

def grub(folder, commands, initrd=b"x"):
	"""A CD with GRUB, /k and /i."""
	if not shutil.which("grub-mkrescue"):
		pytest.skip("no grub-mkrescue")
	(folder / "boot/grub").mkdir(parents=True)
	(folder / "boot/grub/grub.cfg").write_text(commands + "\nboot\n")
	(folder / "k").write_bytes(image_path(ARCH).read_bytes())
	(folder / "i").write_bytes(initrd)
	iso = folder / "iso"
	subprocess.run(["grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", "-o", iso, folder],
		       check=True, capture_output=True)
	machine = Machine(ARCH, kernel="none", firmware=None, extra=["-cdrom", str(iso)])
	at = machine.command.index("-kernel")
	del machine.command[at:at + 2]
	return machine


@pytest.mark.parametrize("command,entry", [
	pytest.param("linux", "linux32", marks=pytest.mark.door("GRUB on a BIOS, linux")),
	pytest.param("linux16", "linux16", marks=pytest.mark.door("GRUB on a BIOS, linux16"))])
def test_grub(command, entry, tmp_path):
	kind, words = command.replace("linux", "initrd"), "mmu=mapped selftest poweroff"
	with grub(tmp_path, f"{command} /k {words}\n{kind} /i", INITRD) as machine:
		text = machine.wait_end()
	checked(text, "mapped", "BOOT_IMAGE=/k " + words, entry, initrd=INITRD)
	selftest_passed(text)


@pytest.mark.parametrize("mode,said", [("keep", "800x600 xrgb at 0x[0-9a-f]+"),
				       ("640x480x16", "none")])
def test_grub_screen(mode, said, tmp_path):
	"""GRUB's VBE mode: kept, unless it has 16 bits per pixel, which we cannot draw."""
	with grub(tmp_path, "insmod vbe\ninsmod gfxterm\nset gfxmode=800x600x32\n"
		  f"terminal_output gfxterm\nset gfxpayload={mode}\nlinux /k") as machine:
		machine.wait("boot: idle")
		assert re.search(f"^boot: screen: {said}$", machine.serial(), re.M)
		lines = screen_text(*machine.screen())
	assert any(line.startswith("machine ") for line in lines) == (said != "none")
