# SPDX-License-Identifier: MIT
"""riscv64: QEMU's -kernel after OpenSBI, U-Boot's three ways, GRUB, and what only this CPU has: a
hart that is told its number, a console that is a call of firmware, traps told by scause."""
import functools
import re

import pytest

from gdbstub import GDB
from injected import injected
from machine import BUILD, Machine, image_path
from monitor import Monitor
from opensbi import boot_hart
from report import Report
from symbols import elf_symbol
from test_boot import GOES_ON, selftest_passed
from test_uboot import INITRD, LOAD, script, type_of

ARCH = "riscv64"
RAM = 0x80000000
U_BOOT = 0x80200000


def raw(append="poweroff", **options):
	with Machine(ARCH, kernel=image_path(ARCH), firmware=None, append=append,
		     **options) as machine:
		return machine.wait_end()


def told(text):
	"""What a loader passes besides the command line and an initrd: a seed, and where OpenSBI
	is."""
	assert "boot: seed: 32 bytes\n" in text
	assert re.search(rf"^boot: memory: {RAM:#x} 0x\w+ reserved$", text, re.M)


def checked(text, regime=None, cmdline=None, initrd=None):
	return Report(text).check(ARCH, regime, cmdline, "image", initrd)


@pytest.mark.door("RISC-V Image, qemu -kernel")
@pytest.mark.parametrize("regime,place,harts,memory", [
	("off", "random", 2, "128M"), ("identity", "stay", 8, "8G"),
	("mapped", f"{RAM + 0x6000000:#x}", 1, "512M")])
def test_image(regime, place, harts, memory):
	cmdline = f"mmu={regime} place={place} selftest poweroff"
	text = raw(cmdline, memory=memory, initrd=INITRD, extra=["-smp", str(harts)])
	report = checked(text, regime, cmdline, INITRD)
	assert (report.runs == report.loaded) == (place == "stay")
	assert place[0] != "0" or report.runs == int(place, 0)
	assert harts == 1 or f"boot: cpus: {harts} of {harts}\n" in text
	hart = re.search(r"^Boot HART ID +: (\d+)$", text, re.M)	# OpenSBI's choice
	assert f"boot: cpu: PRV1 id 0x{int(hart[1]):x} sv39\n" in text
	assert "boot: irq: PLIC, " in text and "MHz by device tree, interrupt " in text
	told(text)
	selftest_passed(text)


def test_entry_stays():
	"""A hart that goes astray (Q-106) finds the entry where the image was loaded, although that
	memory is free, at the start of the largest range."""
	at = [elf_symbol(ARCH, name) for name in ("image_entry", "image_entered")]
	with Machine(ARCH, kernel=image_path(ARCH), firmware=None, memory="256M",
		     append=f"place={RAM + 0xe000000:#x}", extra=["-smp", "8"]) as machine:
		machine.wait("boot: idle")
		loaded = machine.memory(Report(machine.serial()).loaded, at[1] + 4)
	assert loaded[:0x100] == image_path(ARCH).read_bytes()[:0x100]
	assert loaded[at[0]:at[0] + 64] == image_path(ARCH).read_bytes()[at[0]:at[0] + 64]
	assert loaded[at[1]:] == b"\1\0\0\0"


@pytest.mark.parametrize("cpu", ["sifive-u54", "rv64,sstc=off"])
def test_older_cpu(cpu):
	"""No Sstc: timers are SBI's."""
	text = raw("mmu=mapped selftest poweroff", cpu=cpu)
	assert "boot: counter: time, SBI timer, 10.000 MHz" in text
	selftest_passed(text)


@pytest.mark.parametrize("stage,said", [
	("copy", "load access fault (scause 0x5, "), ("kernel", "page fault, read (scause 0xd, ")])
def test_fault(stage, said):
	"""Between firmware and kernel, without translation, and in our own regime."""
	with Machine(ARCH, kernel=image_path(ARCH), firmware=None,
		     append=f"mmu=mapped fault={stage}") as machine:
		machine.wait("stubborn: panic: halted")
		text = machine.serial()
	assert f": {said}stval 0x5eadbeeff000) at pc 0x" in text


def test_again():
	"""Through all regimes, with two harts."""
	text = raw("again=4:any selftest poweroff", extra=["-smp", "2"])
	assert len(re.findall(r"^\d+ passed, 0 failed$", text, re.M)) == 5
	assert "boot: again: 4 times since image" in text


def test_monitor():
	"""Each key is an interrupt by the PLIC; registers and page tables are explained."""
	with Machine(ARCH, kernel=image_path(ARCH), firmware=None, append="mmu=mapped", talk=True,
		     extra=["-smp", "2"]) as machine:
		monitor = Monitor(machine)
		assert "serial by interrupt 10" in machine.serial()
		regs = monitor.run("regs")
		assert re.search(r"^satp +0x8\w{15} PPN=0x\w+ MODE=0x8$", regs, re.M), regs
		walk = monitor.run("walk 0xffffffc080200000")
		assert ", 3 levels\n" in walk and "level 2 index 0x102" in walk, walk
		assert re.search(r"^physical 0x80200000, rw- cached$", walk, re.M), walk
		assert "not a valid address on this CPU" in monitor.run("walk 0x8000000000")
		assert "2 of 2 run" in monitor.run("cpus")
		assert ", 0 wrong" in monitor.run("cpus 2000")
		machine.talk.sendall(b"poweroff\r")
		machine.wait_end()


# ---- U-Boot ----

TREE = "0x88000000"			# a copy of U-Boot's, with a reservation
RESERVED = (f"fdt addr ${{fdtcontroladdr}}; fdt move ${{fdtcontroladdr}} {TREE} 0x20000; "
	    "fdt rsvmem add 0x92000000 0x3000; fdt mknode /reserved-memory a@90000000; "
	    "fdt set /reserved-memory/a@90000000 reg <0x0 0x90000000 0x0 0x200000>; ")


def reserved(text):
	for at in 0x90000000, 0x901ff000, 0x92000000, 0x92002000:
		assert type_of(text, at) == "reserved"
	for at in 0x8ffff000, 0x90200000, 0x92003000:
		assert type_of(text, at) != "reserved"


def uboot(commands, tmp_path, files=None, **options):
	disk = {"\\boot.scr": script(tmp_path, commands, "riscv"), **(files or {})}
	with Machine(ARCH, boot=False, files=disk, **options) as machine:
		machine.wait(GOES_ON)
		return machine.wait_end()


@pytest.mark.door("U-Boot, removable disk, riscv64")
def test_removable():
	"""\\EFI\\BOOT\\BOOTRISCV64.EFI is found, and its text file."""
	cmdline = "mmu=mapped initrd=\\i selftest poweroff"
	with Machine(ARCH, cmdline, files={"\\i": INITRD}, extra=["-smp", "2"]) as machine:
		text = machine.wait_end()
	Report(text).check(ARCH, "mapped", cmdline, initrd=INITRD)
	hart = re.search(r"^Boot HART ID +: (\d+)$", text, re.M)
	assert f"boot: cpu: PRV1 id 0x{int(hart[1]):x} sv39\n" in text
	told(text)
	selftest_passed(text)


def test_hart_by_the_tree():
	"""Without RISCV_EFI_BOOT_PROTOCOL the tree's /chosen/boot-hartid, which U-Boot writes, says
	which hart this is."""
	case = "hart fail_LOCATE_PROTOCOL -- selftest poweroff"
	with injected(ARCH, [case], extra=["-smp", "4", "-S", *GDB]) as machine:
		boot_hart(machine, 2, U_BOOT)
		text = machine.wait_end()
	assert "boot: cpu: PRV1 id 0x2 sv39\n" in text
	assert "boot: cpus: 4 of 4\n" in text
	selftest_passed(text)


@pytest.mark.door("U-Boot bootefi, riscv64")
def test_bootefi(tmp_path):
	"""A refusal returns to the script; then a start, with an initrd from the same disk, with
	what the tree reserves (Q-91: without no-map U-Boot calls it boot services data), and
	without an entropy device: the seed is the tree's."""
	commands = LOAD + ("setenv bootargs place=0x1000; "
			   "bootefi ${kernel_addr_r} ${fdtcontroladdr}; echo back; "
			   f"{RESERVED}setenv bootargs 'mmu=off initrd=/i selftest poweroff'; "
			   f"bootefi ${{kernel_addr_r}} {TREE}")
	text = uboot(commands, tmp_path, {"\\i": INITRD}, rng=False)
	assert re.search(r"^stubborn: error: place=0x1000: .*\n(.*\n)*back\n", text, re.M)
	text = text[text.index("\nback\n"):]
	Report(text).check(ARCH, "off", "mmu=off initrd=/i selftest poweroff", initrd=INITRD)
	told(text)
	reserved(text)
	selftest_passed(text)


def test_bootefi_earlycon(tmp_path):
	"""A port in RAM."""
	text = uboot(LOAD + "setenv bootargs earlycon=uart8250,mmio,0x81000000; "
		     "bootefi ${kernel_addr_r} ${fdtcontroladdr}; echo back; "
		     "setenv bootargs poweroff; bootefi ${kernel_addr_r} ${fdtcontroladdr}",
		     tmp_path)
	assert re.search(r"^stubborn: error: earlycon=: no device there\n(.*\n)*back\n", text, re.M)


@pytest.mark.door("U-Boot booti, riscv64")
def test_booti(tmp_path):
	commands = LOAD + ("load virtio 0 ${ramdisk_addr_r} /i; "
			   "setenv bootargs mmu=mapped selftest poweroff; "
			   f"{RESERVED}"
			   f"booti ${{kernel_addr_r}} ${{ramdisk_addr_r}}:${{filesize}} {TREE}")
	text = uboot(commands, tmp_path, {"\\i": INITRD})
	checked(text, "mapped", "mmu=mapped selftest poweroff", INITRD)
	told(text)
	reserved(text)
	selftest_passed(text)


def test_poor_tree(tmp_path):
	"""No port: firmware prints for us, without an address, in our own regime. No frequency:
	ticks without a time, and no clock, so no other hart either."""
	commands = LOAD + ("fdt addr ${fdtcontroladdr}; "
			   "fdt move ${fdtcontroladdr} 0x88000000 0x20000; "
			   "fdt rm /soc/serial@10000000; fdt rm /cpus timebase-frequency; "
			   "setenv bootargs mmu=mapped selftest poweroff; "
			   "booti ${kernel_addr_r} - 0x88000000")
	text = uboot(commands, tmp_path, extra=["-smp", "2"])
	assert "boot: uart: call from default\n" in text
	assert "boot: counter: none: frequency unknown\n" in text
	assert "boot: cpus: 1 of 2: it needs interrupts and a clock\n" in text
	assert re.search(r"^boot: time: jump \d+$", text, re.M)
	selftest_passed(text)


# ---- GRUB, on U-Boot's UEFI ----

GRUB = BUILD / "loaders/grubriscv64.efi"


def grub(commands, start=functools.partial(Machine, ARCH), **options):
	"""`start`: Edk2 instead of U-Boot."""
	if not GRUB.exists():
		pytest.skip("no GRUB for riscv64: fetch-package.sh failed")
	config = "search --file --set=root /stubborn.efi\n" + commands + "\nboot\n"
	files = {"\\stubborn.efi": image_path(ARCH).read_bytes(), "\\i": INITRD,
		 "\\EFI\\debian\\grub.cfg": config.encode()}
	with start(image=GRUB.read_bytes(), files=files, **options) as machine:
		machine.wait(GOES_ON)
		return machine.wait_end()


@pytest.mark.door("GRUB chainloader, riscv64")
def test_grub_chainloader():
	"""No initrd=: here U-Boot does not say which disk the image is from."""
	words = "mmu=mapped selftest poweroff"
	text = grub(f"chainloader /stubborn.efi {words}")
	Report(text).check(ARCH, "mapped", words)
	told(text)
	selftest_passed(text)


@pytest.mark.door("GRUB linux, riscv64")
def test_grub_linux():
	words = "mmu=off selftest poweroff"
	text = grub(f"linux /stubborn.efi {words}\ninitrd /i")
	Report(text).check(ARCH, "off", f"BOOT_IMAGE=/stubborn.efi {words}", initrd=INITRD)
	told(text)
	selftest_passed(text)


def test_grub_refused():
	"""An error leads back to GRUB's script."""
	text = grub("chainloader /stubborn.efi place=0x1000\nboot\n"
		    "linux /stubborn.efi poweroff")
	assert re.search(r"^stubborn: error: place=0x1000: no free RAM", text, re.M)
	assert Report(text).cmdline == "BOOT_IMAGE=/stubborn.efi poweroff"
