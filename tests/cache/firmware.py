# SPDX-License-Identifier: MIT
"""The minimum of UEFI that the stub needs: a memory map, pages, ExitBootServices. UEFI 2.10, 7."""
import struct

from board import IMAGE, PAGE, RAM, SIZE, TREE, Board, tree
from model import SCTLR_C, SCTLR_I, SCTLR_M

TABLES = RAM + 0x1000000		# firmware's tables, then its functions, its stack
CODE, STACK = TABLES + 0x8000, TABLES + 0x20000
SYSTEM, BOOT, LOADED, CONFIG, OPTIONS = (TABLES + n * 0x400 for n in range(5))
POOL = RAM + 0x3800000			# pages for requests without an address
RET = 0xd65f03c0
NOT_FOUND = 1 << 63 | 14
LOADED_IMAGE = struct.pack("<IHH8B", 0x5b1b31a1, 0x9562, 0x11d2,
			   0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b)
DTB_TABLE = struct.pack("<IHH8B", 0xb1b621d5, 0xf19c, 0x41a5,
			0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0)
# Where in struct efi_boot_services: lib/efi.h
CALLS = {5: "allocate", 6: "nothing", 7: "get_map", 19: "protocol", 22: "absent",
	 23: "absent", 29: "exit", 32: "nothing", 40: "absent"}
LOADER_CODE, LOADER_DATA, FREE, BOOT_DATA = 1, 2, 7, 4


class Firmware:
	"""MMU and caches on, virtual = physical; all that it has written is still in a cache."""

	def __init__(self, cmdline, **options):
		self.board = board = Board(**options)
		size = board.at["image_end"]
		self.map = [(FREE, RAM, IMAGE - RAM), (LOADER_CODE, IMAGE, size),
			    (FREE, IMAGE + size, TABLES - IMAGE - size),
			    (BOOT_DATA, TABLES, 0x30000),
			    (FREE, TABLES + 0x30000, TREE - TABLES - 0x30000),
			    (BOOT_DATA, TREE, 0x10000),
			    (FREE, TREE + 0x10000, POOL - TREE - 0x10000),
			    (FREE, POOL, RAM + SIZE - POOL)]
		self.left = False
		board.put(TREE, tree(cmdline))
		self._tables(cmdline.encode("utf-16-le") + b"\0\0")
		sctlr = SCTLR_M | SCTLR_C | SCTLR_I
		board.start(sctlr)
		board.cache.executable(IMAGE, board.file_size)
		board.cache.executable(CODE, PAGE)
		for n, value in ((0, IMAGE), (1, SYSTEM)):
			board.x(n, value)
		board.stack(STACK)
		board.run(IMAGE + board.at["efi_entry"], sctlr)

	def _tables(self, options):
		board = self.board
		board.put(CODE, struct.pack("<I", RET) * 64)
		table = [0] * 3 + [CODE + 63 * 4] * 41
		for i, (slot, name) in enumerate(CALLS.items()):
			table[slot] = CODE + i * 4
			board.calls[CODE + i * 4] = getattr(self, name)
		board.put(BOOT, struct.pack("<44Q", *table))
		board.put(SYSTEM, struct.pack("<QIIII12Q", 0x5453595320494249, 2 << 16 | 100, 120,
					      0, 0, *[0] * 9, BOOT, 1, CONFIG))
		board.put(CONFIG, DTB_TABLE + struct.pack("<Q", TREE))
		board.put(LOADED, struct.pack("<QQQQQQQQQQ", 0x1000, 0, SYSTEM, 0, 0, 0,
					      len(options), OPTIONS, IMAGE, board.at["image_end"]))
		board.put(OPTIONS, options)

	def _return(self, status):
		assert not self.left, "firmware was called after ExitBootServices"
		self.board.x(0, status)

	def _store(self, address, value, form="<Q"):
		self.board.store(address, struct.pack(form, value))

	def nothing(self):
		self._return(0)

	def exit(self):
		self._return(0)
		self.left = True

	def absent(self):
		self._return(NOT_FOUND)

	def protocol(self):
		if self.board.get(self.board.x(1), 16) != LOADED_IMAGE:
			return self.absent()
		self._store(self.board.x(2), LOADED)
		self._return(0)

	def allocate(self):
		how, pages, where = self.board.x(0), self.board.x(2), self.board.x(3)
		base = self.board.word(where) if how == 2 else POOL
		for i, (kind, start, size) in enumerate(self.map):
			if kind == FREE and start <= base and base + pages * PAGE <= start + size:
				end = base + pages * PAGE
				self.map[i:i + 1] = [(FREE, start, base - start),
						     (LOADER_DATA, base, pages * PAGE),
						     (FREE, end, start + size - end)]
				self._store(where, base)
				return self._return(0)
		self.absent()

	def get_map(self):
		size, buffer, key, step, version = (self.board.x(n) for n in range(5))
		table = b"".join(struct.pack("<IIQQQQ", kind, 0, base, 0, length // PAGE, 8)
				 for kind, base, length in self.map if length)
		assert len(table) <= self.board.word(size)
		self.board.store(buffer, table)
		for address, value in ((size, len(table)), (key, 1), (step, 40)):
			self._store(address, value)
		self._store(version, 1, "<I")
		self._return(0)
