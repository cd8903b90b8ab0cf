# SPDX-License-Identifier: MIT
"""What judges and draws the benchmarks' figures, without measuring: each rule is seen to fail."""
import os
import subprocess
import sys

import pytest

from machine import BUILD, ROOT


@pytest.mark.check
@pytest.mark.parametrize("script", ["check", "peers"])
def test_self(script):
	command = [sys.executable, "-B", ROOT / f"tests/bench/{script}.py", "--self-test"]
	done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT,
			      env=dict(os.environ, BUILD=str(BUILD), PYTHONPATH="tests/vm"))
	assert done.returncode == 0, done.stdout + done.stderr
	assert "bench-" in done.stdout
