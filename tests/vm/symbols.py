# SPDX-License-Identifier: MIT
"""Symbols of the linked image, and the checksum that the build writes at one of them."""
import functools
import re
import struct
import subprocess
import tempfile

import machine


def listed(elf):
	"""(address, name) of all symbols, in ascending order."""
	text = subprocess.run(["llvm-nm", elf], check=True, text=True, capture_output=True).stdout
	return sorted((int(at, 16), name) for at, name in
		      re.findall(r"^([0-9a-f]+) \w (\S+)$", text, re.M))


@functools.cache
def elf_symbol(arch, name):
	"""Its link address. If stub and kernel have one each, the stub's, which is lower."""
	return min(at for at, found in listed(machine.elf_path(arch)) if found == name)


def resummed(arch, image):
	"""A modified image, with the checksum that the build would have written into it."""
	with tempfile.NamedTemporaryFile() as file:
		file.write(image)
		file.flush()
		answer = subprocess.run([machine.BUILD / "image-sum", file.name,
					 f"{elf_symbol(arch, 'image_text'):x}"], check=True,
					text=True, stdout=subprocess.PIPE)
	where = elf_symbol(arch, "image_sum")		# its offset in the file, too
	return image[:where] + struct.pack("<Q", int(answer.stdout, 16)) + image[where + 8:]
