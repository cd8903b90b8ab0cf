# SPDX-License-Identifier: MIT
"""Our image with code of the test's that runs before setup16, the 16-bit entry."""
import struct
import subprocess

from machine import ROOT, image_path

START = 0x26f		# after the jump to setup16
EMPTY, END = 0xb00, 0xcd0	# from where the memory map ends in QEMU, to setup16


def image_before(folder, source, *flags):
	"""Its path. `source`, of tests/vm, is placed at CODE and ends with a jump to SETUP16.
	"""
	file = bytearray(image_path("x86_64").read_bytes())
	assert file[START - 3] == 0xe9 and not any(file[EMPTY:END])
	setup16 = START + int.from_bytes(file[START - 2:START], "little")
	subprocess.run(["clang", "--target=i386-none-elf", "-c", *flags, f"-DCODE={EMPTY}",
			f"-DSETUP16={setup16}", ROOT / "tests/vm" / source, "-o", folder / "o"],
		       check=True)
	subprocess.run(["ld.lld", "-Ttext=0", "-e0", "--oformat=binary", "-o",
			folder / "code", folder / "o"], check=True)
	more = (folder / "code").read_bytes()
	assert len(more) <= END
	file[EMPTY:len(more)] = more[EMPTY:]
	struct.pack_into("<H", file, START - 2, EMPTY - START)
	(folder / "k").write_bytes(file)
	return folder / "k"
