# SPDX-License-Identifier: MIT
"""The file as an arm64 Image: QEMU's -kernel without firmware, and bad device trees."""
import re
import struct
import subprocess
import time
import zlib

import pytest

from handoff import CRUMB_SIZE, Crumbs, Info
from machine import HANG, Machine, image_path
from report import Report
from screen import screen_text
from symbols import elf_symbol
from test_boot import REGIMES, selftest_passed
from test_fault import stage_number, stage_said

ARCH = "aarch64"
RAM = 0x40000000
# Where the loaders of the tests put things.
SHIM, IMAGE, TREE = RAM + 0x7000000, RAM + 0x200000, RAM + 0x8000000
PLACES = ["random", "stay", "0x50000000"]
BOARD = """
/dts-v1/;
/ { #address-cells = <2>; #size-cells = <2>; compatible = "test";
  chosen { stdout-path = "/uart@9000000"; bootargs = "poweroff"; };
  uart@9000000 { compatible = "arm,pl011"; reg = <0 0x9000000 0 0x1000>; };
  psci { compatible = "arm,psci-1.0"; method = "hvc"; };
  memory { device_type = "memory"; reg = <0 0x40000000 0 0x40000000>; };
  reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
    a { reg = <0 0x60000000 0 0x1000>; }; };
};
"""
BOOTARGS = "bootargs ="
INITRD = "linux,initrd-start = <{}>; linux,initrd-end = <{}>; " + BOOTARGS


def raw_boot(append="poweroff", **options):
	with Machine(ARCH, kernel=image_path(ARCH), firmware=None, append=append,
		     **options) as machine:
		return machine.wait_end()


def checked(text, regime=None, cmdline=None):
	return Report(text).check(ARCH, regime, cmdline, entry="image")


def free_memory(text):
	return sum(int(size, 0) for size in
		   re.findall(r"^boot: memory: \S+ (\S+) free$", text, re.M))


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("regime", [r for a, r in REGIMES if a == ARCH])
def test_regime(regime, place, level):
	cmdline = f"mmu={regime} place={place} selftest poweroff"
	text = raw_boot(cmdline, machine="virtualization=on" if level == 2 else "")
	report = checked(text, regime, cmdline)
	assert f"boot: cpu: EL{level} " in text
	assert (report.runs == report.loaded) == (place == "stay")
	assert place[0] != "0" or report.runs == int(place, 0)
	assert "boot: firmware: none\n" in text
	selftest_passed(text)


@pytest.mark.parametrize("cpu,machine,memory", [
	("cortex-a53", "gic-version=2", "128M"), ("cortex-a72", "gic-version=3", "8G"),
	("max", "gic-version=3,virtualization=on", "1G"), ("max", "gic-version=2", "3G"),
	("cortex-a57", "gic-version=3,its=off,highmem=off", "2G")])
def test_machines(cpu, machine, memory):
	text = raw_boot("selftest poweroff", cpu=cpu, machine=machine, memory=memory)
	checked(text)
	selftest_passed(text)


def test_two_nodes():
	"""Memory in two nodes."""
	text = raw_boot("selftest poweroff", memory="1G", extra=[
		"-smp", "2", "-object", "memory-backend-ram,id=a,size=512M", "-object",
		"memory-backend-ram,id=b,size=512M", "-numa", "node,memdev=a,cpus=0", "-numa",
		"node,memdev=b,cpus=1"])
	assert 1000 << 20 < free_memory(text) < 1024 << 20
	selftest_passed(text)


def test_map():
	with Machine(ARCH, kernel=image_path(ARCH), firmware=None, append="") as machine:
		machine.wait("boot: idle")
		report = checked(machine.serial(), cmdline="")
		Info(machine, report.runs).check(2**30)
		assert "boot: seed: 32 bytes" in machine.serial()


def test_random():
	reports = [checked(raw_boot("mmu=mapped poweroff")) for _ in range(3)]
	assert len({r.runs for r in reports}) > 1
	assert len({r.virtual for r in reports}) > 1


def test_no_entropy():
	"""Neither a seed in the tree nor in the CPU: always the last free slot."""
	texts = [raw_boot(machine="dtb-randomness=off", rng=False) for _ in range(2)]
	assert checked(texts[0]).runs == checked(texts[1]).runs
	assert "boot: place: chosen" in texts[0] and "boot: seed: 0 bytes" in texts[0]


def test_small_seed():
	"""Eight bytes are enough for a random place, but do not count as 32."""
	tree = compile_tree(BOARD.replace(BOOTARGS, "kaslr-seed = <1 2>; " + BOOTARGS))
	with Bare(tree) as machine:
		text = machine.wait_end()
	assert "boot: seed: 8 bytes" in text and "boot: place: random" in text


@pytest.mark.door("arm64 Image, qemu -kernel")
@pytest.mark.parametrize("regime,size", [("off", 1), ("identity", 300001), ("mapped", 70000)])
def test_initrd(regime, size):
	data = bytes(i * 7 % 251 for i in range(size))
	text = raw_boot(f"mmu={regime} selftest poweroff", initrd=data)
	assert Report(text).initrd == (size, zlib.crc32(data))
	selftest_passed(text)


@pytest.mark.parametrize("append,message", [
	("place=0x10000000000", r"place=0x10000000000: no free RAM for \d+ pages there"),
	("place=0x40200000", r"place=0x40200000: no free RAM"),
	("place=0x0", "place=0x0: invalid value"),
	("mmu=sideways", "mmu=sideways: invalid value"),
	("fault=exit", "fault=exit: ")])
def test_refused(append, message):
	with Machine(ARCH, kernel=image_path(ARCH), firmware=None, append=append) as machine:
		assert re.search(message, machine.wait("stubborn: panic: .*").group())


@pytest.mark.parametrize("stage", ["place", "normalise", "copy", "clean", "kernel", "idle"])
def test_fault(stage):
	with Machine(ARCH, kernel=image_path(ARCH), firmware=None,
		     append=f"place=0x50000000 fault={stage}") as machine:
		machine.wait("stubborn: panic: halted")
		assert f"fault in stage {stage_said(stage)}: data abort" in machine.serial()
		if stage != "place":
			crumbs = Crumbs(machine, 0x50000000)
			assert crumbs.faulted and crumbs.stage == stage_number(stage)


# ---- trees that QEMU does not make ----

def compile_tree(text):
	return subprocess.run(["dtc", "-q", "-f", "-I", "dts", "-O", "dtb"], check=True,
			      input=text.encode(), capture_output=True).stdout


def word(tree, offset, value):
	return tree[:offset] + struct.pack(">I", value) + tree[offset + 4:]


class Bare(Machine):
	"""A loader of four instructions: x0 is the tree, then jump to the image."""

	def __init__(self, tree, address=TREE, image=IMAGE, file=None, **options):
		super().__init__(ARCH, kernel="none", firmware=None, **options)
		at = self.command.index("-kernel")
		del self.command[at:at + 2]

		def move(register, value):
			return (0xd2800000 | (value & 0xffff) << 5 | register,
				0xf2a00000 | (value >> 16) << 5 | register)
		shim = struct.pack("<5I", *move(0, address), *move(4, image), 0xd61f0080)
		for name, data, where in (("shim", shim, SHIM), ("tree", tree, address),
					  ("image", file or image_path(ARCH).read_bytes(), image)):
			self.command += ["-device", f"loader,file={self._file(name, data)},"
						    f"addr={where:#x},force-raw=on"]
		self.command += ["-device", f"loader,addr={SHIM:#x},cpu-num=0"]


def test_bare():
	"""The tree that the following tests damage is good itself."""
	with Bare(compile_tree(BOARD)) as machine:
		text = machine.wait_end()
	checked(text, cmdline="poweroff")
	assert "boot: memory: 0x60000000 0x1000 reserved" in text


CHOSEN = 'stdout-path = "/uart@9000000"; '
OTHER = 'uart@9040000 { compatible = "arm,pl011"; reg = <0 0x9040000 0 0x1000>; }; psci {'
ALIAS = 'aliases { serial0 = "/uart@9000000"; }; '


@pytest.mark.parametrize("change", [
	pytest.param("psci {", id="only_port"),
	pytest.param(OTHER.replace("reg", 'status = "disabled"; reg'), id="only_on"),
	pytest.param(ALIAS + OTHER, id="serial0")])
def test_no_stdout_path(change):
	"""/chosen names no port: use serial0, or the only port."""
	tree = compile_tree(BOARD.replace(CHOSEN, "").replace("psci {", change))
	with Bare(tree) as machine:
		assert "boot: uart: pl011 at memory 0x9000000 from dtb" in machine.wait_end()


def test_elsewhere():
	"""The image not at the start of memory, with the tree below it."""
	with Bare(compile_tree(BOARD), address=RAM + 0x201008, image=RAM + 0x10400000) as machine:
		text = machine.wait_end()
	assert checked(text).loaded == RAM + 0x10400000
	assert free_memory(text) > 1000 << 20		# the memory around it


def test_reserved_initrd():
	"""U-Boot reserves the tree and the initrd, which must be readable all the same."""
	text = BOARD.replace(BOOTARGS, INITRD.format("0x41000010", "0x41002010"))
	text = text.replace("/ {", f"/memreserve/ 0x41000000 0x3000; /memreserve/ {TREE:#x} 0x800;"
			    "/ {")
	with Bare(compile_tree(text.replace('"poweroff"', '"mmu=mapped poweroff"'))) as machine:
		report = Report(machine.wait_end())
	assert report.initrd == (0x2000, zlib.crc32(bytes(0x2000)))


def test_silent():
	"""A console that is its own alias, and no port that we know: nothing is printed, but the
	rest works."""
	text = BOARD.replace("/uart@9000000", "serial0").replace("arm,pl011", "test,none").replace(
		"psci {", 'aliases { serial0 = "serial0"; }; psci {')
	with Bare(compile_tree(text)) as machine:
		assert machine.wait_end() == ""


@pytest.mark.parametrize("regime", [r for a, r in REGIMES if a == ARCH])
def test_tree_outside_memory(regime):
	"""In RAM that /memory omits (like flash): read, kept, and not called memory."""
	text = BOARD.replace("0x40000000 0 0x40000000", "0x40000000 0 0x20000000")
	text = text.replace('"poweroff"', f'"mmu={regime} selftest poweroff"')
	with Bare(compile_tree(text), address=0x61000000) as machine:
		text = machine.wait_end()
	checked(text, regime)
	selftest_passed(text)
	assert "boot: memory: 0x61000000 0x1000 nvs\n" in text
	assert "boot: dtb: 0x61000000\n" in text


SCREEN = """#address-cells = <1>; #size-cells = <1>; ranges;
	framebuffer@70000000 { compatible = "simple-framebuffer"; format = "a8b8g8r8";
		reg = <0x70000000 0x101000>; width = <640>; height = <400>; stride = <2624>; };
"""


def screen_lines(machine):
	data = machine.memory(0x70000000, 2624 * 400)
	colours = b"".join(data[i:i + 3] for y in range(0, 2624 * 400, 2624)
			   for i in range(y, y + 4 * 640, 4))
	return screen_text(640, 400, colours)


@pytest.mark.parametrize("regime", [r for a, r in REGIMES if a == ARCH])
def test_simple_framebuffer(regime):
	"""The tree names a framebuffer in RAM that nothing else reserves."""
	text = BOARD.replace(" };", SCREEN + " };", 1).replace('"poweroff"',
							       f'"mmu={regime} selftest"')
	with Bare(compile_tree(text), talk=True) as machine:
		machine.wait("boot: idle")
		for _ in range(20):
			lines = screen_lines(machine)
			if "stubborn ok>" in lines:
				break
		text = machine.serial()
	assert "boot: screen: 640x400 xbgr at 0x70000000\n" in text
	assert "boot: memory: 0x70000000 0x101000 reserved\n" in text
	selftest_passed(text)
	shown = [line for line in lines if line.startswith("selftest: ")]
	assert "stubborn ok>" in lines and len(shown) > 3
	assert set(shown) <= set(text.split("\n"))


CRASH = (0x70000000, 0x8000000)		# all that a crash kernel may use


@pytest.mark.parametrize("where,place", [("there", "random"), ("there", "stay"),
					 ("elsewhere", "random")])
def test_crash_kernel(where, place):
	"""All memory of the crashed kernel is unchanged, and so is the header that describes it."""
	base, size = CRASH
	text = BOARD.replace(BOOTARGS, f"linux,usable-memory-range = <0 {base:#x} 0 {size:#x}>; "
			     "linux,elfcorehdr = <0 0x77f00000 0 0x1000>; " + BOOTARGS)
	text = text.replace('"poweroff"', f'"place={place} selftest"')
	there = {"address": base + 0x7000000, "image": base + 0x200000}
	with Bare(compile_tree(text), **there if where == "there" else {}) as machine:
		machine.wait("boot: idle")
		text = machine.serial()
		assert machine.memory(RAM, 4) == b"\xd0\x0d\xfe\xed"	# the tree that QEMU made
		for at in (0x50000000, 0x60001000, base - 8, base + size, RAM + 2**30 - 8):
			assert machine.memory(at, 8) == bytes(8)
	checked(text)
	selftest_passed(text)
	free = [(int(start, 16), int(length, 16)) for start, length in
		re.findall(r"^boot: memory: (\S+) (\S+) (?:free|reclaim|module)$", text, re.M)]
	assert free and all(base <= start and start + length <= base + size
			    for start, length in free)
	assert "boot: elfcorehdr: 4096 bytes at 0x77f00000\n" in text
	assert "boot: memory: 0x77f00000 0x1000 module\n" in text
	assert "boot: after: an operating system" in text


BAD = {
	"totalsize": (lambda t: word(t, 4, 0xfffffff0), "larger than 2 MiB"),
	"totalsize of nothing": (lambda t: word(t, 4, 4), "header is damaged"),
	"version": (lambda t: word(t, 0x14, 3), "header is damaged"),
	"size of nodes": (lambda t: word(t, 0x24, 0x7fffffff), "header is damaged"),
	"size of strings": (lambda t: word(t, 0x20, 0x7fffffff), "header is damaged"),
	"cut off": (lambda t: t.replace(b"reserved-memory", bytes(15)), "damaged at offset 0x"),
	"too deep": (lambda t: compile_tree(BOARD.replace("psci {", "a { " * 20 + "}; " * 20 +
		"psci {")), "damaged at offset 0x"),
	"no memory": (lambda t: compile_tree(BOARD.replace(
		'"memory"', '"nothing"')), "no memory for"),
	"memory of nothing": (lambda t: compile_tree(BOARD.replace(
		"0x40000000 0 0x40000000", "0x40000000 0 0")), "no memory for"),
	"memory elsewhere": (lambda t: compile_tree(BOARD.replace(
		"0x40000000 0 0x40000000", "0x50000000 0 0x10000")), "no memory for"),
	"all is reserved": (lambda t: compile_tree(BOARD.replace(
		"0x60000000 0 0x1000", "0 0xffffffff 0xffffffff")), "no memory for"),
	"memory that keeps nothing": (lambda t: compile_tree(BOARD.replace(
		"0x40000000 0 0x40000000", "0x10000000 0 0x2000000")), "no RAM at 0x1"),
	"a crash kernel nowhere": (lambda t: compile_tree(BOARD.replace(
		BOOTARGS, "linux,usable-memory-range = <0>; " + BOOTARGS)), "damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_tree(name):
	change, message = BAD[name]
	tree = compile_tree(BOARD)
	bad = change(tree)
	assert bad != tree
	with Bare(bad) as machine:
		line = machine.wait("stubborn: panic: .*").group()
		assert re.search(message, line), line
		assert machine.serial().count("stubborn") == 1


NOT_THERE = "not in RAM, or overlaps the image: ignored"


@pytest.mark.parametrize("start,end,why", [
	pytest.param(0x42000000, 0x41000000, "ends before it begins: ignored", id="backwards"),
	pytest.param(0x7ffff000, 0x80000001, NOT_THERE, id="outside"),
	pytest.param(0x401ff000, 0x40201001, NOT_THERE, id="in_the_image"),
	pytest.param(0x7f8000000000, 0x7f8000001000, NOT_THERE, id="far")])
def test_initrd_Q69(start, end, why):
	"""An initrd that cannot be right: reported, and the boot goes on without it."""
	text = BOARD.replace(BOOTARGS, INITRD.format(f"{start >> 32} {start & 0xffffffff}",
						     f"{end >> 32} {end & 0xffffffff}"))
	with Bare(compile_tree(text.replace('"poweroff"', '"selftest poweroff"'))) as machine:
		text = machine.wait_end()
	size = (end - start) % 2**64
	assert f"stubborn: warning: initrd at {start:#x}, {size:#x} bytes: {why}\n" in text
	checked(text)
	assert "boot: initrd: none" in text
	selftest_passed(text)


def test_absurd_memory():
	"""Memory that does not exist: the first access reports its address."""
	bad = BOARD.replace("0x40000000 0 0x40000000", "0x40000000 0x7fffffff 0")
	with Bare(compile_tree(bad)) as machine:
		line = machine.wait("stubborn: panic: fault in stage .*").group()
	assert "external abort" in line or "address size fault" in line, line


@pytest.mark.parametrize("tree", [b"", bytes(4096), b"\xd0\x0d\xfe\xed" + b"\xff" * 4096])
def test_no_tree(tree):
	"""No way to print: only the breadcrumbs in the image say what has happened."""
	with Bare(tree or b"\0") as machine:
		trail = IMAGE + elf_symbol(ARCH, "first_trail")
		wait_crumb(machine, trail)
		assert machine.serial() == ""
		assert Crumbs(machine, trail).stage == stage_number("collect")


def wait_crumb(machine, trail):
	end = time.monotonic() + HANG
	while struct.unpack_from("<I", machine.memory(trail, CRUMB_SIZE), 12)[0] != 1:
		assert time.monotonic() < end, "no sign of a panic"
		time.sleep(0.1)
