# SPDX-License-Identifier: MIT
"""What all pytest suites share: report progress, and end with one line of totals.

PROGRESS in the environment names the file that run-all.sh reads: "done total failed". For
each text in `sample`, the first test whose name starts with it gets the marker `check`: `make
check` runs those.
"""
import os

import pytest


class Suite:
	def __init__(self, name, sample=()):
		self.name = name
		self.sample = sample
		self.session = None
		self.done = self.failed = 0

	@pytest.hookimpl(tryfirst=True)
	def pytest_collection_modifyitems(self, config, items):
		for start in self.sample:
			found = [x for x in items if x.nodeid.rpartition("/")[2].startswith(start)]
			if found:
				found[0].add_marker("check")
			elif config.option.markexpr == "check":
				raise pytest.UsageError(f"no such test to check: {start}")

	def pytest_sessionstart(self, session):
		self.session = session

	def pytest_runtest_logreport(self, report):
		"""In the process that has the results; xdist's workers do not write the file."""
		self.failed += report.failed
		self.done += report.when == "teardown"
		worker = hasattr(self.session.config, "workerinput")
		if "PROGRESS" in os.environ and not worker:
			with open(os.environ["PROGRESS"], "w", encoding="ascii") as f:
				print(self.done, self.session.testscollected, self.failed, file=f)

	def count(self, config):
		reporter = config.pluginmanager.get_plugin("terminalreporter")
		kinds = ("passed", "failed", "error", "skipped")
		return {kind: len(reporter.stats.get(kind, ())) for kind in kinds}

	def pytest_sessionfinish(self, session):
		"""Testing nothing is a failure."""
		config = session.config
		if hasattr(config, "workerinput") or config.option.collectonly:
			return
		if not self.count(config)["passed"]:
			nothing = pytest.ExitCode.NO_TESTS_COLLECTED
			session.exitstatus = session.exitstatus or nothing

	def pytest_unconfigure(self, config):
		if hasattr(config, "workerinput") or config.option.collectonly:
			return
		count = self.count(config)
		failed = count["failed"] + count["error"]
		if not count["passed"]:
			failed = failed or 1
		line = f"{self.name}: {count['passed']} passed, {failed} failed"
		if count["skipped"]:
			line += f", {count['skipped']} skipped"
		print(line)


def configure(config, name, sample):
	config.addinivalue_line("markers", "check: in the sample that make check runs")
	config.pluginmanager.register(Suite(name, sample))
