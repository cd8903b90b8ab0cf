# SPDX-License-Identifier: MIT
"""A screen of any size on aarch64, where firmware's driver has only three modes. The test points
QEMU's ramfb, through fw_cfg, at memory that an initrd occupies, and writes it into boot_info; the
kernel finds it there when it boots again."""
import re
import struct

from gdbstub import GDB, Gdb
from handoff import CRUMB_SIZE, Info
from machine import Machine, image_path
from monitor import Monitor

FW_CFG_DMA = 0x9020010		# on `virt`; QEMU's specification "fw_cfg"
FILE_DIR = 0x19
READ, SELECT, WRITE = 1 << 1, 1 << 3, 1 << 4
DIR_SIZE = 0x2000
XR24 = 0x34325258
FB = 0x150			# in boot_info
XRGB = 1
TIMEOUT = 20


def transfer(gdb, scratch, key, how, data):
	"""One DMA transfer of a fw_cfg file; returns the bytes that are there afterwards."""
	if how == WRITE:
		gdb.write(scratch + 16, data)
	gdb.write(scratch, struct.pack(">IIQ", key << 16 | SELECT | how, len(data), scratch + 16))
	gdb.write(FW_CFG_DMA, struct.pack(">Q", scratch))
	return b"".join(gdb.read(scratch + 16 + i, min(1024, len(data) - i))
			for i in range(0, len(data), 1024))


def show(machine, base, width, height, scratch):
	machine.run("stop")		# as a connection does; not each QEMU says so
	gdb = Gdb(machine, TIMEOUT)
	assert gdb.ask("Qqemu.PhyMemMode:1") == "OK"
	listed = transfer(gdb, scratch, FILE_DIR, READ, bytes(DIR_SIZE))
	keys = {name.rstrip(b"\0"): key for _, key, _, name in struct.iter_unpack(
		">IHH56s", listed[4:4 + 64 * struct.unpack_from(">I", listed)[0]])}
	transfer(gdb, scratch, keys[b"etc/ramfb"], WRITE,
		 struct.pack(">QIIIII", base, XR24, 0, width, height, 4 * width))
	gdb.ask("D")			# and QEMU goes on
	gdb.close()


def large_screen(width, height, extra):
	"""A Machine; inside its `with`, call enlarge()."""
	return Machine("aarch64", kernel=image_path("aarch64"), firmware=None, append="",
		       initrd=bytes(4 * width * height + 2 * DIR_SIZE), display="ramfb",
		       talk=True, extra=[*GDB, *extra])


def enlarge(machine, width, height):
	"""Boot again; returns the second run's output up to its prompt."""
	monitor = Monitor(machine)
	text = machine.serial()
	runs = int(re.search(r"^boot: image: .* runs (0x\w+)", text, re.M)[1], 16)
	base = Info(machine, runs).modules[0][0]
	show(machine, base, width, height, base + 4 * width * height)
	fb = struct.pack("<QQIIII", base, 4 * width * height, width, height, 4 * width, XRGB)
	for at, value in enumerate(struct.unpack("<4Q", fb)):
		monitor.run(f"poke @{runs + CRUMB_SIZE + FB + 8 * at:#x} {value:#x} 8")
	monitor.type("again\r")
	machine.wait("boot: entry: again", after=len(text))
	machine.wait("boot: idle", after=machine.serial().index("boot: entry: again"))
	monitor._answer()
	return machine.serial()[len(text):]
