# SPDX-License-Identifier: MIT
"""What the monitor shows of firmware's tables and of PCI, against iasl, dmidecode, dtc and QEMU."""
import re
import struct
import subprocess

import pytest

from machine import EDK2, Machine, image_path
from monitor import Monitor

BRIDGES = ("-device pcie-root-port,id=rp,chassis=1 -device e1000e,bus=rp "
	   "-device pcie-pci-bridge,id=old -device pci-bridge,bus=old,addr=1,chassis_nr=7,id=older "
	   "-device e1000,bus=older,addr=3 -device pci-testdev,bus=old,addr=2 "
	   "-device pcie-root-port,id=empty,chassis=2,multifunction=on,addr=1e.0 "
	   "-device pcie-root-port,id=empty2,chassis=3,addr=1e.3 "
	   "-device pxb-pcie,bus_nr=64,id=far -device pcie-root-port,bus=far,chassis=9")
NODES = ("-smp 2 -object memory-backend-ram,size=512M,id=m0 "
	 "-object memory-backend-ram,size=512M,id=m1 "
	 "-numa node,cpus=0,memdev=m0 -numa node,cpus=1,memdev=m1")
SHOWN = [
	("x86_64", "q35", "identity", f"{BRIDGES} {NODES}"),
	("x86_64", "q35", "mapped", "-device pcie-root-port,chassis=1 -smp 3"),
	("x86_64", "pc", "identity",
	 "-device pci-bridge,id=old,chassis_nr=7 -device e1000,bus=old"),
	("aarch64", "virt", "identity", f"{BRIDGES} {NODES}"),
	("aarch64", "virt,gic-version=3", "mapped", "-smp 3"),
	("aarch64", "virt", "off", "-device pcie-root-port,chassis=1"),
]
TEMPLATES = ("APIC", "BGRT", "DBG2", "FPDT", "GTDT", "HPET", "MCFG", "SPCR", "SRAT")
HEADER = 36
BEGIN = {"APIC": 2, "SRAT": 2, "GTDT": 3, "FPDT": 4, "DBG2": 3}	# type and length of a part
NOT_SHOWN = re.compile(r"Reserved\d?$|Table Revision$|Address Size$|OEM Data$"
		       # in revisions of tables that are newer than Debian 12's iasl
		       "|Language$|Uart Clock|Precise Baud|Name[Ss]pace ?String|TRBE")


def iasl(folder, *arguments):
	subprocess.run(["iasl", *arguments], cwd=folder, check=True, capture_output=True)


def disassembled(folder, table):
	"""[(offset, name, value)] as iasl reads the table, without its header."""
	(folder / "t.aml").write_bytes(table)
	iasl(folder, "-d", "t.aml")
	fields = re.findall(r"^\[\w+h (\d+) +\w+\] +(.*?) : (.*)$",
			    (folder / "t.dsl").read_text(), re.M)
	return [(int(at), name.removesuffix(" (decoded below)"), value)
		for at, name, value in fields if int(at) >= HEADER]


def values(fields):
	"""As our lines have them."""
	fields = iter(fields)
	for _, name, value in fields:
		if NOT_SHOWN.match(name):
			continue
		if value.startswith("[Generic"):
			space, width, offset, access, address = (
				int(next(fields)[2].split()[0], 16) for _ in range(5))
			yield f"{space:x}:{address:#x}/{width}+{offset}/{access}"
		elif name == "Namepath":
			yield value.strip('"')
		else:
			yield f"{int(value.split()[0], 16):#x}"


def check_decoded(folder, table, said):
	"""Each line has exactly the values that iasl finds between its offset and the next."""
	name = table[:4].decode()
	theirs = disassembled(folder, table)
	said = re.sub(r"\n {4}(?=\S)", " ", said)
	assert "error" not in said
	lines = re.findall(r"^0x(\w+) (\S+)(.*)$", said, re.M)
	starts = sorted(int(line[0], 16) for line in lines) + [len(table)]
	for i, (at, kind, rest) in enumerate(lines):
		at = int(at, 16)
		end = starts[starts.index(at) + 1]
		whole = kind in ("timer", "at", "name") or not i and name != "FPDT"
		skip = 0 if whole else BEGIN.get(name, 0)
		if kind == "type":
			assert name in ("APIC", "SRAT", "GTDT")
			continue
		mine = [rest[1:]] if kind == "name" else re.findall(r"=(\S+)", rest)
		gone = "Flags" if kind in ("gicr", "its") else None	# reserved on Debian 12
		assert mine == list(values(f for f in theirs
					   if at + skip <= f[0] < end and f[1] != gone)), \
			(name, at, kind)
	assert starts[0] <= HEADER + 12
	return {kind for _, kind, _ in lines}


def tables_in_memory(machine, rsdp):
	"""[(address, bytes)], by a walk of the test's own."""
	xsdt, = struct.unpack_from("<Q", machine.memory(rsdp, 36), 24)
	size, = struct.unpack_from("<I", machine.memory(xsdt, HEADER), 4)
	entries = [at for at, in struct.iter_unpack("<Q", machine.memory(xsdt, size)[HEADER:])]
	for at in entries:
		size, = struct.unpack_from("<I", machine.memory(at, HEADER), 4)
		table = machine.memory(at, size)
		yield at, table
		if table[:4] == b"FACP":
			dsdt, = struct.unpack_from("<I", table, 40)
			size, = struct.unpack_from("<I", machine.memory(dsdt, HEADER), 4)
			yield dsdt, machine.memory(dsdt, size)


def check_acpi(machine, monitor, folder):
	said = monitor.run("acpi")
	listed = {int(at, 16): (name, int(size), int(revision), oem, verdict)
		  for name, at, size, revision, oem, verdict in re.findall(
			r'^(.{4}) 0x(\w+) +(\d+) revision (\d+) "(.{6})" ".{8}" \S+ (.*)$',
			said, re.M)}
	rsdp = int(re.search(r"^RSDP 0x(\w+) ", said, re.M)[1], 16)
	there = dict(tables_in_memory(machine, rsdp))
	assert listed == {at: (t[:4].decode(), len(t), t[8], t[10:16].decode("latin-1"), "ok")
			  for at, t in there.items()}
	for table in there.values():
		name = table[:4].decode()
		said = monitor.run(f"acpi {name}")
		if re.search("^0x000 ", said, re.M):
			assert name not in TEMPLATES, name
			continue
		if sum(t[:4] == table[:4] for t in there.values()) == 1:
			check_decoded(folder, table, said.split("\n", 1)[1])


def info_pci(machine):
	"""{(bus, device, function): (vendor, device, (secondary, subordinate),
	{bar: (address, size)})}"""
	out = {}
	for part in re.split(r"^ +(?=Bus )", machine.monitor("info pci").replace("\r", ""),
			     flags=re.M)[1:]:
		where = re.match(r"Bus +(\d+), device +(\d+), function (\d+)", part)
		ids = re.search(r"PCI device (\w+):(\w+)", part)
		bus = re.search(r"secondary bus (\d+)\.\s+subordinate bus (\d+)", part)
		bars = {int(n): (int(at, 16), int(end, 16) + 1 - int(at, 16)) for n, at, end in
			re.findall(r"BAR(\d): .* at 0x(\w+) \[0x(\w+)\]", part)}
		out[tuple(map(int, where.groups()))] = (
			int(ids[1], 16), int(ids[2], 16),
			tuple(map(int, bus.groups())) if bus else None,
			{n: bar for n, bar in bars.items() if n < 6 and bar[0] != 2 ** 64 - 1})
	return out


def our_pci(said):
	out = {}
	for part in re.split(r"^(?=\w{4}:)", said, flags=re.M)[1:]:
		where = re.match(r"0000:(\w\w):(\w\w)\.(\d) (\w{4}):(\w{4}) ", part)
		*where, vendor, device = (int(n, 16) for n in where.groups())
		bus = re.search(r"buses (\w\w) to (\w\w)", part)
		out[tuple(where)] = (vendor, device,
			tuple(int(n, 16) for n in bus.groups()) if bus else None,
			{int(n): (int(at, 16), int(size, 16)) for n, at, size in
			 re.findall(r"bar (\d): \w+ 0x(\w+) size 0x(\w+)", part)},
			", memory" in part.split("\n", 1)[0])
	return out


def check_pci(ours, theirs):
	"""QEMU shows no memory that a function does not decode; we show no address 0."""
	assert ours.keys() == theirs.keys()
	for where, (*ids, bars, decodes) in ours.items():
		*their_ids, their_bars = theirs[where]
		assert ids == their_ids
		assert all(not at for _, (at, _) in their_bars.items() - bars.items()), where
		assert not decodes or bars.items() <= their_bars.items(), where


@pytest.mark.check
@pytest.mark.parametrize("arch,kind,regime,extra", SHOWN,
			 ids=["-".join(case[:3]) for case in SHOWN])
def test_shown(arch, kind, regime, extra, tmp_path):
	with Machine(arch, f"mmu={regime}", machine=kind, talk=True,
		     extra=extra.split()) as machine:
		monitor = Monitor(machine)
		check_acpi(machine, monitor, tmp_path)
		said = monitor.run("pci")
		assert said.startswith("by ports" if kind == "pc" else "ECAM")
		assert "error" not in said
		before = info_pci(machine)
		check_pci(our_pci(said), before)
		assert monitor.run("pci") == said and info_pci(machine) == before
		ok, by_ports = monitor.try_("pci ports")
		assert ok == (arch == "x86_64")
		assert not ok or our_pci(by_ports) == our_pci(said)
		assert not monitor.try_("acpi NONE")[0] and not monitor.try_("pci x")[0]


def test_templates(tmp_path):
	"""Every kind of table, as iasl makes it: QEMU hands them over."""
	files = []
	for name in TEMPLATES:
		iasl(tmp_path, "-T", name)
		source = tmp_path / f"{name.lower()}.asl"
		source.write_text(re.sub("(Platform Timer Offset : ).*", r"\g<1>00000068",
					 source.read_text()))	# iasl's is wrong
		iasl(tmp_path, source.name)
		files += ["-acpitable", f"file={tmp_path}/{name.lower()}.aml"]
	kinds = set()
	with Machine("x86_64", machine="q35", talk=True, extra=files) as machine:
		monitor = Monitor(machine)
		for name in TEMPLATES:
			table = (tmp_path / f"{name.lower()}.aml").read_bytes()
			parts = re.split(rf"^{name} .*\n", monitor.run(f"acpi {name}"), flags=re.M)
			good = []
			for part in parts[1:]:
				try:
					good.append(check_decoded(tmp_path, table, part))
				except AssertionError as why:
					last = why
			assert good, (name, last)
			kinds |= good[0]
	assert kinds >= {"lapic", "ioapic", "override", "gicc", "gicd", "gicr", "its", "block",
			 "timer", "watchdog", "memory", "port", "at", "name", "boot", "s3", "logo"}


def poke_table(monitor, at, table, changes):
	"""Change bytes of a table in the live machine, and its checksum with them."""
	table = bytearray(table)
	for offset, byte in changes.items():
		table[offset] = byte
		monitor.run(f"poke @{at + offset:#x} {byte} 1")
	monitor.run(f"poke @{at + 9:#x} {(table[9] - sum(table)) % 256} 1")


@pytest.mark.parametrize("arch", EDK2)
def test_lies(arch):
	"""Tables are changed in memory: each lie gets a line, and what follows is shown."""
	with Machine(arch, talk=True, extra=["-smp", "2"]) as machine:
		monitor = Monitor(machine)
		rsdp = int(re.search(r"^RSDP 0x(\w+) ", monitor.run("acpi"), re.M)[1], 16)
		tables = dict(tables_in_memory(machine, rsdp))
		at, madt = next((at, t) for at, t in tables.items() if t[:4] == b"APIC")
		monitor.run(f"poke @{at + 36:#x} {madt[36] ^ 1} 1")
		assert re.search(r"^APIC .* checksum WRONG$", monitor.run("acpi"), re.M)
		assert "0x02c" not in monitor.run("acpi APIC")
		monitor.run(f"poke @{at + 36:#x} {madt[36]} 1")
		for length in (0, 1, 255):
			poke_table(monitor, at, madt, {44 + 1: length})
			lie = f"0x02c error: a structure of {length} bytes exceeds the table\n"
			assert lie in monitor.run("acpi APIC")
		assert "warning: ACPI: the MADT (APIC) is damaged\n" in monitor.run("again")
		poke_table(monitor, at, madt, {44 + 1: madt[44 + 1]})
		xsdt, = struct.unpack_from("<Q", machine.memory(rsdp, 36), 24)
		size, = struct.unpack_from("<I", machine.memory(xsdt, HEADER), 4)
		root = machine.memory(xsdt, size)
		poke_table(monitor, xsdt, root, {HEADER + i: 0xff for i in range(8)})
		said = monitor.run("acpi")
		assert "error: 1 entries of the root table are invalid\n" in said
		assert re.search(r"^APIC .* ok$", said, re.M)
		monitor.run(f"poke @{at + 4:#x} 0xffffffff 4")
		assert re.search(r"^APIC .* length WRONG$", monitor.run("acpi"), re.M)
		monitor.run(f"poke @{rsdp:#x} 0 1")
		assert monitor.try_("acpi") == (False, "error: neither XSDT nor RSDT is valid\n")
		if arch == "aarch64":
			assert not monitor.try_("pci")[0]


SMBIOS = {		# ours -> dmidecode's
	"firmware": {"vendor": "Vendor", "version": "Version", "date": "Release Date"},
	"system": {"manufacturer": "Manufacturer", "product": "Product Name", "version": "Version",
		   "serial": "Serial Number", "uuid": "UUID", "sku": "SKU Number",
		   "family": "Family"},
	"board": {"manufacturer": "Manufacturer", "product": "Product Name", "version": "Version",
		  "serial": "Serial Number", "asset": "Asset Tag"},
	"chassis": {"manufacturer": "Manufacturer", "version": "Version",
		    "serial": "Serial Number", "asset": "Asset Tag"},
	"processor": {"socket": "Socket Designation", "manufacturer": "Manufacturer",
		      "version": "Version", "serial": "Serial Number", "asset": "Asset Tag",
		      "part": "Part Number", "cores": "Core Count", "enabled": "Core Enabled",
		      "threads": "Thread Count", "max": "Max Speed"},
	"array": {"devices": "Number Of Devices"},
	"memory": {"locator": "Locator", "bank": "Bank Locator", "manufacturer": "Manufacturer",
		   "serial": "Serial Number", "asset": "Asset Tag", "part": "Part Number",
		   "size": "Size", "speed": "Speed"},
	"range": {},
}
TYPES = {"firmware": 0, "system": 1, "board": 2, "chassis": 3, "processor": 4, "array": 16,
	 "memory": 17, "range": 19}
UNITS = {"": 1, "kB": 2 ** 10, "MB": 2 ** 20, "GB": 2 ** 30, "K": 2 ** 10, "M": 2 ** 20}
STRINGS = ("-smbios type=0,vendor=SomeOne,version=1.2 "
	   "-smbios type=1,manufacturer=Maker,product=A-B,version=v1,serial=S1,sku=K,family=F,"
	   "uuid=00112233-4455-6677-8899-aabbccddeeff "
	   "-smbios type=2,manufacturer=M2,product=P2,version=v2,serial=S2,asset=A2 "
	   "-smbios type=3,manufacturer=M3,version=v3,serial=S3,asset=A3 "
	   "-smbios type=4,manufacturer=M4,version=v4,serial=S4,asset=A4,part=P4,max-speed=4321 "
	   "-smbios type=17,loc_pfx=L,bank=B,manufacturer=M5,serial=S5,asset=A5,part=P5,speed=3200 "
	   "-smp 2,sockets=1,cores=2")


def smbios_dump(machine, at):
	"""A file as dmidecode --dump-bin makes: the entry point, the table after it."""
	entry = bytearray(machine.memory(at, 32))
	if entry[:5] == b"_SM3_":
		size, = struct.unpack_from("<I", entry, 12)
		table, = struct.unpack_from("<Q", entry, 16)
		struct.pack_into("<Q", entry, 16, 32)
		entry[5] = (entry[5] - sum(entry[:entry[6]])) % 256
	else:
		size, table = struct.unpack_from("<HI", entry, 0x16)
		struct.pack_into("<I", entry, 0x18, 32)
		entry[0x15] = (entry[0x15] - sum(entry[0x10:0x1f])) % 256
		entry[4] = (entry[4] - sum(entry[:0x1f])) % 256
	return bytes(entry) + machine.memory(table, size)


def size_of(text):
	number, unit = re.match(r"(\d+) ?(\w*)", text).groups()
	return int(number) * UNITS[unit]


def check_smbios(machine, monitor, folder):
	at = int(re.search(r"^boot: smbios: 0x(\w+)$", machine.serial(), re.M)[1], 16)
	(folder / "dmi").write_bytes(smbios_dump(machine, at))
	theirs = subprocess.run(["/usr/sbin/dmidecode", "--from-dump", folder / "dmi"], check=True,
				capture_output=True, text=True).stdout
	theirs = {int(handle, 16): (int(kind), int(size), text) for handle, kind, size, text in
		  re.findall(r"^Handle 0x(\w+), DMI type (\d+), (\d+) bytes\n((?:.+\n)*)", theirs,
			     re.M)}
	said = monitor.run("smbios").replace("\n    ", " ")
	ours = re.findall(r"^0x(\w+) (\w+)(.*)$", said, re.M)
	assert len(ours) == len(theirs) > 5
	for handle, name, rest in ours:
		kind, size, text = theirs[int(handle, 16)]
		if name == "type":
			assert rest == f" {kind}, {size} bytes" and kind not in TYPES.values()
			continue
		assert TYPES[name] == kind
		values = {k: v.strip('"') for k, v in re.findall(r' ([\w-]+)=(".*?"|\S+)', rest)}
		for key, label in SMBIOS[name].items():
			want = re.search(rf"^\t{label}: (.*?) *$", text, re.M)[1]
			if want in ("Not Specified", "Not Settable", "Unknown"):
				assert not values.get(key, "").strip("0-")
			elif key == "size":
				assert size_of(want) == size_of(values[key])
			elif key in ("speed", "max"):
				assert want.split()[0] == values[key]
			else:
				assert want == values[key], (name, key)
	return said


@pytest.mark.parametrize("arch,options", [
	("x86_64", {"machine": "q35"}),
	("x86_64", {"machine": "q35,smbios-entry-point-type=64"}),
	("x86_64", {"machine": "pc", "firmware": None, "kernel": image_path("x86_64"),
		    "append": "mmu=mapped"}),
	("aarch64", {}),
], ids=["q35", "q35-64", "seabios", "aarch64"])
def test_smbios(arch, options, tmp_path):
	with Machine(arch, talk=True, extra=STRINGS.split(" "), **options) as machine:
		monitor = Monitor(machine)
		said = check_smbios(machine, monitor, tmp_path)
		assert 'manufacturer="Maker" product="A-B"' in said and 'serial="S5"' in said
		if options.get("kernel"):
			return					# SeaBIOS's is in ROM
		at = int(re.search(r"table 0x(\w+)", said)[1], 16)
		monitor.run(f"poke @{at + 1:#x} 3 1")		# shorter than its header
		assert monitor.try_("smbios")[1].endswith(
			"error: the next structure exceeds the table\n")


def dtc(tree, source, result):
	return subprocess.run(["dtc", "-q", "-s", "-I", source, "-O", result], check=True,
			      input=tree, capture_output=True).stdout


def raw(arch):
	return {"append": "mmu=off", "firmware": None, "kernel": image_path(arch)}


@pytest.mark.parametrize("arch,options,node", [
	("aarch64", {"machine": "virt,acpi=off"}, "psci"),
	("aarch64", {"machine": "virt,gic-version=3", **raw("aarch64")}, "psci"),
	("riscv64", raw("riscv64"), "poweroff"),
], ids=["uefi", "image", "opensbi"])
def test_fdt(arch, options, node):
	"""dtc makes of our text the tree that it makes of the bytes in memory."""
	with Machine(arch, talk=True, extra=["-smp", "2", "-device", "pcie-root-port"],
		     **options) as machine:
		monitor = Monitor(machine)
		at = int(re.search(r"^boot: dtb: 0x(\w+)$", machine.serial(), re.M)[1], 16)
		size, = struct.unpack_from(">I", machine.memory(at, 8), 4)
		said = monitor.run("fdt")
		assert dtc(dtc(b"/dts-v1/;\n" + said.encode(), "dts", "dtb"), "dtb", "dts") == \
			dtc(machine.memory(at, size), "dtb", "dts")
		assert monitor.run(f"fdt /{node}").startswith(node + " {\n\t")
		assert monitor.run(f"fdt /{node}") in said.replace("\n\t", "\n")
		assert not monitor.try_("fdt /nothing")[0]
		pci = monitor.run("pci")
		assert pci.startswith("ECAM")
		assert our_pci(pci).keys() == info_pci(machine).keys()
		assert monitor.try_("acpi") == (False, "error: firmware gave no ACPI tables\n")


def test_no_tree():
	with Machine("x86_64", talk=True) as machine:
		assert not Monitor(machine).try_("fdt")[0]
