# SPDX-License-Identifier: MIT
"""What tests need of other programs: their text, which comes in pieces, their sockets, how long
to wait for them, and their end."""
import ctypes
import re
import signal
import time
from pathlib import Path

LONGEST = 6
ESCAPE = re.compile(r"\x1b\[[0-9;=?]*[A-Za-z]")	# how firmware's console moves its cursor
UNFINISHED = re.compile(r"\x1b(\[[0-9;=?]*)?\Z")


class Limit:
	"""Ends that many seconds after the last text has come. A loaded host is slow, and that is
	no hang; a machine that prints for LONGEST times as long without an end is one."""

	def __init__(self, seconds):
		self.seconds, self.known = seconds, -1
		self.end = time.monotonic() + LONGEST * seconds

	def lasts(self, length):
		"""`length`: of the text so far."""
		if length != self.known:
			self.known, self.since = length, time.monotonic()
		return self.quiet() < self.seconds and time.monotonic() < self.end

	def quiet(self):
		return time.monotonic() - self.since


def shown(raw):
	"""The text without the cursor movements of firmware's console; the last may be unfinished.
	"""
	text = UNFINISHED.sub("", raw.decode("utf-8", "replace"))
	return ESCAPE.sub("\n", text).replace("\r", "")


def listening(path):
	"""Whether a program listens at the local socket `path`: the file is there a moment before.
	"""
	accepts = rf"^\S+ \w+ \w+ 00010000 .* {re.escape(str(path))}$"
	return bool(re.search(accepts, Path("/proc/net/unix").read_text(), re.M))


def die_with_us(huge_pages=True):
	"""Runs in the child (prctl(2)): no machine survives a test run that is killed. huge_pages:
	whether it may have them (backing.py).
	"""
	pr_set_pdeathsig, pr_set_thp_disable = 1, 41
	ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
	if not huge_pages:
		ctypes.CDLL(None).prctl(pr_set_thp_disable, 1, 0, 0, 0)
