# SPDX-License-Identifier: MIT
"""Files out of Debian packages, without installing them.

A boot loader's package may change how the machine that runs the tests boots; so what is not
installed is downloaded by apt-get and unpacked under build/debian/. What cannot be had skips the
test, with apt's reason.
"""
import fcntl
import subprocess
from pathlib import Path

import pytest

from machine import BUILD

STORE = BUILD / "debian"


def unpack(package, folder):
	work = folder.with_suffix(".part")
	subprocess.run(["rm", "-rf", work], check=True)
	work.mkdir(parents=True)
	for command in (["apt-get", "-q", "download", package],
			["sh", "-c", "for f in *.deb; do dpkg-deb -x $f . && rm $f; done"]):
		got = subprocess.run(command, cwd=work, text=True, capture_output=True)
		if got.returncode:
			pytest.skip(f"{package}: {(got.stderr or got.stdout).strip()[-200:]}")
	work.rename(folder)


def package_folder(package):
	"""Where the package's files are, as they would be below /."""
	STORE.mkdir(parents=True, exist_ok=True)
	folder = STORE / package
	with open(STORE / "lock", "w") as lock:		# tests run side by side
		fcntl.flock(lock, fcntl.LOCK_EX)
		if not folder.exists():
			unpack(package, folder)
	return folder


def package_file(package, path):
	"""`path` (from /) of the package: the installed one, else one from the archive."""
	installed = Path(path)
	if installed.exists():
		return installed
	found = package_folder(package) / path.lstrip("/")
	if not found.exists():
		pytest.skip(f"{package} has no {path}")
	return found
