# SPDX-License-Identifier: MIT
"""The suite's last line, and the reason if it is skipped."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "vm"))
import suite		# noqa: E402


def pytest_sessionstart(session):
	try:
		import unicorn	# noqa: F401
	except ImportError:
		pytest.exit("python3-unicorn is not installed", returncode=3)


def pytest_configure(config):
	suite.configure(config, "cache", (
		"test_cache.py::test_switch[image-off-random]",
		"test_cache.py::test_switch[uefi-identity-random]",
		"test_cache.py::test_switch[uefi-mapped-stay]",
		"test_cache.py::test_left_out[every clean]",
		"test_cache.py::test_left_out[DSB after TLBI]",
		"test_cache.py::test_line_left_out[kernel_entry]"))
