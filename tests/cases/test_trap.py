# SPDX-License-Identifier: MIT
"""Exceptions that the kernel's own vectors take: what they report, and what survives."""
import re

import pytest

from board import assembled, loaded, loader_kept, own_tree
from gdbstub import GDB, Gdb, image_at
from machine import Machine, elf_path, image_path
from monitor import Monitor
from symbols import elf_symbol
from test_boot import EVERY, selftest_passed
from test_fault import FAULT, symbol

ARM = "aarch64"
RDI, RSP, EFLAGS, EFLAGS_DF = 5, 7, 17, 1 << 10		# gdb's numbers of the registers
NOWHERE = 0x5eadbeef0000
LEVELS = [(arch, regime, "") for arch, regime in EVERY] + \
	[(ARM, regime, level) for regime in ("off", "mapped") for level in ("EL2", "el=1")]


def crash(arch, regime, level, kind):
	more = {"machine": "virtualization=on"} if level else {}
	words = level if level == "el=1" else ""
	with Machine(arch, f"mmu={regime} {words} crash={kind}", **more) as machine:
		machine.wait("stubborn: panic: halted")
		text = machine.serial()
	assert len(re.findall("^stubborn: panic: ", text, re.M)) == 2, text[-3000:]
	fault = FAULT.search(text)
	assert fault, text[-3000:]
	return fault, symbol(arch, int(fault[4], 16))[0], text[fault.end():]


def called(text):
	"""The functions of a backtrace, each once in a row."""
	lines = text.split("called from:\n")[1].split("stubborn: panic: halted")[0]
	names = re.findall(r"^  0x[0-9a-f]{16} (\w+)\+0x[0-9a-f]+$", lines, re.M)
	stub = re.findall(r"^  0x[0-9a-f]{16} \(link 0x[0-9a-f]+\)$", lines, re.M)
	assert len(stub) in (1, 2), lines	# kernel_main's callers have no names
	assert len(names) + lines.count("times\n") + len(stub) == lines.count("\n"), lines
	return names


@pytest.mark.parametrize("arch,regime,level", LEVELS)
def test_stack(arch, regime, level):
	"""A stack overflow is reported on another stack, with the code that caused it."""
	fault, function, rest = crash(arch, regime, level, "stack")
	assert function == "crash_stack"
	what = {ARM: "stack overflow, data abort, translation fault level 3, write",
		"riscv64": "stack overflow, page fault, write"}
	assert fault[2].startswith(what.get(arch, "double fault, stack overflow")), fault[2]
	names = called(rest)
	assert set(names[:-1]) == {"crash_stack"} and len(names) < 6, names
	assert names[-1] == "kernel_main"	# crash_run's call is its last word
	assert int(re.search(r"^  (\d+) times$", rest, re.M)[1]) > 100


# Registers that crash_stack() does not use, and gdb's numbers.
UNUSED = {"x86_64": {"rcx": 2, "rdx": 3, "rsi": 4, "r8": 8, "r11": 11},
	  ARM: {f"x{n}": n for n in range(1, 8)},
	  "riscv64": {"t0": 5, "t1": 6, "t2": 7, "a1": 11, "a2": 12, "a7": 17}}


@pytest.mark.parametrize("arch", UNUSED)
def test_other_stack(arch):
	"""An overflow of another CPU's stack, which is the handlers', is reported on a further one,
	with all registers."""
	door = elf_path if arch == "x86_64" else image_path
	with Machine(arch, kernel=door(arch), firmware=None, append="", talk=True, rng=False,
		     display=False, extra=["-smp", "4", *GDB]) as machine:
		monitor = Monitor(machine)
		machine.run("stop")
		gdb = Gdb(machine)
		monitor.type("crash stack 2\r")
		gdb.run_to(image_at(machine) + elf_symbol(arch, "crash_stack"))
		for n in UNUSED[arch].values():
			gdb.register_set(n, n * 0x0101010101010101)
		gdb.close()
		machine.run("cont")
		machine.wait("stubborn: panic: halted")
		text = machine.serial()
	what = {ARM: "handlers' stack overflow, data abort, translation fault level 3, write",
		"riscv64": "handlers' stack overflow, page fault, write"}
	said = re.search(r"stubborn: panic: fault in stage \w+: (.*)", text)[1]
	assert said.startswith(what.get(arch, "double fault, stack overflow"))
	for name, n in UNUSED[arch].items():
		assert f"{name} {n * 0x0101010101010101:016x}" in text
	assert "\nstubborn: on CPU 2 (id 0x" in text
	assert " crash_stack+0x" in text and re.search(r"^  \d+ times$", text, re.M)


@pytest.mark.parametrize("arch,regime,level", LEVELS)
def test_handler(arch, regime, level):
	"""A handler's fault is fatal even if the interrupted code expects an exception."""
	fault, function, rest = crash(arch, regime, level, "handler")
	assert function == "crash_in_handler"
	assert "0x5eadbeeff000" in fault[2]
	names = called(rest)
	assert names[0] == "crash_in_handler" and names[-2:] == ["crash_run", "kernel_main"]
	assert "crash_break" in names and "trap_try" in names, names


@pytest.mark.parametrize("arch", ("x86_64", ARM))
@pytest.mark.parametrize("kind", ("break", "execute"))
def test_kind(arch, kind):
	fault, _, _ = crash(arch, "mapped", "", kind)
	what = {
		("break", ARM): "BRK instruction, 0xf000", ("break", "x86_64"): "breakpoint",
		("execute", ARM): "instruction abort, permission fault level 3",
		("execute", "x86_64"): "page fault, no permission, execute",
	}[kind, arch]
	assert fault[2].startswith(what), fault[2]


def test_nmi():
	"""An NMI without a known cause is reported, and the interrupted code continues. Handlers
	begin with the direction flag clear (System V ABI 3.2.1), whatever they interrupt."""
	with Machine("x86_64", "idle", extra=GDB) as machine:
		machine.wait("boot: idle")
		for n in (1, 2):
			machine.monitor("nmi")
			machine.wait(f"stubborn: warning: NMI {n} on CPU 0: no source known")
		assert "panic" not in machine.serial()
		machine.run("stop")
		gdb = Gdb(machine)
		gdb.register_set(EFLAGS, gdb.register(EFLAGS) | EFLAGS_DF)
		gdb.register_set(RSP, NOWHERE)		# it has a stack of its own
		machine.monitor("nmi")
		gdb.run_to(image_at(machine) + elf_symbol("x86_64", "trap_entered"))
		assert not gdb.register(EFLAGS) & EFLAGS_DF
		frame = gdb.read(gdb.register(RDI), 0x90)
		assert int.from_bytes(frame[0x88:], "little") == 2	# frame.h: the vector
		gdb.close()


def test_machine_check():
	"""It is reported although the stack is broken."""
	with Machine("x86_64", extra=GDB) as machine:
		machine.wait("boot: idle")
		machine.run("stop")
		gdb = Gdb(machine)
		gdb.register_set(RSP, NOWHERE)
		gdb.close()
		# bank 2: valid, uncorrected, enabled, address valid; MCG_STATUS: in progress
		machine.monitor("mce 0 2 0xb400000000000000 4 0xabc000 0")
		machine.run("cont")
		machine.wait("stubborn: panic: halted")
		text = machine.serial()
	assert "machine check, uncorrected, bank 2 status 0xb400000000000000 " \
		"address 0xabc000" in text


@pytest.mark.parametrize("arch,regime,level", LEVELS)
def test_smash(arch, regime, level):
	"""A function that has written over its caller's frame does not return there."""
	more = {"machine": "virtualization=on"} if level else {}
	words = level if level == "el=1" else ""
	with Machine(arch, f"mmu={regime} {words} crash=smash", **more) as machine:
		line = machine.wait("stubborn: panic: .*").group()
	assert line == "stubborn: panic: stack buffer overflow"


@pytest.mark.parametrize("arch,cpu,level", [
	("x86_64", "max", ""), (ARM, "max", ""), (ARM, "max", "EL2"), (ARM, "max", "el=1"),
	(ARM, "cortex-a53", "")])
@pytest.mark.parametrize("regime", ("off", "mapped"))
def test_guards(arch, cpu, level, regime):
	"""On CPUs with more protection features, and on one with none."""
	if arch == "x86_64" and regime == "off":
		pytest.skip("no such regime")
	more = {"machine": "virtualization=on"} if level else {}
	words = level if level == "el=1" else ""
	with Machine(arch, f"mmu={regime} {words} selftest poweroff", cpu=cpu, **more) as machine:
		text = machine.wait_end()
	selftest_passed(text)


# gdb's numbers of the registers that functions preserve.
PRESERVED = {"x86_64": (1, 6, *range(12, 16)), ARM: range(19, 30),
	     "riscv64": (8, 9, *range(18, 28))}


def catch_preserves(gdb, monitor, arch, base):
	"""trap_try() restores all that its caller keeps in registers, whatever the function that
	faults has in them. The machine stops where it has returned."""
	kept = PRESERVED[arch]
	monitor.type("peek 0x5eadbeeff000\r")
	gdb.run_to(base + elf_symbol(arch, "arch_catch"))
	before = [gdb.register(n) for n in kept]
	back = gdb.register(1 if arch == "riscv64" else 30) if arch != "x86_64" else \
		int.from_bytes(gdb.read(gdb.register(7), 8), "little")
	gdb.run_to(base + elf_symbol(arch, "access_make"))
	for n in kept:
		gdb.register_set(n, n * 0x0101010101010101)
	gdb.run_to(back)
	assert [gdb.register(n) for n in kept] == before


BOARD = "gic-version=2,virtualization=on"
GICD, GICC = 0x08000000, 0x08010000		# of QEMU's virt board
GICC_CTLR_FIQ = 9				# enable group 0, FIQEn
GICD_SGIR, SGI_HERE = 0xf00, 0x02000005		# to this CPU
SERRORS = {0xc11: "recoverable", 0x11: "uncontainable"}	# ESR_ELx.ISS: AET, DFSC


def panicked(machine):
	machine.wait("stubborn: panic: halted")
	fault = FAULT.search(machine.serial())
	assert fault, machine.serial()[-3000:]
	return fault[1], fault[2], symbol(ARM, int(fault[4], 16))[0]


@pytest.mark.parametrize("more", ["", ",virtualization=on"])
def test_fiq(more):
	"""The GIC signals interrupts of group 0 as FIQ. With two CPUs interrupts are on while a
	command runs: its trap_try() does not take an FIQ for its own."""
	with Machine(ARM, kernel=image_path(ARM), firmware=None, append="", talk=True, rng=False,
		     machine=f"gic-version=2{more}", extra=["-smp", "2"]) as machine:
		monitor = Monitor(machine)
		tables = monitor.run("pt")
		gicd, gicc = (int(re.search(rf"^(0x\w+) 0x\w+ -> {at:#014x} ", tables, re.M)[1], 16)
			      for at in (GICD, GICC))
		monitor.type(f"poke {gicc:#x} {GICC_CTLR_FIQ:#x};"
			     f"poke {gicd + GICD_SGIR:#x} {SGI_HERE:#x}\r")
		_, what, function = panicked(machine)
		assert what.startswith("FIQ (") and function in ("access_make", "arch_catch")


def guest(folder, first=0, **options):
	tree = loader_kept(own_tree(folder, BOARD, words="place=stay"))
	code = assembled(folder, "hyper", FIRST=first)
	machine = loaded(code, tree, BOARD, rng=False, **options)
	machine.command += GDB
	return machine


def replaced(machine, function, code):
	"""Write over what follows the mark (BTI) that it begins with. Returns what was there."""
	at = image_at(machine) + elf_symbol(ARM, function) + 4
	machine.run("stop")
	gdb = Gdb(machine)
	before = gdb.read(at, len(code))
	gdb.write(at, code)
	gdb.close()
	machine.run("cont")
	return before


LATE = 0x8000			# hyper.S
UDF = bytes(4)


def hvc(number):
	return (0xd4000002 | number << 5).to_bytes(4, "little")


@pytest.mark.parametrize("first", [0xc11, 0x11])
def test_serror_before(tmp_path, first):
	"""An SError that is pending when the kernel begins is taken as soon as it can be
	reported."""
	with guest(tmp_path, first) as machine:
		stage, what, _ = panicked(machine)
		assert stage == "verified"
		assert what.startswith(f"SError, {SERRORS[first]} (ESR_EL1 {0xbe000000 | first:#x}")


def test_serror(tmp_path):
	"""The monitor survives an SError that its own access has caused, if it is contained."""
	with guest(tmp_path, talk=True) as machine:
		monitor = Monitor(machine)
		peek = f"peek {0x40000000:#x}"
		before = replaced(machine, "access_make", hvc(0xc11))
		assert monitor.try_(peek) == (False, "error: 0x40000000: SError, recoverable\n")
		replaced(machine, "access_make", before)
		assert "0x40000000: 0x" in monitor.run(peek)
		assert "passed, 0 failed" in monitor.run("selftest")
		replaced(machine, "access_make", hvc(0x11))
		monitor.type(peek + "\r")
		assert panicked(machine)[1].startswith("SError, uncontainable (")


def test_serror_late(tmp_path):
	"""The code that caused the SError faults before it arrives. It ends that code's trap_try(),
	but not an outer one or the kernel, unless it is uncontainable."""
	with guest(tmp_path, talk=True) as machine:
		monitor = Monitor(machine)
		peek = f"peek {0x40000000:#x}"
		before = replaced(machine, "access_make", hvc(LATE | 0xc11) + UDF)
		assert monitor.try_(peek) == (False, "error: 0x40000000: SError, recoverable\n")
		replaced(machine, "access_make", before)
		assert "0x40000000: 0x" in monitor.run(peek)
		replaced(machine, "access_make", hvc(LATE | 0x11) + UDF)
		monitor.type(peek + "\r")
		assert panicked(machine)[1].startswith("SError, uncontainable (")
