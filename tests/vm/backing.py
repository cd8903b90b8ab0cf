# SPDX-License-Identifier: MIT
"""What a machine's memory is made of. QEMU asks for huge pages for all of its own: good for flash
and translated code, of which most is written. A kernel that reads a word in each 2 MiB of memory
makes the host clear it all, though, which takes seconds; so memory is a file, which has none.
"""
import contextlib
import fcntl
import os
import re
import shutil
import tempfile
from pathlib import Path

CHOSEN = re.compile(r"-numa|.*accel=kvm.*|.*memory-backend.*")	# what it is made of
SUITED = re.compile(r"(q35|pc|virt)(,|$)")	# machines whose memory is of any size, in one piece
SHARED = {"capability": "x-ignore-shared", "state": True}	# do not save memory that is a file
ENOUGH = 8 << 30		# bytes


def suits(command):
	"""Whether the machine can have memory of another kind."""
	words = list(map(str, command))
	return not any(map(CHOSEN.fullmatch, words)) and {"-m", "-machine"} <= set(words) and \
		bool(SUITED.match(words[words.index("-machine") + 1]))


def is_file(command):
	"""Whether the machine has memory of a kind that is made here."""
	return bool(re.search("memory-backend-(file|memfd)", str(command)))


def _backed(command, kind, **options):
	words = list(map(str, command))
	size = words[len(words) - words[::-1].index("-m")]	# the last one counts
	words[words.index("-machine") + 1] += ",memory-backend=memory"
	options = {"id": "memory", "size": size + "M" * size.isdigit(), **options}
	return [*words, "-object", ",".join([f"memory-backend-{kind}",
					     *(f"{k}={v}" for k, v in options.items())])]


def in_file(command, path, share):
	"""With memory that is the file `path`. share: write to it; otherwise the machine copies the
	pages that it writes."""
	return _backed(command, "file", **{"mem-path": path, "share": "on" if share else "off"})


def of_its_own(command):
	"""With memory that ends with the machine, if it can have that."""
	return _backed(command, "memfd", share="on") if suits(command) else command


def _place(otherwise):
	shm = Path("/dev/shm")
	try:
		free = os.statvfs(shm)
		if free.f_bavail * free.f_frsize >= ENOUGH and os.access(shm, os.W_OK):
			return shm
	except OSError:
		pass
	return Path(otherwise)


def _locked(folder):
	"""A lock on the folder that ends with this process; None if another one has it."""
	handle = os.open(folder, os.O_RDONLY)
	try:
		fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
	except BlockingIOError:
		os.close(handle)
		return None
	return handle


def folder(prefix, otherwise=tempfile.gettempdir()):
	"""A new folder for such files, in memory if there is much: on a disk, QEMU's access to a
	page that was never written reads 2 MiB. Removes those of test runs that were killed."""
	place = _place(otherwise)
	for old in place.glob(prefix + "*"):
		with contextlib.suppress(OSError):	# it has just been removed
			if lock := _locked(old):
				shutil.rmtree(old, ignore_errors=True)
				os.close(lock)
	while True:			# another run may remove it before it is locked
		new = tempfile.TemporaryDirectory(prefix=prefix, dir=place)
		with contextlib.suppress(OSError):
			if _locked(new.name) and os.path.isdir(new.name):
				return new
