# SPDX-License-Identifier: MIT
"""The memory test: all RAM is tested, the kernel's own by its next runs; bits changed from
outside are found."""
import random
import re
import struct
import time

import pytest

from gdbstub import GDB, Gdb
from machine import ARCHES, EDK2, HANG, Machine, image_path
from monitor import Monitor
from report import HEX
from secure import Keys, SecureMachine
from symbols import elf_symbol
from test_again import REGIMES, runs

# On aarch64 QEMU's device tree lies 128 MiB from its start.
MEMORY = {"x86_64": "128M", "aarch64": "160M", "riscv64": "128M"}
PLACE = {"x86_64": 0x2000000, "aarch64": 0x42000000, "riscv64": 0x82000000}
PAGE = 4096
PLACES = 20
KINDS = ["own address", "zeros and ones", "walking bits", "random pattern", "random words"]
FIRST = [0, 2, 4, 20, 22, 24]
ALL = (1 << 64) - 1


def direct(arch, words, **options):
	return Machine(arch, kernel=image_path(arch), firmware=None, append=words,
		       memory=MEMORY[arch], **options)


def ranges(text, what):
	return [(int(a, 16), int(a, 16) + int(size, 16)) for a, size in
		re.findall(rf"^memtest: {what}: ({HEX}) ({HEX})$", text, re.M)]


def usable(text):
	"""What the kernel could use, above what is left alone."""
	found = re.findall(rf"^boot: memory: ({HEX}) ({HEX}) (?:free|image|handoff)$", text, re.M)
	return [(max(int(base, 16), PAGE), int(base, 16) + int(size, 16)) for base, size in found
		if int(base, 16) + int(size, 16) > PAGE]


def without(pieces, taken):
	"""What remains of the pieces."""
	for low, high in taken:
		pieces = [part for a, b in pieces for part in ((a, min(b, low)), (max(a, high), b))
			  if part[0] < part[1]]
	return pieces


@pytest.mark.check
@pytest.mark.parametrize("arch,regime,cpus", [(a, r, 1) for a in ARCHES for r in REGIMES[a]] + [
	(a, "identity", 4) for a in ARCHES])
def test_all(arch, regime, cpus):
	"""Whatever the first run could have used is tested by one of the runs."""
	with direct(arch, f'mmu={regime} run="memtest; poweroff"',
		    extra=["-smp", str(cpus)]) as machine:
		text = machine.wait_end()
	parts = runs(text)
	assert len(re.findall(rf"^memtest: \d+ KiB in \d+\.\d+ s by {cpus} CPUs$", text,
			      re.M)) == len(parts)
	assert 2 <= len(parts) <= 3 and "memtest: error" not in text, text
	assert all(f"boot: regime: {regime}\n" in part for part in parts)
	tested = [ranges(part, "tests") for part in parts]
	assert all(tested) and not ranges(parts[-1], "left")
	assert not without(usable(parts[0]), sum(tested, [])), text
	# each run but the first tests only what the one before left, and does not live there
	for before, part, mine in zip(parts, parts[1:], tested[1:]):
		assert not without(mine, ranges(before, "left"))
	told = re.search(r"^memtest: ok: (\d+) of (\d+) KiB, 1 rounds, 0 errors$", text, re.M)
	size = sum(high - low for low, high in usable(parts[-1])) // 1024
	assert int(told[1]) == int(told[2]) == size and "below 1 MiB" not in text, text


def test_page_0():
	"""UEFI calls it free, but no address in it is used; nor is it tested."""
	with Machine("x86_64", 'run="memtest 1 0-0x2000; poweroff"') as machine:
		text = machine.wait_end()
	assert "\nboot: memory: 0x0 0xa0000 free\n" in text
	assert ranges(text, "tests") == [(PAGE, 2 * PAGE)]
	assert "\nmemtest: not tested: 4 KiB below 1 MiB\n" in text


def stopped_at(machine, arch, place, name):
	gdb = Gdb(machine)
	gdb.run_to(place + elf_symbol(arch, name))
	return gdb


def debugged(arch, words, *more, **options):
	return direct(arch, words, extra=["-S", *GDB, *more],
		      **options)


def word(x, y, step, address):
	line, number = address // 64, address % 64 // 8
	odd = bin(number).count("1") % 2
	return (y + line // 2 * step if odd else x + (line + 1) // 2 * step) & ALL


@pytest.mark.parametrize("arch", ARCHES)
def test_changed(arch):
	"""Between passes the test first checks that memory holds the pattern, then flips a bit,
	each time elsewhere; each is reported."""
	seed = random.Random(arch)
	words = f'place={PLACE[arch]:#x} run="memtest; poweroff"'
	turned = []
	with debugged(arch, words) as machine:
		gdb = stopped_at(machine, arch, PLACE[arch], "pattern_of")
		tested = ranges(machine.serial(), "tests")
		for number in range(PLACES):
			gdb.ask("s")			# off the breakpoint
			gdb.run_to(PLACE[arch] + elf_symbol(arch, "pattern_of"))
			low, high = tested[seed.randrange(len(tested)) if number > 3 else -1]
			at = {0: low, 1: high - 8, 2: low + 0x1238, 3: high - 0x100000 - 8}.get(
				number, low + seed.randrange((high - low) // 8) * 8)
			was, = struct.unpack("<Q", gdb.read(at, 8))
			if number < 2:
				values = (0, 8, 128) if number == 0 else (ALL, ALL - 8, -128)
				assert was == word(*values, at)
				near = struct.unpack("<32Q", gdb.read(low, 256))
				assert list(near) == [word(*values, low + 8 * i)
						      for i in range(32)]
			bits = 1 << seed.randrange(64) | number % 2 << seed.randrange(64)
			gdb.write(at, struct.pack("<Q", was ^ bits))
			turned.append((at, bits, was ^ bits, was))
		gdb.go()
		machine.wait("memtest: FAILED: .*")
		text = machine.serial()
		gdb.close()
	found = re.findall(
		rf"memtest: error at ({HEX}): bits ({HEX}), ({HEX}) instead of ({HEX}); (.*)$",
		text, re.M)
	assert [tuple(int(x, 16) for x in one[:4]) for one in found] == turned
	kinds = [KINDS[sum(n >= first for first in FIRST) - 1] for n in range(PLACES)]
	assert [one[4] for one in found] == kinds
	assert f" {PLACES} errors\n" in text
	every = 0
	for _, bits, _, _ in turned:
		every |= bits
	assert re.search(f"^memtest: errors from {min(turned)[0]:#x} to {max(turned)[0]:#x}, "
			 f"bits {every:#x}$", text, re.M)
	assert "boot: again" not in text	# the kernel does not move into such memory


@pytest.mark.parametrize("arch", ARCHES)
def test_own(arch):
	"""During the second run a bit is flipped where the first run lived."""
	old = PLACE[arch]
	with debugged(arch, f'place={old:#x} run="memtest; poweroff"') as machine:
		gdb = stopped_at(machine, arch, old, "stub_again_leave")
		told = re.search(r'^boot: again: "place=(0x\w+) ', machine.serial(), re.M)
		new = int(told[1], 16)
		gdb.run_to(new + elf_symbol(arch, "pattern_of"))
		gdb.ask("s")
		gdb.run_to(new + elf_symbol(arch, "pattern_of"))
		assert old in [low for low, _ in ranges(machine.serial(), "tests")]
		at = old + 0x1020		# the page after the headers
		was, = struct.unpack("<Q", gdb.read(at, 8))
		assert was == word(0, 8, 128, at)
		gdb.write(at, struct.pack("<Q", was ^ 1 << 63))
		gdb.go()
		machine.wait("memtest: FAILED: .* 1 errors")
		assert f"memtest: error at {at:#x}: bits 0x8000000000000000, " in machine.serial()
		gdb.close()


BAD = ["memtest 0", "memtest x", "memtest 1 5", "memtest 1 1-2", "memtest 1 0x2000-0x1000",
       "memtest 1 1M-2M x", "memtest 1 0-4K", "memtest 2000000"]


@pytest.mark.parametrize("arch", ARCHES)
def test_typed(arch):
	"""Only a range, twice; a key ends the test; the memory that it took is given back."""
	with direct(arch, "", talk=True, extra=["-smp", "2"]) as machine:
		monitor = Monitor(machine)
		for bad in BAD:
			assert not monitor.try_(bad)[0], bad
		low, high = max(usable(machine.serial()), key=lambda r: r[1] - r[0])
		low = (low + high) // 2 & -4096
		said = monitor.run(f"memtest 2 {low:#x}-{low + 0x400000:#x}")
		assert ranges(said, "tests") == [(low, low + 0x400000)]
		assert re.search(r"^memtest: ok: 4096 of \d+ KiB, 2 rounds, 0 errors$", said, re.M)
		monitor.type("memtest 1000\r")
		deadline = time.monotonic() + HANG
		while "%" not in machine.serial()[monitor.seen:]:
			assert time.monotonic() < deadline
			time.sleep(0.02)
		monitor.type("x")
		ok, said = monitor._answer()
		assert not ok and "boot: again" not in said
		assert re.search(r"^memtest: stopped: .* 1000 rounds, 0 errors$", said, re.M)
		again = monitor.run(f"memtest 1 {low:#x}-{low + 0x400000:#x}")
		assert ranges(again, "tests") == [(low, low + 0x400000)]
		assert "passed, 0 failed" in monitor.run("selftest")


@pytest.mark.parametrize("arch", EDK2)
def test_secure(arch, tmp_path):
	"""Under Secure Boot, which forbids place=, the kernel's own memory is left out, and the
	test says so."""
	keys = Keys(tmp_path)
	with SecureMachine(arch, keys.enrolled(), 'run="memtest; poweroff"',
			   image=keys.sign(image_path(arch).read_bytes()),
			   memory="256M" if arch == "x86_64" else "192M") as machine:
		text = machine.wait_end()
	assert "boot: secure boot: on\n" in text and len(runs(text)) == 1
	assert "memtest: Secure Boot is on: the kernel does not move\n" in text
	told = re.findall(r"^memtest: ok: (\d+) of \d+ KiB", text, re.M)
	left = ranges(text, "left")
	assert left and int(told[-1]) == sum(
		high - low for low, high in without(usable(text), left)) // 1024


PC = {"x86_64": 16, "aarch64": 32, "riscv64": 32}	# gdb's number of the register


def dies(monitor, gdb, arch, command, name):
	"""What the command says if another CPU, all of which often call `name`, stops there for
	good. The caller has stopped the machine."""
	at = PLACE[arch] + elf_symbol(arch, name)
	boot = int(re.search(r"^boot: cpu: .*\bid 0x(\w+)", monitor.machine.serial(), re.M)[1], 16)
	gdb.ask(f"Z1,{at:x},4")
	gdb.go()
	monitor.type(command + "\r")
	while True:
		stop = gdb.stopped()
		gdb.ask(f"z1,{at:x},4")
		if int(re.search(r"thread:(?:p\w+\.)?(\w+)", stop)[1], 16) != 1 + boot:
			break
		gdb.ask("s")
		gdb.ask(f"Z1,{at:x},4")
		gdb.go()
	# not arch_stop, which hands the CPU back to firmware, and on riscv64 waits for fences first
	gdb.register_set(PC[arch], PLACE[arch] + elf_symbol(arch, "arch_halt"))
	gdb.go()
	gdb.go_on(monitor.look)		# another CPU may have arrived there at the same time
	ok, text = monitor._answer()
	assert not ok and "a CPU has not finished its part" in text
	assert re.search(r"CPU [12] \(id 0x\w+\) does not answer$", text, re.M)
	ok, again = monitor.try_(command)		# the dead CPU may still use its memory
	assert not ok and "a CPU has not finished its part" in again and "memtest:" not in again
	return text


@pytest.mark.parametrize("arch", ARCHES)
def test_cpu_dies(arch):
	"""A CPU that stops in the middle of its work does not stop the others, or the monitor."""
	with debugged(arch, f"place={PLACE[arch]:#x}", "-smp", "3", talk=True) as machine:
		gdb = Gdb(machine)
		gdb.go()
		monitor = Monitor(machine)
		gdb.halt()
		dies(monitor, gdb, arch, "cpus 5000", "vm_alloc")
		gdb.halt()
		text = dies(monitor, gdb, arch, "memtest 1", "piece_test")
		assert "memtest: error" not in text
		assert monitor.run("cpus").count("does not answer") == 2
		gdb.close()


@pytest.mark.parametrize("arch", ARCHES)
def test_panic_at_work(arch):
	"""A CPU that panics while all of them map and unmap stops the others. On riscv64, where a
	third of such boots failed once (Q-108), three times."""
	for _ in range(3 if arch == "riscv64" else 1):
		words = f'place={PLACE[arch]:#x} run="cpus 400000"'
		with debugged(arch, words, "-smp", "4") as machine:
			gdb = Gdb(machine)
			gdb.go()
			machine.wait("boot: cpus: 4 of 4")
			gdb.halt()
			gdb.run_to(PLACE[arch] + elf_symbol(arch, "vm_free"))
			to = PLACE[arch] + elf_symbol(arch, "__stack_chk_fail")
			gdb.register_set(PC[arch], to)
			gdb.go()
			# another one may have come there at the same time
			gdb.go_on(lambda: "panic: stack buffer overflow" in machine.serial())
			machine.wait("stubborn: panic: stack buffer overflow")
			text = machine.serial()
			assert re.search(r"^stubborn: on CPU \d ", text, re.M)
			assert "does not stop" not in text
			gdb.close()
