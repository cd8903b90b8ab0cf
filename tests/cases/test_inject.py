# SPDX-License-Identifier: MIT
"""Firmware that lies: what can be survived is; otherwise the stub frees everything and returns.

Each fault alone, or with others that do not hide it, on U-Boot; the worst combinations, and all
after which the stub returns, on OVMF, AAVMF and riscv64's U-Boot. Quirks (Q-..) were seen in
practice: stale keys, maps that grow or are odd, missing consoles and devices, load options that
are not text.
"""
import os
import re
import time
import zlib

import pytest

from handoff import Crumbs, addresses
from injected import INITRD, KNOWN, TEXT, injected, quickly, said
from machine import HANG, qemu_version
from report import Report
from test_boot import EVERY, selftest_passed

MIB = 1 << 20
GIB = 1 << 30
ERROR = 1 << 63
LOAD_ERROR, INVALID_PARAMETER, OUT_OF_RESOURCES, NOT_FOUND = (ERROR | n for n in (1, 2, 9, 14))
OFFERED = (3001, zlib.crc32(bytes(i * 7 % 256 for i in range(3001))))	# load_file=1
READ = (len(INITRD), zlib.crc32(INITRD))
# of the RAM of 1 GiB
HALF = {"x86_64": 512 * MIB, "aarch64": GIB + 512 * MIB, "riscv64": 2 * GIB + 512 * MIB}
NO_SCREEN, SEED = "screen: none", "seed: 32 bytes"
# QEMU's tree has one for U-Boot, which newer ones remove; qemu64 has no RDRAND
NO_SEED = "seed: 0 bytes"
LEFT_SEED = SEED if qemu_version("aarch64") == 7 else NO_SEED
TREE_SEED = {"x86_64": NO_SEED, "aarch64": LEFT_SEED, "riscv64": LEFT_SEED}
TPM_FAILED = "measured: nothing; the TPM failed"
TPM_FULL = "measured: command line; the TPM's log is full"
KEPT = r"kept (\d+) pages, firmware counts \1, 0 files; 0 strays"
FOUR = {"x86_64": "3G", "aarch64": "4G"}			# has a GiB above 4 GiB


# name: faults, words of the command line, what must hold
SURVIVED = {
	"stale_Q01_Q03": ("stale=5", "", {"tries": 6}),
	"stale_31": ("badkey=31 grow=2", "", {"tries": 32, "grown": 31}),
	"grow_8_Q02_Q64": ("badkey=5 grow=8", "", {"tries": 6, "grown": 40}),
	"grow_64_Q02": ("stale=1 grow=64", "", {"tries": 2, "grown": 64}),
	"map_1_desc_40": ("map_grow=1 desc=40", "", {}),
	"map_8_desc_56_Q04_Q06": ("map_grow=8 desc=56 lie_ORDER", "", {}),
	"map_64_desc_96_Q05": ("map_grow=64 desc=96 lie_EMPTY", "", {}),
	"map_150": ("map_grow=150", "", {}),
	"map_470_second_arena": ("map_grow=470", "", {}),
	"odd_map_Q05_Q06_Q43": ("desc=48 lie_OVERLAP lie_UNKNOWN lie_ORDER lie_EMPTY", "", {}),
	"count_8000_Q64": ("count=8000 desc=96", "", {}),
	"alloc_1_Q64": ("alloc_fail=1", "", {}),
	"alloc_2_initrd": ("alloc_fail=2 load=OK", "", {"initrd": OFFERED}),
	"alloc_3_second_arena": ("alloc_fail=3 map_grow=470 load=OK", "", {"initrd": OFFERED}),
	"no_address_poison": ("no_address poison", "", {}),
	"above_half_Q18": ("above={half}", "", {}),
	"bare_Q40": ("bare table=CRC revision=0x10000", "", {}),
	"nothing_found": ("null_WATCHDOG fail_LOCATE_PROTOCOL fail_LOCATE_HANDLE table=NO_RUNTIME",
			  "", {}),
	"lies": ("locate_null locate_many fail_GET_VARIABLE", "", {}),
	"no_console_Q33": ("con_out=NULL no_in", "", {}),
	"bad_console_Q34": ("con_out=FAILS config=MANY gop=NONE rng=NONE tcg=NONE", "debug", {}),
	"bad_protocols_1_Q30": ("gop=MODE_NULL tcg=FAILS rng=FAILS", "",
				{"lines": [NO_SCREEN, TPM_FAILED]}),
	"bad_protocols_2_Q52": ("gop=INFO_NULL tcg=NULL rng=NO_RAW", "",
				{"lines": [NO_SCREEN, SEED]}),
	"stuck_rng_Q83": ("rng=ONES", "", {"lines": [TREE_SEED]}),
	"bad_protocols_3_Q54": ("gop=ABSURD tcg=GARBAGE", "",
				{"lines": [NO_SCREEN, "tpm log: none"]}),
	"tpm_log_full_Q96": ("tcg=FULL", "", {"lines": [TPM_FULL]}),
	"offer_empty_Q97": ("load=ZERO_TOO_SMALL", "", {}),
	"blt_only_Q30": ("gop=BLT load=OK", "", {"lines": [NO_SCREEN], "initrd": OFFERED}),
	"short_reads_Q38": ("read_step=1000", "initrd=\\initrd", {"initrd": READ}),
	"text_bytewise": ("opt_none read_step=1", "", {"cmdline": TEXT}),
	"text_fails": ("opt_none read_fail=5", "", {"cmdline": ""}),
	"no_volume": ("opt_none disk=NO_VOLUME", "", {"cmdline": ""}),
	"bad_volume": ("opt_none disk=VOLUME_FAILS", "", {"cmdline": ""}),
	"bad_file": ("opt_none disk=OPEN_FAILS", "", {"cmdline": ""}),
	"no_self_Q14_Q39": ("no_device path=NULL bad_base", "", {}),
	"endless_path": ("path=LENGTH_0", "", {}),
	"options_null_Q36": ("options_null=4096", "", {"cmdline": TEXT}),
	"options_odd_Q36": ("opt_odd", "", {}),
	"options_blob_Q35": ("opt_blob", "", {}),
	"options_8bit_Q62": ("opt_8bit", "", {}),
	"options_garbage_Q36": ("opt_garbage=1", "", {"cmdline": TEXT}),
	"live_timer_Q28_Q29": ("live", "", {}),
	"wild_Q68": ("config=UNMAPPED", "", {"lines": ["acpi: 0x5eadbeeff000"], "off": False}),
}
# If all of these together are survived, so is each one.
TOGETHER = ("badkey=5 grow=64 desc=96 lie_ORDER lie_EMPTY lie_OVERLAP lie_UNKNOWN count=8000 "
	    "poison poison_all bare table=CRC tcg=GARBAGE gop=ABSURD rng=FAILS con_out=FAILS "
	    "no_in opt_odd bad_base live")
# name: faults, command line, status, the error's text; None: no way to print
RETURNED = {
	"no_memory": ("alloc_from=1", "", OUT_OF_RESOURCES, r"no memory for \d+ pages"),
	"no_memory_left": ("alloc_from=2", "initrd=\\initrd", OUT_OF_RESOURCES,
			   r"no memory for \d+ pages"),
	"no_memory_left_2": ("alloc_from=2 load=OK", "", OUT_OF_RESOURCES,
			     r"no memory for \d+ pages"),
	"no_initrd_memory": ("alloc_from=1", "initrd=\\initrd", OUT_OF_RESOURCES,
			     f"initrd: no memory for {len(INITRD)} bytes"),
	"fixed_taken": ("no_address", "place=0x40000000", OUT_OF_RESOURCES,
			r"place=0x40000000: no free RAM for \d+ pages there"),
	"map_fails": ("map_fail=1", "", LOAD_ERROR, "no memory map .*7"),
	"map_fails_late": ("map_fail=2", "", LOAD_ERROR, "no memory map .*7"),
	"map_outgrows": ("map_huge", "", LOAD_ERROR, "no memory map .*5"),
	"map_outgrows_arenas": ("map_huge=2", "", LOAD_ERROR, "no memory map .*5"),
	"desc_32": ("desc=32", "", LOAD_ERROR, "no memory map .*7"),
	"desc_41": ("desc=41", "", LOAD_ERROR, "no memory map .*7"),
	"desc_huge": ("desc=0x1000000000", "", LOAD_ERROR, "no memory map .*5"),
	"no_image": ("no_self", "", LOAD_ERROR, "no LoadedImage protocol"),
	"no_boot": ("table=NO_BOOT", "", LOAD_ERROR, None),
	"no_signature": ("table=SIGNATURE", "", LOAD_ERROR, None),
	"volume": ("disk=VOLUME_FAILS", "initrd=\\initrd", NOT_FOUND, "cannot be opened"),
	"no_files": ("disk=NO_VOLUME", "initrd=\\initrd", NOT_FOUND, "no volume, cannot be opened"),
	"no_device_Q39": ("no_device", "initrd=\\initrd", NOT_FOUND, "no volume, cannot be opened"),
	"open": ("disk=OPEN_FAILS", "initrd=\\initrd", NOT_FOUND, "cannot be opened"),
	"position": ("disk=DIRECTORY", "initrd=\\initrd", NOT_FOUND, "is not a file"),
	"read_half_Q38": ("read_fail=100000 read_step=5000", "initrd=\\initrd", LOAD_ERROR,
			  "cannot be read"),
	"read_end": ("read_end=100000", "initrd=\\initrd", LOAD_ERROR, "cannot be read"),
	"offer_fails": ("load=FIRST_FAILS", "", LOAD_ERROR, "the loader failed .*7"),
	"offer_fails_half_way": ("load=SECOND_FAILS", "", LOAD_ERROR, "the loader failed .*7"),
	"offer_short": ("load=SHRANK", "", LOAD_ERROR, "the loader failed .*7"),
	"offer_huge": ("load=HUGE", "", OUT_OF_RESOURCES, f"no memory for {1 << 60} bytes"),
	"bad_option": ("", "mmu=sideways", INVALID_PARAMETER, "mmu=sideways"),
	"no_console_Q33": ("con_out=NULL", "mmu=sideways", INVALID_PARAMETER, "mmu=sideways"),
	"bad_console_Q34": ("con_out=FAILS", "mmu=sideways", INVALID_PARAMETER, "mmu=sideways"),
}
# The same after a refused ExitBootServices: only the arena is not freed (stub/README.md).
HALF_GONE = {
	"stale_ever_Q59": ("stale=ever", "", LOAD_ERROR, "refused, .*2, try 32"),
	"stale_no_map": ("stale=1 map_fail=3", "", LOAD_ERROR, "refused, .*7, try 2"),
	"refused": ("exit_status=15", "", LOAD_ERROR, "refused, .*f, try 1"),
	"grow_300_Q02": ("stale=5 grow=300", "", LOAD_ERROR, "refused, .*5, try 3"),
	"grow_ever": ("stale=ever grow=20", "", LOAD_ERROR, "refused, .*5, try"),
}


# When an image returns, U-Boot calls Exit in the table that the image was given.
NOT_UBOOT = ("no_boot", *HALF_GONE)
IDLE = 23			# enum kernel_stage
NO_CONSOLE = "stubborn: warning: the kernel will have no console: "


def line(name, faults, words):
	unknown = {re.sub(r"=(0x)?\d+$|=ever$", "", f) for f in faults.split()} - KNOWN
	assert not unknown, f"{name}: not in tests/faults.h for the injector: {unknown}"
	return f"{name} {faults} -- {words}"


def check_survived(text, arch, cmdline, tries=None, grown=0, initrd=None, lines=()):
	print(text)			# pytest shows it if an assertion fails
	report = Report(text, text.index("Stubborn "))
	assert report.initrd == initrd
	assert report.tries == (tries or 1)
	report.initrd, report.tries = None, 1
	report.check(arch, cmdline=cmdline)
	growth = re.search(r"^boot: exit growth: (\d+) ", text, re.M)
	assert (int(growth[1]) if growth else 0) >= grown
	for wanted in lines:
		wanted = wanted[arch] if isinstance(wanted, dict) else wanted
		assert f"\nboot: {wanted}\n" in text
	odd = re.search(r"overlap at (0x[0-9a-f]+)$", text, re.M)
	if odd:				# three sources disagree: the most restrictive wins
		assert f"\nboot: memory: {odd[1]} 0x1000 reserved\n" in text
	return report


def survived():
	"""Each fault in one regime, taken in turn; a soak has all regimes, and place=stay."""
	soak = os.environ.get("INJECT_SOAK")
	for arch in HALF:
		regimes = [r for a, r in EVERY if a == arch]
		for i, name in enumerate(SURVIVED):
			for r in regimes if soak else [regimes[i % len(regimes)]]:
				for place in ("random", "stay") if soak else ("random",):
					yield pytest.param(arch, name, f"mmu={r} place={place}",
							   id=f"{arch}-{name}-{r}-{place}")


@pytest.mark.parametrize("arch,name,where", survived())
def test_survived(arch, name, where):
	faults, words, expected = SURVIVED[name]
	expected = {**expected}
	end = "selftest poweroff" if expected.pop("off", True) else "selftest"
	wanted = " ".join([f"case={name}", *words.split(), where, end])
	expected = {"cmdline": wanted, **expected}
	asked = expected["cmdline"]
	with quickly(arch, line(name, faults.format(half=HALF[arch]), wanted)) as machine:
		if asked and "poweroff" in asked:
			text = machine.wait_end()
		else:			# it cannot switch itself off
			machine.wait("boot: idle")
			text = machine.serial()
	report = check_survived(text, arch, **expected)
	assert [x for x in said(text) if not x[1].startswith("overlap")] == [(name, "start")]
	if asked and "selftest" in asked:
		selftest_passed(text)
	if "above" in faults and "stay" not in where:
		assert report.runs >= HALF[arch]


def check_returned(text, name, status, error, clean):
	"""One line said why, and everything was freed."""
	part = re.search(rf"^inject: {name}: start\n(.*\n)*?inject: {name}: returned .*$", text,
			 re.M)[0]
	lines = [x for x in part.split("\n")[1:] if x.strip()]
	errors = [x for x in lines if x.startswith("stubborn: error: ")]
	assert lines == errors + lines[-1:], part
	assert len(errors) == (error is not None), part
	assert error is None or re.search(error, errors[0]), part
	last = f"inject: {name}: returned {status:#x}, "
	last += "ledger clean" if clean else KEPT
	assert re.fullmatch(last, lines[-1]), part


def test_returned(arch):
	"""All faults that cannot be survived, one after the other, then one boot that can."""
	returned = {name: case for name, case in {**RETURNED, **HALF_GONE}.items()
		    if arch != "riscv64" or name not in NOT_UBOOT}
	if arch == "aarch64":	# the map is read once more, as its port is in memory
		returned["stale_no_map"] = ("stale=1 map_fail=4", *returned["stale_no_map"][1:])
	cases = [line(name, faults, words) for name, (faults, words, *_) in returned.items()]
	wanted = "case=together selftest poweroff"
	with injected(arch, [*cases, line("together", TOGETHER, wanted)],
		      memory="256M") as machine:
		text = machine.wait_end()
	for name, (_, _, status, error) in returned.items():
		check_returned(text, name, status, error, name not in HALF_GONE)
	check_survived(text, arch, wanted, tries=6, lines=[NO_SCREEN, TPM_FAILED])
	selftest_passed(text)


def test_no_console_left_Q100(arch):
	"""No ACPI, no tree, no screen: the last message is on firmware's console.
	On a PC the usual port still answers, on riscv64 SBI."""
	with quickly(arch, line("blind", "config=NONE gop=NONE", "debug selftest")) as machine:
		if arch != "aarch64":
			machine.wait("boot: idle")
			text = machine.serial()
			assert NO_CONSOLE not in text
			if arch == "riscv64":	# OpenSBI's memory, which U-Boot's map calls free
				assert "\nboot: memory: 0x80000000 0x80000 reserved\n" in text
				selftest_passed(text)
			return
		machine.wait(re.escape(NO_CONSOLE) + ".*earlycon=")
		machine.wait("stubborn: debug: image .*")
		_, arena = addresses(machine.serial())
		end = time.monotonic() + HANG
		while machine.memory(arena + 8, 4)[0] != IDLE:
			assert time.monotonic() < end
			time.sleep(0.5)
		assert not Crumbs(machine, arena).faulted
		assert "kernel running" not in machine.serial()


@pytest.mark.parametrize("arch", ["x86_64", "aarch64", "riscv64"])
def test_named_by_hand_Q100(arch):
	"""The same firmware, with the option that the warning names."""
	port, name = {"x86_64": ("uart8250,io,0x3f8", "16550 at port 0x3f8"),
		      "aarch64": ("pl011,0x9000000", "pl011 at memory 0x9000000"),
		      "riscv64": ("uart8250,mmio,0x10000000", "16550 at memory 0x10000000")}[arch]
	words = f"earlycon={port} selftest"
	with quickly(arch, line("blind", "config=NONE gop=NONE", words)) as machine:
		machine.wait("boot: idle")	# it cannot switch off
		text = machine.serial()
	assert NO_CONSOLE not in text
	assert f"boot: uart: {name} from option" in text
	selftest_passed(text)


@pytest.mark.parametrize("arch", FOUR)
def test_above_4g(arch):
	"""Q-18: no page is free below 4 GiB (U-Boot gives none above).
	Firmware itself refuses 31 keys in a row."""
	wanted = "mmu=mapped selftest poweroff"
	case = line("above", f"above={4 * GIB} badkey=31 grow=2 load=OK con_out=NULL "
		    "fail_LOCATE_PROTOCOL fail_LOCATE_HANDLE no_device path=NULL opt_blob live",
		    wanted)
	with injected(arch, [case], memory=FOUR[arch]) as machine:
		text = machine.wait_end()
	report = check_survived(text, arch, wanted, tries=32, grown=31, initrd=OFFERED)
	assert report.runs >= 4 * GIB
	assert said(text) == [("above", "start")]
	selftest_passed(text)
