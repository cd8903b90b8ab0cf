# SPDX-License-Identifier: MIT
"""The boot screen, read off QEMU's display, compared with the serial port's text of the same boot;
and what is shown where at which loglevel."""
import re

import pytest

from machine import EDK2, Machine, elf_path, image_path
from monitor import Monitor
from ramfb import enlarge, large_screen
from screen import cells, text

WHITE, GREY, BLACK = 0xffffff, 0xc0c0c0, 0
GREEN, CYAN = 0x00cd00, 0x00cdcd
LABEL, BAR, STAGES = 11, 64, 40		# cells
CPUS = 4
SIZES = ("800x600", "1280x800", "3840x2160")
SCREENS = [("x86_64", size) for size in SIZES] + [("aarch64", "800x600")]
DISPLAY = {"x86_64": "VGA,vgamem_mb=64", "aarch64": "ramfb"}
RAW = {"aarch64": image_path, "x86_64": image_path, "pvh": elf_path}


def raw(door, words, **options):
	arch = "x86_64" if door == "pvh" else door
	return Machine(arch, kernel=RAW[door](arch), firmware=None, append=words, **options)


def said(serial, key):
	return re.search(rf"^boot: {key}: (.*)$", serial, re.M)[1]


def check_head(rows, serial):
	version, arch = re.search(r"^Stubborn (\S+) (\S+): kernel running$", serial, re.M).groups()
	name = f"Stubborn {version}"
	assert text(rows[0]) == f"{name} {arch}"
	assert {c.text for c in rows[0][:len(name)] if c.char != " "} == {WHITE}
	machine = said(serial, "machine").strip('"')
	assert machine and text(rows[2]) == f"machine    {machine}"


def check_memory(bar, legend, serial):
	assert text(bar[:LABEL]) == "memory" and bar[LABEL].char == "["
	assert text(bar[LABEL + BAR + 1:]) == "]"
	inside = bar[LABEL + 1:LABEL + 1 + BAR]
	kinds = {c.char: c.ground for c in inside}
	found = {m[1]: (m.start(1), m[2]) for m in
		 re.finditer(r"(\S) ([a-z ]+ \d+) MiB, ", text(legend))}
	assert set(found) == set(kinds) - {" "} and kinds.get(" ", BLACK) == BLACK
	for letter, (at, _) in found.items():
		assert (legend[at].text, legend[at].ground) == (BLACK, kinds[letter])
	assert kinds["f"] == GREEN and kinds["i"] == CYAN
	free = int(said(serial, "memory").split()[0])
	assert free <= int(found["f"][1].split()[1]) <= free + 1
	assert re.search(r"up to 0x[0-9a-f]+$", text(legend))


def check_cpus(row):
	assert text(row[:LABEL]) == "cpus"
	assert text(row[LABEL + CPUS:]) == f" {CPUS} of {CPUS}"
	assert {c.ground for c in row[LABEL:LABEL + CPUS]} == {GREEN}


def check_stages(rows, serial):
	times = [(name, int(t)) for name, t in
		 re.findall(r"^boot: time: (\S+) (\d+)", serial, re.M)]
	took = {a[0]: b[1] - a[1] for a, b in zip(times, times[1:])}
	shown, before = {}, 0
	for row in rows:
		stage, ticks = re.match(r"(\S+) *\|.{40}\| (\d+)(?: \d+ us)?$", text(row)).groups()
		shown[stage] = int(ticks)
		bar = [c.ground == CYAN for c in row[LABEL + 1:LABEL + 1 + STAGES]]
		first, last = bar.index(True), STAGES - 1 - bar[::-1].index(True)
		assert all(bar[first:last + 1]) and first >= before
		before = last
	assert before >= STAGES - 3			# short stages at the end have no line
	until_report = times[-1][1] - times[0][1]	# the stages after it are on the screen only
	later = sum(ticks for stage, ticks in shown.items() if stage not in took)
	for stage, ticks in took.items():		# one line for each 64th of the whole time
		if stage in shown:
			assert shown[stage] == ticks >= until_report // 64
		else:
			assert ticks < (until_report + later) * 4 // 3 // 64


def drawn(machine, size, line):
	"""The screen's cells; it is drawn a moment after the serial port has sent the prompt."""
	for _ in range(20):
		picture = machine.screen()
		assert "%ux%u" % picture[:2] == size
		rows = cells(*picture)
		if line in map(text, rows):
			break
	return rows


@pytest.mark.parametrize("arch,size", SCREENS)
def test_boot_screen(arch, size):
	with Machine(arch, f"video={size}", display=DISPLAY[arch], talk=True,
		     extra=["-smp", str(CPUS)]) as machine:
		Monitor(machine)
		check(machine.serial(), drawn(machine, size, "stubborn ok>"))


@pytest.mark.parametrize("size", SIZES[1:])
def test_large_screen(size):
	width, height = map(int, size.split("x"))
	with large_screen(width, height, ["-smp", str(CPUS)]) as machine:
		serial = enlarge(machine, width, height)
		check(serial, drawn(machine, size, "stubborn ok>"))


def check(serial, rows):
	"""Everything is where it belongs, and nothing is anywhere else."""
	end = [text(row) for row in rows].index("stubborn ok>")
	check_head(rows, serial)
	check_memory(rows[4], rows[5], serial)
	check_cpus(rows[7])
	check_stages(rows[9:end - 1], serial)
	for i in (1, 3, 6, 8, end - 1, *range(end + 1, len(rows))):
		assert text(rows[i]) == "", f"row {i}"
	cursor = rows[end][len("stubborn ok> ")]
	assert cursor.ground == GREY and rows[end][0].text == GREY
	assert "\x1b" not in said(serial, "cpus") and "machine    " not in serial


@pytest.mark.parametrize("arch", EDK2)
def test_loglevel(arch):
	"""A level hides what is not below it; bad levels get a warning; the log has everything."""
	words = 'loglevel=9 loglevel=x frobnicate loglevel=5 run="log; poweroff"'
	with raw(arch, words) as machine:
		lines = machine.wait_end().replace("\r", "").split("\n")
	assert lines[:3] == ['stubborn: warning: bad value: "loglevel=9" ignored',
			     'stubborn: warning: bad value: "loglevel=x" ignored',
			     'stubborn: warning: unknown option "frobnicate" ignored']
	log = "\n".join(lines[4:])		# the first may be cut
	assert "boot: stage: clock\n" in log and re.search(r"^boot: counter: ", log, re.M)
	assert "boot: idle" not in log


@pytest.mark.parametrize("arch", EDK2)
def test_quiet(arch):
	"""Nothing is printed, except by a panic, which prints everything."""
	with raw(arch, "quiet frobnicate panic") as machine:
		machine.wait("called from:")
		text = machine.serial()
	assert text.startswith("stubborn: panic: requested on the command line\n"
			       "called from:\n")


@pytest.mark.parametrize("arch", EDK2)
def test_debug(arch):
	with raw(arch, "debug poweroff") as machine:
		text = machine.wait_end()
	assert re.findall("^boot: stage: (.*)$", text, re.M) == [
		"kernel", "verified", "map", "memory", "report", "clock", "off"]


@pytest.mark.parametrize("door", RAW)
def test_log_after_reset(door):
	"""RAM and the log in it survive a warm reset; the next run has entropy, lies elsewhere, and
	finds them."""
	with raw(door, "panic", cpu=None if door == "aarch64" else "max") as machine:
		machine.wait("stubborn: panic: .*")
		machine.wait("called from:")
		seen = len(machine.serial())	# do not match the run that panicked
		machine.run("system_reset")
		machine.wait("boot: previous: log: stubborn: panic: requested on .*", after=seen)
		text = machine.serial()
	assert "boot: previous: reached clock\nboot: previous: panicked: requested on" in text
	assert re.search(r"^boot: previous: log: boot: counter: ", text, re.M)
	assert text.count("boot: previous: reached") == 1
