# SPDX-License-Identifier: MIT
"""riscv64: firmware and CPUs that lack something. What is possible without it is done, and one
line says what is not. sbi.py has the firmware."""
import re

import pytest

from machine import BUILD, Machine, image_path
from monitor import Monitor
from sbi import (EVERYTHING, HSM, IMAGE, IPI, RAM, RISCV, SHUTDOWN, SRST, STUCK, TIME, machine,
		 uncompressed)
from test_boot import selftest_passed

WORDS = "mmu=mapped selftest poweroff"


def text_of(tmp_path, **options):
	with machine(tmp_path, WORDS, **options) as guest:
		text = guest.wait_end()
	assert len(re.findall("^Stubborn .*: kernel running$", text, re.M)) == 1
	selftest_passed(text)
	return text


@pytest.mark.parametrize("has,line", [(EVERYTHING, "boot: cpus: 4 of 4"),
				      (EVERYTHING & ~HSM, "boot: cpus: 1 of 4: SBI has no HSM")])
def test_every_hart_enters(tmp_path, has, line):
	"""All harts enter at the same time, and the kernel runs once. The others are stopped, or
	wait, and it starts those that it can."""
	assert f"\n{line}\n" in text_of(tmp_path, harts=4, every_hart=True, has=has)


@pytest.mark.parametrize("how", [{"astray": True}, {"slow": 40000000}])
def test_start_Q106(tmp_path, how):
	"""A hart that OpenSBI 1.1 sends to the image's entry, in a race, is started again; one
	that takes four seconds is waited for, as HSM says that it is coming."""
	text = text_of(tmp_path, **how)
	assert "\nboot: cpus: 2 of 2\n" in text and "warning" not in text


@pytest.mark.parametrize("has,lines", [
	(EVERYTHING & ~HSM, ["boot: cpus: 1 of 2: SBI has no HSM"]),
	(EVERYTHING & ~IPI, ["boot: cpus: 1 of 2: SBI has no IPI"]),
	(EVERYTHING & ~TIME, ["boot: counter: time, SBI timer, 10.000 MHz by device tree, no "
			      "interrupt; its timer never interrupts", "boot: cpus: 2 of 2"]),
	(SHUTDOWN, ["boot: cpus: 1 of 2: SBI has no IPI",
		    "stubborn: warning: SBI does not switch off by SRST: its old call may just "
		    "halt"])])
def test_extension_missing(tmp_path, has, lines):
	text = text_of(tmp_path, has=has)
	for line in lines:
		assert f"\n{line}\n" in text
	assert text.count("stubborn: warning") == sum("warning" in line for line in lines)


@pytest.mark.parametrize("hz", [(1,), (0xffffffff,), (0x17, 0xded280)])
def test_frequency_absurd(hz, tmp_path):
	"""With 98.8 GHz a millisecond would last ten seconds."""
	text = text_of(tmp_path, changes=[("/cpus", "timebase-frequency", *hz)])
	assert "\nboot: counter: none: frequency unknown\n" in text


@pytest.mark.parametrize("memory", [(0, 0x40000000), (4, 0)])
def test_memory_that_keeps_nothing(tmp_path, memory):
	"""Where PCI has addresses, but no device: they read as ones, and nothing faults."""
	with machine(tmp_path, WORDS, changes=[
			(f"/memory@{RAM:x}", "reg", *memory, 0, 0x10000000)]) as guest:
		assert "no RAM at 0x4" in guest.wait("stubborn: panic: .*").group()


def named_port(base):
	"""A console that the tree names, and that firmware does not use."""
	node = f"/soc/serial@{base:x}"
	return [(node, "compatible", "arm,pl011"), (node, "reg", 0, base, 0, 0x1000),
		("/chosen", "stdout-path", node)]


def test_port_that_faults(tmp_path):
	"""Where nothing is, firmware still prints the panic."""
	with machine(tmp_path, WORDS, changes=named_port(0x18000000)) as guest:
		guest.wait(r"stubborn: panic: fault in stage \w+: load access fault "
			   r"\(scause 0x5, stval 0x\w*18000018\); then a fault at pc .*")
		guest.wait("stubborn: panic: halted")


def test_port_without_room(tmp_path):
	"""Not all of its registers are in its page: firmware prints instead."""
	text_of(tmp_path, changes=named_port(0x18000ff0))


SPIKE = dict(kernel=image_path(RISCV), firmware=None, machine="spike", rng=False,
	     cpu="rv64,sstc=off")		# QEMU 10 has Sstc there, but no time for it


def test_halts_when_switched_off():
	"""OpenSBI's driver for spike does not switch off, nor does it return."""
	with Machine(RISCV, append="poweroff", **SPIKE) as guest:
		guest.wait("boot: off: SBI SRST")


def test_halts_when_restarted():
	with Machine(RISCV, talk=True, **SPIKE) as guest:
		monitor = Monitor(guest)
		for i, key in enumerate("reboot", 1):	# spike keeps one byte
			monitor.type(key)
			monitor.echoed("reboot"[:i])
		monitor.type("\r")
		guest.wait("boot: reset: SBI SRST")


def test_ram_that_is_not_there(tmp_path):
	"""The tree lists 4 GiB; the machine has 512 MiB."""
	words = "place=0x140000000"
	with machine(tmp_path, words, changes=[(f"/memory@{RAM:x}", "reg", 0, RAM, 1, 0)]) as guest:
		said = guest.wait("stubborn: panic: fault in stage place: store access fault "
				  r"\(scause 0x7, stval (0x\w+)\) at pc .*")
		guest.wait("stubborn: panic: halted")
	assert 0 <= int(said[1], 16) - 0x140000000 < 1 << 20


def test_reservation_malformed(tmp_path):
	"""What it reserves is not known, so the tree is refused."""
	with machine(tmp_path, WORDS, changes=[("/reserved-memory", "#address-cells", 2),
					       ("/reserved-memory", "#size-cells", 2),
					       ("/reserved-memory/x", "reg", 0, RAM, 0)]) as guest:
		assert re.search(r": device tree at 0x87000000: damaged at offset 0x\w+$",
				 guest.wait("stubborn: panic: .*").group())


def test_no_way_to_restart(tmp_path):
	"""Older calls cannot; the monitor goes on."""
	with machine(tmp_path, "run=reboot", has=EVERYTHING & ~SRST) as guest:
		guest.wait("error: no way to restart it")
		guest.wait("boot: idle")


def test_no_way_to_switch_off(tmp_path):
	with machine(tmp_path, "poweroff", has=EVERYTHING & ~SHUTDOWN & ~SRST) as guest:
		assert "cannot power off" in guest.wait("stubborn: panic: .*").group()


@pytest.mark.parametrize("harts", [1, 2])
def test_unlisted_hart(tmp_path, harts):
	"""The boot hart is told a number that is not in the tree. Its real number is, but a hart
	that runs already cannot be started."""
	text = text_of(tmp_path, harts=harts, told=5)
	assert "boot: cpu: PRV1 id 0x5 sv39\n" in text
	assert ("boot: irq: SBI, 0 interrupts; the device tree does not list the boot hart\n"
		in text)
	assert "stubborn: warning: the tables do not list the boot CPU\n" in text
	assert "stubborn: warning: CPU 1 (id 0x0): SBI: already running\n" in text


@pytest.mark.parametrize("harts", [1, 2])
def test_all_disabled(tmp_path, harts):
	"""The tree has harts, but none that may run: neither has the boot hart an interrupt
	controller. That is said although there is no hart to start."""
	text = text_of(tmp_path, harts=harts, changes=[(f"/cpus/cpu@{hart}", "status", "disabled")
						       for hart in range(harts)])
	assert ("boot: irq: SBI, 0 interrupts; the device tree does not list the boot hart\n"
		in text)
	assert text.count("stubborn: warning") == 1
	assert "stubborn: warning: the tables do not list the boot CPU\n" in text


def test_hart_without_mmu_Q115(tmp_path):
	"""It lacks S-mode, too: firmware could start it, but not send it here. The boot hart is in
	S-mode, whatever the tree says."""
	text = text_of(tmp_path, harts=4, changes=[
		(f"/cpus/cpu@{hart}", "mmu-type", kind)
		for hart, kind in enumerate((None, None, "riscv,none"))])
	assert "\nboot: cpus: 2 of 2\n" in text and "warning" not in text


@pytest.mark.parametrize("number,why", [([], f"0x{'f' * 16}): it has no valid id"),
					([64], "0x40): SBI: no such hart")])
def test_hart_without_number(number, why, tmp_path):
	"""It cannot be started, and is not passed over in silence. Or it has a wrong one. As it
	may be stuck in firmware (Q-115), no remote fence is asked for, which would wait for it:
	neither of addresses nor, by the stub and the self-tests, of instructions."""
	text = text_of(tmp_path, harts=3, has=EVERYTHING | STUCK,
		       changes=[("/cpus/cpu@1", "reg", *number)])
	assert "\nboot: cpus: 2 of 3\n" in text
	assert f"\nstubborn: warning: CPU 1 (id {why}\n" in text


def test_harts_without_number(tmp_path):
	"""Two nodes without a number are not one hart that is listed twice."""
	text = text_of(tmp_path, harts=3, changes=[(f"/cpus/cpu@{hart}", "reg")
						   for hart in (1, 2)])
	assert "\nboot: cpus: 1 of 3\n" in text
	assert text.count("): it has no valid id\n") == 2


AIA = {"aplic": "APLIC", "aplic-imsic": "APLIC and IMSIC"}


@pytest.mark.parametrize("harts", [1, 8])
@pytest.mark.parametrize("kind", AIA)
def test_aia(kind, harts):
	"""OpenSBI hands over the domain for S-mode; `again` works after it has interrupted."""
	with Machine(RISCV, kernel=image_path(RISCV), firmware=None, append="again=2:any " + WORDS,
		     machine=f"aia={kind}", extra=["-smp", str(harts)]) as guest:
		text = guest.wait_end()
	for line in (f"irq: {AIA[kind]}, 96 interrupts", f"cpus: {harts} of {harts}"):
		assert text.count(f"\nboot: {line}\n") == (0 if line == "cpus: 1 of 1" else 3)
	# The interrupt has 2 ms to come, in which a loaded host may do something else.
	said = re.findall("^boot: input: serial (.*) interrupt 10$", text, re.M)
	assert len(said) == 3 and "by" in said
	assert len(re.findall(r"^\d+ passed, 0 failed$", text, re.M)) == 3


@pytest.mark.parametrize("left,kind", enumerate(AIA, 1))
def test_left_pending(tmp_path, left, kind):
	"""Every source is pending for the boot hart, which is not the first one. None of these
	interrupts arrives; those of typed keys do, and nothing is polled."""
	with machine(tmp_path, "", aia=kind, boot=1, left=left, talk=True) as guest:
		monitor = Monitor(guest)
		assert f"boot: irq: {AIA[kind]}, 96 interrupts\n" in guest.serial()
		assert "boot: cpu: PRV1 id 0x1 sv39\n" in guest.serial()
		assert "\nboot: input: serial by interrupt 10\n" in guest.serial()
		assert "spurious: 0\nunexpected: 0" in monitor.run("irq")


def test_guest_pending(tmp_path):
	"""A hypervisor has left a guest's interrupts pending and enabled, on each hart. Each comes
	once, and ours work."""
	with machine(tmp_path, "selftest", guest=True, talk=True) as guest:
		monitor = Monitor(guest)
		assert "boot: cpus: 2 of 2\n" in guest.serial()
		assert ", 0 failed" in guest.serial()
		assert "spurious: 6\nunexpected: 0" in monitor.run("irq")


SOCKETS = ["-smp", "4,sockets=2"] + [word for node in (0, 1) for word in (
	"-object", f"memory-backend-ram,size=256M,id=m{node}", "-numa", f"node,memdev=m{node}",
	"-numa", f"cpu,node-id={node},core-id={2 * node}",
	"-numa", f"cpu,node-id={node},core-id={2 * node + 1}")]


@pytest.mark.parametrize("boot", [1, 2, 3])
def test_groups(tmp_path, boot):
	"""Two groups of two IMSICs, with three files for guests behind each: messages reach the
	boot hart's own, and no other."""
	with machine(tmp_path, "", harts=SOCKETS, aia="aplic-imsic,aia-guests=3", boot=boot,
		     left=2, msi=2 << 20 | 1 << 16 | 1 << 12, socket=1, talk=True) as guest:
		monitor = Monitor(guest)
		for line in ("irq: APLIC and IMSIC, 96 interrupts", "cpus: 4 of 4",
			     f"cpu: PRV1 id {boot:#x} sv39", "input: serial by interrupt 10"):
			assert f"\nboot: {line}\n" in guest.serial()
		assert "spurious: 0\nunexpected: 0" in monitor.run("irq")


APLIC, IMSIC, PLIC = "/soc/aplic@d000000", "/soc/imsics@28000000", "/soc/plic@c000000"
NOWHERE = ("reg", 0, 0x5000000, 0, 0x600000)		# an access is a fault
MEMORY = ("reg", 0, 0x90000000, 0, 0x600000)


@pytest.mark.parametrize("aia,tree,change,why", [
	("none", "none", (PLIC, *NOWHERE), "the PLIC does not answer"),
	("none", "none", (PLIC, *MEMORY), "the interrupt controller cannot be mapped"),
	("none", "none", (PLIC, "riscv,ndev", 0), "the PLIC's node is not usable"),
	("aplic", "aplic", (APLIC, *NOWHERE), "the APLIC does not answer"),
	("aplic", "aplic-imsic", (IMSIC, "riscv,num-ids", 255), "the IMSIC does not answer"),
	("aplic-imsic", "aplic-imsic", (IMSIC, "riscv,num-ids", 256),
	 "the IMSIC's node is not usable"),
	("aplic-imsic", "aplic-imsic", (APLIC, "reg", 0, 0x10001000, 0, 0x8000),
	 "the APLIC does not answer")])		# another device
def test_wrong_controller(tmp_path, aia, tree, change, why):
	"""Devices are polled. Timers and calls between harts do not need the controller."""
	with machine(tmp_path, WORDS, aia=aia, tree_aia=tree, changes=[change]) as guest:
		text = guest.wait_end()
	for line in (f"irq: SBI, 0 interrupts; {why}", "input: serial polled", "cpus: 2 of 2"):
		assert f"\nboot: {line}\n" in text
	selftest_passed(text)


HELLO = str(BUILD / "kernels/hello/riscv64/BOOTRISCV64.EFI")


@pytest.mark.parametrize("words,kernel,says", [
	("mmu=off", HELLO, r"hello: \d+ MiB are free"),
	("mmu=mapped", HELLO, "hello: panic: mmu=mapped: the CPU has no paging"),
	("mmu=off", None, "stubborn: panic: the CPU has no paging, which this kernel needs")])
def test_no_mmu(words, kernel, says):
	"""Regime off does without; our kernel, which leaves it, says that it cannot."""
	with Machine(RISCV, kernel=kernel or image_path(RISCV), firmware=None, append=words,
		     cpu="rv64,mmu=off") as guest:
		line = guest.wait(r"(?:hello: \d|\w+: panic: ).*").group()
		assert re.fullmatch(says, line), line


def test_no_mmu_uefi():
	"""Under UEFI it is an error that returns."""
	with Machine(RISCV, WORDS, cpu="rv64,mmu=off") as guest:
		assert guest.wait("stubborn: error: .*").group() == \
			"stubborn: error: mmu=mapped: the CPU has no paging"
		guest.wait("## Application failed.*")


def test_types_promised(tmp_path):
	"""The tree says "svpbmt" of harts that lack it: their tables have no such bits."""
	words = [int.from_bytes(half, "big") for half in (b"svpb", b"mt\0\0")]
	text = text_of(tmp_path, changes=[(f"/cpus/cpu@{hart}", "riscv,isa-extensions", *words)
					  for hart in (0, 1)])
	assert "\nboot: cpus: 2 of 2\n" in text


UNSUPPORTED = "returned 8000000000000003 " + " ".join(f"{n:016x}" for n in (0, 2, 0))
ILLEGAL = 2


@pytest.mark.parametrize("has", [{}, {"console": False}, {"table": False}])
def test_no_compressed_uefi(tmp_path, has):
	"""An error returns, with firmware's vector, interrupts and stack as they were."""
	line = "" if has else ("stubborn: error: the CPU has no C extension: compressed "
			       "instructions\n")
	with uncompressed(tmp_path, **has) as guest:
		assert guest.wait_end() == line + UNSUPPORTED + "\n"


def test_no_compressed_image(tmp_path):
	"""The first two bytes are such an instruction, so nothing of ours can run."""
	with uncompressed(tmp_path, entry=0) as guest:
		assert guest.wait_end() == f"exception {ILLEGAL:016x} {IMAGE:016x}\n"
