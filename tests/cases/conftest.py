# SPDX-License-Identifier: MIT
"""What every test here relies on: the built images, and a last line that sums up."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "vm"))

import machine		# noqa: E402
import suite		# noqa: E402


def pytest_configure(config):
	config.addinivalue_line("markers", "door(name): one way in; make qemu-matrix lists it")


def pytest_sessionstart(session):
	missing = [str(p) for p in map(machine.image_path, machine.ARCHES) if not p.exists()]
	if missing:
		pytest.exit("not built: " + ", ".join(missing), returncode=3)


@pytest.fixture(params=machine.ARCHES)
def arch(request):
	return request.param


def pytest_unconfigure(config):
	suite.last_line(config, "qemu")
