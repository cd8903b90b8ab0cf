#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What it costs to get from firmware into a kernel: ours, and others of Debian's.

usage: peers.py [--case TEXT | --self-test]. A machine with 1 GiB and one plugin (count.c) for all.
Counted from the first instruction of the file that firmware starts to the first of the kernel
in it:

	ours	kernel_entry
	Linux	aarch64: what the second word of its Image header branches to. x86_64: the entry of
		the kernel that is packed in the file; unpacking it is counted
	memtest86+  where its PE entry meets its 64-bit entry, to which the latter jumps
	GRUB	as for Linux, from GRUB's first; `own` is GRUB's file, not the modules that it has
		put elsewhere, and not Linux's own start. On x86_64 GRUB calls ExitBootServices and
		enters Linux in 32-bit mode, on aarch64 it starts Linux's stub

A place is found by the bytes that lie there in the file and by its offset in a page. `own` are
instructions within the image as firmware loaded it, `total` includes firmware's and all else.
The smallest number of RUNS boots counts. The pages are those that firmware took for the file.
"""
import argparse
import lzma
import os
import shutil
import struct
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

import pytest

import bench
import chart
import debian
import foreign
import linux
from fragmented import fragmented
from loaded import (MIB, UNMOVED, Pe, arm64_entry, elf_entry, exit_boot_services,
		    find_services, memtest_start, setup_header_entry, unpacked)
from machine import ARCHES, BUILD, HANG, Machine, image_path

RUNS = 2
X86, ARM, RISCV = "x86_64", "aarch64", "riscv64"
GRUB = {X86: ("grub-efi-amd64-bin", "x86_64-efi/monolithic/grubx64.efi"),
	ARM: ("grub-efi-arm64-bin", "arm64-efi/monolithic/grubaa64.efi")}
Peer = namedtuple("Peer", "name arch image kernel files cmdline")
Row = namedtuple("Row", "name arch own total exits bytes pages")
SIZES = {"RAM, MiB": (128, 1024, 8192), "initrd, MiB": (1, 4, 16), "image, MiB": (1, 4, 16),
	 "map entries": (1000, 3000, 10000)}


def ours(arch, cmdline="", files=None):
	names = bench.symbols(arch)
	image = image_path(arch).read_bytes()
	return Peer("Stubborn " + cmdline if cmdline else "Stubborn", arch, image,
		    Pe(image).place(names["kernel_entry"]), files or {}, cmdline)


def linux_kernel(arch):
	image = linux.kernel_file(arch).read_bytes()
	if arch == X86:
		return image, elf_entry(unpacked(image))
	return image, Pe(image).place(Pe(image).rva(arm64_entry(image)))


def linux_stub(arch):
	name = "Linux, its EFI stub" + (", unpacking" if arch == X86 else "")
	return Peer(name, arch, *linux_kernel(arch), {}, None)


def memtest(arch):
	image = debian.package_file("memtest86+", "/boot/memtest86+x64.efi").read_bytes()
	pe = Pe(image)
	kernel = pe.place(pe.rva(memtest_start(image)))
	return Peer("memtest86+", arch, image, kernel, {}, None)


def grub(arch):
	image, kernel = linux_kernel(arch)
	package, path = GRUB[arch]
	loader = (debian.package_folder(package, arch) / "usr/lib/grub" / path).read_bytes()
	return Peer("GRUB, then Linux", arch, loader, kernel,
		    {"\\EFI\\debian\\grub.cfg": "search --file --set=root /vmlinuz\n"
			"linux /vmlinuz\nboot\n".encode(),
		     "\\vmlinuz": image}, None)


PEERS = {	# name: (CPU, what makes it)
	"ours x86_64": (X86, ours), "ours aarch64": (ARM, ours), "ours riscv64": (RISCV, ours),
	"linux x86_64": (X86, linux_stub), "linux aarch64": (ARM, linux_stub),
	"memtest86+ x86_64": (X86, memtest),
	"grub x86_64": (X86, grub), "grub aarch64": (ARM, grub),
}


def parse(text):
	"""What count.c has written: own, total, calls of ExitBootServices. None: not yet."""
	words = text.split()
	if words[:1] != ["own"] or "watched" not in words or not text.endswith("\n"):
		return None
	return int(words[1]), int(words[3]), int(words[words.index("watched") + 1])


def run(peer, services, memory="1G"):
	pe = Pe(peer.image)
	entry = pe.place(pe.entry)
	kernel = f"{peer.kernel.offset:#x}:{peer.kernel.bytes.hex()}"
	plugin = (f"{BUILD.absolute() / 'bench/count.so'},"
		  f"entry={entry.offset:#x}:{entry.bytes[:UNMOVED].hex()},"
		  f"kernel={kernel},size={pe.size:#x},"
		  f"watch={services:#x},out=count")
	with Machine(peer.arch, peer.cmdline, image=peer.image, files=peer.files, memory=memory,
		     extra=["-plugin", plugin]) as machine:
		end = time.monotonic() + 2 * HANG
		while True:
			path = machine.folder / "count"
			found = parse(path.read_text()) if path.exists() else None
			if found:
				return found
			if time.monotonic() > end or machine.process.poll() is not None:
				raise AssertionError(f"{peer.name}: its kernel was not seen\n" +
						     machine.serial()[-500:])
			time.sleep(0.1)


def measure(peer, services, **options):
	runs = [run(peer, services, **options) for _ in range(RUNS)]
	own, total, exits = (min(column) for column in zip(*runs))
	return Row(peer.name, peer.arch, own, total, exits, len(peer.image),
		   -(-Pe(peer.image).size // 4096))


def table(rows):
	head = ("", "CPU", "own", "total", "exits", "file, bytes", "pages of it")
	lines = [head]
	lines += [tuple(f"{x:,}" if isinstance(x, int) else x for x in row) for row in rows]
	widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
	for line in lines:
		cells = [x.ljust(w) if i < 2 else x.rjust(w)
			 for i, (x, w) in enumerate(zip(line, widths))]
		yield "  ".join(cells).rstrip()


def own_ram(arch, services, size):
	return run(ours(arch), services, memory=f"{size}M")[0]


def own_initrd(arch, services, size):
	return run(ours(arch, "initrd=\\i", {"\\i": bytes(size * MIB)}), services)[0]


def own_image(arch, services, size):
	"""Another kernel of ours, with `size` bytes of data."""
	folder = Path(tempfile.mkdtemp(dir=BUILD / "bench"))
	efi, elf = foreign.build(arch, folder, 4096, size * MIB)
	image = efi.read_bytes()
	entry = bench.symbols(arch, elf)["kernel_entry"]
	shutil.rmtree(folder)
	return run(Peer("foreign", arch, image, Pe(image).place(entry), {}, ""), services)[0]


def own_entries(arch, _, size):
	def make(*args, **options):
		return fragmented(*args, entries=size, **options)
	return bench.count(arch, "", make=make).own


GROWS = dict(zip(SIZES, (own_ram, own_initrd, own_image, own_entries)))


def sizes_of(arch, name):
	least = int(bench.SMALLEST.get(arch, "0M")[:-1]) if name.startswith("RAM") else 0
	return [max(size, least) for size in SIZES[name]]


def growth(arch, services):
	"""Own instructions of our images by size: name -> [(size, own)]."""
	found = {}
	for name in SIZES:
		for size in sizes_of(arch, name):
			own = GROWS[name](arch, services, size)
			found.setdefault(f"{arch}: {name}", []).append((size, own))
			print(f"{arch}: {name} {size}: own {own:,}", flush=True)
	return found


def verdict(rows, grown, failed, absent):
	"""(the last line, exit status). It is a failure if none of the others could be had."""
	sizes = sum(len(points) for points in grown.values())
	ours_alone = absent and all(row.name.startswith("Stubborn") for row in rows)
	said = [f"{len(rows)} measured", f"{failed} failed"]
	said += [f"{absent} not available"] if absent else []
	said += [f"ours with {sizes} sizes"] if sizes else []
	return (f"bench-peers: {', '.join(said)}",
		1 if failed or ours_alone or not (rows or grown) else 0)


def self_test():
	"""Test the parts that need no machine, and that each of these tests can fail."""
	assert parse("own 5\ntotal 7\n10 2\n20 3\nwatched 1\n") == (5, 7, 1)
	for text in ("", "own 5\ntotal 7\n10 2\n", "own 5\ntotal 7\nwatched 1"):
		assert parse(text) is None, text
	assert arm64_entry(b"MZ\0\0" + b"\x03\0\0\x14" + bytes(0x30) + b"ARM\x64") == 16
	assert arm64_entry(b"MZ\0\0" + b"\xff\xff\xff\x17" + bytes(0x30) + b"ARM\x64") == 0
	setup = (bytes(0x1f1) + b"\x01" + bytes(16) + b"HdrS").ljust(0x600, b"\0")
	assert setup_header_entry(setup) == 0x600
	packed = lzma.compress(b"a kernel")
	head = setup[:0x248] + struct.pack("<II", 0x20, len(packed))
	assert unpacked(head.ljust(0x420, b"\0") + packed + b"more") == b"a kernel"
	elf = (BUILD / X86 / "kernel.elf").read_bytes()
	assert elf_entry(elf).offset == struct.unpack_from("<Q", elf, 24)[0]
	start = setup + bytes.fromhex("fcfa488935f71d0200eb15")
	assert memtest_start(start) == 0x620
	for arch in ARCHES:
		pe = Pe(image_path(arch).read_bytes())
		assert pe.place(pe.entry).offset == bench.symbols(arch)["efi_entry"]
		assert pe.rva(pe.entry) == pe.entry, "our offsets in the file are those in memory"
	assert sizes_of("riscv64", "RAM, MiB")[0] == 256, "U-Boot needs them"
	assert sizes_of(X86, "RAM, MiB")[0] == 128 and sizes_of("riscv64", "image, MiB")[0] == 1
	assert find_services(b"x" * 99) is None
	assert find_services(b"BOOTSERV" + bytes(400)) is None, "a sum that is wrong"
	rows = [Row("a", X86, 1000, 20000, 1, 4096, 1), Row("b", ARM, 3000, 10000, 2, 8192, 2)]
	assert "3,000" in list(table(rows))[2]
	mine = [Row(ours(arch).name, arch, 1, 2, 1, 3, 4) for arch in ARCHES]
	assert verdict(mine, {}, 0, 0) == ("bench-peers: 3 measured, 0 failed", 0)
	assert verdict([], {"a": [(1, 5)], "b": [(1, 5), (2, 9)]}, 0, 0) == (
		"bench-peers: 0 measured, 0 failed, ours with 3 sizes", 0)
	assert verdict(mine + rows, {}, 0, 1) == (
		"bench-peers: 5 measured, 0 failed, 1 not available", 0)
	assert verdict(mine, {}, 0, 1)[1] and verdict(mine + rows, {}, 1, 0)[1]
	assert verdict([], {}, 0, 5)[1], "nothing could be had"
	chart.check(chart.draw(rows, {"a: RAM": [(1, 5), (2, 9)]}))
	print("bench-peers: self-test ok")


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument("--case", default="", help="those with this in their names; growth")
	parser.add_argument("--self-test", action="store_true")
	args = parser.parse_args()
	self_test()
	if args.self_test:
		return 0
	if args.case != "growth" and not any(args.case in name for name in PEERS):
		print(f"bench-peers: no case {args.case}: nothing was measured")
		return 1
	services, rows, failed, absent = {}, [], 0, 0
	for name, (arch, make) in PEERS.items():
		if args.case not in name:
			continue
		if arch not in services:
			services[arch] = exit_boot_services(arch)
		try:
			rows.append(measure(make(arch), services[arch]))
			print(list(table(rows[-1:]))[1], flush=True)
		except pytest.skip.Exception as why:
			print(f"{name}: not available: {why}", flush=True)
			absent += 1
		except AssertionError as why:
			print(f"{name}: FAILED: {why}", flush=True)
			failed += 1
	grown = {}
	if not args.case or args.case == "growth":
		for arch in ARCHES:
			services.setdefault(arch, exit_boot_services(arch))
			try:
				grown |= growth(arch, services[arch])
			except AssertionError as why:
				print(f"{arch}: growth: FAILED: {why}", flush=True)
				failed += 1
	print("\n".join(table(rows)))
	said, status = verdict(rows, grown, failed, absent)
	if rows or grown:
		path = BUILD / "bench/peers.svg"
		path.write_text(chart.draw(rows, grown))
		said += f"; {os.path.relpath(path)}"
	print(said)
	return status


if __name__ == "__main__":
	sys.exit(main())
