# SPDX-License-Identifier: MIT
"""`make debug` and tests/gdb/stubborn.py: gdb finds the image and stops where it should, with
source lines, in every regime and for other kernels too."""
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from machine import ARCHES, BUILD, HANG, ROOT, elf_path, image_path
from programs import die_with_us, listening

GDB = "gdb-multiarch"
REGIMES = [(arch, regime) for arch in ARCHES for regime in ("off", "identity", "mapped")
	   if (arch, regime) not in (("x86_64", "off"), ("riscv64", "identity"))]


def gdb_says(elf, port, folder, *commands, sources=ROOT):
	"""gdb's output; the machine listens, or will, at the socket `port`."""
	script = [GDB, "-batch", "-d", sources, "-x", ROOT / "tests/gdb/stubborn.py"]
	for line in (*commands, "kill"):
		script += ["-ex", line]
	return subprocess.run([*script, elf], stdin=subprocess.DEVNULL, text=True,
			      stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
			      env=dict(os.environ, GDB_TARGET=str(port)), cwd=folder, check=False,
			      timeout=2 * HANG).stdout


def debugged(arch, image, elf, cmdline, folder, *commands, sources=ROOT, env=None):
	"""gdb's output for one boot, and the serial port's."""
	disk, port = folder / "esp.img", folder / "gdb"
	subprocess.run([ROOT / "esp/make-esp.sh", disk, image], check=True)
	command = [ROOT / "esp/run-qemu.sh", arch, disk, "--debug", "--append", cmdline]
	listen = dict(os.environ, GDB=f"unix:{port},server=on,wait=off",
		      BUILD=os.path.relpath(BUILD), **env or {})
	with open(folder / "serial", "w+b") as serial:
		qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=serial,
					stderr=serial, env=listen, preexec_fn=die_with_us)
		try:
			end = time.monotonic() + HANG
			while not listening(port) and qemu.poll() is None:
				assert time.monotonic() < end, "QEMU does not listen"
				time.sleep(0.05)
			said = gdb_says(elf, port, folder, *commands, sources=sources)
			qemu.wait(HANG)			# gdb's "kill" ends it
		finally:
			qemu.kill()
	printed = (folder / "serial").read_text(errors="replace")
	typed = re.search(r"^ +GDB_TARGET=\S+ gdb-multiarch -d /\S+ -x /\S+ (/\S+)$", printed,
			  re.M)		# wherever that terminal is
	assert Path(typed[1]).resolve() == (BUILD / arch / "kernel.elf").resolve()
	return said, printed


def line_of(path, pattern):
	"""The number of the first line that matches, and the line."""
	for n, line in enumerate((ROOT / path).read_text().splitlines(), 1):
		if re.match(pattern, line):
			return n, line
	raise AssertionError(f"{path}: no {pattern}")


def stops(said, path, name, pattern):
	"""The place where the function was entered, by file and line, and that line's text."""
	n, text = line_of(path, pattern)
	shown = path.split("/")[-1]
	assert re.search(rf"^#0 .*{name} \(.*\) at \S*{shown}:{n}\n{n}\t{re.escape(text)}$", said,
			 re.M), said


def follows(said, arch, main, pattern):
	stub = line_of("stub/main.c", "efi_status_t stub_main")[0]
	kind = "kind=(1|<opt.*>)"	# the compiler's debug information may lose it
	assert re.search(rf"^#0 .*stub_main \({kind}, .*\) at \./stub/main\.c:{stub + 1}\n", said,
			 re.M), said
	code = {"x86_64": r"\tcli$", "aarch64": r"\thint\t#34\t",
		"riscv64": r"\tcsrci\tsstatus"}[arch]
	stops(said, f"arch/{arch}/boot/jump.S", "arch_jump", code)
	n = line_of(main, pattern)[0]
	name = main.split("/")[-1]
	assert re.search(rf"^#0 .*kernel_main \(bi=.*\) at \S*{name}:{n + 1}\n{n + 1}\t{{$", said,
			 re.M), said


EVERY = ("stubborn-stub", "stubborn-jump", "stubborn-kernel", "stubborn-crumbs", "stubborn-info",
	 "stubborn-map", "stubborn-load 0", "stubborn-here")


@pytest.mark.parametrize("arch,regime", REGIMES)
def test_follows(arch, regime, tmp_path):
	said, _ = debugged(arch, image_path(arch), elf_path(arch), f"mmu={regime}", tmp_path,
			   *EVERY)
	follows(said, arch, "kernel/main.c", r"void kernel_main\(")
	times = re.search(r"^stage 9 \(jump\), image at 0x[0-9a-f]+\n((?:  \w+ +\d+\n)+)", said,
			  re.M)[1].split()
	assert times[0] == "entry" and times[-2] == "jump" and len(times) == 20, times
	ticks = [int(x) for x in times[1::2]]
	assert ticks[0] and ticks == sorted(ticks), times
	for line in (f"regime +{regime}", 'cmdline +"mmu=' + regime + '"', "exit_tries +0x[1-9]",
		     "memmap +0x[0-9a-f]+ 0x[0-9a-f]+"):
		assert re.search(f"^{line}$", said, re.M), said
	runs = re.search(r"^image will run at (0x[0-9a-f]+)$", said, re.M)[1]
	assert f"\nimage_virt         {runs}\n" in said
	assert f"\nimage at {runs}\n" in said			# stubborn-here
	assert not re.search(r"^\w+ +0x0$", said, re.M), said	# what is 0 is left out
	runs = re.findall(r"^0x([0-9a-f]{16}) 0x([0-9a-f]{12}) (\w+) +0x[0-9a-f]+$", said, re.M)
	assert {"free", "reclaim", "image", "handoff", "runtime_data"} <= {x[2] for x in runs}
	assert f" {24 * len(runs):#x}\n" in re.search("^memmap .*\n", said, re.M)[0], said
	ends = [int(base, 16) + int(size, 16) for base, size, _ in runs]
	assert all(end <= int(run[0], 16) for end, run in zip(ends, runs[1:])), runs


@pytest.mark.parametrize("arch", ARCHES)
def test_other_kernel(arch, tmp_path):
	"""For a foreign kernel only its ELF file is known."""
	folder = BUILD / "kernels/hello" / arch
	said, _ = debugged(arch, folder / image_path(arch).name, folder / "kernel.elf", "--",
			   tmp_path, *EVERY[:3], sources=ROOT / "examples/hello")
	follows(said, arch, "examples/hello/main.c", r"void kernel_main\(")


@pytest.mark.parametrize("name,arch,main,language", [
	("rust", "x86_64", "main.rs", "rust"), ("cxx", "aarch64", "main.cc", "c.."),
	("cxx", "riscv64", "main.cc", "c..")])
def test_other_language(name, arch, main, language, tmp_path):
	"""What the commands print does not depend on the language of the code that is stopped at,
	nor do they change the user's; wrong arguments are answered by a sentence."""
	folder = BUILD / "kernels" / name / arch
	said, _ = debugged(arch, folder / image_path(arch).name, folder / "kernel.elf", "--",
			   tmp_path, "stubborn-jump", "stubborn-info", *EVERY[2:], "show language",
			   "stubborn-load", "stubborn-map 1", "stubborn-crumbs ?",
			   sources=ROOT / "examples" / name)
	assert re.search(rf"^#0 .*kernel_main \(bi=.*\) at \S*{main}:\d+$", said, re.M), said
	for line in ("handoff +0x[0-9a-f]+ 0x[0-9a-f]+", 'cmdline +"--"', "regime +identity"):
		assert len(re.findall(f"^{line}$", said, re.M)) == 2, said
	assert re.search(r"^0x[0-9a-f]{16} 0x[0-9a-f]{12} handoff +0x[0-9a-f]+$", said, re.M), said
	assert "\nstage 9 (jump), " in said and "\nimage at 0x" in said
	assert re.search(f'"auto; currently {language}"', said), said
	for command in "load", "map":
		assert f"\nusage: help stubborn-{command}\n" in said
	assert "Python" not in said and "Traceback" not in said, said


def test_no_machine(tmp_path):
	said = gdb_says(elf_path("x86_64"), tmp_path / "nothing", tmp_path)
	assert "no machine to debug: type `make debug` first, or set GDB_TARGET" in said
	assert "Traceback" not in said


@pytest.mark.parametrize("arch,words,error", [
	("x86_64", "mmu=off", "an x86_64 CPU cannot run without paging"),
	("riscv64", "el=1", "riscv64 has no exception levels")])
def test_back_in_firmware(arch, words, error, tmp_path):
	"""If the stub refuses to boot and returns to firmware, gdb says so and does not hang."""
	said, serial = debugged(arch, image_path(arch), elf_path(arch), words, tmp_path,
				"stubborn-jump")
	assert "the stub has returned to firmware, status 0x8000000000000003" in said, said
	assert f"error: {words}: {error}" in serial


@pytest.mark.parametrize("arch", ARCHES)
def test_halted(arch, tmp_path):
	"""Likewise for a boot that ends in a panic; the breadcrumbs name the stage."""
	said, serial = debugged(arch, image_path(arch), elf_path(arch), "fault=plan", tmp_path,
				"stubborn-jump", "stubborn-crumbs")
	assert "the boot has halted: the serial port says why" in said, said
	assert re.search(r"^stage 6 \(plan\), faulted, .*\nfault: pc 0x[0-9a-f]+ .*"
			 r"address 0x5eadbeeff000$", said, re.M), said
	assert "panic: fault in stage plan" in serial
