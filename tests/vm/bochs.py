# SPDX-License-Identifier: MIT
"""A PC emulated by Bochs, which shares no code with QEMU and is stricter in places.

Used like machine.Machine. Debian builds Bochs with its debugger, so it waits for commands:
`commands` are sent to it, and debugger() has its answers. Its screen is a terminal
that is not used.
"""
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from machine import HANG, Machine
from programs import ESCAPE

BIOS = "/usr/share/bochs/BIOS-bochs-latest"
VGA = "/usr/share/bochs/VGABIOS-lgpl-latest"
CYLINDER = 16 * 63 * 512		# a disk's size is a multiple of this
OFF = "ACPI control: soft power off"	# Bochs reports it as a panic
CONFIG = """display_library: term
config_interface: textconfig
romimage: file={bios}
vgaromimage: file={vga}
megs: {megs}
cpu: model={cpu}, count=1, ips=50000000, reset_on_triple_fault=0
ata0-master: {medium}
boot: {kind}
com1: enabled=1, mode=file, dev=serial
clock: sync=none
log: log
"""


class Bochs(Machine):
	def __init__(self, medium, kind="cdrom", cpu="corei5_lynnfield_750", megs=512,
		     commands="c\n"):
		"""medium: an ISO, or with kind "disk" a disk image. megs: of RAM."""
		if not shutil.which("bochs-bin"):
			pytest.skip("no bochs-bin: install bochs, bochs-term, bochsbios")
		self.arch = "x86_64"
		self.process = self.qmp = self.talk = None
		self.fresh = True
		self.folder = Path(tempfile.mkdtemp(prefix="stubborn-"))
		shutil.copy(medium, self.folder / "medium")
		whole = -(-medium.stat().st_size // CYLINDER) * CYLINDER
		os.truncate(self.folder / "medium", whole)
		ata = {"cdrom": "type=cdrom, path=medium, status=inserted",
		       "disk": "type=disk, mode=flat, path=medium"}[kind]
		self._file("config", CONFIG.format(bios=BIOS, vga=VGA, megs=megs, cpu=cpu,
						   medium=ata, kind=kind).encode())
		self._file("commands", commands.encode())
		self.command = ["env", "TERM=linux", "bochs-bin", "-q", "-f", "config",
				"-rc", "commands"]

	def debugger(self):
		return ESCAPE.sub("", (self.folder / "stderr").read_text(errors="replace"))

	def _log(self):
		"""None if Bochs rejects its configuration."""
		log = self.folder / "log"
		return log.read_text(errors="replace") if log.exists() else ""

	def wait_end(self, timeout=HANG):
		"""Wait until it is switched off, and fail if it ends otherwise."""
		self.ended(timeout)
		panics = re.findall(r">>PANIC<< (.*)", self._log())
		assert panics == [OFF], self._explain(f"Bochs ended with {panics}")
		return self.serial()
