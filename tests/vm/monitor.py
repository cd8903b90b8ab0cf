# SPDX-License-Identifier: MIT
"""The kernel's monitor, used line by line through the serial port of a Machine(talk=True)."""
import re
import time

from machine import HANG, Hang
from programs import Limit, shown

PROMPT = re.compile(r"^\S+ (ok|failed)> ", re.M)
# A line that is edited is redrawn from its start, prompt first.
ON_NEW_LINE = re.compile(rb"\n(?:\x1b\[[0-9;]*m)*\S+ (?:ok|failed)> \Z")


class Failed(AssertionError):
	"""A command reported an error."""


class Monitor:
	def __init__(self, machine):
		"""Waits for the first prompt."""
		self.machine = machine
		machine.wait("boot: idle")
		self.seen = 0		# characters of the serial log read so far
		self._answer()

	def look(self, prompts=1):
		"""(ok, text, length) up to that many prompts from here, if the last of them waits
		for a command; else None."""
		raw = self.machine.raw()
		new = shown(raw)[self.seen:]
		found = list(PROMPT.finditer(new))
		if len(found) < prompts or found[-1].end() < len(new) or \
				not ON_NEW_LINE.search(raw):
			return None
		return found[-1][1] == "ok", new[:found[-1].start()], len(new)

	def _until(self, look, what, seconds):
		"""What look() returns, once that is true."""
		limit = Limit(seconds)
		while limit.lasts(len(self.machine.raw())):
			if found := look():
				return found
			if self.machine.process.poll() is not None:
				break
			time.sleep(0.02)
		raise Hang(self.machine._explain(f"no {what}"))

	def _answer(self, seconds=HANG, prompts=1):
		"""(ok, text) up to the next prompt, or that many prompts."""
		ok, text, length = self._until(lambda: self.look(prompts), "prompt", seconds)
		self.seen += length
		return ok, text

	def type(self, keys):
		self.machine.talk.sendall(keys.encode() if isinstance(keys, str) else keys)

	def echoed(self, keys, seconds=HANG):
		"""Wait until `keys` are the last thing that the serial port sent."""
		deadline = time.monotonic() + seconds
		while not self.machine.serial().endswith(keys):
			if time.monotonic() > deadline:
				raise Hang(self.machine._explain(f"no echo of {keys!r}"))
			time.sleep(0.02)

	def try_(self, command, seconds=HANG):
		"""(ok, output)."""
		self.type(command + "\r")
		ok, text = self._answer(seconds)
		return ok, text.split("\n", 1)[1]	# after the echo

	def stop(self, command, seconds=HANG):
		"""(ok, text) of a command that a key stops once it runs."""
		self.type(command + "\r")
		self._until(lambda: f"{command}\n" in self.machine.serial()[self.seen:],
			    f"echo of {command!r}", seconds)
		self.type("x")
		return self._answer(seconds)

	def run(self, command, seconds=HANG):
		"""The command's output; raises Failed if it failed."""
		ok, text = self.try_(command, seconds)
		if not ok:
			raise Failed(f"{command}: {text}")
		return text
