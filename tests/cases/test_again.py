# SPDX-License-Identifier: MIT
"""The running kernel boots itself again: from every regime into every other, after every way in;
no page is lost."""
import re
import os
import zlib

import pytest

from kernels import HEAD, compile_c, library, link
from machine import ARCHES, Machine, elf_path, image_path
from pc_loader import Loaded
from report import HEX, Report
from test_boot import IN_RAM, NO_RAM, selftest_passed

CHAIN = int(os.environ.get("AGAIN", "30"))
INITRD = bytes(range(256)) * 300
REGIMES = {"x86_64": ("identity", "mapped"), "aarch64": ("off", "identity", "mapped")}
REGIMES["riscv64"] = REGIMES["aarch64"]
MOVES = [(arch, a, b) for arch in ARCHES for a in REGIMES[arch] for b in REGIMES[arch]]
EL2 = {"machine": "virtualization=on"}


def uefi(arch, words, **options):
	return Machine(arch, words, **options)


def kernel(path):
	def door(arch, words, **options):
		return Machine(arch, kernel=path(arch), firmware=None, append=words, **options)
	return door


def loaded(bits):
	def door(arch, words, **options):
		return Loaded(bits, cmdline=words, **options)
	return door


DOORS = {		# by name: how, on which CPU, what the first report calls it
	"uefi": (uefi, "x86_64", "uefi"),
	"uefi32": (lambda *a, **o: uefi(*a, firmware="uefi32", **o), "x86_64", "uefi32"),
	"linux16": (kernel(image_path), "x86_64", "linux16"),
	"linux32": (loaded(32), "x86_64", "linux32"),
	"linux64": (loaded(64), "x86_64", "linux64"),
	"pvh": (kernel(elf_path), "x86_64", "pvh"),
	"uefi aarch64": (uefi, "aarch64", "uefi"),
	"image": (kernel(image_path), "aarch64", "image"),
	"uefi riscv64": (uefi, "riscv64", "uefi"),
	"image riscv64": (kernel(image_path), "riscv64", "image"),
}
INITRDS = "linux16", "pvh", "image", "image riscv64"	# that can pass one
FAST = dict.fromkeys(ARCHES, kernel(image_path))


def runs(text):
	"""The text of each run, from its report on."""
	parts = re.split(r"^(?=Stubborn \S+ \S+: kernel running$)", text, flags=re.M)
	return parts[1:]


def pages(text, kind):
	"""Addresses of the pages of this kind."""
	ranges = re.findall(rf"^boot: memory: ({HEX}) ({HEX}) {kind}$", text, re.M)
	return {at for start, size in ranges
		for at in range(int(start, 16), int(start, 16) + int(size, 16), 0x1000)}


def free(text):
	"""Bytes that are free or this run's own (a longer command line may take a page more)."""
	sizes = [int(x, 16) for x in re.findall(
		rf"^boot: memory: {HEX} ({HEX}) (?:free|image|handoff)$", text, re.M)]
	return sum(sizes), len(sizes)


def line(text, key):
	return re.search(rf"^boot: {key}: (.*)$", text, re.M)[1]


def survived(first, later):
	"""Later runs know everything that firmware or a loader told the first one."""
	for key in ("cpu", "found", "initrd", "exit tries", "file", "firmware", "acpi", "smbios",
		    "dtb", "tpm log", "secure boot", "runtime services", "screen", "uart"):
		assert line(first, key) == line(later, key), key
	assert line(first, "clock").split()[0] == line(later, "clock").split()[0]


def checked(text, *regimes, entry, arch):
	"""Check that there was one run in each of these regimes, in this order. Returns their
	texts."""
	parts = runs(text)
	assert len(parts) == len(regimes), text[-3000:]
	assert "FAILED" not in text and "stubborn: warning" not in text and "panic:" not in text
	for i, (part, regime) in enumerate(zip(parts, regimes)):
		report = Report(part)
		assert (report.arch, report.regime) == (arch, regime)
		assert report.entry == ("again" if i else entry)
		assert report.checksum == "ok"
		if i:
			assert f"boot: again: {i} times since {entry}\n" in part
			before = Report(parts[i - 1])
			assert report.loaded == before.runs
			survived(parts[0], part)
	return parts


@pytest.mark.parametrize("arch,a,b", MOVES)
def test_move(arch, a, b):
	"""From one regime into another, there to a given place, and back."""
	place = IN_RAM[arch]
	words = f"mmu={a} place={place + 0x4000000:#x} selftest again -- " \
		f"mmu={b} place={place:#x} selftest again -- " \
		f"mmu={a} selftest poweroff" + (" --" if arch == "x86_64" else "")
	with FAST[arch](arch, words) as machine:
		text = machine.wait_end()
	entry = "linux16" if arch == "x86_64" else "image"
	first, second, third = checked(text, a, b, a, entry=entry, arch=arch)
	assert Report(second).runs == place
	for part in (first, second, third):
		selftest_passed(part)
	assert free(second)[0] == free(third)[0]


@pytest.mark.parametrize("name", DOORS)
def test_door(name):
	"""After every way in. Each run still has what the loader passed, in particular an
	initrd."""
	door, arch, entry = DOORS[name]
	given = {"initrd": INITRD} if name in INITRDS else \
		{"files": {"\\i": INITRD}} if entry.startswith("uefi") else {}
	asked = "initrd=\\i " if "files" in given else ""
	words = f"{asked}selftest again -- {asked}mmu=mapped selftest again -- selftest poweroff"
	with door(arch, words, **given) as machine:
		text = machine.wait_end()
	parts = checked(text, "identity", "mapped", "identity", entry=entry, arch=arch)
	if given:
		crc = zlib.crc32(INITRD)
		assert line(parts[2], "initrd") == f"{len(INITRD)} bytes crc32 {crc:08x}"
	for part in parts:
		selftest_passed(part)
	assert free(parts[1])[0] == free(parts[2])[0]


@pytest.mark.parametrize("cpu", ["cortex-a72", "max"])
@pytest.mark.parametrize("regime", REGIMES["aarch64"])
@pytest.mark.parametrize("door", [uefi, FAST["aarch64"]], ids=["uefi", "image"])
def test_el2(door, regime, cpu):
	"""At EL2, with E2H where the CPU has it on; then down to EL1, where it stays."""
	words = f"mmu={regime} again -- selftest again -- mmu={regime} el=1 selftest again -- " \
		f"selftest mmu={regime} again -- mmu=off selftest poweroff"
	with door("aarch64", words, cpu=cpu, **EL2) as machine:
		parts = runs(machine.wait_end())
	levels = [line(part, "cpu") for part in parts]
	assert len(parts) == 5 and levels[0] == levels[1], levels
	assert levels[0] in ("EL2 id 0x0", "EL2 id 0x0 e2h")
	assert levels[2:] == ["EL1 id 0x0 dropped"] * 3
	for part in parts[1:]:
		selftest_passed(part)
	# EL2 keeps using vectors in a page that no kernel owns from then on
	assert pages(parts[2], "image") & pages(parts[3], "handoff") & pages(parts[4], "handoff")
	assert free(parts[3])[0] == free(parts[4])[0]


@pytest.mark.parametrize("memory,cpu", [("6G", "max"), ("6G", "qemu64")])
def test_above_4g(memory, cpu):
	"""A PC whose image and handoff are out of reach of 32-bit addresses."""
	words = "place=0x140000000 again -- mmu=mapped place=0x160000000 selftest again -- " \
		"selftest poweroff"
	with FAST["x86_64"]("x86_64", words, memory=memory, cpu=cpu) as machine:
		parts = checked(machine.wait_end(), "identity", "mapped", "identity",
				entry="linux16", arch="x86_64")
	for part in parts[1:]:
		selftest_passed(part)


def test_five_levels():
	"""LA57 stays on."""
	def door(words):
		return Loaded(64, cmdline=words, levels=5, cpu="max")
	with door("mmu=mapped again -- mmu=mapped selftest again -- selftest poweroff") as machine:
		parts = checked(machine.wait_end(), "mapped", "mapped", "identity",
				entry="linux64", arch="x86_64")
	assert all("la57" in line(part, "cpu") for part in parts)
	for part in parts[1:]:
		selftest_passed(part)


@pytest.mark.parametrize("place", ["stay", "fixed"])
@pytest.mark.parametrize("regime", ["identity", "mapped"])
def test_stay(arch, regime, place):
	"""An image that stays in place, with another handoff."""
	if place == "fixed":
		place = hex(IN_RAM[arch])
	first = f"place={IN_RAM[arch] + 0x4000000:#x}"		# not where a later run goes
	words = f"mmu={regime} {first} again -- mmu={regime} place=stay selftest again -- " \
		f"mmu={regime} place={place} selftest again -- selftest poweroff"
	with FAST[arch](arch, words) as machine:
		parts = runs(machine.wait_end())
	reports = [Report(part) for part in parts]
	assert len(parts) == 4
	assert reports[1].runs == reports[0].runs == reports[1].loaded
	for part in parts[1:]:
		selftest_passed(part)
	assert free(parts[1])[0] <= free(parts[3])[0] + (1 << 20)


CHAINS = {"image": {}, "linux16": {"cpu": "max"}, "pvh": {"cpu": "max"}, "uefi": {"cpu": "max"},
	  "uefi aarch64": {}, "uefi aarch64 el2": {"cpu": "max", **EL2}, "uefi riscv64": {},
	  "image riscv64": {}}


@pytest.mark.parametrize("name", CHAINS)
def test_chain(name):
	"""CHAIN times, each in a random regime at a random place: none fails, no page is lost."""
	door, arch, _ = DOORS[name.removesuffix(" el2")]
	with door(arch, f"again={CHAIN}:any selftest poweroff", **CHAINS[name]) as machine:
		text = machine.wait_end(timeout=150 + 10 * CHAIN)
	parts = runs(text)
	assert len(parts) == CHAIN + 1
	assert "FAILED" not in text and "panic" not in text and "stubborn: warning" not in text
	reports = [Report(part) for part in parts]
	assert all(report.checksum == "ok" for report in reports)
	assert {report.regime for report in reports} == set(REGIMES[arch])
	assert len({report.runs for report in reports}) > CHAIN / 4
	totals = {free(part)[0] for part in parts[1:]}
	assert len(totals) == 1, totals
	assert len(re.findall("^[0-9]+ passed, 0 failed$", text, re.M)) == CHAIN + 1


REFUSED = {
	"mmu=wrong": "mmu=wrong: invalid value",
	f"place={NO_RAM:#x}": f"place={NO_RAM:#x}: no free RAM for [0-9]+ pages there",
	"place=0x1001": "place=0x1001: invalid value",
	"initrd=\\x": "initrd=: there is none",
	"fault=exit": "fault=exit: this stage cannot take a fault here",
}


@pytest.mark.parametrize("words", REFUSED)
def test_refused(arch, words):
	"""The impossible is refused while the old kernel is still intact, and that kernel goes
	on."""
	with FAST[arch](arch, f"again selftest -- {words}") as machine:
		machine.wait("boot: idle")
		text = machine.serial()
	assert len(runs(text)) == 1
	assert re.search(f"^stubborn: error: again: {REFUSED[words]}$", text, re.M), text[-500:]


def test_refused_quiet(arch):
	with FAST[arch](arch, "again quiet -- mmu=wrong") as machine:
		machine.wait(f"^stubborn: error: again: {REFUSED['mmu=wrong']}$")


def test_no_off():
	with FAST["x86_64"]("x86_64", "again -- mmu=off") as machine:
		machine.wait("stubborn: error: again: mmu=off: an x86_64 CPU cannot run without "
			     "paging")
		machine.wait("boot: idle")


def panics(machine, times):
	"""Waits for `times` panics and what the run after the last one says."""
	start = 0
	for _ in range(times):
		start = machine.wait(r"boot: again: \".*\"", after=start).end()
	return start


@pytest.mark.parametrize("arch,regime", [(a, r) for a in ARCHES for r in REGIMES[a]])
def test_panic(arch, regime):
	"""Two panics boot again, the third halts; each run reports the previous run's message."""
	with FAST[arch](arch, f"panic panic=again:2 mmu={regime}") as machine:
		start = panics(machine, 2)
		machine.wait("stubborn: panic: requested.*", after=start)
		machine.run("query-status")
		parts = re.split('^(?=boot: again: ")', machine.serial(), flags=re.M)
	assert len(parts) == 3
	said = "requested on the command line"
	for part in parts[1:]:
		assert "boot: previous: reached clock\n" in part
		assert f"boot: previous: panicked: {said}\n" in part
		assert f"boot: previous: log: stubborn: panic: {said}\n" in part
	assert "previous" not in parts[0]
	assert parts[2].count("boot: previous: panicked") == 1
	for part in parts[1:]:
		assert part.startswith("boot: again: \"panic panic=again:2")


@pytest.mark.parametrize("arch,regime", [(a, r) for a in ARCHES for r in REGIMES[a]])
@pytest.mark.parametrize("stage", ["map", "idle"])
def test_fault(arch, regime, stage):
	"""From an exception, on the trap stack, before the kernel's map and after it. If the screen
	was unused so far, the panic is repeated there, and the port gets what follows.
	"""
	words = f"fault={stage} panic=again:1 mmu={regime}"
	with FAST[arch](arch, words) as machine:
		start = panics(machine, 1)
		machine.wait("stubborn: panic: halted", after=start)
		text = machine.serial()
	fault = f"fault in stage {stage}: "
	said = re.findall(f"^stubborn: panic: ({fault}.*) at pc", text, re.M)
	assert len(said) == 2, text
	assert re.search('^boot: again: "fault=', text, re.M)
	if stage == "idle":		# the second run has reported before that
		second = text[start:]
		assert f"boot: previous: panicked: {said[0]}\n" in second
		assert re.search("^boot: previous: reached idle, fault at link 0x[0-9a-f]+ cause",
				 second, re.M)


def test_panic_uefi(arch):
	with Machine(arch, "panic panic=again:1") as machine:
		start = panics(machine, 1)
		machine.wait("stubborn: panic: requested.*", after=start)
		survived(*runs(machine.serial()))


FOREIGN = HEAD.replace("kernel_wants) }", "kernel_wants), .flags = FLAGS }") + r"""
static uint32_t counter = 5, cleared;
static const char *text = "pointed at";
uint32_t *volatile through = &counter;

void kernel_main(struct boot_info *bi)
{
	static const char words[] = "mmu=mapped x";
	const char *why;

	console_serial(&bi->uart, bi->direct_map);
	console_print("mine: run %u, entry %u, counter %u, cleared %u, %s, regime %u\n",
		      bi->agains, bi->entry, (*through)++, cleared++, text, bi->regime);
	text = "lost";
	if (bi->agains == 3) {
		console_print("mine: done\n");
		for (;;)
			;
	}
	why = stub_again(bi, words, sizeof(words) - 1);
	console_print("mine: refused: %s\n", why);
	for (;;)
		;
}
"""


@pytest.mark.parametrize("door", ["uefi", "kernel"])
def test_foreign(arch, door, tmp_path):
	"""Another kernel's variables have their initial values in each run."""
	out = compile_c(arch, tmp_path, "mine", FOREIGN, "-DFLAGS=KERNEL_AGAIN")
	status, said = link(arch, tmp_path, out, library(arch))
	assert status == 0, said
	image = tmp_path / image_path(arch).name
	given = {"image": image.read_bytes()} if door == "uefi" else \
		{"kernel": image, "firmware": None}
	with Machine(arch, **given) as machine:
		machine.wait("mine: done")
		lines = re.findall("^mine: run.*$", machine.serial(), re.M)
	assert lines[1:] == [
		f"mine: run {i}, entry 8, counter 5, cleared 0, pointed at, regime 3"
		for i in (1, 2, 3)]


def test_foreign_unasked(arch, tmp_path):
	"""A kernel that has not set KERNEL_AGAIN is refused."""
	out = compile_c(arch, tmp_path, "mine", FOREIGN, "-DFLAGS=0")
	status, said = link(arch, tmp_path, out, library(arch))
	assert status == 0, said
	with Machine(arch, kernel=tmp_path / image_path(arch).name, firmware=None) as machine:
		machine.wait("mine: refused: the kernel has not asked for KERNEL_AGAIN")


HYPERVISOR = FOREIGN.split("static")[0].replace("FLAGS", "KERNEL_AGAIN") + r"""
#include "arch/x86_64/boot/regs.h"

void kernel_main(struct boot_info *bi)
{
	console_serial(&bi->uart, bi->direct_map);
	if (!bi->agains) {
		msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SVME);
		__asm__ volatile("clgi");
		stub_again(bi, "mmu=mapped", 10);
	}
	console_print("mine: again\n");
	for (;;)
		;
}
"""


def test_hypervisor(tmp_path):
	"""A hypervisor may fail between SVM's #VMEXIT and STGI; the next run gets NMIs none the
	less."""
	out = compile_c("x86_64", tmp_path, "mine", HYPERVISOR)
	status, said = link("x86_64", tmp_path, out, library("x86_64"))
	assert status == 0, said
	with Machine("x86_64", kernel=tmp_path / image_path("x86_64").name, firmware=None,
		     cpu="max") as machine:
		machine.wait("mine: again")
		machine.monitor("nmi")
		machine.wait("stubborn: panic: fault in stage jump: NMI .*", timeout=20)
