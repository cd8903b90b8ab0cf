# SPDX-License-Identifier: MIT
"""All CPUs: started after every way in and in every regime, called, and stopped. The selftest
checks what they do together; here, that they start, and what is reported of one that does not."""
import fcntl
import itertools
import os
import re
import time

import pytest

import sbi
from board import IMAGE, own_tree, run
from gdbstub import GDB, Gdb, image_at
from injected import injected
from machine import ARCHES, BUILD, Machine, elf_path, image_path, qemu_version
from monitor import Monitor
from pen import TABLE, spinning
from symbols import elf_symbol
from test_again import runs
from test_boot import EVERY, selftest_passed
from test_time import LEVELS, by_shim
from test_trap import catch_preserves
from test_walk import regs_kept

ARM, PC, RISCV = "aarch64", "x86_64", "riscv64"
DOORS = {ARM: image_path, PC: elf_path, RISCV: image_path}
GIC3 = {ARM: "gic-version=3", PC: "", RISCV: ""}	# a GICv2 has eight CPUs


def boot(arch, count, words, machine=None, **options):
	return Machine(arch, kernel=DOORS[arch](arch), firmware=None, append=words, rng=False,
		       display=False, machine=GIC3[arch] if machine is None else machine,
		       extra=["-smp", str(count)], **options)


def threaded(guest, threads):
	"""`threads`, single: QEMU runs its CPUs one at a time; multi: at the same time."""
	at = guest.command.index("-machine") + 1
	guest.command[at] = guest.command[at].replace(",accel=tcg", "")
	guest.command += ["-accel", f"tcg,thread={threads}"]
	return guest


def all_run(text, count, of=None):
	line = f"^boot: cpus: {count} of {of or count}$"
	assert len(re.findall(line, text, re.M)) == (count > 1 or bool(of)), text[-3000:]
	assert "does not" not in text


def all_run_again(text, count):
	"""In each of `count` runs all 4 CPUs were started, and the last run's selftest passed."""
	found = runs(text)
	assert len(found) == count
	for one in found:
		all_run(one, 4)
	selftest_passed(found[-1])
	return found


# QEMU 7.2's limit: more on a PC need an x2APIC, which only KVM or QEMU 9 has (test_kvm_ids).
# OpenSBI's limit is 128.
MOST = [(ARM, 512), (PC, 255), (RISCV, 128)] if os.environ.get("CPUS") else []


@pytest.mark.parametrize("arch, count", [*itertools.product(ARCHES, [1, 2, 8, 64]), *MOST])
def test_count(arch, count):
	with boot(arch, count, "selftest poweroff") as machine:
		text = machine.wait_end()
	all_run(text, count)
	selftest_passed(text)


@pytest.mark.parametrize("threads", ["single", "multi"])
def test_threads(arch, threads):
	with threaded(boot(arch, 4, "selftest poweroff"), threads) as machine:
		text = machine.wait_end()
	all_run(text, 4)
	selftest_passed(text)


@pytest.mark.parametrize("arch, regime", EVERY)
def test_uefi(arch, regime):
	"""The MADT lists the CPUs, and firmware has used them before us."""
	with Machine(arch, f"mmu={regime} selftest poweroff", machine=GIC3[arch],
		     extra=["-smp", "4"]) as machine:
		text = machine.wait_end()
	all_run(text, 4)
	selftest_passed(text)


@pytest.mark.parametrize("cpu", ["cortex-a72", "max"])
@pytest.mark.parametrize("regime", ["off", "identity", "mapped"])
@pytest.mark.parametrize("level", LEVELS)
def test_levels(level, regime, cpu):
	words, more, _ = LEVELS[level]
	with boot(ARM, 4, f"{words}mmu={regime} selftest poweroff", GIC3[ARM] + more,
		  cpu=cpu) as machine:
		text = machine.wait_end()
	all_run(text, 4)
	selftest_passed(text)


def test_e2h(tmp_path):
	"""The loader has set E2H on the boot CPU only."""
	with by_shim(tmp_path, 3, ",virtualization=on", "mmu=mapped selftest again=1:any poweroff",
		     cpus=4, e2h=True, dirty=False) as machine:
		text = machine.wait_end()
	for one in all_run_again(text, 2):
		assert "\nboot: cpu: EL2 id 0x0 e2h\n" in one


def test_gicv2():
	with boot(ARM, 8, "selftest poweroff", "gic-version=2") as machine:
		text = machine.wait_end()
	all_run(text, 8)
	selftest_passed(text)


@pytest.mark.parametrize("path", [image_path, elf_path])
@pytest.mark.parametrize("regime", ["identity", "mapped"])
def test_pc(path, regime):
	"""By linux16 and PVH, with memory above 4 GiB, where the tables may be."""
	with Machine(PC, kernel=path(PC), firmware=None, append=f"mmu={regime} selftest poweroff",
		     memory="5G", rng=False, display=False, extra=["-smp", "4"]) as machine:
		text = machine.wait_end()
	all_run(text, 4)
	selftest_passed(text)


def test_again_refused(arch):
	"""A refused `again` stops no CPU, and a valid command line then boots."""
	with boot(arch, 4, "", talk=True) as machine:
		monitor = Monitor(machine)
		ok, said = monitor.try_("again mmu=wrong")
		assert not ok and "error: mmu=wrong: invalid value" in said
		assert "operations on 4 CPUs, 0 wrong" in monitor.run("cpus 100")
		assert "passed, 0 failed" in monitor.run("selftest")
		monitor.type("again run=cpus poweroff\r")
		text = machine.wait_end()
	assert "4 of 4 run" in runs(text)[1] and "does not" not in text


def test_again(arch):
	"""The other CPUs are parked, and the next run starts them again."""
	with boot(arch, 4, "selftest again=3:any poweroff") as machine:
		text = machine.wait_end()
	all_run_again(text, 4)


def test_limit(arch):
	with boot(arch, 4, "cpus=3 idle") as machine:
		machine.wait("boot: idle")
		all_run(machine.serial(), 3, of=4)
	with boot(arch, 4, "cpus=1 selftest poweroff") as machine:
		text = machine.wait_end()
	all_run(text, 1, of=4)
	selftest_passed(text)


def test_command(arch):
	with boot(arch, 3, "", talk=True) as machine:
		monitor = Monitor(machine)
		text = monitor.run("cpus")
		regs_kept(machine, monitor, arch)
	lines = text.splitlines()
	first = re.match(r"  0  id 0x(\d)  boot CPU  \d+ interrupts, ", lines[0])[1]
	assert first == "0" or arch == RISCV		# there any hart may be the first
	for i, number in zip((1, 2), sorted({"0", "1", "2"} - {first})):
		assert re.match(rf"  {i}  id 0x{number}  waits  \d+ interrupts, ", lines[i])
	assert lines[3] == "3 of 3 run"


@pytest.mark.parametrize("arch,why", [(ARM, "PSCI: no such CPU"),
				      (RISCV, "it does not start")])
def test_missing(tmp_path, arch, why):
	"""A tree that lists one CPU too many: the missing one is reported, and no longer waited
	for. OpenSBI believes the same tree."""
	guest = boot(arch, 3, "run=cpus selftest poweroff")
	tree = own_tree(tmp_path, "gic-version=3", 4, cpu="cortex-a72") if arch == ARM else \
		sbi.tree(tmp_path, "run=cpus selftest poweroff", ["-smp", "4"])
	small = tmp_path / "small"		# QEMU's own has a MiB of room, and doubles it
	run("dtc", "-q", "-I", "dtb", "-O", "dtb", "-o", small, tree)
	guest.command += ["-dtb", str(small)]
	with guest as machine:
		text = machine.wait_end()
	assert re.search(r"^boot: cpus: 3 of 4$", text, re.M), text
	assert f"\nstubborn: warning: CPU 3 (id 0x3): {why}\n" in text
	assert f"  3  id 0x3  does not run: {why}\n" in text
	selftest_passed(text)


@pytest.mark.parametrize("edit", [["-d"], ["-t", "i", "0", "0", "1"]], ids=["none", "long"])
def test_without_number(edit, tmp_path):
	"""A CPU that has no number in the tree, or one of three cells, is not passed over in
	silence."""
	guest = boot(ARM, 3, "selftest poweroff")
	tree = own_tree(tmp_path, "gic-version=3", 3, cpu="cortex-a72")
	run("fdtput", *edit[:2], tree, "/cpus/cpu@1", "reg", *edit[2:])
	guest.command += ["-dtb", str(tree)]
	with guest as machine:
		text = machine.wait_end()
	assert re.search(r"^boot: cpus: 2 of 3$", text, re.M), text
	why = "it has no valid id"
	assert f"\nstubborn: warning: CPU 1 (id 0x{'f' * 16}): {why}\n" in text
	selftest_passed(text)


KVM_SHARED = int(os.environ.get("KVM_STRESS", "20"))
SHARED = int(os.environ.get("STRESS", "20000"))


@pytest.mark.parametrize("arch, threads, count, operations", [
	*((arch, threads, 8, SHARED) for arch in (ARM, PC) for threads in ("single", "multi")),
	(RISCV, "multi", 8, SHARED), (RISCV, "single", 2, SHARED // 2000)])
def test_stress(arch, threads, count, operations):
	"""All CPUs use what they share, at once. With one QEMU thread for all of them, each may
	wait for another until QEMU switches, after 0.1 s; so there are few operations."""
	guest = boot(arch, count, "", talk=True)
	if threads == "multi":
		guest.command += ["-plugin", str(BUILD / "vm/yield.so")]
	with threaded(guest, threads) as machine:
		text = Monitor(machine).run(f"cpus {operations}", seconds=3600)
	assert text == f"{operations} operations on {count} CPUs, 0 wrong\n"


@pytest.mark.parametrize("arch", ARCHES)
def test_panic(arch):
	"""A panic of another CPU is reported, the others stop, and the boot CPU boots again."""
	with boot(arch, 4, "panic=again:1 run=\"crash panic 2\"") as machine:
		machine.wait(r"boot: previous: panicked: requested")
		machine.wait("boot: again: 1 times since .*")
		end = machine.wait(r"boot: cpus: 4 of 4", after=machine.serial().index(
			"boot: again: 1 times")).end()
		machine.wait(r"stubborn: panic: requested", after=end)
		text = machine.serial()
	first = runs(text)[0]
	boot_id = 0
	if arch == RISCV:			# there any hart may be the first
		boot_id = int(re.search(r"^boot: cpu: PRV1 id 0x(\w+)", first, re.M)[1], 16)
	number = [id for id in range(4) if id != boot_id][1]
	assert f"\nstubborn: on CPU 2 (id {number:#x})\nstubborn: panic: " in first, first
	assert re.search(r"^  0x[0-9a-f]+ call_idle\+0x", first, re.M)
	assert "does not stop" not in text


@pytest.mark.parametrize("arch", ARCHES)
def test_panics(arch):
	"""CPU 2 panics; so do the others when they are to stop, as what handles interrupts was
	overwritten. Only the first panic is reported, and the boot CPU boots again."""
	guest = boot(arch, 4, "panic=again:1", talk=True)
	guest.command += GDB
	with guest as machine:
		monitor = Monitor(machine)
		monitor.run("irq")
		base = image_at(machine)
		machine.run("stop")
		gdb = Gdb(machine)
		catch_preserves(gdb, monitor, arch, base)
		monitor.type("crash panic 2\r")
		gdb.run_to(base + elf_symbol(arch, "crash_run"))
		gdb.write(base + elf_symbol(arch, "trap_irq"), bytes([8]) + bytes(7))
		gdb.close()
		machine.run("cont")
		machine.wait(r"boot: previous: panicked: requested")
		first = runs(machine.serial())[0]
	assert "does not stop" not in first and first.count("\nstubborn: panic: ") == 1


def kvm(path, words, emulated=False):
	"""emulated: a QEMU whose own CPU has an x2APIC will do, too."""
	there = os.access("/dev/kvm", os.W_OK)
	if not there and not (emulated and qemu_version(PC) > 8):
		pytest.skip("no /dev/kvm")
	guest = Machine(PC, kernel=path(PC), firmware=None, append=words, rng=False, display=False,
			extra=["-smp", "4"])
	if there:
		guest.command = [word.replace("accel=tcg", "accel=kvm") for word in guest.command]
	return guest


@pytest.mark.parametrize("path", [image_path, elf_path])
def test_kvm(path):
	"""With an x2APIC, which QEMU 7.2's own CPU lacks, and real TLBs. Nested KVM may do only 50
	of the operations a second; use KVM_STRESS=1000000 elsewhere."""
	with kvm(path, f'run="cpus {KVM_SHARED}" idle') as machine:
		machine.wait("boot: idle")
		text = machine.serial()
	assert "boot: irq: x2APIC, " in text
	all_run(text, 4)
	assert f"\n{KVM_SHARED} operations on 4 CPUs, 0 wrong\n" in text


# Linux's KVM_CHECK_EXTENSION: KVM_CAP_MAX_VCPU_ID, KVM_CAP_SPLIT_IRQCHIP, KVM_CAP_X2APIC_API
KVM_NEEDS = [("CPU ids up to 287", 128, 288), ("split interrupt controller", 121, 1),
	     ("32-bit APIC ids", 129, 1)]


def kvm_extension(number):
	"""KVM_CHECK_EXTENSION's result; 0 without KVM, without which kvm() skips the test."""
	if not os.access("/dev/kvm", os.W_OK):
		return 1 << 16
	with open("/dev/kvm", "rb", buffering=0) as device:
		return fcntl.ioctl(device, 0xae03, number)


def test_kvm_ids():
	"""Ids that only an x2APIC can address: INIT, SIPI and IPIs reach them."""
	cpu = "qemu64-x86_64-cpu,core-id=0,thread-id=0,x2apic=on,socket-id="
	for what, number, least in KVM_NEEDS:
		if kvm_extension(number) < least:
			pytest.skip(f"this KVM has no {what}")
	guest = kvm(elf_path, f'run="cpus; cpus {KVM_SHARED}; crash panic 3"', emulated=True)
	guest.command[guest.command.index("-machine") + 1] += ",kernel-irqchip=split"
	guest.command[guest.command.index("-smp") + 1] = "1,maxcpus=288,sockets=288"
	guest.command += ["-cpu", "qemu64,x2apic=on", "-device", "intel-iommu,eim=on"]
	for number in (255, 256, 287):
		guest.command += ["-device", f"{cpu}{number}"]
	with guest as machine:
		machine.wait(r"stubborn: on CPU 3 \(id 0x11f\)\n"
			     "stubborn: panic: requested")
		text = machine.serial()
	assert "boot: irq: x2APIC, " in text
	all_run(text, 4)
	assert re.findall(r"^  \d  id (0x\w+)  waits", text, re.M) == ["0xff", "0x100", "0x11f"]
	assert f"\n{KVM_SHARED} operations on 4 CPUs, 0 wrong\n" in text


def test_kvm_selftest():
	"""A KVM that emulates privileged code, as its CPU has no virtualisation (kvm_pvm), stops at
	INT3, which Linux's emulator knows only in real mode."""
	with kvm(elf_path, "selftest idle") as machine:
		while not re.search(r"^\d+ passed, ", machine.serial(), re.M):
			if machine.run("query-status")["status"] == "internal-error":
				state = (machine.folder / "stderr").read_text()
				assert "<cc>" in state, state + machine.serial()
				pytest.skip("this KVM does not emulate INT3 in 64-bit mode")
			time.sleep(0.2)
		selftest_passed(machine.serial())


@pytest.mark.parametrize("level", LEVELS)
def test_spin_table(tmp_path, level):
	"""The other CPUs poll an address in memory, again after each of our own runs."""
	words, more, _ = LEVELS[level]
	with spinning(tmp_path, 4, f"{words}selftest again=3:any poweroff",
		      GIC3[ARM] + more) as machine:
		text = machine.wait_end()
	all_run_again(text, 4)


def test_spin_table_lies(tmp_path):
	"""Release addresses that may not be written, that do not exist, or that no CPU polls."""
	lies = {2: TABLE + 4, 3: IMAGE, 4: 1 << 40, 5: TABLE + 256, 6: 0x3f000000}
	with spinning(tmp_path, 7, "run=cpus selftest poweroff", release=lies) as machine:
		text = machine.wait_end()
	why = dict(re.findall(r"^stubborn: warning: CPU (\d) \(id 0x\d\): (.*)$", text, re.M))
	assert re.search(r"^boot: cpus: 2 of 7$", text, re.M), text
	assert list(why) == list("23456")
	assert why["2"] == "the address that it polls is not aligned"
	assert why["3"] == "the address that it polls is not in firmware's memory"
	assert why["4"] == why["6"] == "data abort, external abort, read"
	assert why["5"] == "it does not start"
	selftest_passed(text)


@pytest.mark.parametrize("arch", [ARM, PC])
def test_absent(arch):
	"""The MADT lists one CPU more than there are."""
	case = "absent cpus=ABSENT -- run=cpus selftest poweroff"
	with injected(arch, [case], machine=GIC3[arch], extra=["-smp", "4"]) as machine:
		text = machine.wait_end()
	why = {ARM: "PSCI: no such CPU", PC: "it does not start"}[arch]
	assert re.search(r"^boot: cpus: 3 of 4$", text, re.M), text
	assert re.findall(r"^stubborn: warning: CPU .*$", text, re.M) == [
		f"stubborn: warning: CPU 3 (id 0x37): {why}"]
	assert f"  3  id 0x37  does not run: {why}\n" in text
	selftest_passed(text)


def test_parking_protocol():
	"""Without PSCI: each CPU has a mailbox, and also returns to it."""
	case = "parked cpus=PARKED -- selftest again=2:any poweroff"
	with injected(ARM, [case], machine=GIC3[ARM], extra=["-smp", "4"]) as machine:
		text = machine.wait_end()
	all_run_again(text, 3)
