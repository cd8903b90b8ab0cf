#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Has any figure grown by 10 % over tests/bench/figures.txt? One or a few boots for each case.

usage: check.py [--write | --self-test] [--case CASE] [--figures FILE] [CPU...]. --write records
new figures; --self-test only checks, without a boot, that a figure that has grown by 10 %, and a
missing one, are found. With a case or CPUs, only their figures are measured and compared. A figure
that has shrunk by 10 % is worth recording, but not a failure.
"""
import argparse
import sys
from pathlib import Path

import bench
import kernel
from isa import ARCHES, files
from machine import image_path

TABLE = Path(__file__).parent / "figures.txt"
HEAD = ("# What a boot costs: CPU, case, what, how much. Written by make bench-check WRITE=1.\n"
	"# Own instructions as make bench counts them (QEMU 7.2, OVMF and AAVMF 2022.11,\n"
	"# U-Boot 2023.01, OpenSBI 1.1); bytes.\n"
	"# Instructions to the prompt and of what the kernel does: tests/bench/kernel.py.\n")
SHARE = 10		# per cent of growth that is too much
CASES = {"aarch64": ("default", "place=stay", "mmu=mapped", "mmu=off"),
	 "riscv64": ("default", "place=stay", "mmu=mapped", "mmu=off"),
	 "x86_64": ("default", "place=stay", "mmu=mapped")}
DOORS = {"riscv64": ("image",)}		# of the ways in without UEFI
FILES = {arch: [name.removesuffix(".EFI") for name in files(arch)] for arch in ARCHES}


def parse(text):
	"""(CPU, case, what) -> figure."""
	lines = [line.split() for line in text.splitlines() if line and line[0] != "#"]
	return {(cpu, case, what): int(much) for cpu, case, what, much in lines}


def render(figures):
	return HEAD + "".join(f"{cpu:8}{case:14}{what:14}{much}\n"
			      for (cpu, case, what), much in figures.items())


def compare(kept, measured):
	"""What is wrong, one item per line."""
	for key in sorted(kept.keys() | measured.keys()):
		old, new = kept.get(key), measured.get(key)
		if old is None or new is None:
			why = "not in the table" if old is None else "not measured"
			yield f"{' '.join(key)}: {why}"
		elif 100 * new >= (100 + SHARE) * old:
			more = 100 * new / old - 100
			yield f"{' '.join(key)}: {new} instead of {old}: {more:.1f} % more"


def cheaper(kept, measured):
	return [key for key, new in measured.items()
		if key in kept and 100 * new <= (100 - SHARE) * kept[key]]


def names(arch):
	"""Of all that is measured on this CPU, apart from what files are."""
	return *CASES[arch], *DOORS.get(arch, ()), *kernel.cases(arch)


def measure_case(arch, case):
	"""(what, how much)"""
	if case in kernel.CASES:
		for _, what, much, _ in kernel.measure(arch, case):
			yield what, much
	elif case in DOORS.get(arch, ()):
		yield "instructions", bench.door(arch, case).own
	else:
		words = next(words for name, *words in bench.cases(arch) if name == case)
		yield "instructions", bench.least(arch, *words, runs=1).own


def measure(arches, wanted):
	figures = {}
	for arch in arches:
		for case in names(arch):
			if wanted not in (None, case):
				continue
			for what, much in measure_case(arch, case):
				figures[arch, case, what] = much
				print(f"bench-check: {arch} {case} {what}: {much}", flush=True)
		for name in FILES[arch]:
			if wanted in (None, name):
				size = image_path(arch, name).stat().st_size
				figures[arch, name, "bytes"] = size
	return figures


def self_test():
	kept = parse(TABLE.read_text())
	cases = {(arch, case) for arch in CASES for case in (*names(arch), *FILES[arch])}
	assert {key[:2] for key in kept} == cases, "not the table of today"
	assert parse(render(kept)) == kept
	assert not list(compare(kept, kept))
	for key, much in kept.items():
		more = -(-much * (100 + SHARE) // 100)
		found = list(compare(kept, kept | {key: more}))
		assert len(found) == 1, f"{key}: {more} is not found"
		assert not list(compare(kept, kept | {key: more - 1})), f"{key}: {more - 1}"
		less = {k: v for k, v in kept.items() if k != key}
		assert list(compare(kept, less)) and list(compare(less, kept)), f"{key}: missing"
		assert cheaper(kept, kept | {key: much * (100 - SHARE) // 100}) == [key]
	print(f"bench-check: {len(kept)} figures; one of {SHARE} % more is found")


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument("--write", action="store_true")
	parser.add_argument("--self-test", action="store_true")
	parser.add_argument("--case")
	parser.add_argument("--figures", type=Path, default=TABLE)
	parser.add_argument("arch", nargs="*", default=list(CASES))
	args = parser.parse_args()
	if args.self_test:
		self_test()
		return 0
	kept = parse(args.figures.read_text())
	measured = measure(args.arch, args.case)
	if not measured:
		print(f"bench-check: no case {args.case}: nothing was measured")
		return 1
	if args.write:
		every = not args.case and set(args.arch) == set(CASES)
		args.figures.write_text(render(measured if every else kept | measured))
		print(f"bench-check: {len(measured)} figures written")
		return 0
	kept = {key: much for key, much in kept.items()
		if key[0] in args.arch and args.case in (None, key[1])}
	bad = list(compare(kept, measured))
	for key in cheaper(kept, measured):
		print(f"bench-check: {' '.join(key)}: {measured[key]} instead of {kept[key]}: "
		      "make bench-check WRITE=1 keeps it")
	for line in bad:
		print(f"bench-check: {line}")
	print(f"bench-check: {len(measured)} figures, {len(bad)} too high")
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main())
