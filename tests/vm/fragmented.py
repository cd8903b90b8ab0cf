# SPDX-License-Identifier: MIT
"""A machine whose firmware has a memory map of 10,000 entries: tests/bench/fragment.c."""
from machine import BUILD, IMAGE_NAME, Machine, image_path

ENTRIES = 10_000


def fragmented(arch, cmdline, **options):
	"""Like Machine, but fragment.c starts the image from a folder of its own."""
	name = f"\\EFI\\STUBBORN\\{IMAGE_NAME[arch]}"
	return Machine(arch, image=(BUILD / f"bench/fragment-{arch}.efi").read_bytes(),
		       files={name + ".EFI": image_path(arch).read_bytes(),
			      name + ".TXT": cmdline.encode() + b"\n"}, **options)
