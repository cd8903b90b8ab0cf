# SPDX-License-Identifier: MIT
"""A running Linux starts us on riscv64: the kernel of trixie, Debian's release after 12, which
has no kexec-tools for this CPU, so an init of our own calls kexec_load.
"""
import os
import re

import pytest

import sbi
from board import run
from linux import cpio, kernel_file
from machine import Machine, image_path
from test_boot import selftest_passed
from test_kexec import DATA, started

IMAGE, TREE, DATA_AT = 0x90000000, 0x98000000, 0x99000000
OPENSBI = 0x80000			# bytes of RAM that it keeps


def first_program(folder):
	made = folder / "init"
	run("clang", f"--target={sbi.RISCV}-none-elf", "-march=rv64imac", "-mabi=lp64", "-O1",
	    "-mno-relax", "-ffreestanding", "-fno-pic", "-mcmodel=medany", "-Wall", "-Wextra",
	    "-Werror", f"-DIMAGE={IMAGE:#x}", f"-DTREE={TREE:#x}", f"-DDATA={DATA_AT:#x}",
	    "-c", "-o", f"{made}.o", "tests/vm/kexec_riscv64.c")
	run("ld.lld", "-e", "_start", "-static", "--image-base=0x100000", "-o", made, f"{made}.o")
	return made.read_bytes()


@pytest.mark.skipif(os.environ.get("KEXEC") != "all",
		    reason="a kernel of 112 MB: make soak-kexec fetches it")
@pytest.mark.parametrize("mmu,place", [("mapped", "random"), ("off", "stay")])
def test_kexec(mmu, place, tmp_path):
	words = f"mmu={mmu} place={place} selftest poweroff"
	machine = ["-m", "1G", "-smp", "2"]
	ends = [("/chosen", f"linux,initrd-{name}", 0, at) for name, at in
		(("start", DATA_AT), ("end", DATA_AT + len(DATA)))]
	tree = sbi.tree(tmp_path, words, machine, changes=ends, kept=OPENSBI)
	files = cpio({"init": first_program(tmp_path), "dev": None, "data": DATA,
		      "tree": tree.read_bytes(), "image": image_path(sbi.RISCV).read_bytes()})
	with Machine(sbi.RISCV, kernel=kernel_file(sbi.RISCV), append="console=ttyS0 quiet",
		     initrd=files, firmware=None, memory="1G", extra=["-smp", "2"]) as linux:
		report, _ = started(linux)
	assert report.entry == "image" and report.regime == mmu and report.cmdline == words
	assert (report.runs == report.loaded) == (place == "stay")
	assert re.search(rf"^boot: memory: {sbi.RAM:#x} {OPENSBI:#x} reserved$", report.text, re.M)
	assert "\nboot: cpus: 2 of 2\n" in report.text
	selftest_passed(report.text)
