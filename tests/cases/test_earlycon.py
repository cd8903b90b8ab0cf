# SPDX-License-Identifier: MIT
"""The serial port given by earlycon=, which overrides all tables."""
import struct

import pytest

from machine import Machine, boot, image_path
from report import Report
from test_boards import PI, PI_TREE, Board, booted
from test_image import BOARD, Bare, compile_tree

COM2 = "earlycon=uart8250,io,0x2f8"
PL011 = "earlycon=pl011,0x9000000"


class Second(Machine):
	"""Output goes to the second serial port."""

	def __init__(self, arch, cmdline=None, **options):
		super().__init__(arch, cmdline, **options)
		at = self.command.index("-serial")
		self.command[at:at] = ["-serial", "null"]


@pytest.mark.parametrize("speed", ["", ",115200n8"])
def test_com2(speed):
	"""UEFI on a PC."""
	with Second("x86_64", f"{COM2}{speed} selftest poweroff") as machine:
		text = machine.wait_end()
	assert "boot: uart: 16550 at port 0x2f8 from option" in text
	Report(text).check("x86_64")


def test_com2_bios():
	with Second("x86_64", kernel=image_path("x86_64"), append=COM2 + " poweroff",
		    firmware=None) as machine:
		assert "boot: uart: 16550 at port 0x2f8 from option" in machine.wait_end()


@pytest.mark.parametrize("regime", ["off", "identity", "mapped"])
def test_pl011(regime):
	text = boot("aarch64", f"mmu={regime} {PL011} poweroff")
	assert "boot: uart: pl011 at memory 0x9000000 from option" in text


def test_tree_without_port():
	"""A tree that names no port we know: silent without the option."""
	tree = BOARD.replace("arm,pl011", "test,none").replace('"poweroff"', f'"{PL011} poweroff"')
	with Bare(compile_tree(tree)) as machine:
		text = machine.wait_end()
	assert "boot: uart: pl011 at memory 0x9000000 from option" in text


def test_mmio32():
	"""The Pi's other port, not the one its tree names: a 16550 with 32-bit registers."""
	text = booted(Board(PI, PI_TREE, 1, "serial0",
			    "earlycon=uart8250,mmio32,0x3f215040 selftest"))
	assert "boot: uart: 16550 at memory 0x3f215040 from option" in text


@pytest.mark.parametrize("arch,value", [
	("x86_64", "pl011"), ("x86_64", "uart8250,io,0x10000"),
	("aarch64", "pl011,0x9000001"), ("aarch64", "uart8250,io,0x3f8"),
	# mapped by nothing
	("x86_64", "uart8250,mmio,0x10000000000"), ("aarch64", "pl011,0x10000000000"),
	# RAM
	("x86_64", "uart8250,mmio32,0x2000000"), ("aarch64", "pl011,0x42000000")])
def test_refused(arch, value):
	"""Firmware goes on with its next entry."""
	with Machine(arch, f"earlycon={value}", second="poweroff") as machine:
		text = machine.wait_end()
	assert "stubborn: error: earlycon=" in text
	assert "boot: command line: \"poweroff\"" in text


NO_PORT = 0, 1, 8, 0, 1, 0x3e8		# a 16550's, where nothing is
RAM = 3, 0, 32, 0, 3, 0x2000000		# a PL011's


@pytest.mark.parametrize("spcr,firmware", [(NO_PORT, "uefi"), (NO_PORT, None), (RAM, "uefi")])
def test_table_names_no_port(spcr, firmware, tmp_path):
	"""An SPCR with an I/O port that was switched off, or whose registers would be RAM: the port
	that a PC usually has is taken instead."""
	port = struct.pack("<BxxxBBBBQ", *spcr)
	(tmp_path / "spcr").write_bytes(port + bytes(80 - 36 - len(port)))
	options = {} if firmware else {"kernel": image_path("x86_64"), "append": "poweroff"}
	with Machine("x86_64", "poweroff", machine="q35", firmware=firmware, **options,
		     extra=["-acpitable", f"sig=SPCR,rev=2,data={tmp_path}/spcr"]) as machine:
		text = machine.wait_end()
	assert "boot: uart: 16550 at port 0x3f8 from default" in text
