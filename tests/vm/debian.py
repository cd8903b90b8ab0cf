# SPDX-License-Identifier: MIT
"""Files out of Debian packages, without installing them.

A boot loader's package may change how the machine that runs the tests boots; so what is not
installed is downloaded by apt-get and unpacked under build/debian/. Packages for another CPU
come with lists of their own, so that this machine's package manager does not hear of that CPU.
What cannot be had after again.sh's three tries skips the test, with apt's reason, and whoever
wants the same later is told at once.
"""
import fcntl
import os
import subprocess
import time
from pathlib import Path

import pytest

from machine import BUILD

STORE = BUILD / "debian"
AGAIN = Path(__file__).resolve().parents[2] / "again.sh"
DAY = 24 * 60 * 60		# an archive that has gone on no longer has what older lists name
DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}
NATIVE = {"x86_64": "amd64"}.get(os.uname().machine, "arm64")


def foreign(cpu):
	"""Where apt has its lists of a CPU that is not this machine's, and options that say so."""
	state = STORE.absolute() / f"apt-{cpu}"
	return state, ["-o", f"APT::Architecture={cpu}", "-o", f"APT::Architectures::={cpu}",
		       "-o", f"Dir::State={state}", "-o", f"Dir::State::lists={state}/lists",
		       "-o", "Dir::State::status=/dev/null", "-o", f"Dir::Cache={state}/cache",
		       "-o", "APT::Sandbox::User=root"]


def run(command, **options):
	"""What it printed; skips if it failed."""
	got = subprocess.run(command, text=True, capture_output=True, **options)
	if got.returncode:
		why = (got.stderr or got.stdout).strip()[-200:]
		pytest.skip(f"{' '.join(command[-3:])}: {why}")
	return got.stdout


REFUSED = {}			# scripts that failed, and apt's reason


def apt_get(script, options, **more):
	"""A shell's script, which has apt's options as "$@". Returns why it failed, or ""."""
	command = (AGAIN, "sh", "-c", script, "sh", "-q", "-o", "Acquire::Retries=3",
		   "-o", "APT::Update::Error-Mode=any", *options)
	if command in REFUSED:
		return REFUSED[command]
	got = subprocess.run(command, text=True, capture_output=True, **more)
	if not got.returncode:
		return ""
	REFUSED[command] = got.stderr.strip()[-200:] or f"exit status {got.returncode}"
	return REFUSED[command]


def lists(arch):
	"""apt's options for packages of `arch`, once its lists are there. Under the lock."""
	cpu = DEBIAN.get(arch, NATIVE)
	if cpu == NATIVE:
		return []
	state, options = foreign(cpu)
	done = state / "done"
	if not done.exists() or time.time() - done.stat().st_mtime > DAY:
		for folder in ("lists/partial", "cache/archives/partial"):
			(state / folder).mkdir(parents=True, exist_ok=True)
		# One archive of several may be out of order: what counts is the package.
		if not apt_get("apt-get \"$@\" update", options):
			done.touch()
	return options


def unpack(package, folder, options):
	work = folder.with_suffix(".part")
	subprocess.run(["rm", "-rf", work], check=True)
	work.mkdir(parents=True)
	# An archive may have gone on since its lists were fetched.
	why = apt_get("[ $TRY = 1 ] || apt-get \"$@\" update; "
		      f"apt-get \"$@\" download {package}", options, cwd=work)
	if why:
		pytest.skip(f"{package} cannot be had: {why}")
	run(["sh", "-c", "for f in *.deb; do dpkg-deb -x $f . && rm $f; done"], cwd=work)
	work.rename(folder)


def locked():
	"""Tests run side by side; closing it unlocks."""
	STORE.mkdir(parents=True, exist_ok=True)
	lock = open(STORE / "lock", "w")
	fcntl.flock(lock, fcntl.LOCK_EX)
	return lock


def apt_cache(arch, *words):
	with locked():
		return run(["apt-cache", *lists(arch), *words])


def package_folder(package, arch=None):
	"""Where the package's files are, as they would be below /. None: this machine's CPU."""
	with locked():
		options = lists(arch)
		folder = STORE / (f"{package}:{DEBIAN[arch]}" if options else package)
		if not folder.exists():
			unpack(package, folder, options)
	return folder


def package_file(package, path, arch=None):
	"""`path` (from /) of the package: the installed one, else one from the archive."""
	installed = Path(path)
	if installed.exists() and DEBIAN.get(arch, NATIVE) == NATIVE:
		return installed
	found = package_folder(package, arch) / path.lstrip("/")
	if not found.exists():
		pytest.skip(f"{package} has no {path}")
	return found
