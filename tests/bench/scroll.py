# SPDX-License-Identifier: MIT
"""What a line of 80 characters costs on a screen full of other text, which it scrolls: an unknown
command, from its error message to the next prompt, when the line is drawn. At 1280x800 on
x86_64; ramfb has no such mode."""
import random
import re
import string
import time

from machine import Machine
from monitor import Monitor
from spans import SLOW

SCREENS = {"aarch64": ("ramfb", "1024x768"), "x86_64": (None, "1280x800")}
LINE = 80
ROWS = 50			# of the screen, or more
MESSAGE = 'error: there is no command "%s"; help lists them\n'
TOUCH = "touch"


def settled(machine):
	"""The screen, once it no longer changes."""
	last = None
	while (picture := machine.screen()) != last:
		last = picture
		time.sleep(0.3)
	return last


def changed(before, after):
	old, new = memoryview(before[2]), memoryview(after[2])
	return sum(old[i:i + 3] != new[i:i + 3] for i in range(0, len(old), 3))


def scroll(code):
	device, size = SCREENS[code.arch]
	some = random.Random(1)
	names = ["".join(some.choices(string.ascii_letters, k=LINE + 1 - len(MESSAGE % "")))
		 for _ in range(ROWS // 2 + 1)]		# the command, and the message
	marks = [(code.names["monitor_error"], "+", 0), (code.names["input_wait"], "-", 0),
		 (code.names["input_wait"], "x", 0)]
	plugin = code.plugin(["efi_entry", "kernel_main"], marks) + f",touch={TOUCH}"
	with Machine(code.arch, f"place=stay video={size}", display=device, talk=True,
		     extra=[*SLOW, "-plugin", plugin]) as machine:
		monitor = Monitor(machine)
		text = machine.serial()
		base = re.search(rf"^boot: screen: {size} \S+ at (0x\w+)$", text, re.M)[1]
		width, height = map(int, size.split("x"))
		(machine.folder / TOUCH).write_text(f"{base} {4 * width * height:#x}")
		for name in names[1:]:
			assert monitor.try_(name) == (False, MESSAGE % name)
		monitor.type(names[0])
		before, first = settled(machine), code.read(machine.folder)
		monitor.type("\r")
		monitor._answer()
		after, last = settled(machine), code.read(machine.folder)
	loads, stores = (b - a for a, b in zip(first.touch, last.touch))
	pixels = changed(before, after)
	assert last.spans[0][0] > first.spans[0][0] and pixels > width * height // 50
	assert not loads, f"the framebuffer was read {loads} times"
	yield "own", last.spans[0][0] - first.spans[0][0], 1_500_000
	yield "stores/100", 100 * stores // pixels, 150		# per hundred changed pixels
