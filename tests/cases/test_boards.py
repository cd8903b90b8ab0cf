# SPDX-License-Identifier: MIT
"""Boards: the raw image with the device trees of Debian's Linux for arm64, and serial ports that
QEMU's virt does not have; other machines of QEMU."""
import os
import re
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from gdbstub import GDB, Gdb
from linux import kernel_file, kernel_folder
from machine import BUILD, Machine, elf_path, image_path, qemu_version
from monitor import Monitor
from report import Report
from test_boot import selftest_passed

ARCH = "aarch64"
PI, PI_TREE = "raspi3b", "broadcom/bcm2837-rpi-3-b.dtb"
ZCU, ZCU_TREE = "xlnx-zcu102", "xilinx/zynqmp-zcu102-rev1.0.dtb"
STDOUT = "/chosen", "stdout-path"
IMX_UCR2, RXEN = 0x30890084, 0x4007		# of its second port: on, with receiver and sender


class Board(Machine):
	"""`port`: the board's serial port to listen to; `stdout`: None keeps the tree's, ""
	removes it."""

	def __init__(self, board, tree, port, stdout=None, append="selftest", **options):
		super().__init__(ARCH, machine=board, cpu="cortex-a53", rng=False, firmware=None,
				 kernel=image_path(ARCH), append=append, **options)
		found = next(iter(kernel_folder(ARCH).glob("usr/lib/linux-image-*/" + tree)), None)
		if not found:
			pytest.skip(f"linux-image-arm64 has no {tree}")
		copy = self._file("board.dtb", found.read_bytes())
		if stdout:
			subprocess.run(["fdtput", "-t", "s", copy, *STDOUT, stdout], check=True)
		elif stdout is not None:
			subprocess.run(["fdtput", "-d", copy, *STDOUT], check=True)
		self.command.remove("-nodefaults")	# QEMU 10's zcu102 asks for an audio driver
		at = self.command.index("-serial")
		self.command[at:at] = ["-serial", "null"] * port
		self.command += ["-dtb", str(copy)]


def booted(machine):
	with machine:
		machine.wait("boot: idle|stubborn: panic: halted")
		text = machine.serial()
	Report(text).check(ARCH, entry="image")
	selftest_passed(text)
	return text


@pytest.mark.parametrize("port,stdout,uart", [
	pytest.param(1, None, "16550 at memory 0x3f215040", id="mini_uart"),
	pytest.param(0, "serial0:115200n8", "pl011 at memory 0x3f201000", id="pl011"),
	pytest.param(0, "", "pl011 at memory 0x3f201000", id="alias")])
def test_raspberry_pi(port, stdout, uart):
	assert f"boot: uart: {uart} from dtb" in booted(Board(PI, PI_TREE, port, stdout))


@pytest.mark.parametrize("port,stdout,uart", [
	pytest.param(0, None, "cdns at memory 0xff000000", id="first"),
	pytest.param(1, "serial1:115200n8", "cdns at memory 0xff010000", id="second"),
	pytest.param(0, "", "cdns at memory 0xff000000", id="alias")])
def test_zynqmp(port, stdout, uart):
	assert f"boot: uart: {uart} from dtb" in booted(Board(ZCU, ZCU_TREE, port, stdout))


@pytest.mark.skipif(qemu_version(ARCH) < 10, reason="QEMU 10 and newer have this board")
def test_imx8mp():
	"""What is typed arrives, too, once the receiver is on, which is firmware's task."""
	board = Board("imx8mp-evk", "freescale/imx8mp-evk.dtb", 1, append="", talk=True)
	board.command += GDB
	with board as machine:
		machine.wait("boot: idle")
		with closing(Gdb(machine)) as gdb:
			assert gdb.ask("Qqemu.PhyMemMode:1") == "OK"
			gdb.write(IMX_UCR2, RXEN.to_bytes(4, "little"))
			gdb.ask("D")
		monitor = Monitor(machine)
		assert "passed, 0 failed" in monitor.run("selftest")
		text = machine.serial()
	Report(text).check(ARCH, entry="image")
	assert "boot: uart: imx at memory 0x30890000 from dtb" in text


@pytest.mark.parametrize("regime", ["off", "mapped"])
def test_regimes(regime):
	"""In the other regimes; the tests above use identity."""
	append = f"mmu={regime} selftest"
	for machine in Board(PI, PI_TREE, 1, append=append), Board(ZCU, ZCU_TREE, 0, append=append):
		assert f"boot: regime: {regime}" in booted(machine)


OTHERS = {		# arch, options of Machine, what the report says
	"sifive_u": ("riscv64",			# the fifth hart has no MMU
		     {"machine": "sifive_u", "cpu": "sifive-u54", "extra": ["-smp", "5"]},
		     ["boot: irq: PLIC, 53 interrupts", "boot: cpus: 4 of 4"]),
	# QEMU 10's has a CPU with Sstc, but no time for it; OpenSBI 1.6 believes the CPU.
	"spike": ("riscv64", {"machine": "spike", "cpu": "rv64,sstc=off", "extra": ["-smp", "2"]},
		  ["boot: uart: call from default",
		   "boot: irq: SBI, 0 interrupts; .*", "boot: cpus: 2 of 2"]),
	"numa": ("riscv64", {"memory": "2G", "extra": (
			"-smp 4 -object memory-backend-ram,id=a,size=1G "
			"-object memory-backend-ram,id=b,size=1G "
			"-numa node,memdev=a,cpus=0-1 -numa node,memdev=b,cpus=2-3").split()},
		 ["boot: memory: 2047 MiB free in .*", "boot: cpus: 4 of 4"]),
	"no-fpu": ("riscv64", {"cpu": "rv64,f=off,d=off,h=off,zba=off,zbb=off"}, []),
	"a64fx": (ARCH, {"machine": "virt,virtualization=on,gic-version=3", "cpu": "a64fx"},
		  ["boot: cpu: EL2 id 0x0( e2h)?", "boot: irq: GICv3, (256|288) interrupts"]),
	"neoverse": (ARCH, {"machine": "virt,virtualization=on,gic-version=4",
			    "cpu": "neoverse-n1", "extra": ["-smp", "4"]},
		     ["boot: cpu: EL2 id 0x0( e2h)?", "boot: cpus: 4 of 4"]),
	# No boundary of 2 MiB has room.
	"6M-riscv64": ("riscv64", {"memory": "6M"}, ["boot: memory: 5 MiB free in .*"]),
	"4M-pvh": ("x86_64", {"machine": "pc", "memory": "4M", "kernel": elf_path("x86_64")},
		   ["boot: memory: 3 MiB free in .*"]),
	"8M-riscv64": ("riscv64", {"memory": "8M"}, ["boot: memory: 7 MiB free in .*"]),
	"8M-aarch64": (ARCH, {"memory": "8M"}, ["boot: memory: 6 MiB free in .*"]),
	"4M-x86_64": ("x86_64", {"machine": "pc", "memory": "4M"},
		      ["boot: memory: 2 MiB free in .*"]),
	"isapc": ("x86_64", {"machine": "isapc", "cpu": "qemu64"},
		  ["boot: irq: local APIC, 0 interrupts",
		   "boot: input: serial polled, keyboard polled",
		   "stubborn: warning: IO-APIC at 0xfec00000: it does not answer"]),
	"versal": (ARCH, {"machine": "xlnx-versal-virt", "cpu": "cortex-a72"},
		   ["boot: irq: GICv3, (192|224) interrupts", "boot: cpus: 2 of 2",
		    "boot: uart: pl011 at memory 0xff000000 from dtb"]),
	# Its tree has no port, no GIC and no node of type "cpu": without earlycon= it is silent.
	"sbsa-ref": (ARCH, {"machine": "sbsa-ref", "cpu": "max",
			    "append": "earlycon=pl011,0x60000000 selftest"},
		     ["boot: irq: none: no GIC in the MADT or the device tree",
		      "stubborn: warning: the tables do not list the boot CPU"]),
}


@pytest.mark.parametrize("name", OTHERS)
def test_others(name):
	"""Boards and CPUs with QEMU's own trees; hardly any memory."""
	arch, options, said = OTHERS[name]
	options = {"append": "selftest", "memory": "1G", "kernel": image_path(arch), **options}
	if name == "no-fpu" and qemu_version(arch) >= 8:	# what else needs F there
		options["cpu"] += ",zfa=off"
	with Machine(arch, firmware=None, rng=False, display=False, **options) as machine:
		machine.wait("boot: idle|stubborn: panic: halted")
		text = machine.serial()
	selftest_passed(text)
	for line in said:
		assert re.search(f"^{line}$", text, re.M), line
	assert len(re.findall("warning: ", text)) == (name in ("isapc", "sbsa-ref"))


def test_trees():
	"""Every tree of Debian's Linux (and those in the folder DTBS): libfdt sees the same nodes,
	memory and console; nearly all consoles can be driven."""
	more = os.environ.get("DTBS")
	added = sorted(Path(more).rglob("*.dtb")) if more else []
	assert added or not more, f"DTBS={more}: no files *.dtb"
	trees = sorted(kernel_folder(ARCH).rglob("*.dtb")) + added
	if not trees:
		pytest.skip("linux-image-arm64 has no trees")
	got = subprocess.run([BUILD / "unit/dtbs", *trees], text=True, capture_output=True)
	print(got.stdout)
	assert not got.returncode, got.stdout + got.stderr
	driven, named = map(int, re.search(r"(\d+) of (\d+) with stdout-path", got.stdout).groups())
	least = 98 if "-6.1." in kernel_file(ARCH).name else 97		# Debian 13 has more boards
	assert 100 * driven >= least * named
