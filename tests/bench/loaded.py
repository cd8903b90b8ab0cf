# SPDX-License-Identifier: MIT
"""Files that firmware starts, ours and others', described for the plugin count.c."""
import lzma
import struct
import zlib
from collections import namedtuple

from machine import Machine

MATCH = 48			# bytes that identify a place in a file
UNMOVED = 16			# bytes before the first address, which relocation changes
RAM = {"x86_64": 0, "aarch64": 0x40000000, "riscv64": 0x80000000}
MIB = 1 << 20
MEMORY = 1024 * MIB
SIGNATURE, EXIT_BOOT_SERVICES = b"BOOTSERV", 232	# UEFI 2.10, 4.2 and 4.4
Place = namedtuple("Place", "offset bytes")		# from the image's start; what lies there


class Pe:
	"""PE/COFF, as far as it is needed to find code in the file."""

	def __init__(self, data):
		self.data = data
		head, = struct.unpack_from("<I", data, 0x3c)
		assert data[head:head + 4] == b"PE\0\0", "not a PE file"
		count, = struct.unpack_from("<H", data, head + 6)
		optional, = struct.unpack_from("<H", data, head + 20)
		self.entry, = struct.unpack_from("<I", data, head + 24 + 16)
		self.size, = struct.unpack_from("<I", data, head + 24 + 56)
		table = head + 24 + optional
		self.sections = [struct.unpack_from("<IIII", data, at + 8)
				 for at in range(table, table + 40 * count, 40)]

	def place(self, rva):
		"""What lies at an address relative to the image."""
		for _, address, size, raw in self.sections:
			if address <= rva < address + size:
				at = raw + rva - address
				return Place(rva, self.data[at:at + MATCH])
		raise ValueError(f"{rva:#x} is in no section")

	def rva(self, offset):
		"""The address of an offset in the file."""
		for _, address, size, raw in self.sections:
			if raw <= offset < raw + size:
				return address + offset - raw
		raise ValueError(f"offset {offset:#x} is in no section")


def setup_header_entry(data):
	"""The 64-bit entry of an x86 Linux kernel: 0x200 after the setup part (boot.rst)."""
	assert data[0x202:0x206] == b"HdrS", "no setup header"
	return ((data[0x1f1] or 4) + 1) * 512 + 0x200


def unpacked(data):
	"""The ELF file in an x86 Linux kernel that was packed with xz (boot.rst,
	payload_offset)."""
	offset, size = struct.unpack_from("<II", data, 0x248)
	at = setup_header_entry(data) - 0x200 + offset
	return lzma.LZMADecompressor().decompress(data[at:at + size])


def elf_entry(data):
	"""What lies at the entry of an ELF64 file, which is a physical address."""
	entry, table = struct.unpack_from("<QQ", data, 24)
	count, = struct.unpack_from("<H", data, 56)
	for at in range(table, table + 56 * count, 56):
		kind, _, offset, _, address, size = struct.unpack_from("<IIQQQQ", data, at)
		if kind == 1 and address <= entry < address + size:
			start = offset + entry - address
			return Place(entry, data[start:start + UNMOVED])
	raise ValueError(f"{entry:#x} is in no segment")


def memtest_start(data):
	"""Where the jump in memtest86+'s 64-bit entry leads: its other ways in end there, too."""
	at = setup_header_entry(data)
	code = data[at:at + 11]
	assert code[:5] == bytes.fromhex("fcfa488935") and code[9] == 0xeb, "another entry"
	return at + 11 + code[10]


def arm64_entry(data):
	"""Where the branch in the second word of an arm64 Image leads (booting.rst)."""
	word, = struct.unpack_from("<I", data, 4)
	assert data[0x38:0x3c] == b"ARM\x64" and word >> 26 == 5, "no arm64 Image, or no branch"
	distance = (word & 0x3ffffff) - ((word & 0x2000000) << 1)
	return 4 + 4 * distance


def find_services(memory):
	"""ExitBootServices, from the table with a valid checksum; None if there is none."""
	at = memory.find(SIGNATURE)
	while at >= 0:
		size, total = struct.unpack_from("<II", memory, at + 12)
		table = memory[at:at + size]
		if EXIT_BOOT_SERVICES < size < 4096 and \
				zlib.crc32(table[:16] + bytes(4) + table[20:]) == total:
			return struct.unpack_from("<Q", table, EXIT_BOOT_SERVICES)[0]
		at = memory.find(SIGNATURE, at + 1)
	return None


def exit_boot_services(arch):
	"""ExitBootServices' address, which is the same whatever is started: firmware's core does
	not move. The search is made after our image has refused an option and firmware goes on."""
	with Machine(arch, "mmu=sideways") as machine:
		machine.wait("stubborn: error: mmu=sideways.*")
		machine.run("stop")
		found = find_services(machine.memory(RAM[arch], MEMORY))
	assert found, f"{arch}: firmware has no table of boot services"
	return found
