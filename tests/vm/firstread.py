# SPDX-License-Identifier: MIT
"""Firmware at its first read of a disk, saved in files: until then it does the same for all
machines that differ only in what is on their disks, and that is most of what a boot costs.
Memory is a file of its own, which later machines map: they copy only the pages that they write.

The second of such machines saves, the later ones continue from there. FIRST_READ in the
environment names the folder of the files; without it every machine starts at reset.
"""
import fcntl
import hashlib
import os
import re
import subprocess
import time
from pathlib import Path

from backing import in_file, suits

# What is not saved with a machine: other programs' state, time and files; ramfb, in QEMU 7.2.
OTHERS = re.compile(r"-tpmdev|-incoming|-rtc|-icount|-plugin|ramfb|-object")
DISK = re.compile(r"file\.locking=off,file\.filename=([^,]*),file\.driver=file")
# QEMU itself reads a disk once, for its geometry. An error at the next read stops the machine,
# which repeats the read when it continues.
TRAP = r"rerror=stop,file.driver=blkdebug,file.image.driver=file,file.image.locking=off," \
	r"file.image.filename=\1,file.set-state.0.event=read_aio,file.set-state.0.new_state=2," \
	r"file.inject-error.0.event=read_aio,file.inject-error.0.state=2"
TIMEOUT = 150			# seconds until firmware has read
PARTS = ".memory", ".text", ""	# of a saved machine; the last one says that it is complete


def without(command, *options):
	"""The command without these options and their arguments."""
	words = zip(["", *command], command)
	return [word for before, word in words if not {before, word} & set(options)]


def digest(path):
	"""A hash of a file that may be mostly holes."""
	found, at = hashlib.sha256(), 0
	with open(path, "rb") as file:
		size = os.fstat(file.fileno()).st_size
		while at < size:
			try:
				at = os.lseek(file.fileno(), at, os.SEEK_DATA)
			except OSError:		# there is no more data
				break
			end = os.lseek(file.fileno(), at, os.SEEK_HOLE)
			file.seek(at)
			found.update(b"%d:" % at + file.read(end - at))
			at = end
	return f"{size}:{found.hexdigest()}"


def key(machine):
	"""A hash of all that firmware can see until its first read; None if that is more than the
	command and its files, or if the test watches what firmware does."""
	command = without(machine.command, "-serial", "-qmp", "-gdb", "-chardev")
	plain = machine.command.count("-serial") == 1 and \
		machine.command.count("-chardev") == bool(machine.talk) and \
		command.count("-S") == machine.no_tpm
	if machine.fresh or not plain or not machine.disks or not suits(command) or \
			any(map(OTHERS.fullmatch, command)):
		return None
	seen = []
	for word in command:
		for path in re.findall(r"(?<![\w/])/[\w./-]+", word):
			if Path(path) in machine.disks:
				word = word.replace(path, f"{Path(path).stat().st_size} bytes")
			elif path.startswith(str(machine.folder)):
				word = word.replace(path, digest(path))
			elif not path.startswith("/usr/"):
				return None
		seen.append(word)
	return hashlib.sha256("\0".join(seen).encode()).hexdigest()[:32]


def save(machine, path):
	"""Run firmware to its first read, and save the machine. Its writes to flash are not kept.
	False if it ends without a read."""
	command = [DISK.sub(TRAP, word.replace("if=pflash,", "if=pflash,snapshot=on,"))
		   for word in without(machine.command, "-serial", "-gdb", "-chardev")]
	part = Path(f"{path}.part")
	end = time.monotonic() + TIMEOUT
	try:
		machine.launch([*in_file(command, f"{part}.memory", True),
				"-serial", f"file:{part}.text"])
		while machine.run("query-status")["status"] != "io-error":
			assert time.monotonic() < end, "firmware does not read the disk"
			time.sleep(0.02)
		machine.save(part)
	except (AssertionError, ValueError, OSError):	# these start at reset instead
		for rest in PARTS:
			Path(f"{part}{rest}").unlink(missing_ok=True)
		return False
	finally:
		machine.kill()
	# saves space where the file system can do it
	subprocess.run(["fallocate", "--dig-holes", f"{part}.memory"], check=False)
	for rest in PARTS:
		os.rename(f"{part}{rest}", f"{path}{rest}")
	return True


def restore(machine, path):
	"""Start the machine where the one in `path` was saved."""
	machine.before = Path(f"{path}.text").read_bytes()
	machine.launch([*in_file(machine.command, f"{path}.memory", False),
			"-incoming", "defer"])
	machine.restore(path)


def saved(machine):
	"""The file to continue from, or None. It is written for the second such machine: many are
	alone."""
	folder = os.environ.get("FIRST_READ")
	name = folder and key(machine)
	if not name:
		return None
	path, mark = Path(folder) / name, Path(folder) / (name + ".seen")
	if path.exists():
		return path
	with open(mark, "a+", encoding="ascii") as seen:	# others wait for what one saves
		fcntl.flock(seen, fcntl.LOCK_EX)
		seen.seek(0)
		known = seen.read()
		if path.exists():
			return path
		if known == "once\n":
			if save(machine, path):
				return path
			print("it does not read", file=seen)
		elif not known:
			print("once", file=seen)
	return None
