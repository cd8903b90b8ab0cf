# SPDX-License-Identifier: MIT
"""The table of ways in: a pytest plugin that runs the tests marked `door` and prints the results.

It has no list of its own: the tests define what a way in is, how it is set up and what must
arrive; if several tests have the same way in, the first for each CPU runs. Instructions are all
that the guest executed from the image's first to its kernel's first, including firmware's work for
us (bench/count.c). Bochs counts by itself, each iteration of a REP as one.
"""
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))
import bench		# noqa: E402
from bochs import Bochs	# noqa: E402

import machine
import report

ENTRIES = ("efi_entry", "efi32_entry", "linux32_entry", "linux64_entry", "pvh_entry",
	   "image_entry")
HEAD = ("door", "CPU", "entry", "started", "command line", "initrd crc32", "instructions",
	"why")
texts = []			# serial texts of one test's machines, and their counts
rows = []


def executed(vm):
	"""Bochs's time stamp counter counts instructions; ours was 0 at the entry."""
	count = vm.folder / "count"
	if count.exists():
		return count.read_text().split()[3]
	ticks = re.search(r"^boot: time: kernel (\d+)\b", vm.serial(), re.M)
	return ticks[1] if ticks and isinstance(vm, Bochs) else ""


def watch(method):
	"""Keep the machine's output when it is deleted."""
	def leave(self, *words):
		texts.append((self.serial(), executed(self)))
		return method(self, *words)
	return leave


def count(method):
	def command(self, *words):
		return method(self, *words) + ["-plugin", bench.counter(self.arch, ENTRIES)]
	return command


def row(name, outcome, why):
	"""The report of the test's last machine, if it got that far."""
	text, total = texts[-1] if texts else ("", "")
	at = text.find("Stubborn ")
	try:
		seen = report.Report(text, max(at, 0))
	except AssertionError:
		return (name, "", "", outcome, "", "", "", why)
	crc = f"{seen.initrd[1]:08x}" if seen.initrd else "-"
	started = {"passed": "yes", "failed": "WRONG"}.get(outcome, outcome)
	return (name, seen.arch, seen.entry, started, seen.cmdline, crc, total, why)


def pytest_configure(config):
	machine.Machine.__exit__ = watch(machine.Machine.__exit__)
	machine.Machine._command = count(machine.Machine._command)


def way_in(item):
	"""The way in that a test is for: its name, the test's file, and the CPU, if the name does
	not say it. None if it is for none."""
	mark = item.get_closest_marker("door")
	arch = getattr(item, "callspec", None) and item.callspec.params.get("arch")
	return mark and (mark.args[0], item.path.stem, arch)


def pytest_collection_modifyitems(config, items):
	doors = {}
	for item in items:
		doors.setdefault(way_in(item), item)
	doors.pop(None, None)
	chosen = list(doors.values())
	config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
	items[:] = chosen


def pytest_runtest_logstart(nodeid, location):
	"""Forget the last test's results: this test may be skipped, and must not show them."""
	texts.clear()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
	result = (yield).get_result()
	if result.when == "call" or result.outcome == "skipped":
		why = result.longrepr[2] if result.outcome == "skipped" else ""
		rows.append(row(item.get_closest_marker("door").args[0], result.outcome, why))


def pytest_terminal_summary(terminalreporter):
	table = [HEAD, *rows]
	widths = [max(len(line[i]) for line in table) for i in range(len(HEAD))]
	terminalreporter.write_line("")
	for line in table:
		cells = (cell.ljust(width) for cell, width in zip(line, widths))
		terminalreporter.write_line("  ".join(cells).rstrip())
