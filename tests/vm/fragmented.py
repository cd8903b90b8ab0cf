# SPDX-License-Identifier: MIT
"""A machine whose firmware has a memory map of 10,000 entries: tests/bench/fragment.c."""
import struct

from machine import BUILD, IMAGE_NAME, Machine, image_path

ENTRIES = 10_000
TAKEN = b"TAKEN is"


def with_entries(data, entries):
	"""fragment.c's file, changed to make that many entries."""
	at = data.index(TAKEN) + len(TAKEN)
	assert data.count(TAKEN) == 1 and struct.unpack_from("<Q", data, at) == (ENTRIES // 2,)
	return data[:at] + struct.pack("<Q", entries // 2) + data[at + 8:]


def fragmented(arch, cmdline, entries=ENTRIES, start=None, **options):
	"""Like Machine, but fragment.c starts the image from a folder of its own. start: what
	makes a machine with other firmware."""
	fragment = (BUILD / f"bench/fragment-{arch}.efi").read_bytes()
	name = f"\\EFI\\STUBBORN\\{IMAGE_NAME[arch]}"
	files = {name + ".EFI": image_path(arch).read_bytes(),
		 name + ".TXT": cmdline.encode() + b"\n"}
	image = with_entries(fragment, entries)
	if start:
		return start(image=image, files=files, **options)
	return Machine(arch, image=image, files=files, **options)
