# SPDX-License-Identifier: MIT
"""OpenSBI as QEMU starts it: which hart it lets go on to the next program."""
from gdbstub import Gdb

TOLD = 0x1028				# QEMU's struct fw_dynamic_info, in its ROM
TOLD_HART = TOLD + 40			# the hart that relocates OpenSBI


def boot_hart(machine, number, entry):
	"""OpenSBI takes the first hart to arrive, mostly 0: here only `number` runs before the
	next program's `entry`. The machine was made with -S and GDB's options."""
	gdb = Gdb(machine)
	assert gdb.read(TOLD, 4) == b"OSBI"
	gdb.write(TOLD_HART, number.to_bytes(8, "little"))
	assert gdb.ask(f"Z1,{entry:x},4") == "OK"
	assert gdb.ask(f"vCont;c:{number + 1:x}")[0] in "ST"
	assert gdb.ask(f"z1,{entry:x},4") == "OK"
	gdb.ask("D")				# and all go on
	gdb.close()
