# SPDX-License-Identifier: MIT
"""Copies of files that end with many zeros, of which neither memory nor disk holds a page."""
import functools
import os


def read(path):
	"""The file's size, and its bytes without the zeros at its end."""
	with open(path, "rb") as file:
		content = file.read()
	return len(content), content.rstrip(b"\0")


def write(path, size, content):
	with open(path, "wb") as file:
		file.write(content)
		file.truncate(size)


@functools.lru_cache(8)
def _known(path, _):
	return read(path)


def copy(source, target):
	"""The source is read again if it has changed."""
	status = os.stat(source)
	write(target, *_known(str(source), (status.st_mtime_ns, status.st_ino, status.st_size)))
