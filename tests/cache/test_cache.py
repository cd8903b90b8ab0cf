# SPDX-License-Identifier: MIT
"""The jump, as built, on a CPU whose caches keep everything they may. See tests/README.md."""
import functools
import struct

import pytest

from board import IMAGE, LATER, PAGE, TREE, start_image, symbols
from firmware import Firmware
from machine import image_path

REGIMES = ("off", "identity", "mapped")
PLACES = ("random", "stay")
KERNEL_INFO = {"root": 0x90, "stack": 0x20, "image": 0x68}	# include/stubborn/boot_info.h


def boot(entry, regime, place="random", **options):
	cmdline = f"mmu={regime} place={place} poweroff"
	if entry == "image":
		return start_image(cmdline, **options)
	return Firmware(cmdline, **options).board


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("entry", ("image", "uefi"))
def test_switch(entry, regime, place):
	board = boot(entry, regime, place)
	assert board.cache.broken == []
	assert board.stopped == "off", board.stopped + "\n" + board.text()
	text = board.text()
	for line in (f"entry: {entry}", f"regime: {regime}", "checksum: ok"):
		assert f"boot: {line}\n" in text
	assert (board.word(board.info + KERNEL_INFO["image"]) == IMAGE) == (place == "stay")
	assert board.switches == (4 if regime == "off" else 2)
	assert board.cache.counts["clean"] and board.cache.counts["cached"]
	assert bool(board.cache.counts["past the caches"]) == (entry == "image" or regime == "off")


@pytest.mark.parametrize("later", [["TCR2"], ["SCTLR2"], ["GCSCR"], ["TCR2", "SCTLR2", "GCSCR"]])
def test_later_registers(later):
	"""These registers are 0 when the MMU is turned on, whatever they were; access to one that
	the CPU lacks is an exception."""
	board = boot("uefi" if later[1:] else "image", "mapped", later=later)
	assert board.stopped == "off", board.stopped
	assert not board.left_on and board.switches == 2
	image, at = image_path("aarch64").read_bytes(), symbols()["arch_jump"]
	code = struct.unpack_from("<72I", image, at)
	for word in LATER:		# once, and in EL2's half, which Unicorn lacks: op1 is 4
		assert code.count(word | 31) == code.count(word | 4 << 16 | 31) == 1


def test_seed_is_gone():
	"""No seed can be found in the tree, with or without caches (read at the end)."""
	board = boot("image", "identity")
	assert struct.pack(">8I", *range(1, 9)) not in board.get(TREE, PAGE)
	assert not board.cache.broken


# ---- the model must find errors: repeat with one thing left out ----

DSB_SY, DSB_ISH, DSB_NSH, ISB = 0xd5033f9f, 0xd5033b9f, 0xd503379f, 0xd5033fdf
IALLU, IALLUIS, TLBI, CIVAC = 0xd508751f, 0xd508711f, 0xd508871f, 0xd50b7e20
MAINTENANCE = (DSB_SY, DSB_ISH, DSB_NSH, ISB, IALLU, IALLUIS, TLBI, CIVAC)
EL1 = 0xb0		# bytes of arch_jump that run at EL1, up to the branch around EL2's half


def sites():
	"""{(function, number of a maintenance or barrier instruction in it): (link address,
	word)}"""
	at, image = symbols(), image_path("aarch64").read_bytes()
	found = {}
	for name, size in (("arch_clean", 0xa0), ("arch_clean_code", 0x14), ("arch_jump", EL1)):
		words = struct.unpack_from(f"<{size // 4}I", image, at[name])
		here = [(at[name] + 4 * i, w) for i, w in enumerate(words) if w in MAINTENANCE]
		found.update({(name, i): site for i, site in enumerate(here)})
	return found


STALE_CODE = "executed, but instruction caches"
PAST, BACK = "past a dirty line", "a dirty line may come back"
HIDES = "a stale line hides"
CLEAN, CODE, JUMP = "arch_clean", "arch_clean_code", "arch_jump"
TURN = 8		# lines that arch_clean cleans in one iteration; the rest one by one
EVERY_CLEAN = [(CLEAN, n, CIVAC) for n in range(TURN + 1)]
# What is left out: places by function and number, the word there; the boot that shows it; the rule
NOPS = {
	"every clean": (EVERY_CLEAN, "uefi", "off", PAST),
	"every clean, mapped": (EVERY_CLEAN, "uefi", "mapped", STALE_CODE),
	"every clean, cold": (EVERY_CLEAN, "image", "identity", BACK),
	"DSB after the clean": ([(CLEAN, TURN + 1, DSB_SY)], "image", "identity", BACK),
	"DSB before M is cleared": ([(JUMP, 0, DSB_SY)], "uefi", "identity", "no DSB between"),
	"ISB after M cleared": ([(JUMP, 2, ISB)], "uefi", "identity", "no ISB after SCTLR"),
	"ISB before TLBI": ([(JUMP, 3, ISB)], "uefi", "identity", "TLBI before MAIR"),
	"TLBI": ([(JUMP, 4, TLBI)], "uefi", "identity", "old translations"),
	"DSB after TLBI": ([(JUMP, 6, DSB_NSH)], "uefi", "mapped", "old translations"),
	"ISB after TLBI": ([(JUMP, 7, ISB)], "uefi", "mapped", "old translations"),
	"ISB after M set": ([(JUMP, 8, ISB)], "image", "mapped", "no ISB after SCTLR"),
	# one IC is enough for this CPU (the first is for all CPUs): both, or one and what the other
	# needs
	"both IC": ([(CODE, 1, IALLUIS), (JUMP, 5, IALLU)], "uefi", "identity", STALE_CODE),
	"second IC, DSB after the first": (
		[(JUMP, 5, IALLU), (CODE, 2, DSB_ISH), (JUMP, 0, DSB_SY), (JUMP, 6, DSB_NSH)],
		"uefi", "identity", STALE_CODE),
	"first IC, DSB after the second": (
		[(CODE, 1, IALLUIS), (JUMP, 6, DSB_NSH)], "uefi", "off", STALE_CODE),
	"first IC, ISBs after the second": (
		[(CODE, 1, IALLUIS), (JUMP, 7, ISB), (JUMP, 8, ISB)], "uefi", "off", STALE_CODE),
}


@pytest.mark.parametrize("name", NOPS)
def test_left_out(name):
	places, entry, regime, rule = NOPS[name]
	known = sites()
	for function, n, word in places:
		assert known[function, n][1] == word, "the assembly has changed: see NOPS"
	board = boot(entry, regime, nop=[known[f, n][0] for f, n, _ in places])
	print("\n" + "\n".join(board.cache.broken[:3]))	# docs/debugging.md shows some
	assert any(rule in line for line in board.cache.broken), board.cache.broken[:5]


# A line that is not cleaned: what lies in it; how many of its cleans are still done.
LINES = {
	"kernel_entry": (0, "uefi", "identity", "random", STALE_CODE),
	"kernel_entry, mapped": (0, "uefi", "mapped", "random", STALE_CODE),
	"kernel_entry, off": (0, "uefi", "off", "random", "executed " + PAST),
	"kernel_entry, stays": (0, "uefi", "off", "stay", "executed " + PAST),
	"arch_jump": (0, "uefi", "identity", "random", "executed " + PAST),
	"info": (0, "uefi", "off", "random", "read " + PAST),
	"stack": (0, "uefi", "off", "random", "promised to be in memory"),
	"tree": (0, "uefi", "off", "random", "promised to be in memory"),
	"tree, cold": (0, "image", "identity", "random", "read " + PAST),
	"info, cold": (1, "image", "identity", "random", HIDES),
	"root": (1, "image", "mapped", "random", HIDES),
	"data": (0, "image", "identity", "stay", PAST),
	"first page of the arena": (0, "image", "identity", "random", BACK),
}


@functools.cache
def lines_of(entry, regime, place):
	"""Where these lines are in a correct boot. Every boot with the same tree is the same."""
	board = boot(entry, regime, place)
	assert not board.cache.broken
	image, root, stack = (board.word(board.info + KERNEL_INFO[name])
			      for name in ("image", "root", "stack"))
	return {
		"kernel_entry": image + board.at["kernel_entry"],
		"arch_jump": IMAGE + board.at["arch_jump"] + 0x40,
		"info": board.info, "stack": stack, "tree": TREE, "root": root,
		"data": image + board.at["crumb_trail"],
		"first page of the arena": board.info & -PAGE,
	}


@pytest.mark.parametrize("name", LINES)
def test_line_left_out(name):
	done, entry, regime, place, rule = LINES[name]
	line = lines_of(entry, regime, place)[name.split(",")[0]] & -64
	board = boot(entry, regime, place, skip={line: done})
	assert board.cache.line == 64
	assert any(rule in x and f"0x{line:x} " in x for x in board.cache.broken), \
		board.cache.broken[:5]
