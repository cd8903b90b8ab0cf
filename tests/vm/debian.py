# SPDX-License-Identifier: MIT
"""Files from Debian packages, without installing them.

Installing a boot loader could change how the test machine boots. So packages that are not
installed are downloaded by apt-get and unpacked under build/debian/. Those for another CPU
use package lists of their own, so that this machine's package manager does not see that CPU.
If a package cannot be downloaded in again.sh's three tries, the test is skipped with apt's reason,
and so are later tests that need it, at once.
"""
import fcntl
import os
import subprocess
import time
from pathlib import Path

import pytest

from machine import BUILD

STORE = BUILD / "debian"
ARCHIVE = Path(__file__).with_name("archive.sh")
AGAIN = Path(__file__).resolve().parents[2] / "again.sh"
DAY = 24 * 60 * 60		# after this, lists may name files that the archive has replaced
DEBIAN = {"x86_64": "amd64", "aarch64": "arm64", "riscv64": "riscv64"}
LATER = ["riscv64"]		# not in Debian 12, but in 13
NATIVE = {"x86_64": "amd64"}.get(os.uname().machine, "arm64")


def foreign(cpu):
	"""The folder of apt's lists for another CPU than this machine's, and options to use it."""
	state = STORE.absolute() / f"apt-{cpu}"
	more = []
	if cpu in LATER:
		state.mkdir(parents=True, exist_ok=True)
		(state / "sources").write_text(run([str(ARCHIVE), "trixie"]))
		more = ["-o", f"Dir::Etc::sourcelist={state}/sources",
			"-o", "Dir::Etc::sourceparts=/dev/null"]
	return state, more + ["-o", f"APT::Architecture={cpu}", "-o", f"APT::Architectures::={cpu}",
		       "-o", f"Dir::State={state}", "-o", f"Dir::State::lists={state}/lists",
		       "-o", "Dir::State::status=/dev/null", "-o", f"Dir::Cache={state}/cache",
		       "-o", "APT::Sandbox::User=root"]


def run(command, **options):
	"""The command's output; skips if it failed."""
	got = subprocess.run(command, text=True, capture_output=True, **options)
	if got.returncode:
		why = (got.stderr or got.stdout).strip()[-200:]
		pytest.skip(f"{' '.join(command[-3:])}: {why}")
	return got.stdout


REFUSED = {}			# scripts that failed, with apt's reason


def apt_get(script, options, **more):
	"""Run a shell script with apt's options as "$@". Returns the error, or ""."""
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
	"""apt's options for packages of `arch`; fetches lists if needed. Under the lock."""
	cpu = DEBIAN.get(arch, NATIVE)
	if cpu == NATIVE:
		return []
	state, options = foreign(cpu)
	done = state / "done"
	if not done.exists() or time.time() - done.stat().st_mtime > DAY:
		for folder in ("lists/partial", "cache/archives/partial"):
			(state / folder).mkdir(parents=True, exist_ok=True)
		# One of several archives may be broken: only the package matters.
		if not apt_get("apt-get \"$@\" update", options):
			done.touch()
	return options


def unpack(package, folder, options):
	work = folder.with_suffix(".part")
	subprocess.run(["rm", "-rf", work], check=True)
	work.mkdir(parents=True)
	# The archive may have changed since the lists were fetched.
	why = apt_get("[ $TRY = 1 ] || apt-get \"$@\" update; "
		      f"apt-get \"$@\" download {package}", options, cwd=work)
	if why:
		pytest.skip(f"{package} cannot be downloaded: {why}")
	run(["sh", "-c", "for f in *.deb; do dpkg-deb -x $f . && rm $f; done"], cwd=work)
	work.rename(folder)


def locked():
	"""A locked file, as tests run in parallel; closing it unlocks."""
	STORE.mkdir(parents=True, exist_ok=True)
	lock = open(STORE / "lock", "w")
	fcntl.flock(lock, fcntl.LOCK_EX)
	return lock


def apt_cache(arch, *words):
	with locked():
		return run(["apt-cache", *lists(arch), *words])


def package_folder(package, arch=None):
	"""The folder with the package's files, as below /. None: this machine's CPU."""
	with locked():
		options = lists(arch)
		folder = STORE / (f"{package}:{DEBIAN[arch]}" if options else package)
		if not folder.exists():
			unpack(package, folder, options)
	return folder


def known(*packages):
	"""The first of the packages that the archive has: another one on Debian 13 than on 12."""
	return next((name for name in packages
		     if name in apt_cache(None, "pkgnames", name).split()), packages[-1])


def grub_package(cpu):
	"""The package with GRUB for UEFI in one file."""
	return known(f"grub-efi-{cpu}-unsigned", f"grub-efi-{cpu}-bin")


def package_file(package, path, arch=None):
	"""`path` (from /) in the package: installed, or else from the archive."""
	installed = Path(path)
	if installed.exists() and DEBIAN.get(arch, NATIVE) == NATIVE:
		return installed
	folder = package_folder(package, arch)
	found = folder / path.lstrip("/")
	if not found.exists() and path.startswith(("/bin/", "/lib/")):
		found = folder / "usr" / path.lstrip("/")	# on Debian 13
	if not found.exists():
		pytest.skip(f"{package} has no {path}")
	return found
