# SPDX-License-Identifier: MIT
"""The monitor: every command with good and bad arguments, editing, run=, and that it survives."""
import re

import pytest

from machine import ARCHES, Machine, image_path
from monitor import Monitor
from test_boot import EVERY

BAD = ["peek", "peek x", "peek 1", "peek 0x8000000000000000", "poke 0x7ff000000000 0", "nothing",
       "dump 0xffffffffffffffff 2", "poke @0 256 1", "peek @0 3", "dump 0x7fff00000000",
       "find 0x7fff00000000 16 a", "fill @0 1 256", "help nothing", "crash nothing", "initrd",
       "peek " + "a " * 20]
MISFITS = ["poweroff now", "reboot cpu now", "irq 1", "regs x", "dump", "find @0 1",
	   "fill @0 1 2 3", "help peek poke", "crash undefined 0 0", "memtest 1 0-0x1000 x"]


def header(name_size, size):
	return (f"070701{0:08x}{0o100644:08x}" + "0" * 32 + f"{size:08x}" + "0" * 32 +
		f"{name_size:08x}" + "0" * 8).encode()


def newc(files):
	out = b""
	for name, data in [*files.items(), ("TRAILER!!!", b"")]:
		for part in (header(len(name) + 1, len(data)) + name.encode() + b"\0", data):
			out += part + b"\0" * (-len(part) % 4)
	return out


@pytest.mark.check
@pytest.mark.parametrize("arch,regime", EVERY)
def test_memory(arch, regime):
	with Machine(arch, f"mmu={regime}", talk=True) as machine:
		monitor = Monitor(machine)
		at = max((int(size, 16), int(base, 16)) for base, size in re.findall(
			r"^f 0x(\w+) 0x(\w+) free$", monitor.run("mem"), re.M))[1] + 0x100000
		monitor.run(f"poke @{at:#x} 0x1122334455667788 8")
		assert monitor.run(f"peek @{at:#x} 1").endswith(": 0x88\n")
		assert monitor.run(f"peek @{at + 6:#x} 2").endswith(": 0x1122\n")
		assert monitor.run(f"peek @{at:#x}").endswith(": 0x55667788\n")
		assert "88 77 66 55 44 33 22 11" in monitor.run(f"dump @{at:#x} 16")
		monitor.run(f"fill @{at:#x} 64 0x41")
		assert "AAAAAAAAAAAAAAAA" in monitor.run(f"dump @{at:#x} 64")
		monitor.run(f"poke @{at + 254:#x} 0x5a59 2; poke @{at + 256:#x} 0x21 1")
		found = monitor.run(f"find @{at:#x} 512 YZ!")
		assert len(found.split()) == 1 and int(found, 16) & 0xfff == 0xfe
		assert monitor.run(f"find @{at:#x} 512 0x595a21") == found
		assert not monitor.try_(f"find @{at:#x} 512 nowhere")[0]
		assert re.search(r"^root 0x\w+, \d levels$", monitor.run("pt"), re.M)
		for bad in BAD:
			ok, said = monitor.try_(bad)
			assert not ok and "error: " in said, (bad, said)
		for misfit in MISFITS:
			ok, said = monitor.try_(misfit)
			assert not ok, misfit
			assert f"error: usage: {misfit.split()[0]}" in said, (misfit, said)
		assert "passed, 0 failed" in monitor.run("selftest")
		assert monitor.run("help peek").startswith("peek ADDR")


LONG = "n" * 9001
LIES = (newc({"big": b"A" * (1 << 20), "esc\x1b[2J": b"x", LONG: b""}) +
	header(0xffffffff, 1) + b"a")
SAID = {	# a physical address beyond all RAM must not alias another mapping
	"peek @0xffffffffffffffff 1": "no RAM is there", "peek @0x7f8000000000": "no RAM is there",
	"walk @0xffffffffffffffff": "no RAM is there",
	"fill @0xffff800000000000 8 0": "no RAM is there",
	"dump 0x8000000000000000": "0x8000000000000000: ",
	"find 0x7fffffffffff8000 64 ab": "0x7fffffffffff8000: ",
	"fill 0x8000000000000010 16 0": "0x8000000000000010: ",
	"dump 0xfffffffffffffff0": "0xfffffffffffffff0: ",
	"find @0 0xffffffffffffffff a": "wraps around", "peek 1G1": "is not a number",
	"peek 0x10000000000000000": "is not a number", "peek 17179869185G": "is not a number",
	"crash read 99999999999": "no CPU 99999999999",
	"memtest 1 0xfffffffffffff000-0x1000": "not empty", "again " + "x " * 15 + "x": "16 words",
	"again place=0x1001": "place=0x1001: invalid value",
	'help "a;b"': 'no command ""a;b""',
}


@pytest.mark.parametrize("arch", ARCHES)
def test_lies(arch):
	"""Addresses where there is nothing, a malformed archive; a key ends endless output."""
	with Machine(arch, kernel=image_path(arch), firmware=None, append="mmu=mapped",
		     initrd=LIES, talk=True) as machine:
		monitor = Monitor(machine)
		size, base = max((int(size, 16), int(base, 16)) for base, size in re.findall(
			r"^f 0x(\w+) 0x(\w+) free$", monitor.run("mem"), re.M))
		for line, why in SAID.items():
			ok, said = monitor.try_(line)
			assert not ok and re.search(f"^error: .*{why}", said, re.M), (line, said)
		assert monitor.run("log 0") == ""
		edge = re.findall(r"^(\w+) 0x(\w+) 0x(\w+) ", monitor.run("mem"), re.M)
		hole = next(int(at, 16) + int(n, 16) for (_, at, n), (_, more, _) in zip(
			edge, edge[1:] + [("", "f" * 16, "")])
			if int(at, 16) + int(n, 16) != int(more, 16))
		for line in ("dump", "find"):
			more = " xyzzy" if line == "find" else ""
			ok, said = monitor.try_(f"{line} @{hole - 32:#x} 64{more}")
			assert not ok and re.search(f"^error: 0x\\w*{hole & 0xffffffff:08x}: ",
						    said, re.M), said
			assert len(said.splitlines()) == (3 if line == "dump" else 1)
		ok, said = monitor.try_("initrd")
		assert not ok and re.search(r"^-.* 1 esc\?\[2J$", said, re.M), said
		assert re.search(r"^-.* 0 n{4000,5000}$", said, re.M)
		assert f"error: no whole newc file at byte {len(LIES) - 111}\n" in said
		for line in ("initrd big", f"fill @{base + (64 << 20):#x} 512M 1", "cpus 1T",
			     f"find @{base:#x} {size:#x} 0xfa8081fb"):
			ok, said = monitor.stop(line)
			assert not ok and "error: stopped by a key\n" in said, said[-200:]
		# a table of the tables, changed
		assert monitor.run("cpus 100") == "100 operations on 1 CPUs, 0 wrong\n"
		root = int(re.search(r"^root 0x(\w+)", monitor.run("pt"), re.M)[1], 16)
		table, at = (0x9ffffff000 >> 2 | 1, 7 << 30) if arch == "riscv64" else \
			(0x7f7ffffff003, 7 << 39)
		monitor.run(f"poke @{root + 8 * 7:#x} {table:#x} 8")
		assert "unreadable page table" in monitor.try_("pt")[1]
		assert "unreadable page table" in monitor.try_(f"walk {at:#x}")[1]
		monitor.run(f"poke @{root + 8 * 7:#x} 0 8")
		monitor.run("pt")


def test_stop_acpi(tmp_path):
	"""A key ends a long list of tables after one of them, and a table at one of its lines."""
	(tmp_path / "data").write_bytes(bytes(16))
	(tmp_path / "large").write_bytes(bytes(8 + 16 * 1000))
	tables = [f"sig=T{n:03},data={tmp_path}/data" for n in range(150)]
	tables = [f"sig=MCFG,data={tmp_path}/large", *tables]
	with Machine("x86_64", kernel=image_path("x86_64"), firmware=None, talk=True,
		     extra=[word for table in tables for word in ("-acpitable", table)]) as machine:
		monitor = Monitor(machine)
		monitor.type("acpi\rx")		# at once, as a list takes no time
		for most, (ok, said) in ((149, monitor._answer()), (2, monitor.stop("acpi MCFG"))):
			assert not ok and said.endswith("\nerror: stopped by a key\n"), said[-200:]
			assert said.count("error") == 1 <= len(re.findall(
				r"^\w{4} .* ok$", said, re.M)) <= most


@pytest.mark.parametrize("arch", ARCHES)
def test_typing(arch):
	with Machine(arch, talk=True) as machine:
		monitor = Monitor(machine)
		assert "peek ADDR" in monitor.run("hxlp\x02\x02\x7fe\x05")
		assert "peek ADDR" in monitor.run("\x1b[A")		# the previous line
		assert "peek ADDR" in monitor.run("hel\t")
		assert "peek ADDR" in monitor.run("nothing\x15help")
		said = monitor.run("timeline").replace("\n", "")	# and colours
		bars = re.findall(r"\|([ =]*)\|", said)
		ends = [(bar.index("="), bar.rindex("=")) for bar in bars]
		assert all("=" * (b - a + 1) in bar for bar, (a, b) in zip(bars, ends)), bars
		assert ends[0][0] == 0 and ends[0] != ends[-1] and all(
			a <= c <= b + 1 and b <= d for (a, b), (c, d) in zip(ends, ends[1:])), bars
		assert "peek ADDR" in monitor.run("\x1b[A\x1b[A")
		assert "==" in monitor.run("\x1b[A\x1b[A\x1b[A\x1b[B")
		assert "poke  poweroff" in monitor.run("po\t\x15help").replace("\n", " ")
		monitor.type("peek 1\x03")
		assert monitor._answer()[0]
		assert monitor.try_("x" * 1900)[0] is False	# cut, with a message
		assert "peek ADDR" in monitor.run("help")


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("kind,said", [
	("read", "not mapped|translation fault|page fault, read"),
	("write", "not mapped|translation fault|page fault, write"),
	("text", "no permission|permission fault|page fault, write"),
	("execute", "no permission|permission fault|page fault, execute"),
	("jump", "not mapped|translation fault|page fault, execute"),
	("undefined", "invalid opcode|BRK|breakpoint|illegal instruction"),
	("stack", "fault"), ("panic", "requested"),
])
def test_crash(arch, kind, said):
	with Machine(arch, f"run=crash;peek run=\"crash {kind}\"") as machine:
		machine.wait(f"stubborn: panic: .*({said}).*")


@pytest.mark.parametrize("arch", ARCHES)
def test_run_and_initrd(arch):
	initrd = newc({"etc/motd": b"hello from the initrd\n", "bin": b"\0" * 9}) + b"\0" * 512 + \
		newc({"second": b"archive"})
	with Machine(arch, 'initrd=\\initrd run="initrd; initrd etc/motd; initrd second; poweroff"',
		     files={"\\initrd": initrd}) as machine:
		machine.wait_end()
		said = machine.serial()
	assert re.search(r"^-rw-r--r-- +22 etc/motd$", said, re.M)
	assert re.search(r"^hello from the initrd$", said, re.M)
	assert re.search(r"^archive$", said, re.M)


@pytest.mark.parametrize("arch", ARCHES)
def test_run_fails(arch):
	"""The rest is not run, and there is a prompt. A stage that did not happen has no time."""
	with Machine(arch, 'run="reboot nothing; poweroff"', talk=True) as machine:
		monitor = Monitor(machine)
		assert 'error: "nothing" is not efi, acpi or cpu\n' in machine.serial()
		assert not monitor.try_("again place=0x1001")[0]
		bars = monitor.run("timeline")
		assert "==" in bars and not re.search(r"^(off|again) |\d{15}", bars, re.M)
		assert "boot: regime: " in monitor.run("info")
