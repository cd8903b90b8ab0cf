# SPDX-License-Identifier: MIT
"""docs/debugging.md: its commands cause its three failures, with the output it shows."""
import os
import re
import shlex
import subprocess

import pytest

from kernels import by_uefi, compile_c, library, link, raw
from machine import ARCHES, BUILD, ROOT, elf_path, image_path
from test_gdb import debugged

PAGE = (ROOT / "docs/debugging.md").read_text()
UNMAPPED, CACHES, HIGH = re.split(r"^### ", PAGE, flags=re.M)[1:]
FETCH = {"x86_64": "page fault, not mapped, execute (vector<<32|error 0xe00000010, CR2 {0})",
	 "aarch64": "instruction abort, translation fault level 0 (ESR_EL1 0x86000004, "
		    "FAR_EL1 {0})",
	 "riscv64": "instruction access fault (scause 0x1, stval {0})"}	# U-Boot has no tables
READ = {"x86_64": r"page fault, not mapped, read \(vector<<32\|error 0xe00000000, CR2",
	"aarch64": r"data abort, translation fault level \d, read \(ESR_EL1 0x9600000\d, FAR_EL1",
	"riscv64": r"page fault, read \(scause 0xd, stval"}


@pytest.mark.parametrize("arch", ARCHES)
def test_unmapped(arch, tmp_path):
	commands = re.findall(r"^    \(gdb\) (.*)$", UNMAPPED, re.M)
	cmdline = re.search(r'make debug .*APPEND="(.*)"', UNMAPPED)[1]
	said, serial = debugged(arch, image_path(arch), elf_path(arch), cmdline, tmp_path,
				*commands, "stubborn-crumbs")
	entry = re.search(r"^jump to (0x[0-9a-f]+),", said, re.M)[1]
	what = FETCH[arch].format(entry)
	assert f"panic: fault in stage jump: {what} at pc {entry}" in serial, serial
	assert "the boot has halted: the serial port says why" in said, said
	assert re.search(rf"^stage 9 \(jump\), faulted, .*\nfault: .* address {entry}$", said, re.M)


def test_caches():
	words = shlex.split(re.search(r"make cache CACHE_ARGS=(.*)", CACHES)[1])
	command = ["/usr/bin/python3", "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
	done = subprocess.run([*command, *shlex.split(words[0]), "tests/cache"], cwd=ROOT,
			      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
			      env=dict(os.environ, BUILD=str(BUILD)), check=False)
	assert done.returncode == 0, done.stdout
	assert re.search("executed past a dirty line: 0x[0-9a-f]+ at pc 0x", done.stdout)


@pytest.mark.parametrize("arch", ARCHES)
def test_above_4g(arch, tmp_path):
	code = re.search(r"^```c\n(.*?)^```$", HIGH, re.M | re.S)[1]
	_, said = link(arch, tmp_path, compile_c(arch, tmp_path, "main", code), library(arch))
	assert (tmp_path / "kernel.elf").exists(), said
	low, high, mapped = re.findall(r'make KERNEL=short run .*APPEND="(.*)"', HIGH)
	memory = re.search(r"MEMORY=(\w+)", HIGH)[1]

	def started(words):
		if arch != "riscv64":
			return by_uefi(arch, tmp_path, cmdline=words, memory=memory)
		# Its RAM begins at 2 GiB, and U-Boot gives away none above 4 GiB.
		words = words.replace("=0x5", "=0x9").replace("=0x14", "=0x19")
		return raw(arch, tmp_path, append=words, memory=memory)

	with started(low) as machine:
		machine.wait("short: the answer is 42")
	with started(high) as machine:
		assert machine.wait(r"short: the answer is (\d+)")[1] != "42"
	with started(mapped) as machine:
		machine.wait("short: panic: fault in stage jump: " + READ[arch] +
			     r" 0x[0-9a-f]{1,8}\) at pc 0xffffff[0-9a-f]{10} .*")
