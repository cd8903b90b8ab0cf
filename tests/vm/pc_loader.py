# SPDX-License-Identifier: MIT
"""A PC whose loader is the test: it puts boot_params, page tables and the image into memory."""
import struct
import subprocess

from machine import ROOT, Machine, elf_path, image_path

ARCH = "x86_64"
# Not in low memory, which BIOS and option ROMs use.
SHIM, TABLES, INITRD = 0x3000000, 0x3100000, 0x3200000
CMDLINE, PARAMS, DATA = 0x3300000, 0x3400000, 0x3500000
IMAGE = 0x1000000		# of the protected-mode part, by default
PAGE, GIB = 4096, 1 << 30
MEMORY = ((0, 0x9f000, 1), (0x9f000, 0x61000, 2), (0x100000, 0x3ff00000 - 0x20000, 1),
	  (0x3ffe0000, 0x20000, 2))	# as on QEMU's q35 with 1 GiB


def e820(ranges):
	return b"".join(struct.pack("<QQI", *r) for r in ranges)


def boot_params(memory=MEMORY, cmdline=CMDLINE, initrd=(0, 0), file=None, **words):
	"""As in boot.rst: zeros, the file's setup header, the loader's fields. `words`:
	o<hex offset>=(struct format, value)."""
	file = file or image_path(ARCH).read_bytes()
	p = bytearray(PAGE)
	p[0x1f1:0x202 + file[0x201]] = file[0x1f1:0x202 + file[0x201]]
	p[0x210] = 0xff
	p[0x1e8] = min(len(memory), 128)
	table = e820(memory[:128])
	p[0x2d0:0x2d0 + len(table)] = table
	struct.pack_into("<II", p, 0x218, *(x & 0xffffffff for x in initrd))
	struct.pack_into("<I", p, 0x228, cmdline)
	for offset, (form, value) in words.items():
		struct.pack_into("<" + form, p, int(offset[1:], 16), value)
	return bytes(p)


def tables(gibs, levels):
	"""Identity tables for the given GiBs, in 2 MiB pages, as a loader might leave them."""
	pages = [[0] * 512 for _ in range(levels - 2)]	# root first; all below 512 GiB
	for i in range(levels - 3):
		pages[i][0] = TABLES + (i + 1) * PAGE | 3
	for gib in gibs:
		pages[levels - 3][gib] = TABLES + len(pages) * PAGE | 3
		pages.append([gib * GIB + (i << 21) | 0x83 for i in range(512)])
	return b"".join(struct.pack("<512Q", *p) for p in pages)


def vmm_params(cmdline=CMDLINE, initrd=(0, 0), memory=MEMORY):
	"""As VMMs make them for an ELF file: not the file's setup header, only fields they know."""
	p = bytearray(PAGE)
	p[0x1e8] = len(memory)
	p[0x2d0:0x2d0 + 20 * len(memory)] = e820(memory)
	struct.pack_into("<HxxI", p, 0x1fe, 0xaa55, 0x53726448)
	struct.pack_into("<BxxxxxxxII", p, 0x210, 0xff, *initrd)
	struct.pack_into("<I", p, 0x228, cmdline)
	struct.pack_into("<I", p, 0x230, 0x1000000)
	struct.pack_into("<I", p, 0x238, 2048)
	return bytes(p)


def elf_parts(file):
	"""(e_entry, [(p_paddr, bytes)]): all that rust-vmm's loader uses. It does not write the
	part of a segment that is not in the file."""
	entry, at = struct.unpack_from("<QQ", file, 24)
	size, n = struct.unpack_from("<HH", file, 54)
	parts = []
	for i in range(n):
		kind, offset, physical, length = struct.unpack_from("<IxxxxQxxxxxxxxQQ", file,
								    at + i * size)
		if kind == 1 and length:
			parts.append((physical, file[offset:offset + length]))
	return entry, parts


PSE, PAE, ALIAS = 0x10, 0x20, 0xd0000000


def tables32(cr4, leaf, high=False):
	"""Identity tables for 32-bit paging, with the first 256 MiB mapped again from ALIAS on.
	`leaf`: use 4 KiB pages around IMAGE. `high`: IMAGE is 4 GiB higher."""
	width, step = (8, 21) if cr4 == PAE else (4, 22)
	n = 1 << 32 - step
	small = TABLES + 8 * PAGE
	at = [i << step if i << step < ALIAS else (i << step) - ALIAS for i in range(n)]
	big = [x | 0x83 for x in at]
	if leaf:
		big[IMAGE >> step] = small | 3
	if high:			# with PSE-36 address bit 32 is bit 13
		big[IMAGE >> step] |= 1 << (32 if cr4 == PAE else 13)
	kind = "Q" if width == 8 else "I"
	root = struct.pack("<4Q", *(TABLES + (i + 1) * PAGE | 1 for i in range(4)))
	out = root.ljust(PAGE, b"\0") if cr4 == PAE else b""
	out += struct.pack(f"<{n}{kind}", *big)
	pages = PAGE // width
	return out.ljust(8 * PAGE, b"\0") + struct.pack(f"<{pages}{kind}", *(
		IMAGE + i * PAGE | 3 for i in range(pages)))


class Loaded(Machine):
	"""bits: the entry. at: address of the protected-mode part; None: kernel.elf by segments,
	entered at e_entry. gibs: what the 64-bit loader maps. file: another image. pending: the
	vector of an interrupt that it leaves behind."""

	def __init__(self, bits, cmdline="", params=None, at=IMAGE, initrd=None, gibs=(0,),
		     levels=4, more=(), params_at=PARAMS, file=None,
		     paging=None, entry_at=None, pending=None, **options):
		super().__init__(ARCH, kernel="shim", firmware=None, **options)
		shim = self.folder / "shim"
		if at is None:
			entry, parts = elf_parts(elf_path(ARCH).read_bytes())
		else:
			entry = at + 0x200 if bits == 64 else at
			parts = [(at, (file or image_path(ARCH).read_bytes())[PAGE:])]
		entry = entry_at or entry
		flags = [f"-DPARAMS={params_at:#x}", f"-DENTRY={entry:#x}"]
		if pending:
			flags.append(f"-DPENDING={pending:#x}")
		if paging:
			flags += [f"-DPAGING={paging[0]}", f"-DTABLES={TABLES:#x}"]
		if bits == 64:
			cr4 = 0x1020 if levels == 5 else 0x20	# LA57, PAE
			flags += [f"-DCR3={TABLES:#x}", f"-DCR4={cr4:#x}"]
		subprocess.run(["clang", "--target=x86_64-none-elf", "-c", *flags,
				"-o", f"{shim}.o", ROOT / "tests/vm/shim_x86.S"], check=True)
		subprocess.run(["ld.lld", "-e", "_start", f"-Ttext={SHIM:#x}", "-o", shim,
				f"{shim}.o", f"--image-base={SHIM - 0x10000:#x}"], check=True)
		self.command[self.command.index("shim")] = str(shim)
		if params is None:
			params = boot_params(initrd=(INITRD, len(initrd)) if initrd else (0, 0),
					     file=file)
		blobs = [*parts, (params_at, params), (CMDLINE, cmdline.encode() + b"\0"), *more]
		if paging:
			blobs.append((TABLES, tables32(*paging)))
		if bits == 64:
			blobs.append((TABLES, tables(gibs, levels)))
		if initrd:
			blobs.append((INITRD, initrd))
		for address, data in blobs:
			file = self._file(f"at{address:x}", data)
			self.command += ["-device", f"loader,file={file},addr={address:#x},"
						    "force-raw=on"]
