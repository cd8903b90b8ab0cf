# SPDX-License-Identifier: MIT
"""Ways in, for any kernel: a pytest plugin that runs the tests marked `door` with another
image, and passes if the kernel prints EXPECT. For `make doors`; see sdk/doors.mk.

As in matrix.py there is no list of ways in here. A test sets up its machine, with the given
image; the first time it waits, we wait for the kernel's text instead, and skip what the test
would check of our own kernel. If the kernel closes the test's regime, another test of the same way
in is tried. KERNEL_IMAGES is a folder with <cpu>/BOOTX64.EFI
or the like and <cpu>/kernel.elf; what a failed one printed is left in its doors/. DOORS_ARCH: only
this CPU's.
"""
import os
import re
from pathlib import Path

import pytest

import bochs
import machine
from matrix import pytest_collection_modifyitems as one_of_each, way_in

FOLDER = Path(os.environ["KERNEL_IMAGES"])
EXPECT = os.environ.get("EXPECT") or r"kernel running"
SLOW = {} if os.environ.get("DOORS") == "all" else {
	"test_kexec": "Debian's Linux boots first: DOORS=all",
	"test_install": "Debian's Linux boots first: DOORS=all"}
ONLY = os.environ.get("DOORS_ARCH")
SERIAL = "\n--- serial:\n"	# the last part of what a Hang says
LAST = 10			# lines of output that are printed
OTHER = "another CPU"		# such skips are not printed
WORD = {"passed": "passed", "failed": "FAILED", "skipped": "skipped"}
REGIME = r"mmu=\w+: not for this kernel"	# kernel_wants.closed
CLOSED = rf"this kernel cannot start as .*|{REGIME}"
others = {}			# tests that have not been tried, by way in
started = machine.Machine.wait


class Seen(Exception):
	"""The kernel has printed what it should."""


def wait(self, *_, **__):
	try:
		closed = started(self, f".*(?:{re.escape(EXPECT)}|({CLOSED})).*")[1]
	except machine.Hang as hang:
		state, serial, _ = str(hang).partition(SERIAL)
		raise machine.Hang(f'no "{EXPECT}"\n{state}{serial}{self.serial()}') from None
	if closed:
		pytest.skip(closed)
	raise Seen


def image_path(arch, name=None):
	path = FOLDER / arch / ((name or machine.IMAGE_NAME[arch]) + ".EFI")
	if not collected:		# a test file is being imported
		return path
	if ONLY and arch != ONLY:
		pytest.skip(OTHER)
	if not path.exists():
		pytest.skip(f"{path.name} is not built")
	return path


collected = []


def pytest_collection_finish(session):
	collected.append(session)


def elf_path(arch):
	return image_path(arch).with_name("kernel.elf")


def pytest_configure(config):
	"""Runs before the tests are imported, which import these by name."""
	machine.image_path, machine.elf_path = image_path, elf_path
	machine.Machine.wait = machine.Machine.wait_end = bochs.Bochs.wait_end = wait


def pytest_collection_modifyitems(config, items):
	for item in items:
		others.setdefault(way_in(item), []).append(item)
	one_of_each(config, items)
	for item in items:
		others[way_in(item)].remove(item)
		if item.path.stem in SLOW:	# their doors' names have the CPU's
			other = ONLY and ONLY not in way_in(item)[0]
			item.add_marker(pytest.mark.skip(
				reason=OTHER if other else SLOW[item.path.stem]))


@pytest.hookimpl(hookwrapper=True)
def pytest_pyfunc_call(pyfuncitem):
	outcome = yield
	if outcome.excinfo and issubclass(outcome.excinfo[0], Seen):
		outcome.force_result(True)
	elif not outcome.excinfo:
		outcome.force_exception(AssertionError("the test started nothing"))


def lines_of(text):
	return [line for line in text.splitlines() if line.strip()]


def reason(item, call):
	"""Why it failed, and the last output, a line each; all is written to a file."""
	if not call.excinfo or call.excinfo.errisinstance(Seen):
		return ""
	text = str(call.excinfo.value) or call.excinfo.typename
	state, hung, serial = text.partition(SERIAL)
	name = re.sub(r"\W+", "-", f"{item.path.stem} {item.name}").strip("-")
	path = FOLDER / "doors" / (name + ".txt")
	path.parent.mkdir(exist_ok=True)
	path.write_text(state + hung + serial)
	last = lines_of(serial)[-LAST:] if hung else lines_of(state)[1:][-LAST:]
	return "\n    ".join([lines_of(state)[0], *(line[:200] for line in last),
			     f"all of it: {path}"])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
	report = (yield).get_result()
	door, _, arch = way_in(item)
	why = report.longrepr[2].removeprefix("Skipped: ") if report.skipped else \
		reason(item, call)
	untried = others[way_in(item)]
	if report.skipped and re.fullmatch(REGIME, why) and untried:
		item.session.items.insert(item.session.items.index(item) + 1, untried.pop(0))
		why = OTHER
	report.user_properties = [("door", f"{door}, {arch}" if arch else door), ("why", why)]


def pytest_report_teststatus(report, config):
	"""Print our own line instead of a dot."""
	return report.outcome if report.when == "call" or not report.passed else "", "", ""


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
	told = dict(report.user_properties)
	if (report.when == "call" or not report.passed) and told["why"] != OTHER:
		line = f"{WORD[report.outcome]:8} {told['door']:44} {told['why']}"
		print(line.rstrip(), flush=True)
