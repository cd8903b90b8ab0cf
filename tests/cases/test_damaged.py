# SPDX-License-Identifier: MIT
"""A file that was damaged or truncated before it was loaded gets an error for every way in.

Here the relocations are damaged, since nothing else of the stub works before they are applied. What
the kernel finds by the checksum is in test_fault.
"""
import re
import time
from pathlib import Path

import pytest

from machine import ARCHES, FIRMWARE, HANG, Machine, elf_path, image_path
from pc_loader import Loaded
from symbols import elf_symbol
from test_fault import is_checksum
from test_image import BOARD, IMAGE, Bare, compile_tree

X86, ARM = "x86_64", "aarch64"
SAYS = "stubborn: error: the image is (damaged|truncated)"
FAILED = {"riscv64": r"## Application failed, r = 1"}	# EFI_LOAD_ERROR
RELA = 24
LAST = {		# the last entry's field: the others are applied by then
	"offset": lambda entry: bytes([entry[0], entry[1], entry[2], 0xff]) + entry[4:],
	"type": lambda entry: entry[:8] + bytes([entry[8] ^ 1]) + entry[9:],
}
CUT = {"cut off": "image_rela", "no code": "kernel_info", "no data": "image_relro"}
PAGE = 4096


def damaged(arch, how, file=None, shift=0):
	"""`file` (default: the image), damaged; `shift`: its offset from the image's layout."""
	file = file or image_path(arch).read_bytes()
	end = elf_symbol(arch, "image_rela_end") + shift
	if how in CUT:
		return file[:elf_symbol(arch, CUT[how]) + shift]
	return file[:end - RELA] + LAST[how](file[end - RELA:end]) + file[end:]


@pytest.mark.parametrize("how", LAST)
@pytest.mark.parametrize("arch", ARCHES)
def test_uefi_Q89(arch, how):
	with Machine(arch, image=damaged(arch, how)) as machine:
		machine.wait(SAYS)
		machine.wait(FAILED.get(arch, "BdsDxe: failed to start .*: Load Error"))


@pytest.mark.skipif(not all(Path(p).exists() for p in FIRMWARE["uefi32"]),
		    reason="no 32-bit firmware (ovmf-ia32)")
def test_uefi32_Q89():
	file = image_path(X86, "BOOTIA32").read_bytes()
	with Machine(X86, image=damaged(X86, "type", file), firmware="uefi32") as machine:
		machine.wait(SAYS)
		machine.wait("BdsDxe: failed to start .*: Load Error")


@pytest.mark.parametrize("arch", ARCHES)
def test_uefi_cut_off_Q89(arch):
	"""Firmware notices by itself; U-Boot does not."""
	with Machine(arch, image=damaged(arch, "cut off")) as machine:
		machine.wait(FAILED.get(arch, "BdsDxe: failed to (load|start) .*"))
		assert arch not in FAILED or re.search(f"^{SAYS}$", machine.serial(), re.M)


@pytest.mark.parametrize("how", [*LAST, "cut off"])
@pytest.mark.parametrize("arch", ARCHES)
def test_raw_Q89(arch, how, tmp_path):
	"""QEMU's own loader: Linux's 16-bit entry, and the arm64 Image with the tree's port."""
	kernel = tmp_path / "kernel"
	kernel.write_bytes(damaged(arch, how))
	with Machine(arch, kernel=kernel, firmware=None) as machine:
		machine.wait(SAYS)
		assert machine.serial().count("stubborn") == 1


@pytest.mark.parametrize("how", ["offset", *CUT])
@pytest.mark.parametrize("bits", [32, 64])
def test_linux_Q89(bits, how):
	with Loaded(bits, file=damaged(X86, how)) as machine:
		machine.wait(SAYS)


def test_no_data_Q89(tmp_path):
	"""On aarch64 the stub needs none of the missing data; the kernel finds a wrong checksum."""
	kernel = tmp_path / "kernel"
	kernel.write_bytes(damaged(ARM, "no data"))
	with Machine(ARM, kernel=kernel, firmware=None) as machine:
		is_checksum(machine.wait("stubborn: panic: .*").group())


def test_pvh_Q89(tmp_path):
	kernel = tmp_path / "kernel"
	kernel.write_bytes(damaged(X86, "type", elf_path(X86).read_bytes(), PAGE))
	with Machine(X86, kernel=kernel, firmware=None) as machine:
		machine.wait(SAYS)


@pytest.mark.parametrize("tree", ["uart", "no port", "garbage", "none"])
def test_tree_Q89(tree):
	"""The tree is not trusted here either: at worst there is no message."""
	blob = {"uart": compile_tree(BOARD), "garbage": b"\xd0\x0d\xfe\xed" + b"\xff" * 4096,
		"no port": compile_tree(BOARD.replace("arm,pl011", "x")), "none": b"\0"}[tree]
	with Bare(blob, file=damaged(ARM, "type")) as machine:
		if tree == "uart":
			machine.wait(SAYS)
		else:
			wait_halt(machine)
			assert machine.serial() == ""


def wait_halt(machine):
	"""Wait until the CPU is in arch_halt: without a port nothing is written, as to address
	0."""
	halt, end = IMAGE + elf_symbol(ARM, "arch_halt"), time.monotonic() + HANG
	while True:
		registers = machine.monitor("info registers")
		at = int(re.search(r"PC=([0-9a-f]+)", registers)[1], 16)
		if halt <= at < halt + 32:
			return
		assert time.monotonic() < end, registers
		time.sleep(0.1)
