# SPDX-License-Identifier: MIT
"""UEFI firmware just before it starts our image, saved in a file: a boot from there takes less than
a second.

Random numbers are drawn after the snapshot: when the stub asks firmware, that asks the virtio
device, which asks the host.
"""
import os
import tempfile
import time
from pathlib import Path

from gdbstub import GDB, Gdb
from isa import loop
from machine import HANG, Machine
from report import Report
from symbols import elf_symbol


def settled(wait_for):
	end = time.monotonic() + HANG
	while not (found := wait_for()):
		assert time.monotonic() < end, "QEMU does not settle"
		time.sleep(0.02)
	return found


class Snapshot:
	"""One boot finds where firmware puts the image; a second one stops there and is saved."""

	def __init__(self, arch, cmdline, **options):
		self.arch, self.cmdline, self.options = arch, cmdline, options
		handle, name = tempfile.mkstemp(prefix="stubborn-snapshot-")
		os.close(handle)
		self.file = Path(name)

	def __enter__(self):
		with Machine(self.arch, self.cmdline, **self.options) as machine:
			machine.wait("boot: idle")
			self.first = Report(machine.serial())
		entry = self.first.loaded + elf_symbol(self.arch, "efi_entry")
		with Machine(self.arch, self.cmdline, extra=[*GDB, "-S"],
			     **self.options) as machine:
			gdb = Gdb(machine)
			gdb.run_to(entry)
			self._pause(machine, gdb, entry)
			machine.run("migrate", uri=f"exec:cat > {self.file}")
			done = settled(lambda: machine.run("query-migrate").get("status")
				       in ("completed", "failed"))
			assert done and machine.run("query-migrate")["status"] == "completed"
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

	def boot(self):
		"""A machine that continues from there; use it with `with`, then go()."""
		return Machine(self.arch, self.cmdline,
			       extra=["-incoming", f"exec:cat {self.file}", "-S"], **self.options)

	def go(self, machine):
		settled(lambda: machine.run("query-status")["status"] != "inmigrate")
		machine.run("cont")

	def __exit__(self, *_):
		self.file.unlink(missing_ok=True)
