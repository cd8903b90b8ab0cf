# SPDX-License-Identifier: MIT
"""walk and regs: what the monitor says of addresses and registers, against QEMU's own walker and
the tables as they are in memory; irq, log and reboot."""
import re

import pytest

from gdbstub import GDB
from livemap import PAT, gdb_registers, regime_of
from machine import ARCHES, Machine, image_path
from monitor import Monitor
from pagewalk import NX, PAGE, PXN, RV_X, UXN, address
from test_boot import EVERY

STEP = re.compile(r"^(PML5|PML4|PDPT|PD|PT|level \d) index (0x\w+)(?: at (0x\w+): (0x\w+) "
		  r"(nothing|table|4 KiB|2 MiB|1 GiB)(.*)|: not reached)$", re.M)
KERNEL = 0xffff80000000
CANNOT = "not a valid address on this CPU"
SIZE = {"4 KiB": 1 << 12, "2 MiB": 1 << 21, "1 GiB": 1 << 30}
CASES = [(arch, regime, {}) for arch, regime in EVERY] + [
	("aarch64", "identity", {"machine": "virtualization=on"}),
	("aarch64", "mapped", {"machine": "virtualization=on"}),
	("x86_64", "mapped", {"cpu": "max"}),
	("riscv64", "identity", {"levels": 4}),
	("riscv64", "mapped", {"levels": 5}),
]


def at_prompt(arch, mmu, levels=None, **options):
	"""riscv64: without UEFI, which takes a third of the time."""
	words = f"mmu={mmu} levels={levels}" if levels else f"mmu={mmu}"
	raw = {"kernel": image_path(arch), "firmware": None, "append": words} \
		if arch == "riscv64" else {"cmdline": words}
	return Machine(arch, talk=True, extra=GDB, **raw, **options)


def check(machine, said, regime, va):
	"""Each step by the numbers of the manual, each entry as it is in memory."""
	steps = STEP.findall(said)
	shifts = [12 + 9 * level for level in reversed(range(regime.levels))]
	assert [int(s[1], 16) for s in steps] == [va >> shift & 0x1ff for shift in shifts], said
	table, shown = regime.root, None
	for (_, index, at, entry, kind, names), shift in zip(steps, shifts):
		if table is None:
			assert not at, said
			continue
		assert int(at, 16) == table + 8 * int(index, 16), said
		value = int.from_bytes(machine.memory(int(at, 16), 8), "little")
		assert int(entry, 16) == value, said
		assert "PAT" not in names	# bit 12 is the address's, but in large leaves
		table = address(regime.arch, value) if kind == "table" else None
		if kind in SIZE:
			assert 1 << shift == SIZE[kind]
			shown = address(regime.arch, value) + va % SIZE[kind]
			bit, name = {"x86_64": (NX, "XD"), "riscv64": (RV_X, "X")}.get(
				regime.arch, (UXN, "UXN") if regime.el2 else (PXN, "PXN"))
			assert (name in names.split()) == bool(value & bit), said
	theirs = machine.monitor(f"gva2gpa {va:#x}")
	if CANNOT in said:
		return None
	if shown is None:
		assert "not mapped" in said and "Unmapped" in theirs, (said, theirs)
	else:
		assert int(theirs.split()[1], 16) == shown, (said, theirs)
		assert f"physical {shown:#x}, " in said
	return shown


@pytest.mark.check
@pytest.mark.parametrize("arch,mmu,options", CASES)
def test_walk(arch, mmu, options):
	with at_prompt(arch, mmu, **options) as machine:
		monitor = Monitor(machine)
		machine.run("stop")
		regime = regime_of(machine, arch, 2 if "machine" in options else 1)
		assert regime.levels == options.get("levels", 3 if arch == "riscv64" else 4)
		machine.run("cont")
		runs = re.findall(r"^0x(\w+) 0x(\w+) -> 0x(\w+) (r\S\S) (\w+)$",
				  monitor.run("pt"), re.M)
		assert runs
		for va, size, pa, mode, cached in runs:
			for at in (int(va, 16), int(va, 16) + int(size, 16) - 8):
				said = monitor.run(f"walk {at:#x}")
				assert check(machine, said, regime, at) == \
					int(pa, 16) + at - int(va, 16)
				assert said.splitlines()[-1].endswith(f", {mode} {cached}")
		for at in (0x5eadbeeff000, 0x7ffffffff000, int(runs[-1][0], 16) - PAGE):
			check(machine, monitor.run(f"walk {at:#x}"), regime, at)
		# indices are named whether or not the CPU has such an address
		said = monitor.run(f"walk {KERNEL:#x}")
		indices = [int(s[1], 16) for s in STEP.findall(said)]
		assert indices[-4:] == [0x1ff, 0x1fe, 0, 0][-regime.levels:]
		assert (CANNOT in said) == (arch != "aarch64" and regime.levels < 5), said
		check(machine, said, regime, KERNEL)
		assert CANNOT in monitor.run("walk 0x1234000000000000")
		assert "physical 0x100000" in monitor.run("walk @0x100000") or arch != "x86_64"
		for bad in ("walk", "walk x", "walk 1 2"):
			assert not monitor.try_(bad)[0]


@pytest.mark.parametrize("arch,mmu,options", CASES)
def test_regs(arch, mmu, options):
	with at_prompt(arch, mmu, **options) as machine:
		monitor = Monitor(machine)
		text = monitor.run("regs")
		regs = {name: (int(value, 16), fields.split()) for name, value, fields in
			re.findall(r"^(\w+) +0x(\w{16})(.*)$", text, re.M)}
		if arch == "x86_64":
			info = machine.monitor("info registers")
			for name in ("CR0", "CR3", "CR4", "EFER"):
				theirs = int(re.search(rf"\b{name}=(\w+)", info)[1], 16)
				assert regs[name][0] == theirs, name
			assert {"PE", "WP", "PG"} <= set(regs["CR0"][1])
			assert regs["PAT"][0] == PAT		# which only the CPU can read
			assert ("SMEP" in regs["CR4"][1]) == bool(regs["CR4"][0] & 1 << 20)
			return
		if arch == "riscv64":
			info = machine.monitor("info registers")
			for name in ("satp", "stvec", "sscratch"):
				theirs = int(re.search(rf"^ *{name} +(\w+)", info, re.M)[1], 16)
				assert regs[name][0] == theirs, name
			mode = f"MODE={5 + options.get('levels', 3):#x}"	# Sv39: 8
			assert mode in regs["satp"][1] and "STI" in regs["sie"][1]
			return
		level = 2 if options else 1
		names = [f"{name}_EL{level}" for name in ("TCR", "MAIR", "TTBR0")]
		theirs = gdb_registers(machine, ["SCTLR_EL2" if level == 2 else "SCTLR", *names])
		assert [regs[n][0] for n in [f"SCTLR_EL{level}", *names]] == theirs
		assert regs["CurrentEL"][1] == [f"EL={level:#x}"]
		assert {"M", "C", "I", "WXN"} <= set(regs[f"SCTLR_EL{level}"][1])
		assert "T0SZ=0x10" in regs[f"TCR_EL{level}"][1]


def regs_kept(machine, monitor, arch):
	"""With several CPUs interrupts are on while a command runs, and still are after faults that
	trap_try() has ended. On a PC all CPUs have the same control registers."""
	text = monitor.run("regs;selftest;regs")
	name, on = {"x86_64": ("RFLAGS", "IF"), "aarch64": ("DAIF", "I"),
		    "riscv64": ("sstatus", "SIE")}[arch]
	masks = re.findall(rf"^{name} +0x\w+ (.*)$", text, re.M)
	assert [on in x.split() for x in masks] == [arch != "aarch64"] * 2, masks
	if arch == "x86_64":
		info = machine.monitor("info registers -a")
		same = re.findall(r"^CR0=\w+|\bCR3.*CR4=\w+|^EFER=\w+", info, re.M)
		assert len(same) == 3 * info.count("CPU#") and len(set(same)) == 3, same


@pytest.mark.parametrize("arch", ARCHES)
def test_irq_and_log(arch):
	with Machine(arch, talk=True) as machine:
		monitor = Monitor(machine)
		def taken():
			return int(re.search(r"^CPU 0: (\d+) interrupts", monitor.run("irq"),
					     re.M)[1])
		first = taken()
		assert taken() > first			# each key is one, or the timer's
		said = monitor.run("irq")
		assert re.search(r"^(GICv\d|local APIC|x2APIC|PLIC), \d+ interrupts$", said, re.M)
		assert re.search(r"^CPU 0: [1-9]\d* interrupts, \d+ exceptions, 0 NMIs$", said,
				 re.M)
		if arch == "x86_64":			# both of them
			assert machine.monitor("info pic").count(" imr=ff ") == 2
		assert re.search(r"^interrupt \d+: [1-9]\d*, the timer's$", said, re.M)
		assert re.search(r"^spurious: \d+\nunexpected: 0$", said, re.M)
		monitor.try_("peek 0x5eadbeeff000")
		log = monitor.run("log")
		assert "error: 0x5eadbeeff000: " in log and "the timer's" in log
		last = monitor.run("log 3").splitlines()
		assert len(last) == 3 and last[-1].endswith("ok> log 3"), last
		assert not monitor.try_("log x")[0] and not monitor.try_("log 1 2")[0]


WAYS = [("x86_64", "uefi", None), ("x86_64", "uefi", "efi"), ("x86_64", "uefi", "acpi"),
	("x86_64", "uefi", "cpu"), ("x86_64", None, None), ("x86_64", None, "cpu"),
	("aarch64", "uefi", None), ("aarch64", "uefi", "efi"), ("aarch64", "uefi", "cpu"),
	("aarch64", None, None), ("aarch64", None, "cpu"), ("riscv64", "uefi", None),
	("riscv64", None, "cpu")]


def started(arch, firmware, **options):
	if firmware:
		return Machine(arch, **options)
	return Machine(arch, firmware=None, kernel=image_path(arch), append="", **options)


@pytest.mark.parametrize("arch,firmware,way", WAYS)
def test_reboot(arch, firmware, way):
	"""Each method alone restarts the machine, and the next run knows it was on purpose."""
	with started(arch, firmware, talk=True) as machine:
		monitor = Monitor(machine)
		monitor.type(f"reboot {way or ''}\r")
		machine.wait(r"boot: idle", after=monitor.seen)
		text = machine.serial()
	assert text.count("kernel running") == 2 and "panic" not in text
	assert "boot: previous: " not in text, text


@pytest.mark.parametrize("arch", ARCHES)
def test_reboot_refused(arch):
	"""A method that does not work is reported, and the monitor continues."""
	with started(arch, None, talk=True) as machine:
		monitor = Monitor(machine)
		for way in ("efi", "nothing", "efi" if arch == "x86_64" else "acpi"):
			ok, said = monitor.try_(f"reboot {way}")
			assert not ok and "error: " in said
			assert ("is not efi, acpi or cpu" in said) == (way == "nothing")
		monitor.run("help")
