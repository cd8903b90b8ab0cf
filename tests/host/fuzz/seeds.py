#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""First inputs for fuzzing, made by the tools that make the real data: usage: seeds.py FOLDER.

One folder for each target. The comment at the top of a target describes its input.
"""
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import uuid

from trees import TREES

WORLD = 0x10000000		# tests/host/fuzz/fuzz.h
DATA = WORLD + 0x10000
SLOT = 0x10000			# tests/host/fuzz/acpi_tables.h
PAGE = 4096
MEMRESERVE = "888eb0c6-8ede-4ff5-a8f0-9aee5cb977c2"
GUIDS = (			# of UEFI's tables that are looked for
	"8868e871-e4f1-11d3-bc22-0080c73c8881", "eb9d2d30-2d88-11d3-9a16-0090273fc14d",
	"f2fd1544-9794-4a2c-992e-e5bbcf20e394", "eb9d2d31-2d88-11d3-9a16-0090273fc14d",
	"b1b621d5-f19c-41a5-830b-d9152c69aae0", "dcfa911d-26eb-469f-a220-38b7dc461220",
)


def run(*command, cwd):
	done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
	if done.returncode:
		sys.exit(f"seeds: {' '.join(command)}: {done.stdout}{done.stderr}")


def slot(i):
	return WORLD + i * SLOT + (i & 1)


def trees(work):
	for name, text in TREES.items():
		with open(f"{work}/{name}.dts", "w", encoding="ascii") as f:
			f.write("/dts-v1/;\n" + text)
		run("dtc", "-q", "-f", "-I", "dts", "-O", "dtb", "-o", f"{name}.dtb", f"{name}.dts",
		    cwd=work)
		with open(f"{work}/{name}.dtb", "rb") as f:
			yield name, f.read()
	for machine in ("virt", "virt,secure=on,gic-version=3"):
		run("qemu-system-aarch64", "-M", machine + ",dumpdtb=virt.raw",
		    "-cpu", "cortex-a72", "-display", "none", "-nic", "none", cwd=work)
		run("dtc", "-q", "-I", "dtb", "-O", "dtb", "-o", "virt.dtb", "virt.raw", cwd=work)
		with open(f"{work}/virt.dtb", "rb") as f:
			yield machine.split("=", 1)[0].replace(",", "-"), f.read()


def table(work, name, *changes):
	"""iasl's own example of a table, with fields changed; of AML, a source of our own."""
	if name in ("DSDT", "SSDT"):
		text = ('DefinitionBlock ("", "%s", 2, "", "", 0)\n{ Name (X, 1) %s }\n' %
			(name, changes[0]))
	else:
		run("iasl", "-T", name, cwd=work)
		with open(f"{work}/{name.lower()}.asl", encoding="ascii") as f:
			text = f.read()
		for field, value in changes:
			text, n = re.subn(rf"({field} : )[0-9A-F]+", rf"\g<1>{value}", text)
			if not n:
				sys.exit(f"seeds: {name} has no {field}")
	with open(f"{work}/t.asl", "w", encoding="ascii") as f:
		f.write(text)
	run("iasl", "-p", "t", "t.asl", cwd=work)
	with open(f"{work}/t.aml", "rb") as f:
		return f.read()


def patched(data, *values):
	data = bytearray(data)
	for form, at, value in values:
		struct.pack_into("<" + form, data, at, value)
	return bytes(data)


def root(name, form, entries):
	body = struct.pack(f"<{len(entries)}{form}", *entries)
	return struct.pack("<4sI28s", name, 36 + len(body), b"\1") + body


def acpi(tables, wide=True):
	"""Slot 1 is the root table; the others follow in order."""
	slots = [slot(i + 2) for i in range(len(tables))]
	tables = [root(*((b"XSDT", "Q") if wide else (b"RSDT", "I")), slots)] + tables
	rsdp = struct.pack("<8sB6sBIIQI", b"RSD PTR ", 0, b"", 2 if wide else 0,
			   0 if wide else slot(1), 36, slot(1) if wide else 0, 0)
	return b"\1" + rsdp + b"".join(struct.pack("<H", len(t)) + t for t in tables)


def acpi_seeds(work):
	port = (("Space ID", "01"), ("Address", "00000000000003F8"))
	memory = (("Space ID", "00"), ("Address", "0000000009000000"))
	spcr = table(work, "SPCR", *port)
	for name, tables in {
		"spcr": [spcr], "pl011": [table(work, "SPCR", ("Interface Type", "03"), *memory)],
		"dbg2": [table(work, "DBG2", *port)], "both": [table(work, "DBG2", *memory), spcr],
	}.items():
		yield "acpi", name, acpi(tables)
		yield "acpi", name + "-old", acpi(tables, False)
	facp = patched(table(work, "FACP"), ("I", 40, slot(3)), ("Q", 140, slot(3)),
		       ("I", 64, 0x604), ("I", 68, 0x608))
	for name, values in (("s5", "5, 5, 0, 0"), ("bytes", "0x12, 0x3456, Zero, One"),
			     ("one", "One, 0x12345678, 0, 0"),
			     ("wide", "0x123456789ABCDEF0, 0x1234567890, 0, 0")):
		s5 = "Name (\\_S5, Package () { %s })" % values
		dsdt = table(work, "DSDT", s5)
		yield "off", name, acpi([facp, dsdt])
		yield "off", name + "-old", acpi([facp[:116], dsdt], False)
		yield "off", name + "-ssdt", acpi([facp, table(work, "DSDT", ""),
						   table(work, "SSDT", s5)])
	for name, s5 in (("method", "Method (\\_S5) { Return (Package () { 5, 5, 0, 0 }) }"),
			 ("element", "Name (\\_S5, Package () { 0x0505 })"),
			 ("aml", "Method (\\_S5) { If (X) { Return (Package () { 5 }) } "
				 "Return (Package () { 7 }) }")):
		yield "off", name, acpi([facp, table(work, "DSDT", s5)])


def text_tables(work):
	for name, tree in trees(work):
		yield "text", f"tree-{name}", b"\3" + tree
	for name in ("APIC", "BGRT", "DBG2", "FACP", "FPDT", "GTDT", "HPET", "MCFG", "SPCR",
		     "SRAT"):
		yield "text", name.lower(), b"\0" + table(work, name)
	# Debian 12's iasl knows no RISC-V
	madt = (struct.pack("<BBBxIQIIQI", 0x18, 36, 1, 1, 2, 3, 4 << 24, 0x28006000, 4096) +
		struct.pack("<BBBxIHHBBBB", 0x19, 16, 1, 0, 255, 63, 3, 2, 1, 24) +
		struct.pack("<BBBBIQHHIQI", 0x1a, 36, 1, 2, 0, 7, 0, 96, 128, 0xd000000, 32768) +
		struct.pack("<BBBBQHHIIQI", 0x1b, 36, 1, 4, 0, 95, 7, 0, 0x600000, 0xc000000, 0))
	yield "text", "madt", b"\0" + struct.pack("<36s8x", b"APIC") + madt
	nodes = (struct.pack("<HHHH10s", 0, 18, 1, 10, b"rv64imafc") +
		 struct.pack("<HHHxBBB", 1, 10, 1, 6, 6, 6) + struct.pack("<HHHxB", 2, 8, 1, 2) +
		 struct.pack("<HHHHIII", 0xffff, 20, 1, 2, 0, 56, 74))
	yield "text", "rhct", b"\0" + struct.pack("<36sIQII", b"RHCT", 0, 10**7, 4, 56) + nodes
	timers = struct.pack("<36x52xII", 1, 96) + struct.pack(
		"<BHxQIIB3xQQ5I", 0, 60, 0x2a810000, 1, 20, 0, 1, 2, 3, 4, 5, 6, 7)
	yield "text", "timers", b"\0GTDT" + timers[4:]
	system = struct.pack("<BBH4B16sBBB", 1, 27, 0x100, 1, 2, 0, 3, bytes(range(16)), 6, 0, 4)
	system += b"maker\0thing\0serial\0family\0\0"
	memory = struct.pack("<BBHHHHHH", 17, 14, 0x200, 1, 2, 64, 64, 0x8400) + b"\0\0"
	memory += struct.pack("<BBH8xH14xI", 17, 32, 0x201, 0x7fff, 1 << 20) + b"\0\0"
	end = struct.pack("<BBH", 127, 4, 0xfeff) + b"\0\0"
	yield "text", "smbios", b"\1" + system + memory + end
	yield "text", "smbios2", b"\2" + struct.pack(
		"<4sBBBBHB5s5sBHIHBx", b"_SM_", 0, 31, 2, 8, 0, 0, b"", b"_DMI_", 0,
		len(system + memory + end), 0, 3, 0x28) + system + memory + end
	yield "text", "smbios3", b"\2" + struct.pack(
		"<5sBBBBBBBIQ8x", b"_SM3_", 0, 24, 3, 0, 0, 1, 0, len(system + end),
		0) + system + end


def linux(data=b"", **fields):
	"""boot_params with 15 MiB of RAM above 1 MiB; each field: (form, at, value)."""
	p = bytearray(0xcd0)
	struct.pack_into("<B", p, 0x1e8, 2)
	p[0x202:0x206] = b"HdrS"
	struct.pack_into("<QQIQQI", p, 0x2d0, 0, 0x9fc00, 1, 0x100000, 0xf00000, 1)
	return b"\3" + patched(p, *fields.values()) + data


def linux_seeds():
	efi = struct.pack("<IIQQQQ", 7, 0, 0x100000, 0, 0x700, 8) + bytes(8)
	seed = struct.pack("<QII16sQII20s", DATA + 32, 9, 16, b"entropy", 0, 1, 20,
			   struct.pack("<QQI", 1 << 32, 1 << 30, 1))
	screen = struct.pack("<BHHHHII", 0x70, 16, 800, 600, 32, 0xc0000000, 0)
	yield "plain", linux()
	yield "cmdline", linux(b"mmu=mapped initrd=x -- y\0", a=("I", 0x228, DATA))
	yield "initrd", linux(a=("I", 0x218, 0x200000), b=("I", 0x21c, 0x3001))
	yield "data", linux(seed, a=("Q", 0x250, DATA))
	yield "screen", linux(a=("19s", 15, screen), b=("H", 0x24, 3200),
			      c=("8s", 0x26, bytes((8, 16, 8, 8, 8, 0, 8, 24))))
	tree = struct.pack(">10I", 0xd00dfeed, 40, 40, 40, 40, 17, 16, 0, 0, 0)
	tables = b"".join(uuid.UUID(guid).bytes_le + struct.pack("<Q", DATA + 256)
			  for guid in GUIDS)
	tables += uuid.UUID(MEMRESERVE).bytes_le + struct.pack("<Q", DATA + 0x300)
	reserve = struct.pack("<IIQQQ", 1, 1, 0, 0x1000, 0x2000)
	systab = struct.pack("<8sII8xQ72xQQ", b"IBI SYST", 2, 120, 0, 7, DATA + 0x200)
	data = ((efi * 4).ljust(256, b"\0") + tree).ljust(0x200, b"\0") + tables
	data = (data.ljust(0x300, b"\0") + reserve).ljust(0x400, b"\0") + systab
	yield "efi", linux(data, a=("I", 0x1c0, 0x34364c45), b=("I", 0x1c4, DATA + 0x400),
			   c=("I", 0x1c8, 48),
			   d=("I", 0x1d0, DATA), e=("I", 0x1d4, 192))


def pvh_seeds():
	ram = struct.pack("<QQII", 0, 0xa0000, 1, 0) + struct.pack("<QQII", 1 << 20, 1 << 24, 1, 0)
	for modules in (0, 1, 3):
		start = struct.pack("<IIIIQQQQII", 0x336ec578, 1, 0, modules, DATA + 48,
				    DATA + 144, 0, DATA, 2, 0)
		yield f"pvh{modules}", b"\1" + start + ram + struct.pack(
			"<12Q", 0x200000, 0x1234, 0, 0, 0x300000, 9, DATA + 144, 0,
			0x400000, 7, DATA + 146, 0) + b"a=b mmu=identity\0"


def again_seeds():
	"""Changes to the handoff: 8 bytes at an offset each."""
	yield "nothing", b"\1"
	yield "type", b"\0" + struct.pack("<HQ", 0x1010, 1)
	yield "module", b"\1" + struct.pack("<HQ", 0x2000, 1 << 45)
	yield "sizes", b"\0" + b"".join(struct.pack("<HQ", 0x200 + at, 24)
					for at in (0xb8 + 8, 0xf8, 0x118, 0x128, 0x148))
	yield "cmdline", b"\1" + struct.pack("<HQQ", 0x4030, 8, 0x203d6120623d6120)


def text_seeds():
	line = ("\\EFI\\BOOT\\BOOTX64.EFI mmu=mapped place=0x1000000 fault=jump debug -- "
		"\u20ac\U0001f600")
	path = struct.pack("<BBHBBH", 4, 4, 12, 0x7f, 0xff, 4) + "x\0".encode("utf-16-le")[:4]
	option = struct.pack("<IH", 1, 16) + "name\0".encode("utf-16-le") + path
	for how in range(4):
		wide = line.encode("utf-16-le")
		yield f"wide{how}", bytes((how,)) + wide + b"\0\0"
		yield f"marked{how}", bytes((how | 16,)) + b"\xff\xfe" + wide
		yield f"narrow{how}", bytes((how,)) + line.encode()
		yield f"option{how}", bytes((how,)) + option + wide
		yield f"file{how}", bytes((how | 16,)) + b"\xef\xbb\xbf" + line.encode() + b"\r\n"
	for i, port in enumerate(("pl011,0x9000000", "uart8250,io,0x3f8,115200n8",
				  "uart,mmio16,0xfe001000,9600", "qcom_geni,mmio32,0xa90000")):
		yield f"port{i}", b"\x10earlycon=" + port.encode()


def small_seeds():
	event = struct.pack("<II20sI", 0, 3, b"", 33) + b"Spec ID Event03\0" + struct.pack(
		"<IBBBBIHH", 0, 0, 2, 0, 2, 1, 11, 32)
	last = struct.pack("<IIIH32sI", 0, 4, 1, 11, b"", 9)
	yield "tpm", "agile", struct.pack("<BI", 2, 4096) + event.ljust(124, b"\0") + last
	yield "tpm", "sha1", struct.pack("<BI", 1, 4096) + bytes(124) + event
	yield "bios", "rsdp", b"\0" + b"RSD PTR ".ljust(64, b"\1")
	yield "bios", "smbios", b"\1" + bytes(16) + b"_SM3_".ljust(64, b"\2")
	node = struct.pack("<HBB", 24, 4, 4) + "\\EFI\\a.efi".encode("utf-16-le")
	yield "path", "file", b"\2" + node + node + b"\0" + b"\1\0text"
	folder = struct.pack("<HBB", 16, 4, 4) + "\\EFI\\\\".encode("utf-16-le")
	yield "path", "folder", b"\2" + folder + node + b"\0" + b"\1\0text"
	long = struct.pack("<HBB", 1100, 4, 4) + ("a" * 548).encode("utf-16-le")
	yield "path", "long", b"\1" + long + b"\0" + b"\4\0text"
	full = [struct.pack("<HBB", 4 + 2 * len(text), 4, 4) + text.encode("utf-16-le")
		for text in ("a" * 509 + "\\", "b")]	# 511 bytes, and a NUL
	yield "path", "full", b"\2" + b"".join(full) + b"\0" + b"\1\0text"
	yield "path", "longer", b"\2" + node + long + b"\0" + b"\4\0text"
	far = struct.pack("<HBB", 1024, 1, 1) + bytes(1020)	# what follows is too far away
	yield "path", "far", b"\5" + 4 * far + node + b"\0" + b"\1\0text"
	ranges = b"".join(struct.pack("<BBHH", t, 8, 64 * t, 128) for t in range(1, 12))
	for how in (0, 1, 2, 64):
		yield "memmap", f"all{how}", bytes((how,)) + ranges * 3
	yield "reloc", "two", struct.pack("<BQ", 255, 1 << 32) + b"\0\3\x09".ljust(10, b"\0")
	# a range that is free; trails of our kernel's: a fault with a log, to the end, in the stub,
	# a lie, a full log, one that ends nowhere
	for name, size in (("few", 0x1fff), ("many", 0x5fff)):
		yield "previous", name, struct.pack("<BBBHH", 1, 1, 0, 0, size) + b"".join(
			struct.pack("<BBQQQc" + form + "8s", how, stage, 1, 2, 3, b"p", written,
				    b"ab\ncd\x1be\n")
			for how, stage, form, written in (
				(0x79, 18, "B", 8), (0x31, 24, "B", 0), (0x31, 7, "B", 0),
				(0x31, 99, "B", 0), (0xf9, 18, "Q", 2548),
				(0xf9, 18, "Q", 2**64 - 1)))
	attributes = struct.pack("<IIII", 1, 2, 48, 0)
	for i, (kind, flags) in enumerate(((5, 0x20000), (6, 0x4000))):
		attributes += struct.pack("<IIQQQQQ", kind, 0, WORLD + (4 + i) * PAGE, 0, 1,
					  flags, 0)
	devices = b"".join(struct.pack("<IIQQQQQ", 11, 0, at, 0, 16, 1 << 63, 0)
			   for at in (0xe0000000, 0xf0000800))
	services = struct.pack("<Q96xQ", 0x56524553544e5552, WORLD + 4 * PAGE)
	yield "runtime", "two", struct.pack("<HHHBHB", 0, 4 * PAGE, PAGE, 48, 97, 3) + struct.pack(
		"<BBHHBBHHBBHH", 1, 8, 0, 16, 7, 8, 16, 4, 8, 8, 20, 4) + (attributes.ljust(
		PAGE, b"\0") + devices).ljust(4 * PAGE, b"\0") + services
	table = b"".join(struct.pack("<8s8I", name, size, 0x10000 * at, 0, 0, 0, 0, 0, 0)
			 for at, (name, size) in enumerate(((b".text", PAGE), (b".cmdline", 99),
							    (b".initrd", 0x20000)), 1))
	page = struct.pack("<IHH12xHH56xI", 0, 0x8664, 3, 60, 0x22, 0x50000)
	yield "section", "both", b"\7\x20" + page + table
	chance = random.Random(1)
	for i in range(40):	# memory to spare or not, eight ranges with and without gaps, calls
		head = bytes((chance.choice((0, 0, 90)), chance.choice((0, 0, 3, 20)), 8))
		area = b"".join(struct.pack("<BBHH", chance.choice((1, 1, 5, 6, 10, 11)), 8,
					    at * 32, chance.choice((16, 32))) for at in range(8))
		yield "area", f"{i}", head + area + chance.randbytes(900)
	for isa in ("x86_64", "aarch64"):
		yield f"pgtable_{isa}", "two", bytes((0, 0, 9, 1, 200, 3, 2, 17, 0, 255, 1))
		yield f"mapplan_{isa}", "ram", bytes((0x3b, 0, 0, 0xc0, 0, 0, 0x80, 0)) + bytes(
			(0, 0, 0, 9, 0, 0, 0, 0)) + ranges * 2 + struct.pack(
				"<BBQQ", 0x81, 8, 1 << 32, 1 << 33)


def hart_seeds():
	"""Hart 0 with a PLIC, an APLIC, an APLIC and an IMSIC (ACPI 6.6, 5.2.12.24, 5.2.37)."""
	isa = b"rv64imac_svpbmt\0"
	rhct = struct.pack("<IQII4H", 0, 10**7, 2, 56, 0, 8 + len(isa), 1, len(isa)) + isa + \
		struct.pack("<4HII", 0xffff, 16, 1, 1, 0, 56)
	plic = struct.pack("<4BQHHIIQI", 0x1b, 36, 1, 0, 0, 96, 7, 0, 6 << 20, 0xc000000, 0)
	aplic = struct.pack("<4BIQHHIQI", 0x1a, 36, 1, 0, 0, 0, 1, 96, 0, 0xd000000, 0x8000)
	imsic = struct.pack("<4BIHH4B", 0x19, 16, 1, 0, 0, 255, 255, 0, 1, 0, 24)
	for name, file, parts in (("plic", 0, plic), ("aplic", 0, aplic),
				  ("imsic", 0x28000000, imsic + aplic)):
		hart = struct.pack("<4BIQIIQI", 0x18, 36, 1, 0, 1, 0, 0, 0, file, PAGE)
		yield "harts", name, b"\0" + b"".join(
			struct.pack("<H", len(body)) + bytes(36) + body
			for body in (rhct, bytes(8) + hart + parts))


def main():
	with tempfile.TemporaryDirectory() as work:
		seeds = [(t, n, d) for n, d in trees(work) for t in ("fdt", "dtb")]
		seeds += acpi_seeds(work)
		seeds += text_tables(work)
	seeds += [("linux", *s) for s in linux_seeds()]
	seeds += [("pvh", *s) for s in pvh_seeds()]
	seeds += hart_seeds()
	seeds += [("again", *s) for s in again_seeds()]
	seeds += [("cmdline", *s) for s in text_seeds()]
	seeds += small_seeds()
	for target, name, data in seeds:
		os.makedirs(f"{sys.argv[1]}/{target}", exist_ok=True)
		with open(f"{sys.argv[1]}/{target}/{name}", "wb") as f:
			f.write(data)


main()
