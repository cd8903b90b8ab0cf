# SPDX-License-Identifier: MIT
"""How a suite of pytest's ends: with the line that run-all.sh adds up."""


def last_line(config, name):
	"""Printed by the process that has the results; nothing in xdist's others."""
	reporter = config.pluginmanager.get_plugin("terminalreporter")
	if reporter is None or hasattr(config, "workerinput"):
		return
	kinds = ("passed", "failed", "error", "skipped")
	count = {kind: len(reporter.stats.get(kind, ())) for kind in kinds}
	line = f"{name}: {count['passed']} passed, {count['failed'] + count['error']} failed"
	if count["skipped"]:
		line += f", {count['skipped']} skipped"
	print(line)
