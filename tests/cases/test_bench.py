# SPDX-License-Identifier: MIT
"""The code that judges and draws benchmark figures, without measuring: each rule can fail."""
import os
import subprocess
import sys

import pytest

from machine import BUILD, ROOT


def bench(script, *words):
	command = [sys.executable, "-B", ROOT / f"tests/bench/{script}.py", *words]
	return subprocess.run(command, capture_output=True, text=True, cwd=ROOT,
			      env=dict(os.environ, BUILD=str(BUILD), PYTHONPATH="tests/vm"))


@pytest.mark.check
@pytest.mark.parametrize("script,said", [
	("check", "one of 10 % more is found"), ("peers", "bench-peers: self-test ok")])
def test_self(script, said):
	done = bench(script, "--self-test")
	assert done.returncode == 0, done.stdout + done.stderr
	assert said in done.stdout


@pytest.mark.parametrize("script,target", [("peers", "bench-peers"), ("bench", "bench")])
def test_no_case(script, target):
	"""A case that does not exist is an error, not a run that measured nothing."""
	done = bench(script, "--case", "tea")
	assert done.returncode == 1, done.stdout + done.stderr
	assert done.stdout.endswith(f"{target}: no case tea: nothing was measured\n")
