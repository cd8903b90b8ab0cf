# SPDX-License-Identifier: MIT
"""The monitor: every command with good and bad arguments, editing, run=, and that it survives."""
import re

import pytest

from machine import ARCHES, Machine
from monitor import Monitor

REGIMES = [(arch, regime) for arch in ARCHES for regime in ("off", "identity", "mapped")
	   if (arch, regime) != ("x86_64", "off")]

BAD = ["peek", "peek x", "peek 1", "peek 0x8000000000000000", "poke 0x7ff000000000 0", "nothing",
       "dump 0xffffffffffffffff 2", "poke @0 256 1", "peek @0 3", "dump 0x7fff00000000",
       "find 0x7fff00000000 16 a", "fill @0 1 256", "help nothing", "crash nothing", "initrd",
       "peek " + "a " * 20]


def newc(files):
	out = b""
	for name, data in [*files.items(), ("TRAILER!!!", b"")]:
		head = f"070701{0:08x}{0o100644:08x}" + "0" * 32 + f"{len(data):08x}" + "0" * 32
		head += f"{len(name) + 1:08x}" + "0" * 8
		for part in (head.encode() + name.encode() + b"\0", data):
			out += part + b"\0" * (-len(part) % 4)
	return out


@pytest.mark.check
@pytest.mark.parametrize("arch,regime", REGIMES)
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
		assert "passed, 0 failed" in monitor.run("selftest")
		assert monitor.run("help peek").startswith("peek ADDR")


@pytest.mark.parametrize("arch", ARCHES)
def test_typing(arch):
	with Machine(arch, talk=True) as machine:
		monitor = Monitor(machine)
		assert "peek ADDR" in monitor.run("hxlp\x02\x02\x7fe\x05")
		assert "peek ADDR" in monitor.run("\x1b[A")		# the previous line
		assert "peek ADDR" in monitor.run("hel\t")
		assert "peek ADDR" in monitor.run("nothing\x15help")
		monitor.run("timeline")
		assert "peek ADDR" in monitor.run("\x1b[A\x1b[A")
		assert "==" in monitor.run("\x1b[A\x1b[A\x1b[A\x1b[B")
		assert "poke  poweroff" in monitor.run("po\t\x15help").replace("\n", " ")
		monitor.type("peek 1\x03")
		assert monitor._answer()[0]
		assert monitor.try_("x" * 500)[0] is False		# cut, with a message
		assert "peek ADDR" in monitor.run("help")


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("kind,said", [
	("read", "not mapped|translation fault"), ("write", "not mapped|translation fault"),
	("text", "no permission|permission fault"), ("execute", "no permission|permission fault"),
	("jump", "not mapped|translation fault"), ("undefined", "invalid opcode|BRK|breakpoint"),
	("stack", "fault"), ("panic", "deliberate"),
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
	"""The rest is not run, and there is a prompt."""
	with Machine(arch, 'run="nothing; poweroff"', talk=True) as machine:
		monitor = Monitor(machine)
		assert 'there is no command "nothing"' in machine.serial()
		assert "==" in monitor.run("timeline")
		assert "boot: regime: " in monitor.run("info")
