# SPDX-License-Identifier: MIT
"""riscv64's `virt` with EDK II of trixie, Debian's release after 12: with a device tree on
this machine's QEMU; with ACPI on a newer one if 7.2, which has none for this CPU.

Newer ones enter a first flash in S-mode, after OpenSBI; QEMU 7.2 does so in M-mode. Without one it
enters the second, where EDK II keeps its variables, in S-mode: a jump fits into the first 16 bytes,
which a firmware volume leaves free for that. EDK II itself is loaded to where the first flash would
be.
"""
import os
import re
import struct
import subprocess

import pytest

from machine import BUILD, Machine, qemu_version
from secure import store

ARCH = "riscv64"
CODE = BUILD / "loaders/riscv-code.fd"
VARIABLES = BUILD / "loaders/riscv-vars.fd"
NEWER = BUILD / "loaders/qemu-system-riscv64"	# by make soak-riscv64
OPENSBI = BUILD / "loaders/fw_dynamic.bin"
DATA = "/usr/share/qemu"
FLASH = 0x20000000
JUMP = 0x02b7, 0x2000, 0x8067, 0x0002		# lui t0, 0x20000; jr t0

needed = pytest.mark.skipif(not (CODE.exists() and VARIABLES.exists()),
			    reason="no EDK II for riscv64: fetch-package.sh failed")
MODERN = qemu_version(ARCH) > 7
ENTRY = FLASH if MODERN else FLASH + 0x2000000	# the second flash
newer = pytest.mark.skipif(not (MODERN or NEWER.exists() and OPENSBI.exists()),
			   reason="no QEMU with ACPI for riscv64: make soak-riscv64 fetches it")


class Edk2(Machine):
	"""`variables` are in its flash (secure.store). acpi: on the newer QEMU."""

	def __init__(self, cmdline=None, *, variables=(), acpi=False, **options):
		self.variables, self.acpi = variables, acpi
		# A machine saved by firstread.py would wait for its timer for ever.
		super().__init__(ARCH, cmdline, firmware=None, fresh=True, **options)

	def _command(self, *options):
		code, flash = self.folder / "code.fd", self.folder / "vars.fd"
		os.symlink(CODE, code)
		subprocess.run(["cp", "--sparse=always", VARIABLES, flash], check=True)
		with open(flash, "r+b") as file:
			file.write(store(ARCH, self.variables))
			file.seek(0)			# the header's sum stays 0
			file.write(struct.pack("<5H", *JUMP, -sum(JUMP) & 0xffff))
		command = super()._command(*options) + [
			"-drive", f"if=pflash,unit=1,format=raw,file={flash}",
			# otherwise it waits five seconds for a key
			"-boot", "menu=on,splash-time=1"]
		if MODERN and not self.acpi:
			command[command.index("-machine") + 1] += ",acpi=off"
		elif self.acpi and not MODERN:
			command[:1] = [str(NEWER), "-L", DATA, "-bios", str(OPENSBI)]
		if MODERN or self.acpi:
			return command + [
				"-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}"]
		return command + [
			"-device", f"loader,file={code},addr={FLASH:#x},force-raw=on"]

	def serial(self):
		"""The text, with our first line on a line of its own."""
		return re.sub("(for boot options) ", r"\1\n", super().serial())
