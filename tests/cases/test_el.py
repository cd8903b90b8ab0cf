# SPDX-License-Identifier: MIT
"""aarch64's exception level: a kernel that wants EL1 runs there however it is started, and el=
overrides it.
"""
import re

import pytest

from gdbstub import GDB, Gdb
from kernels import HEAD, compile_c, library, link
from machine import IMAGE_NAME, Machine, image_path
from handoff import Info
from livemap import gdb_registers
from monitor import Monitor
from report import Report
from symbols import elf_symbol
from test_boot import selftest_passed
from test_trap import hvc, replaced

ARM = "aarch64"
EL2 = {"machine": "virtualization=on"}
CPUS = {"a72": {}, "max": {"cpu": "max"}, "gicv3": {"machine": "virtualization=on,gic-version=3"}}
REGIMES = ("off", "identity", "mapped")


def by_uefi(words, **more):
	return Machine(ARM, words, **{**EL2, **more})


def by_image(words, **more):
	return Machine(ARM, kernel=image_path(ARM), firmware=None, append=words, **{**EL2, **more})


@pytest.mark.parametrize("cpu", CPUS)
@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("door", [by_uefi, by_image])
def test_dropped(door, regime, cpu):
	"""At EL1, too, the kernel can do everything, including switching the machine off."""
	with door(f"el=1 mmu={regime} selftest poweroff", **CPUS[cpu]) as machine:
		text = machine.wait_end()
	Report(text).check(ARM, regime, entry="uefi" if door is by_uefi else "image")
	assert "\nboot: cpu: EL1 id 0x0 dropped\n" in text
	assert "unknown option" not in text
	selftest_passed(text)


def test_told():
	with by_uefi("el=1") as machine:
		machine.wait("boot: idle")
		info = Info(machine, Report(machine.serial()).runs)
	assert (info.cpu_mode, info.cpu_flags) == (1, 4)


def test_kept():
	"""At EL2 firmware cannot be called by HVC, whatever a device tree says."""
	with by_image("el=keep", talk=True) as machine:
		monitor = Monitor(machine)
		machine.wait("boot: cpu: EL2 id 0x0")
		tree = re.search(r"memory: (0x\w+) (0x\w+) module", machine.serial())
		hits = monitor.try_(f"find {tree[1]} {tree[2]} smc")[1].split()
		method = next(x for x in hits if int(x, 16) % 4 == 0)
		monitor.run(f"poke {method} {int.from_bytes(b'hvc', 'little')}")
		assert 'method = "hvc"' in monitor.run("fdt /psci")
		ok, text = monitor.try_("reboot cpu")
	assert not ok and text == "error: the machine did not restart\n", text


def test_there_already():
	with Machine(ARM, "el=1 selftest poweroff") as machine:
		text = machine.wait_end()
	assert "\nboot: cpu: EL1 id 0x0\n" in text
	selftest_passed(text)


def cleaned_until(gdb, clean, last):
	"""Run to `last`. Yields what arch_clean(), at `clean`, is asked to clean meanwhile."""
	pc = 32			# its number; x0 and x1 are 0 and 1
	assert gdb.ask(f"Z1,{last:x},4") == "OK"
	while True:
		gdb.run_to(clean)
		if gdb.register(pc) == last:
			return
		base, size = gdb.register(0), gdb.register(1)
		yield range(base, base + size)
		gdb.ask("s")		# past the breakpoint


def test_vectors_in_memory():
	"""EL2 keeps its vectors, with caches off, when the image stays: they are cleaned to memory,
	as firmware has made the text visible only to instruction fetches through caches."""
	words = "el=1 place=stay"
	with by_uefi(words) as machine:
		machine.wait("boot: idle")
		runs = Report(machine.serial()).runs
	clean, entry, vectors = (runs + elf_symbol(ARM, name) for name in
				 ("stub.arch_clean", "kernel_entry", "stub.trap_vectors"))
	with by_uefi(words, extra=["-S", *GDB]) as machine:
		gdb = Gdb(machine)
		cleaned = list(cleaned_until(gdb, clean, entry))
		gdb.close()
	assert any(vectors in x and vectors + 0x7ff in x for x in cleaned), cleaned


@pytest.mark.parametrize("word,why", [
	("el=1", "el=1: x86_64 has no exception levels"),
	("el=2", "el=2: invalid value")])
def test_refused(word, why):
	with Machine("x86_64", word) as machine:
		machine.wait("stubborn: error: " + why)


def test_keep_is_no_wish():
	with Machine("x86_64", "el=keep poweroff") as machine:
		machine.wait_end()


@pytest.mark.parametrize("own", [0, 1])
def test_passed_on(own):
	"""An exception that EL2 takes from the kernel is passed to the kernel's own vectors. None
	but HVC is, on this CPU: gdb leads one past its return. `own`: as if on SP_EL1."""
	vector, pc, flag = 0x400, 32, 1 << 28
	with by_image("el=1 mmu=off", talk=True, extra=GDB) as machine:
		monitor = Monitor(machine)
		monitor.try_("peek 0x5eadbeeff000")		# another FAR_EL1
		runs = Report(machine.serial()).runs
		call = runs + elf_symbol(ARM, "access_make") + 4
		lower = runs + elf_symbol(ARM, "stub.trap_vectors") + vector
		replaced(machine, "access_make", hvc(0))
		machine.run("stop")
		gdb = Gdb(machine)
		monitor.type("peek 0x40000000\r")
		gdb.run_to(lower + 7 * 4)			# b.eq
		gdb.register_set(pc, lower + 8 * 4)
		gdb.run_to(lower + 15 * 4)			# msr spsr_el1, x0
		spsr = gdb.register(0) | own | flag
		gdb.register_set(0, spsr)
		gdb.run_to(runs + elf_symbol(ARM, "trap_vectors_el1") + 0x200 * own)
		gdb.close()
		seen = gdb_registers(machine, [x + "_EL1" for x in ("ESR", "ELR", "SPSR", "FAR")])
	assert seen[0] >> 26 == 0x16 and seen[1:] == [call + 4, spsr, 0], seen


@pytest.mark.parametrize("regime", REGIMES)
def test_fault(regime):
	"""The stub's vectors work at EL1; the stub knows the kernel's stages by number."""
	with by_image(f"el=1 mmu={regime} fault=kernel") as machine:
		machine.wait(r"stubborn: panic: fault in stage 16: .* \(ESR_EL1 0x9600000[04], "
			     r"FAR_EL1 0x5eadbeeff000\) at pc .*")


WANTS = HEAD.replace("kernel_wants) }", "kernel_wants), .el = KERNEL_EL_1, .regime = WHAT }") + """
#define READ(name) ({ uint64_t v_; __asm__ volatile("mrs %0, " #name : "=r"(v_)); v_; })
static int64_t hvc(uint64_t function)
{
	register uint64_t x0 __asm__("x0") = function;

	__asm__ volatile("hvc #0" : "+r"(x0) :: "memory");
	return (int64_t)x0;
}
void kernel_main(struct boot_info *bi)
{
	const uint64_t before = READ(cntvct_el0);

	console_serial(&bi->uart, bi->direct_map);
	console_print("mine: EL%u, told %u\\n", (unsigned)READ(CurrentEL) >> 2,
		      (unsigned)bi->cpu_mode);
	console_print("mine: HVC gives %d\\n", (int)hvc(0x84000000));
	console_print("mine: DAIF %llx\\n", (unsigned long long)READ(daif));
	console_print("mine: affinity %llx\\n", (unsigned long long)READ(mpidr_el1) & 0xff);
	console_print("mine: counter %d\\n", READ(cntvct_el0) > before && READ(cntfrq_el0) > 0 &&
		      READ(cntpct_el0) > 0);
	__asm__ volatile(".arch_extension fp\\n\\tfmov d0, xzr");
	console_print("mine: floating point\\n");
	__asm__ volatile("brk #7");
}
"""


@pytest.mark.parametrize("regime", range(1, 4))
@pytest.mark.parametrize("cpu", ["cortex-a72", "max"])
def test_wanted(cpu, regime, tmp_path):
	"""kernel_wants.el: EL2 traps nothing, HVC returns, and faults reach the kernel's
	vectors."""
	main = compile_c(ARM, tmp_path, "main", WANTS, f"-DWHAT={regime}")
	status, said = link(ARM, tmp_path, main, library(ARM))
	assert status == 0, said
	image = (tmp_path / (IMAGE_NAME[ARM] + ".EFI")).read_bytes()
	with Machine(ARM, image=image, cpu=cpu, **EL2) as machine:
		machine.wait(r"stubborn: panic: fault in stage \S+: BRK instruction \(ESR_EL1 .*")
		text = machine.serial()
	assert re.findall("^mine: .*", text, re.M) == [
		"mine: EL1, told 1", "mine: HVC gives -1", "mine: DAIF 3c0", "mine: affinity 0",
		"mine: counter 1", "mine: floating point"]


def test_overridden(tmp_path):
	main = compile_c(ARM, tmp_path, "main", WANTS, "-DWHAT=0")
	assert link(ARM, tmp_path, main, library(ARM))[0] == 0
	kernel = tmp_path / (IMAGE_NAME[ARM] + ".EFI")
	with Machine(ARM, kernel=kernel, firmware=None, append="el=keep", **EL2) as machine:
		machine.wait("mine: EL2, told 2")
