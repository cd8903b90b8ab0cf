# SPDX-License-Identifier: MIT
"""The table of doors: a pytest plugin that runs the tests marked `door` and prints what came in.

It has no list of its own: what a door is, how it is built and what must arrive stand in the
tests; of several with one door the first for each CPU is run. Instructions are the
guest's own count (QEMU's -icount with one per nanosecond) from
the image's entry to its kernel, firmware's work for us included; a machine that waits
counts as working. It takes COUNT=1, because it makes the machines several times slower, and those
that wait for a clock much more; without it that column is empty. Bochs counts by itself, each
turn of a REP as one.
"""
import os
import re

import pytest

import machine
import report

COUNT = os.environ.get("COUNT") == "1"
NS_PER_TICK = {"x86_64": 1, "aarch64": 16}	# TSC and CNTVCT_EL0 with -icount shift=0
HEAD = ("door", "CPU", "entry", "started", "command line", "initrd crc32", "instructions",
	"why")
texts = []			# serial text of the machines of one test
rows = []


def watch(method):
	"""Keep what the machine has said when it goes."""
	def leave(self, *words):
		texts.append(self.serial())
		return method(self, *words)
	return leave


def count(method):
	def command(self, *words):
		return method(self, *words) + ["-icount", "shift=0,sleep=off"]
	return command


def row(name, outcome, why):
	"""What the last machine of the test reported, if it came that far."""
	text = texts[-1] if texts else ""
	at = text.find("Stubborn ")
	try:
		seen = report.Report(text, max(at, 0))
	except AssertionError:
		return (name, "", "", outcome, "", "", "", why)
	time = re.search(r"^boot: time: kernel (\d+)\b", seen.text, re.M)
	number = int(time[1]) * NS_PER_TICK[seen.arch] if time and COUNT else ""
	crc = f"{seen.initrd[1]:08x}" if seen.initrd else "-"
	started = {"passed": "yes", "failed": "WRONG"}.get(outcome, outcome)
	return (name, seen.arch, seen.entry, started, seen.cmdline, crc, str(number), why)


def pytest_configure(config):
	machine.Machine.__exit__ = watch(machine.Machine.__exit__)
	if COUNT:
		machine.Machine._command = count(machine.Machine._command)


def pytest_collection_modifyitems(config, items):
	doors = {}
	for item in items:
		mark = item.get_closest_marker("door")
		if mark:
			arch = getattr(item, "callspec", None) and item.callspec.params.get("arch")
			doors.setdefault((mark.args[0], item.path.stem, arch), item)
	chosen = list(doors.values())
	config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
	items[:] = chosen


def pytest_runtest_logstart(nodeid, location):
	"""Before the test can be skipped: its row shall not show what another test has seen."""
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
