# SPDX-License-Identifier: MIT
"""A guest with encrypted memory is refused with an error, before firmware is left (Q-86).

QEMU offers SEV and TDX only on such a CPU, so the image is patched to look for their marks where
QEMU's CPUs have the same values.
"""
import re

import pytest

from machine import Machine, image_path

X86 = "x86_64"
GUESTS = {		# what the image looks at, the replacement; on which CPU
	"SEV": ([(0x8000001f, 0x80000001), (0xc0010131, 0x1a0)], "EPYC"),	# MISC_ENABLE: odd
	"TDX": ([(0x21, 0)], "max,vendor=IntelTDX    "),
}


def image_for(changes):
	image = image_path(X86).read_bytes()
	for old, new in changes:	# mov $old, %reg
		image, n = re.subn(rb"[\xb8-\xbf]" + re.escape(old.to_bytes(4, "little")),
				   lambda m: m[0][:1] + new.to_bytes(4, "little"), image)
		assert n == 1, f"{old:#x}: {n} times"
	return image


@pytest.mark.parametrize("kind", GUESTS)
def test_uefi_Q86(kind):
	changes, cpu = GUESTS[kind]
	with Machine(X86, image=image_for(changes), cpu=cpu) as machine:
		error = machine.wait("stubborn: error: .*").group()
		machine.wait("BdsDxe: failed to start .*: Unsupported")
		machine.wait("UEFI Interactive Shell.*")
	assert f"a guest under {kind}: encrypted memory is not supported" in error


@pytest.mark.parametrize("kind", GUESTS)
def test_raw_Q86(kind, tmp_path):
	changes, cpu = GUESTS[kind]
	(tmp_path / "image").write_bytes(image_for(changes))
	with Machine(X86, kernel=tmp_path / "image", firmware=None, append="", cpu=cpu) as machine:
		error = machine.wait("stubborn: panic: .*").group()
	assert f"a guest under {kind}: encrypted memory is not supported" in error
