# SPDX-License-Identifier: MIT
"""UEFI firmware just before it starts our image, saved in a file: a boot from there takes less than
a second.

Random numbers are drawn after the snapshot: when the stub asks firmware, that asks the virtio
device, which asks the host.
"""
from pathlib import Path

import backing
from gdbstub import GDB, Gdb
from isa import loop
from machine import Machine
from report import Report
from symbols import elf_symbol


class Snapshot:
	"""One boot finds where firmware puts the image; a second one stops there and is saved."""

	def __init__(self, arch, cmdline, **options):
		self.arch, self.cmdline, self.options = arch, cmdline, options
		self.folder = backing.folder("stubborn-snapshot-")
		self.file = Path(self.folder.name) / "state"

	def __enter__(self):
		with Machine(self.arch, self.cmdline, **self.options) as machine:
			machine.wait("boot: idle")
			self.first = Report(machine.serial())
		entry = self.first.loaded + elf_symbol(self.arch, "efi_entry")
		with self._machine(True, *GDB, "-S") as machine:
			gdb = Gdb(machine)
			gdb.run_to(entry)
			self._pause(machine, gdb, entry)
			machine.save(self.file)
			gdb.close()
		return self

	def _pause(self, machine, gdb, entry):
		"""A machine at a breakpoint cannot be saved, but one that was paused can."""
		code = gdb.read(entry, len(loop(self.arch)))
		gdb.write(entry, loop(self.arch))
		gdb.go()
		machine.run("stop")
		gdb.stopped()
		gdb.write(entry, code)

	def _machine(self, share, *extra):
		machine = Machine(self.arch, self.cmdline, extra=[*extra], **self.options)
		machine.command = backing.in_file(machine.command, f"{self.file}.memory", share)
		return machine

	def boot(self):
		"""A machine that continues from there; use it with `with`, then go()."""
		return self._machine(False, "-incoming", "defer", "-S")

	def go(self, machine):
		machine.restore(self.file)

	def __exit__(self, *_):
		self.folder.cleanup()
