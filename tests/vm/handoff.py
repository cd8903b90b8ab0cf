# SPDX-License-Identifier: MIT
"""The kernel's data in memory, read from outside: boot_info.h and crumb.h."""
import re
import struct

CRUMB_MAGIC = 0x424d555243425453
CRUMB_SIZE = 0x200
INFO_MAGIC = 0x3130464e49544f42
PAGE = 4096
# enum boot_mem_type
(FREE, RECLAIM, ACPI, IMAGE, HANDOFF, MODULE, RUNTIME_CODE, RUNTIME_DATA, NVS, MMIO,
 RESERVED) = range(1, 12)


def addresses(text):
	"""Image and arena as the option `debug` prints them; the last ones if there are several."""
	found = re.findall(r"^stubborn: debug: image 0x([0-9a-f]+) arena 0x([0-9a-f]+)", text, re.M)
	assert found, "no debug line in\n" + text
	return tuple(int(x, 16) for x in found[-1])


class Crumbs:
	def __init__(self, machine, address):
		raw = machine.memory(address, CRUMB_SIZE)
		magic, self.stage, self.faulted, self.image, self.pc, self.cause, self.address = \
			struct.unpack_from("<QIIQQQQ", raw)
		assert magic == CRUMB_MAGIC, f"no breadcrumbs at {address:#x}"


class Info:
	"""`arena`: where the image runs, unless it stays where it was loaded."""

	def __init__(self, machine, arena):
		raw = machine.memory(arena + CRUMB_SIZE, 0x208)

		def word(offset):
			return struct.unpack_from("<Q", raw, offset)[0]

		def span(offset):
			return word(offset), word(offset + 8)

		assert word(0) == INFO_MAGIC, f"no boot_info after {arena:#x}"
		self.handoff, self.stack, self.trap_stack = span(0x10), span(0x20), span(0x30)
		self.cpu_mode, self.image, self.pool = word(0x48), span(0x68), span(0xa0)
		self.cpu_flags = struct.unpack_from("<I", raw, 0x1b4)[0]
		self.raw, self.desc_size = span(0xf0), struct.unpack_from("<I", raw, 0x100)[0]
		self.descriptors = self.raw[1] // self.desc_size if self.desc_size else 0
		base, size = span(0xb8)
		self.map = [(b, s, t) for b, s, t, _ in
			    struct.iter_unpack("<QQII", machine.memory(base, size))]
		self.map_at = base, size
		base, size = span(0x140)
		self.modules = list(struct.iter_unpack("<QQII", machine.memory(base, size))) \
			if size else []
		self.tpm_final, self.tpm_final_seen = span(0x1f8)

	def type_at(self, address):
		return next((t for b, s, t in self.map if b <= address < b + s), None)

	def check(self, ram):
		"""The map keeps its promises, and describes `ram` bytes of memory."""
		end = 0
		for i, (base, size, kind) in enumerate(self.map):
			assert base % PAGE == 0 and size % PAGE == 0 and size, self.map[i]
			assert base >= end, f"entry {i} overlaps or is out of order"
			assert FREE <= kind <= RESERVED
			end = base + size
		usable = sum(s for _, s, t in self.map if t not in (MMIO, RESERVED))
		assert ram - 16 * 2**20 <= usable <= ram, f"{usable:#x} of {ram:#x}"
		assert sum(s for _, s, t in self.map if t == FREE) > ram // 4
		image = self.image[0] + PAGE, self.image[1] - PAGE	# without the header page
		for (base, size), kind in ((image, IMAGE), (self.stack, HANDOFF),
					   (self.trap_stack, HANDOFF), (self.map_at, HANDOFF)):
			for address in (base, base + size - 1):
				assert self.type_at(address) == kind, \
					f"{address:#x} is {self.type_at(address)}, not {kind}"
		for address in (self.handoff[0], sum(self.handoff) - 1):
			assert self.type_at(address) == HANDOFF
