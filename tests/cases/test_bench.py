# SPDX-License-Identifier: MIT
"""The code that judges and draws benchmark figures, without measuring: each rule can fail."""
import os
import subprocess
import sys

import pytest

from machine import BUILD, ROOT


@pytest.mark.check
@pytest.mark.parametrize("script,said", [
	("check", "one of 10 % more is found"), ("peers", "bench-peers: self-test ok")])
def test_self(script, said):
	command = [sys.executable, "-B", ROOT / f"tests/bench/{script}.py", "--self-test"]
	done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT,
			      env=dict(os.environ, BUILD=str(BUILD), PYTHONPATH="tests/vm"))
	assert done.returncode == 0, done.stdout + done.stderr
	assert said in done.stdout
