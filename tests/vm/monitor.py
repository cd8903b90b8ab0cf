# SPDX-License-Identifier: MIT
"""The kernel's monitor, used line by line through the serial port of a Machine(talk=True)."""
import re
import time

from machine import HANG, Hang

PROMPT = re.compile(r"^\S+ (ok|failed)> \Z", re.M)


class Failed(AssertionError):
	"""A command reported an error."""


class Monitor:
	def __init__(self, machine):
		"""Waits for the first prompt."""
		self.machine = machine
		machine.wait("boot: idle")
		self.seen = 0		# characters of the serial log read so far
		self._answer()

	def _answer(self, seconds=HANG):
		"""(ok, text) up to the next prompt."""
		deadline = time.monotonic() + seconds
		while time.monotonic() < deadline:
			new = self.machine.serial()[self.seen:]
			prompt = PROMPT.search(new)
			if prompt and prompt.end() == len(new):
				self.seen += len(new)
				return prompt[1] == "ok", new[:prompt.start()]
			if self.machine.process.poll() is not None:
				break
			time.sleep(0.02)
		raise Hang(self.machine._explain("no prompt"))

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

	def run(self, command, seconds=HANG):
		"""The command's output; raises Failed if it failed."""
		ok, text = self.try_(command, seconds)
		if not ok:
			raise Failed(f"{command}: {text}")
		return text
