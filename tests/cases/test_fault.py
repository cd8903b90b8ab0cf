# SPDX-License-Identifier: MIT
"""Failures after firmware is gone are reported: on the serial port, on screen, in memory."""
import re
import subprocess
import time

import pytest

from gdbstub import GDB, Gdb
from handoff import Crumbs
from machine import ARCHES, HANG, ROOT, Machine, elf_path, image_path
from report import Report
from symbols import elf_symbol
from test_boot import EVERY, IN_RAM

ADDRESS = 0x5eadbeeff000
RED = b"\xff\x00\x00"
STUB_STAGES = ["exit", "normalise", "copy", "seal", "plan", "clean", "jump"]
KERNEL_STAGES = ["kernel", "verified", "map", "memory", "report", "clock", "idle"]
EARLY = KERNEL_STAGES[:2]	# until the kernel's own vectors
# Until the jump the stub does the same in every regime; the kernel runs in the regime.
CASES = [(arch, "identity", stage) for arch in ARCHES
	 for stage in STUB_STAGES + KERNEL_STAGES] + \
	[(arch, regime, stage) for arch, regime in EVERY if regime != "identity"
	 for stage in ("plan", "jump", "kernel", "map", "idle")]
FAULT = re.compile(r"stubborn: panic: fault in stage (\w+): (.*) at pc 0x([0-9a-f]+) "
		   r"\(link 0x([0-9a-f]+)\)")
DISPLAY = {"aarch64": "ramfb"}
WHERE = {"x86_64": "CR2", "aarch64": "FAR_EL1", "riscv64": "stval"}


def symbol(arch, link):
	"""Function and source file of a link-time address."""
	answer = subprocess.run(["llvm-symbolizer", "-e", elf_path(arch), hex(link)],
				capture_output=True, text=True, check=True).stdout.split("\n")
	return answer[0], answer[1]


def stage_number(name):
	"""The stub's stages, then our kernel's, which begin at 16."""
	for path, start, prefix in (("include/stubborn/crumb.h", 0, "CRUMB_"),
				    ("kernel/stage.h", 16, "STAGE_")):
		text = (ROOT / path).read_text().replace("= CRUMB_KERNEL", "")
		body = re.search(r"^enum \w+ \{(.*?)\}", text, re.S | re.M)[1]
		names = re.findall(prefix + r"(\w+)", body)
		if name.upper() in names:
			return start + names.index(name.upper())
	raise KeyError(name)


def stage_said(name):
	"""The name in a panic: the stub's vectors know a kernel's stages only by number."""
	return str(stage_number(name)) if name in EARLY else name


def wait_red(machine):
	"""Wait for the red mark, which is painted after the text."""
	end = time.monotonic() + HANG
	while True:
		width, _, pixels = machine.screen()
		block = [pixels[3 * (y * width + x):][:3] for y in range(8) for x in range(8)]
		if all(p == RED for p in block):
			return
		assert time.monotonic() < end, f"upper left corner is {block[0].hex()}, not red"
		time.sleep(0.2)


@pytest.mark.parametrize("arch,regime,stage", CASES)
def test_fault(arch, regime, stage):
	with Machine(arch, f"place={IN_RAM[arch]:#x} mmu={regime} fault={stage}",
		     display=DISPLAY.get(arch)) as machine:
		machine.wait("stubborn: panic: halted")
		text = machine.serial()
		fault = FAULT.search(text)
		assert fault, text[-2000:]
		assert fault[1] == stage_said(stage)
		stack = int(re.search(r" r?sp ([0-9a-f]{16})\b", text)[1], 16)
		if regime == "identity" and stage in EARLY:
			assert IN_RAM[arch] < stack < IN_RAM[arch] + 0x200000
		if arch == "x86_64":
			assert f"rip {int(fault[3], 16):016x}" in text
		assert f"{WHERE[arch]} {ADDRESS:#x})" in fault[2]
		function, source = symbol(arch, int(fault[4], 16))
		folder = "stub/" if stage in STUB_STAGES else "kernel/"
		assert function != "??" and folder in source, (function, source)
		assert len(re.findall("^stubborn: panic: ", text, re.M)) == 2
		if arch != "riscv64":		# U-Boot has no screen
			wait_red(machine)
		crumbs = Crumbs(machine, IN_RAM[arch])
		assert crumbs.faulted == 1 and crumbs.address == ADDRESS
		assert crumbs.stage == stage_number(stage) and crumbs.pc == int(fault[4], 16)


@pytest.mark.parametrize("arch,regime", EVERY)
def test_panic(arch, regime):
	with Machine(arch, f"panic mmu={regime}") as machine:
		machine.wait("stubborn: panic: .*")
		time.sleep(0.5)
		assert machine.serial().count("stubborn: panic: ") == 1
		assert "boot: idle" not in machine.serial()


@pytest.mark.parametrize("how", ("crash panic", "regs; crash read"))
@pytest.mark.parametrize("arch", ("aarch64", "x86_64"))
def test_screen_faults(arch, how):
	"""The framebuffer is gone: a panic, or the fault itself, is all on the serial port."""
	cmdline = f"place={IN_RAM[arch]:#x} mmu=identity"
	at = IN_RAM[arch] + elf_symbol(arch, "terminal")	# fb.mem.base
	with Machine(arch, f'{cmdline} run="poke {at:#x} {ADDRESS:#x} 8; {how}"',
		     display=DISPLAY.get(arch), extra=["-smp", "2"]) as machine:
		# a backtrace ends where the fault is, if a function there keeps no frame pointer
		machine.wait("stubborn: panic: halted" if "read" in how else
			     r"  0x\w+ kernel_main\+.*")
		text = machine.serial()
	assert text.count("stubborn: panic: fault") == ("read" in how), text[-2000:]
	assert "stubborn: on CPU 0 (id 0x0)\n" in text, text[-2000:]


@pytest.mark.parametrize("arch,regime", EVERY)
def test_return_Q103(arch, regime):
	with Machine(arch, f"return mmu={regime}") as machine:
		line = machine.wait("stubborn: panic: .*").group()
		time.sleep(0.5)
		text = machine.serial()
	assert line == "stubborn: panic: kernel_main has returned"
	assert text.count("stubborn: panic: ") == 1 and "boot: idle" not in text


def test_previous(arch):
	"""
	The next boot finds the breadcrumbs of one that stopped. The places are fixed: one that is
	chosen at random may be that of the boot before, or where firmware loads a file.
	"""
	with Machine(arch, f"fault=memory place={IN_RAM[arch]:#x}") as machine:
		machine.wait("stubborn: panic: halted")
		first = len(machine.serial())
		machine.set_cmdline(f"after=1 place={IN_RAM[arch] + 0x1000000:#x}")
		machine.run("system_reset")
		machine.wait("boot: idle", after=first)
		text = machine.serial()[first:]
	Report(re.sub("^boot: previous: .*\n", "", text, flags=re.M)).check(arch)
	assert re.search(r"^boot: previous: reached memory\b", text, re.M), text


def test_no_previous(arch):
	with Machine(arch) as machine:
		machine.wait("boot: idle")
		assert "boot: previous" not in machine.serial().replace("boot: previous: none", "")


@pytest.mark.parametrize("arch,regime", [x for x in EVERY if x[1] != "mapped"])
def test_damaged_text(arch, regime):
	"""One bit of the moved image changes after it was sealed: the kernel notices."""
	cmdline = f"mmu={regime} place={IN_RAM[arch]:#x}"
	with Machine(arch, cmdline) as machine:
		machine.wait("boot: idle")
		runs = Report(machine.serial()).runs
	with Machine(arch, cmdline, extra=["-S", *GDB]) as machine:
		gdb = Gdb(machine)
		gdb.run_to(runs + elf_symbol(arch, "kernel_entry"))
		victim = runs + elf_symbol(arch, "efi_entry")	# text that is not used again
		old = gdb.read(victim, 1)
		gdb.write(victim, bytes([old[0] ^ 0x10]))
		gdb.go()
		line = machine.wait("stubborn: panic: .*").group()
		gdb.close()
	is_checksum(line)


def is_checksum(line):
	values = re.findall(r"0x[0-9a-f]+", line)
	assert "checksum" in line and len(values) == 2 and values[0] != values[1], line


@pytest.mark.parametrize("where", ("last of the text", "last of the read-only data"))
@pytest.mark.parametrize("place", ("stay", "random"))
@pytest.mark.parametrize("arch", ARCHES)
def test_damaged_file(arch, place, where):
	"""One bit of the file is wrong: the checksum is the build's, so the kernel notices."""
	end = "image_rodata" if where == "last of the text" else "image_sbat"
	image = bytearray(image_path(arch).read_bytes())
	image[elf_symbol(arch, end) - 1] ^= 0x10		# unused padding
	with Machine(arch, f"place={place}", image=bytes(image)) as machine:
		is_checksum(machine.wait("stubborn: panic: .*").group())


ENTERED = {			# where the fault enters a file that QEMU has loaded
	"x86_64": (0xff000, "trap_stubs", 14 * 16),
	"aarch64": (0x40200000, "stub.trap_vectors", 0x200),
	"riscv64": (0x80200000, "trap_vectors", 0),
}
REGISTERS = {			# as gdb counts them; without names those that cannot be set
	"x86_64": "rax rbx rcx rdx rsi rdi rbp - r8 r9 r10 r11 r12 r13 r14 r15",
	"aarch64": " ".join(f"x{n}" for n in range(31)) + " sp",
	"riscv64": "- ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 "
		   "s10 s11 t3 t4 t5 t6",
}


def test_registers(arch):
	"""The stub's vectors save each register at its own place, whatever it holds."""
	loaded, name, offset = ENTERED[arch]
	with Machine(arch, kernel=image_path(arch), firmware=None, append="fault=copy",
		     extra=["-S", *GDB]) as machine:
		gdb = Gdb(machine)
		gdb.run_to(loaded + elf_symbol(arch, name) + offset)
		put = {name: ADDRESS + n for n, name in enumerate(REGISTERS[arch].split())
		       if name != "-"}
		for name, value in put.items():
			gdb.register_set(value - ADDRESS, value)
		gdb.go()
		machine.wait("stubborn: panic: halted")
		gdb.close()
		said = re.findall(r"\b([a-z]+\d*) ([0-9a-f]{16})\b", machine.serial())
	assert {name: int(value, 16) for name, value in said if name in put} == put
