# SPDX-License-Identifier: MIT
"""A PC without UEFI whose loader puts things in unusual places."""
import struct
import subprocess

import pytest

from gdbstub import GDB, Gdb
from machine import ROOT, Machine, image_path
from pc_loader import ALIAS, DATA, GIB, IMAGE, MEMORY, PAE, PAGE, PSE, Loaded, boot_params, e820
from setup16 import EMPTY, END, image_before
from symbols import elf_symbol
from test_boot import selftest_passed
from test_linux import checked

HIGH = 5 * GIB
BIG = (*MEMORY[:2], (0x100000, 0x7fee0000, 1), (4 * GIB, 8 * GIB, 1))
NOWHERE = 1 << 51	# more bits than QEMU's CPUs have


def fixed(data, at):
	"""`data`, with the byte at `at` set so that the sum is 0."""
	data = bytearray(data)
	data[at] = 0
	data[at] = -sum(data) & 0xff
	return bytes(data)


def acpi(signature, body):
	return fixed(signature + struct.pack("<IBB6s8sIII", 36 + len(body), 2, 0, b"TEST", b"TEST",
					     1, 0, 1) + body, 9)


def tables(rsdp, xsdt, spcr):
	"""RSDP, XSDT and an SPCR that names COM1, at given addresses."""
	head = b"RSD PTR \0TEST  \2" + struct.pack("<IIQI", 0, 36, xsdt, 0)
	head = fixed(head[:20], 8) + head[20:]
	port = struct.pack("<BxxxBBBBQ", 0, 1, 8, 0, 1, 0x3f8)
	every = ((rsdp, fixed(head, 32)), (xsdt, acpi(b"XSDT", struct.pack("<Q", spcr))),
		 (spcr, acpi(b"SPCR", port)))
	return [(at, data) for at, data in every if at < 64 * GIB]


@pytest.mark.parametrize("name,cpu", [		# with and without 1 GiB pages
	("entry", "max"), ("xsdt", "max"), ("rsdp", "qemu64"), ("three GiB", "qemu64")])
def test_acpi_above_4g(name, cpu):
	"""Tables above 4 GiB are in memory, so they are read."""
	rsdp = HIGH + 0x2000 if name in ("rsdp", "three GiB") else DATA
	xsdt = DATA + 0x100 if name == "entry" else HIGH + 2 * GIB * (name == "three GiB")
	spcr = HIGH + GIB * (name == "three GiB") + 0x1ffff0	# across a page
	params = boot_params(BIG, o70=("Q", rsdp))
	with Loaded(32, "", params=params, memory="10G", cpu=cpu,
		    more=tables(rsdp, xsdt, spcr)) as machine:
		machine.wait("boot: idle")
		text = machine.serial()
	assert f"\nboot: acpi: {rsdp:#x}\n" in text
	assert "\nboot: uart: 16550 at port 0x3f8 from spcr\n" in text


@pytest.mark.parametrize("rsdp,xsdt,spcr", [
	(NOWHERE, DATA, DATA + 0x100), (DATA, (1 << 64) - 16, DATA + 0x100),
	(DATA, DATA + 0x100, NOWHERE), (DATA, DATA + 0x100, 1 << 45)])
def test_acpi_nowhere(rsdp, xsdt, spcr):
	"""Tables at impossible addresses, or where there is nothing."""
	with Loaded(32, "", params=boot_params(o70=("Q", rsdp)),
		    more=tables(rsdp, xsdt, spcr)) as machine:
		machine.wait("boot: idle")
		assert "\nboot: uart: 16550 at port 0x3f8 from default\n" in machine.serial()


@pytest.mark.parametrize("at", [4 * GIB, 7 * GIB - 0x8000])
@pytest.mark.parametrize("cpu,levels", [("qemu64", 4), ("max,la57=on,pdpe1gb=off", 5)])
def test_most_tables(at, cpu, levels):
	"""The image across every table boundary, other things in GiBs of their own."""
	params = boot_params(BIG, 0x40200000, o0c8=("I", 2), o70=("Q", 11 * GIB))
	with Loaded(64, "", params, at, gibs=(0, 4, 5, 6, 7), levels=levels, cpu=cpu,
		    params_at=5 * GIB + 0x100000, memory="10G",
		    more=[(9 * GIB + 0x200000, b"x=1\0"),
			  *tables(11 * GIB, 10 * GIB, 8 * GIB)]) as machine:
		machine.wait("boot: idle")
		text = machine.serial()
	checked(text, cmdline="x=1", entry="linux64", loaded=at - PAGE)
	assert "from spcr" in text


def above(at):
	"""Only the BIOS's own memory below 4 GiB, as for a crash kernel."""
	return (*MEMORY[:2], (at, GIB // 4, 1))


@pytest.mark.parametrize("cpu,levels", [("qemu64", 4), ("max,la57=on", 5)])
@pytest.mark.parametrize("at,place", [(5 * GIB, "random"), (5 * GIB, "stay"),
				      (6 * GIB - GIB // 8, "random"),
				      (5 * GIB, f"{5 * GIB + GIB // 8:#x}")])
def test_ram_above_4g(at, place, cpu, levels):
	"""The 64-bit entry has no limit: arena and initrd are where the RAM is."""
	cmdline, initrd = f"place={place} selftest poweroff", b"initrd" * 999
	words = {"o0c8": ("I", at >> 32), "o218": ("I", at + 0x900000 & 0xffffffff),
		 "o21c": ("I", len(initrd)), "o0c0": ("I", at + 0x900000 >> 32)}
	params = boot_params(above(at), at + 0x800000 & 0xffffffff, **words)
	with Loaded(64, "", params, at + 0x123000, gibs=(0, 4, 5), levels=levels, cpu=cpu,
		    params_at=at + 0x700000, memory="10G",
		    more=[(at + 0x800000, cmdline.encode() + b"\0"),
			  (at + 0x900000, initrd)]) as machine:
		text = machine.wait_end()
	report = checked(text, cmdline=cmdline, entry="linux64", place=place,
			 loaded=at + 0x122000, initrd=initrd)
	assert at <= report.runs < at + GIB // 4
	selftest_passed(text)


def test_hooks(tmp_path):
	"""A loader's own code before and after the switch to protected mode (boot.rst, "Advanced
	Boot Loader Hooks"). QEMU puts our first page at 0x10000."""
	far, flat = EMPTY, EMPTY + 0x40		# in that page
	file = bytearray(image_path("x86_64").read_bytes())
	assert not any(file[far:END])
	struct.pack_into("<HH", file, 0x208, far, 0x1000)	# realmode_swtch
	struct.pack_into("<I", file, 0x214, 0x10000 + flat)	# code32_start
	code = bytes.fromhex("2ec606f00b5a" "cb")		# movb $0x5a, %cs:0xbf0; lret
	file[far:far + len(code)] = code
	code = bytes.fromhex("a0f00b0100" "a2f10b0100" "8d4301" "a3f40b0100" "8d4701"
			     "a3f80b0100" "b800001000" "ffe0")
	file[flat:flat + len(code)] = code	# copy it to 0x10bf1; EBX + 1 and EDI + 1 after it;
						# jump to 0x100000
	(tmp_path / "k").write_bytes(file)
	with Machine("x86_64", kernel=tmp_path / "k", firmware=None, append="x=1") as machine:
		machine.wait("boot: idle")
		checked(machine.serial(), cmdline="x=1")
		assert machine.memory(0x10bf0, 12) == b"\x5a\x5a\0\0\1\0\0\0\1\0\0\0"


@pytest.mark.parametrize("flag", ["-DBIOS", "-DNO_BIOS"])
def test_a20(flag, tmp_path):
	"""A20 is off at the 16-bit entry. The BIOS turns it on, or refuses; then port 92h does."""
	kernel = image_before(tmp_path, "a20.S", flag)
	with Machine("x86_64", kernel=kernel, firmware=None, append="x=1") as machine:
		machine.wait("boot: idle")
		checked(machine.serial(), cmdline="x=1")


@pytest.mark.parametrize("bits", [32, 64])
def test_no_such_address(bits):
	"""Memory in the table has more address bits than this CPU."""
	memory = (*MEMORY[:3], (1 << 45, 1 << 45, 1))
	with Loaded(bits, "poweroff", boot_params(memory), cpu="qemu64") as machine:
		report = checked(machine.wait_end(), entry=f"linux{bits}", cmdline="poweroff")
	assert report.runs < GIB
	with Loaded(bits, f"place={1 << 45:#x}", boot_params(memory), cpu="qemu64") as machine:
		machine.wait(f"stubborn: panic: place={1 << 45:#x}: out of reach")


@pytest.mark.parametrize("bits", [32, 64])
def test_long_table(bits):
	"""Thousands of ranges, in boot_params and after it, one in four reserved."""
	ranges = [(0x8000000 + i * 0x10000, 0x10000, (1, 1, 1, 2)[i % 4]) for i in range(3000)]
	ranges += [(0x20000000, 0x10000000, 1)]
	node = struct.pack("<QII", 0, 1, 20 * len(ranges)) + e820(ranges)
	with Loaded(bits, "selftest poweroff",
		    boot_params((*MEMORY[:2], (0x100000, 0x4f00000, 1)), o250=("Q", DATA)),
		    more=[(DATA, node)]) as machine:
		text = machine.wait_end()
	checked(text, entry=f"linux{bits}", cmdline="selftest poweroff")
	selftest_passed(text)


@pytest.mark.parametrize("cr4", [PSE, PAE])
@pytest.mark.parametrize("leaf", [False, True])
def test_paging_Q101(cr4, leaf):
	"""The 32-bit entry with paging on, at identity: we turn it off, as with 32-bit OVMF's
	-kernel."""
	with Loaded(32, "poweroff", paging=(cr4, leaf)) as machine:
		checked(machine.wait_end(), entry="linux32", loaded=IMAGE - PAGE)


@pytest.mark.parametrize("cr4", [PSE, PAE])
def test_paging_elsewhere_Q101(cr4):
	"""Not at identity: paging cannot be turned off."""
	with Loaded(32, "", paging=(cr4, False), entry_at=ALIAS + IMAGE) as machine:
		machine.wait("stubborn: error: entered with paging on, but not identity-mapped")


def test_upper_halves():
	"""The upper halves of registers are undefined after 32-bit mode (AMD APM 1, 3.1.2)."""
	lret = IMAGE - PAGE + elf_symbol("x86_64", "no_long_mode") - 1	# what mode_long ends with
	with Loaded(32, "poweroff", extra=["-S", "-no-reboot", *GDB]) as machine:
		gdb = Gdb(machine)
		gdb.run_to(lret)
		assert gdb.read(lret, 1) == b"\xcb"
		gdb.run_to(int.from_bytes(gdb.read(gdb.register(7) & 0xffffffff, 4), "little"))
		for n in range(8):		# RAX to RSP
			gdb.register_set(n, gdb.register(n) & 0xffffffff | 0xdead << 32)
		gdb.go()
		checked(machine.wait_end(), entry="linux32", loaded=IMAGE - PAGE)


@pytest.mark.parametrize("cr4", [PSE, PAE])
def test_paging_above_4g_Q101(cr4):
	"""Addresses have more than 32 bits even then: this one looks like an identity otherwise."""
	copy = image_path("x86_64").read_bytes()[PAGE:]
	with Loaded(32, "", paging=(cr4, False, True), memory="6G",
		    more=[(4 * GIB + IMAGE, copy)]) as machine:
		machine.wait("stubborn: error: entered with paging on, but not identity-mapped")


@pytest.mark.parametrize("bits", [32, 64])
def test_little_ram(bits):
	"""A loader that has looked at the file alone: RAM ends after it, before .bss and stack."""
	room = -(-image_path("x86_64").stat().st_size // PAGE) * PAGE
	with Loaded(bits, "", at=(64 << 20) - room, memory="64M") as machine:
		machine.wait("stubborn: error: too little memory for the image and its .bss")
