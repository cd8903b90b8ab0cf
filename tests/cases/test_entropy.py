# SPDX-License-Identifier: MIT
"""A CPU whose generator is stuck has no entropy, and its place is not called random (Q-83). What
the seed was is not left in memory, and the stack protector's value comes from it."""
import re
import struct

import pytest

from handoff import CRUMB_SIZE, INFO_MAGIC
from machine import ARCHES, Machine, image_path, qemu_version
from report import Report
from symbols import elf_symbol, resummed

MAX = {"x86_64": "max", "aarch64": "max"}	# has RDRAND, RNDR


def stuck(arch):
	"""The image with its random instruction replaced by one with a constant result."""
	image = image_path(arch).read_bytes()
	if arch == "x86_64":	# rdrand rN -> stc, sbb rN, rN: all ones, with carry for success
		image, n = re.subn(rb"\x48\x0f\xc7([\xf0-\xf7])", lambda m: bytes(
			[0xf9, 0x48, 0x19, 0xc0 | (m[1][0] & 7) * 9]), image)
		return resummed(arch, image), n
	words = list(struct.unpack(f"<{len(image) // 4}I", image))
	found = [i for i, word in enumerate(words) if word & ~31 == 0xd53b2400]
	for i in found:		# mrs xN, rndr -> subs xN, sp, #1: a constant
		words[i] = 0xf10007e0 | words[i] & 31
	return resummed(arch, struct.pack(f"<{len(words)}I", *words)), len(found)


def report(arch, image, folder, door):
	if door == "raw":
		(folder / "image").write_bytes(image)
		machine = Machine(arch, kernel=folder / "image", firmware=None, append="",
				  rng=False, cpu=MAX[arch],
				  machine="dtb-randomness=off" if arch == "aarch64" else "")
	else:
		machine = Machine(arch, image=image, rng=False, cpu=MAX[arch])
	with machine:
		machine.wait("boot: idle")
		text = machine.serial()
	return Report(text).runs, re.findall("boot: (?:place|seed): .*", text)


@pytest.mark.parametrize("arch", MAX)
@pytest.mark.parametrize("door", ["uefi", "raw"])
def test_stuck_Q83(arch, door, tmp_path):
	good = image_path(arch).read_bytes()
	bad, n = stuck(arch)
	assert n >= 1		# the stub's, and the kernel's own if it has one
	if door == "uefi" and qemu_version(arch) > 7:
		pytest.skip("Debian 13's EDK II has a protocol for this instruction, which works")
	assert report(arch, good, tmp_path, door)[1] == [
		"boot: place: random, virtual base fixed", "boot: seed: 32 bytes"]
	first, lines = report(arch, bad, tmp_path, door)
	assert lines == ["boot: place: chosen, virtual base fixed", "boot: seed: 0 bytes"]
	assert report(arch, bad, tmp_path, door)[0] == first


SEED = 0x190, 32		# of boot_info
FIRST = 0x5eedbeedf00dca00	# the stack protector's value without a seed (kernel/cpu/guard.c)


@pytest.mark.parametrize("arch", ARCHES)
def test_used(arch):
	"""Two boots of the same machine."""
	link = elf_symbol(arch, "__stack_chk_guard")
	guards = {FIRST}
	for _ in range(2):
		with Machine(arch, kernel=image_path(arch), firmware=None, append="",
			     cpu=MAX.get(arch)) as machine:
			machine.wait("boot: idle")
			text = machine.serial()
			runs = Report(text).runs
			info = machine.memory(runs + CRUMB_SIZE, sum(SEED))
			guards.add(struct.unpack("<Q", machine.memory(runs + link, 8))[0])
		assert "\nboot: seed: 32 bytes\n" in text
		assert struct.unpack_from("<Q", info)[0] == INFO_MAGIC
		assert info[SEED[0]:] == bytes(SEED[1])
	assert len(guards) == 3 and not any(guard & 0xff for guard in guards)
