# SPDX-License-Identifier: MIT
"""The code that judges and draws benchmark figures, without measuring: each rule can fail."""
import os
import subprocess
import sys

import pytest

from handoff import PAGE
from machine import BUILD, ROOT
from symbols import elf_symbol


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


# Of text and constants. Each page is 136 (aarch64) to 1,024 instructions of every boot that moves
# the image; if the page that the text begins in changes, the file's size may not tell.
COPIED = {"x86_64": 49, "aarch64": 56, "riscv64": 46}


@pytest.mark.parametrize("arch", COPIED)
def test_copied_pages(arch):
	size = elf_symbol(arch, "image_sbat") - elf_symbol(arch, "image_text")
	assert size // PAGE <= COPIED[arch]
