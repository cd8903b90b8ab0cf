# SPDX-License-Identifier: MIT
"""What a kernel gets besides memory: the time, modules; and all of it in an older kernel."""
import re
import time
import zlib

import pytest

from machine import ARCHES, BUILD, EDK2, Machine, elf_path, image_path
from report import Report
from test_boot import refused
from test_foreign import compile_c, linked

BASE, SECONDS = "2031-02-03T04:05:06", 1927857906
BOOT = 600			# seconds that a boot may take on a loaded machine


def clock(text):
	"""Seconds and their source."""
	seconds, source = re.search("^boot: clock: ([0-9]+) seconds since 1970 from (.*)$", text,
				    re.M).groups()
	return int(seconds), source


@pytest.mark.parametrize("arch,firmware", [(arch, "uefi") for arch in EDK2] +
			 [("x86_64", "uefi32")])
def test_clock(arch, firmware):
	with Machine(arch, "poweroff", firmware=firmware,
		     extra=["-rtc", f"base={BASE}"]) as machine:
		seconds, source = clock(machine.wait_end())
	assert SECONDS <= seconds <= SECONDS + BOOT
	assert source.startswith("firmware")


def pc(kernel, append="poweroff", **options):
	return Machine("x86_64", kernel=kernel, firmware=None, append=append, **options)


@pytest.mark.parametrize("path", [image_path, elf_path], ids=["linux16", "pvh"])
def test_clock_pc(path):
	with pc(path("x86_64"), extra=["-rtc", f"base={BASE}"]) as machine:
		seconds, source = clock(machine.wait_end())
	assert SECONDS <= seconds <= SECONDS + BOOT
	assert source == "rtc, zone unknown"


def test_clock_now():
	with pc(elf_path("x86_64")) as machine:
		before = int(time.time())
		seconds, _ = clock(machine.wait_end())
	assert before - 2 <= seconds <= time.time() + 2


@pytest.mark.parametrize("machine,kernel", [
	("microvm,rtc=off", {"kernel": elf_path("x86_64")}), ("virt", {})])
def test_no_clock(machine, kernel):
	"""A PC without CMOS; an arm64 board without firmware, whose clock we do not know."""
	arch = "x86_64" if kernel else "aarch64"
	kernel = kernel or {"kernel": image_path(arch)}
	with Machine(arch, firmware=None, append="poweroff" if arch == "aarch64" else "",
		     machine=machine, rng=False, display=False, **kernel) as vm:
		vm.wait("boot: clock: unknown")


INITRD = bytes(range(256)) * 3
FILES = {"\\i": INITRD + b"odd", "\\j": b"second", "\\dir\\a.bin": b"a module" * 999,
	 "\\b": b"b"}


def modules(text):
	"""(size, checksum, name) of named modules, as reported."""
	return [(int(size), int(crc, 16), name) for size, crc, name in re.findall(
		'^boot: module: ([0-9]+) bytes crc32 ([0-9a-f]{8}) "(.*)"$', text, re.M)]


@pytest.mark.parametrize("arch,firmware,regime", [
	("x86_64", "uefi", "mapped"), ("aarch64", "uefi", "off"), ("aarch64", "uefi", "mapped"),
	("riscv64", "uefi", "mapped"),
	("x86_64", "uefi32", "identity")])
def test_modules(arch, firmware, regime):
	"""Modules with names beside an initrd of two files."""
	cmdline = f"mmu={regime} module=\\dir\\a.bin initrd=\\i module=/b initrd=\\j poweroff"
	with Machine(arch, cmdline, files=FILES, firmware=firmware) as machine:
		text = machine.wait_end()
	initrd = FILES["\\i"] + b"\0" + FILES["\\j"]
	Report(text).check(arch, regime, cmdline, firmware, initrd)
	assert modules(text) == [(len(FILES[path]), zlib.crc32(FILES[path]), name) for path, name in
				 (("\\dir\\a.bin", "\\dir\\a.bin"), ("\\b", "/b"))]


def test_modules_missing(arch):
	"""A clear error, and firmware goes on."""
	refused(arch, "module=\\b module=\\none", r"module=\\none: cannot be opened$", files=FILES)


def test_modules_no_loader():
	with pc(elf_path("x86_64"), append="module=a") as machine:
		machine.wait("stubborn: panic: module=a: the loader passed none, or an empty one.*")


@pytest.mark.parametrize("arch", ARCHES)
def test_old_header(arch, tmp_path):
	"""A kernel that was built with the header of boot_info 1.1."""
	out = compile_c(arch, tmp_path, "tests/vm/old.c", "-include", "tests/vm/boot_info_1_1.h")
	result, efi, _ = linked(arch, tmp_path, out, BUILD / arch / "libstubborn.a")
	assert result.returncode == 0, result.stderr
	cmdline = "mmu=identity initrd=\\i"
	with Machine(arch, cmdline, image=efi.read_bytes(), files={"\\i": INITRD}) as machine:
		machine.wait("old: done")
		text = machine.serial()
	sizes = re.search("^old: header of ([0-9]+) bytes, told of ([0-9]+)$", text, re.M)
	assert int(sizes[1]) == 0x208 < int(sizes[2])
	assert f"old: command line {cmdline}\n" in text
	assert f"old: initrd {len(INITRD)} bytes, sum {sum(INITRD)}\n" in text
	assert "old: memory whole, seed 32, final 0\n" in text
	assert "refused" not in text
