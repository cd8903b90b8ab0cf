# SPDX-License-Identifier: MIT
"""The suite's last line, and why it may be skipped."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))


def pytest_sessionstart(session):
	try:
		import unicorn	# noqa: F401
	except ImportError:
		pytest.exit("python3-unicorn is not installed", returncode=3)


def pytest_unconfigure(config):
	reporter = config.pluginmanager.get_plugin("terminalreporter")
	if reporter is None:
		return
	kinds = ("passed", "failed", "error", "skipped")
	count = {kind: len(reporter.stats.get(kind, ())) for kind in kinds}
	line = f"cache: {count['passed']} passed, {count['failed'] + count['error']} failed"
	if count["skipped"]:
		line += f", {count['skipped']} skipped"
	print(line)
