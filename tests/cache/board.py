# SPDX-License-Identifier: MIT
"""Executes the built aarch64 image, and reports every access and maintenance instruction to the
model.

Unicorn (QEMU's translator without its machines) runs the instructions. It has neither caches
nor, here, an MMU: it does not see SCTLR.M. When the image sets M, exactly what the image's
tables map is mapped in Unicorn's address space, with their permissions.
"""
import ctypes
import mmap
import struct
import subprocess
import sys
from pathlib import Path

import unicorn as u
import unicorn.arm64_const as arm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "vm"))
from machine import elf_path, image_path	# noqa: E402
from pagewalk import Regime, merge, walk	# noqa: E402
from model import SCTLR_C, SCTLR_I, SCTLR_M, Cache	# noqa: E402
from symbols import listed			# noqa: E402

RAM, SIZE = 0x40000000, 64 << 20
UART, PAGE = 0x9000000, 4096
IMAGE, TREE = RAM + 0x200000, RAM + 0x2000000
BARE = [(RAM, RAM, SIZE, u.UC_PROT_ALL), (UART, UART, PAGE, u.UC_PROT_ALL)]	# no MMU
NOP, ISB, WFI, HVC = 0xd503201f, 0xd5033fdf, 0xd503207f, 0xd4000002
LIMIT = 3_000_000	# instructions; a boot takes 100,000 to 400,000
# Of an MRS or MSR with its register field zero
SCTLR_READ = 0xd5381000
MSR = {0xd5181000: "SCTLR", 0xd5182000: "TTBR0", 0xd5182020: "TTBR1", 0xd5182040: "TCR",
       0xd518a200: "MAIR"}
AT, PAR_READ, NORMAL = 0xd5087800, 0xd5387400, 0xff << 56	# S1E1R; MAIR's write-back
UNDEFINED = 1		# Unicorn's number
MMFR3, PFR1 = 0xd5380760, 0xd5380420
# Of an MSR: its name; the ID register that says that there is one, and where (1 in its field)
LATER = {0xd5182060: ("TCR2", MMFR3, 1), 0xd5181060: ("SCTLR2", MMFR3, 1 << 4),
	 0xd5182500: ("GCSCR", PFR1, 1 << 44)}
DC = {0xd50b7a20: "clean", 0xd50b7e20: "civac", 0xd5087620: "invalidate"}
IC = {0xd508751f, 0xd508711f}			# IALLU, IALLUIS
TLBI = {0xd508871f, 0xd508831f}			# VMALLE1, VMALLE1IS
TLBI_VA = 0xd5088720				# VAE1
BOARD = """
/dts-v1/;
/ {{ #address-cells = <2>; #size-cells = <2>; compatible = "test";
  chosen {{ stdout-path = "/uart@9000000"; bootargs = "{}"; rng-seed = <1 2 3 4 5 6 7 8>;
    linux,initrd-start = <0x43000000>; linux,initrd-end = <0x43000fff>; }};
  uart@9000000 {{ compatible = "arm,pl011"; reg = <0 0x9000000 0 0x1000>; }};
  psci {{ compatible = "arm,psci-1.0"; method = "hvc"; }};
  memory {{ device_type = "memory"; reg = <0 0x40000000 0 {:#x}>; }};
}};
"""


def symbols():
	"""Name -> address. If two symbols have the same name, the lower one is the stub's. A
	function that both halves share is "stub.NAME"; the plain name is a jump to it."""
	at = {name: value for value, name in reversed(listed(elf_path("aarch64")))}
	return at | {name[5:]: value for name, value in at.items() if name.startswith("stub.")}


def tree(cmdline):
	return subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"], check=True,
			      input=BOARD.format(cmdline, SIZE).encode(),
			      stdout=subprocess.PIPE).stdout


class Board:
	"""nop: link addresses replaced by NOP. skip: {cache line: how many DCs of it are still
	done}. later: registers that this CPU has, unlike Unicorn's, and that were left switched
	on."""

	def __init__(self, nop=(), skip=None, later=()):
		self.buffer = mmap.mmap(-1, SIZE)
		self.host = ctypes.addressof(ctypes.c_char.from_buffer(self.buffer))
		self.at = symbols()
		image = bytearray(image_path("aarch64").read_bytes())
		self.file_size = len(image)
		for address in nop:
			struct.pack_into("<I", image, address, NOP)
		self.words = {}
		self.later = {word: LATER[word] for word in LATER if LATER[word][0] in later}
		self.left_on = set(later)
		self.put(IMAGE, image)
		self.cpu = u.Uc(u.UC_ARCH_ARM64, u.UC_MODE_ARM)
		self.alias = []
		self.show(BARE)
		self.uart, self.next = [], None
		self.pc, self.instructions, self.stopped = 0, 0, ""
		self.registers, self.pages, self.switches = {}, None, 0
		self.skip, self.calls, self.info = dict(skip or {}), {}, 0
		hook = self.cpu.hook_add
		hook(u.UC_HOOK_CODE, self.on_code)
		hook(u.UC_HOOK_MEM_READ | u.UC_HOOK_MEM_WRITE, self.on_access)
		hook(u.UC_HOOK_MEM_INVALID, self.on_fault)
		hook(u.UC_HOOK_INTR, self.on_exception)

	def put(self, address, data):
		self.buffer[address - RAM:address - RAM + len(data)] = bytes(data)

	def store(self, address, data):
		"""A store as other code on this CPU would make it."""
		self.put(address, data)
		self.cache.write(address, len(data), self.pc)

	def stack(self, top):
		self.cpu.reg_write(arm.UC_ARM64_REG_SP, top)

	def get(self, address, size):
		return self.buffer[address - RAM:address - RAM + size]

	def word(self, address, size=8):
		return int.from_bytes(self.get(address, size), "little")

	def x(self, n, value=None):
		if value is None:
			return self.cpu.reg_read(arm.UC_ARM64_REG_X0 + n) if n < 29 else 0
		self.cpu.reg_write(arm.UC_ARM64_REG_X0 + n, value)

	def show(self, ranges):
		"""Unicorn's complete address space: (va, pa, size, protection)."""
		for va, size in self.alias:
			self.cpu.mem_unmap(va, size)
		self.alias = [(va, size) for va, _, size, _ in ranges]
		for va, pa, size, prot in ranges:
			if pa == UART:		# always ready: its flags are 0
				self.cpu.mem_map(va, size, prot)
			else:
				self.cpu.mem_map_ptr(va, size, prot,
						     ctypes.c_void_p(self.host + pa - RAM))

	def start(self, sctlr):
		ctr = self.cpu.reg_read(arm.UC_ARM64_REG_CP_REG, (0, 0, 3, 3, 1))
		assert not ctr >> 28 & 3, "IDC or DIC: this CPU needs less maintenance"
		self.cache = Cache(4 << (ctr >> 16 & 15), sctlr)

	def run(self, entry, sctlr):
		self.sctlr = sctlr
		try:
			self.cpu.emu_start(entry, 0, count=LIMIT)
		except u.UcError as error:
			self.stopped = self.stopped or str(error)
		return self

	def text(self):
		return "".join(self.uart).replace("\r", "")

	# ---- what Unicorn calls ----

	def pa(self, va):
		if self.pages is None:
			return va
		if va >> 12 not in self.pages:	# a TLB miss: it may be mapped by now
			self.translate(self.sctlr)
		page = self.pages.get(va >> 12)
		return None if page is None else page | va & 0xfff

	def on_code(self, cpu, va, _size, _cookie):
		self.instructions += 1
		self.pc = va
		if va in self.calls:
			return self.calls[va]()
		pa = self.pa(va)
		word = self.words.get(pa)
		if word is None:
			word = self.words[pa] = self.word(pa, 4)
		if self.next:
			self.next(word == ISB)
		self.cache.fetch(pa, va)
		if word >> 22 == 0x354 or word == HVC:	# system instructions, Arm ARM C4.1.66
			self.system(word)

	def system(self, word):
		base, n, cache = word & ~31, word & 31, self.cache
		if base in DC:
			address = self.pa(self.x(n))
			line = address & -cache.line
			if line in self.skip:
				if not self.skip[line]:
					return
				self.skip[line] -= 1
			if DC[base] == "invalidate":
				cache.invalidate(address, self.pc)
			else:
				cache.clean(address, DC[base] == "civac")
		elif word & 0xfffff3ff == 0xd503339f:	# DSB for loads and stores
			cache.dsb()
		elif word & 0xfffff3ff == 0xd503329f:	# DSB for stores
			cache.dsb_stores()
		elif word == ISB:
			cache.isb()
		elif word in IC:
			cache.drop_code()
		elif word in TLBI or base == TLBI_VA:
			cache.tlbi(self.pc)
			if self.pages is not None:
				self.translate(self.sctlr)
		elif base in MSR:
			self.registers[MSR[base]] = self.x(n)
			if MSR[base] != "SCTLR":
				cache.register(MSR[base], self.pc)
			else:
				self.sctlr_written(n)
		elif base == SCTLR_READ:
			self.next = lambda _: self.sctlr_read(n)
		elif base == AT:
			self.asked = self.x(n)
		elif base == PAR_READ:
			self.next = lambda _: self.par_read(n)
		elif base in (MMFR3, PFR1):
			self.next = lambda _: self.id_read(n, base)
		elif base in self.later:
			assert n == 31 and self.switches == 1, "XZR, with the MMU off"
			self.left_on.discard(self.later[base][0])
		elif word == WFI:
			self.stopped = "idle"
			self.cpu.emu_stop()
		elif word == HVC:
			self.stopped = "off"
			self.cpu.emu_stop()

	def sctlr_read(self, n):
		"""After an MRS: add M, which Unicorn's SCTLR lacks."""
		self.next = None
		self.x(n, self.sctlr)

	def par_read(self, n):
		"""After an AT: Unicorn's CPU has the MMU off; firmware had mapped all memory
		write-back."""
		self.next = None
		ram = self.asked - RAM in range(SIZE)
		self.x(n, NORMAL if ram else self.asked & -PAGE != UART)	# F: not mapped

	def id_read(self, n, register):
		self.next = None
		self.x(n, self.x(n) | sum(field for _, where, field in self.later.values()
					  if where == register))

	def sctlr_written(self, n):
		value = self.x(n)
		self.x(n, value & ~SCTLR_M)

		def take_effect(isb):
			self.next = None
			self.cache.sctlr(value, self.pc, isb)
			self.sctlr = value
			self.switches += 1
			assert self.switches == 1 or not self.left_on, "on with the MMU"
			if value & SCTLR_M:
				self.translate(value)
			elif self.pages is not None:
				self.pages = None
				self.show(BARE)
			if self.switches == 2:		# the kernel's regime, its argument
				self.info = self.pa(self.x(0))
				if not value & SCTLR_M:
					self.check_off(self.info)
		self.next = take_effect

	def check_off(self, info):
		"""Regime off begins: what include/stubborn/README.md promises must be in memory."""
		ranges = [(self.word(info + at), self.word(info + at + 8)) for at in (0x10, 0x68)]
		kept = self.at["image_text"]	# not the headers and what only ways in run
		ranges[1] = ranges[1][0] + kept, ranges[1][1] - kept
		modules, size = self.word(info + 0x140), self.word(info + 0x148)
		for at in range(modules, modules + size, 24):
			ranges.append((self.word(at), self.word(at + 8)))
		assert len(ranges) >= 3, "a device tree at least"
		for base, size in ranges:
			self.cache.promised(base, size, self.pc)

	def translate(self, sctlr):
		tcr, tables = self.registers["TCR"], {}
		cached = tcr >> 8 & 0xf == 5 and bool(sctlr & SCTLR_C)	# IRGN0, ORGN0
		regime = Regime("aarch64", self.registers["TTBR0"], 4, self.registers["MAIR"],
				wxn=bool(sctlr >> 19 & 1))
		leaves = list(walk(self.get, regime, tables))
		for table in tables:
			self.cache.walk(table, PAGE, self.pc, cached)
		self.pages, ranges = {}, []
		for va, pa, size, write, execute, memory in merge(leaves):
			assert memory == ("uc" if pa == UART else "wb")
			prot = u.UC_PROT_READ | u.UC_PROT_WRITE * write | u.UC_PROT_EXEC * execute
			for at in range(0, size, PAGE):
				self.pages[va + at >> 12] = pa + at
			ranges.append((va, pa, size, prot))
		self.show(ranges)

	def on_access(self, cpu, access, va, size, value, _cookie):
		pa = self.pa(va)
		if pa is None:
			return			# on_fault is next
		if pa & ~0xfff == UART:
			if access == u.UC_MEM_WRITE and pa == UART:
				self.uart.append(chr(value & 0xff))
		elif access == u.UC_MEM_WRITE:
			self.cache.write(pa, size, self.pc)
			self.words.pop(pa & ~3, None)
			self.words.pop((pa & ~3) + 4, None)
		else:
			self.cache.read(pa, size, self.pc)

	def on_fault(self, cpu, access, va, size, value, _cookie):
		if self.pages is not None and self.pa(va) is not None:
			return True		# not mapped yet when it was looked for
		self.stopped = f"fault at 0x{va:x}, pc 0x{self.pc:x}"
		return False

	def on_exception(self, cpu, number, _cookie):
		word = self.words.get(self.pa(self.pc), 0)
		if number == UNDEFINED and word & ~31 in self.later:	# on_code has heard of it
			return cpu.reg_write(arm.UC_ARM64_REG_PC, self.pc + 4)
		self.stopped = f"exception {number} at pc 0x{self.pc:x}"
		cpu.emu_stop()


def start_image(cmdline, **options):
	"""A loader that does only what it must (booting.rst): only the image is in memory; the
	tree, the initrd and everything else are dirty in the caches."""
	board = Board(**options)
	board.put(TREE, tree(cmdline))
	board.start(SCTLR_I)		# the loader may have left the instruction cache on
	board.cache.trusted(IMAGE, board.at["image_relro"])	# what we write may be dirty too
	board.x(0, TREE)
	return board.run(IMAGE, SCTLR_I)
