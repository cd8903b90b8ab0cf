#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How many instructions booting costs: from efi_entry to kernel_entry, counted inside QEMU.

"own" are the instructions of our image, "total" those and firmware's on our behalf. A `rep`
string instruction counts once per iteration (tests/bench/count.c). A timer interrupt in the
window is firmware's and would make the total random, so each case runs RUNS times and the
least is taken. Ends with 1 if a limit is exceeded. --profile shows where own ones went.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))
from handoff import Info			# noqa: E402
from machine import ARCHES, BUILD, Machine, elf_path, image_path	# noqa: E402
from report import Report		# noqa: E402

RUNS = 2
MATCH = 48		# bytes that identify an entry point
LIMIT_OWN = {"default": 100_000, "place=stay": 50_000}
LIMIT_TOTAL = {"aarch64": 400_000, "x86_64": 900_000}
LIMIT_RATIO = 1.5	# own at the largest memory : own at the smallest
LIMIT_FILE = 96 * 1024
LARGEST = {"x86_64": "970G", "aarch64": "1T"}	# TCG's x86 CPUs have 40 address bits
SIZES = ["128M", "1G", "8G", "64G"]


def symbols(arch):
	text = subprocess.run(["llvm-nm", "-n", elf_path(arch)], check=True, text=True,
			      capture_output=True).stdout
	return {name: int(value, 16) for value, _, name in
		re.findall(r"^([0-9a-f]+) (\w) (\S+)$", text, re.M)}


def count(arch, cmdline, memory="1G", cpu=None):
	"""One boot: own, total, hits by link address, pages in the handoff arena."""
	names, data = symbols(arch), image_path(arch).read_bytes()
	entry, kernel = (f"{at:#x}:{data[at:at + MATCH].hex()}"
			 for at in (names["efi_entry"], names["kernel_entry"]))
	extra = ["-object", f"memory-backend-ram,id=ram,size={memory},reserve=off,prealloc=off",
		 "-machine", "memory-backend=ram", "-plugin",
		 f"{BUILD / 'bench/count.so'},entry={entry},kernel={kernel},"
		 f"size={names['image_end']:#x},out=count"]
	with Machine(arch, cmdline, memory=memory, cpu=cpu, extra=extra) as machine:
		machine.wait("boot: idle")
		pages = None
		if not cmdline:
			pages = Info(machine, Report(machine.serial()).runs).handoff[1] // 4096
		lines = (machine.folder / "count").read_text().split()
	hits = {int(at, 16): int(n) for at, n in zip(lines[4::2], lines[5::2])}
	return int(lines[1]), int(lines[3]), hits, pages


def cases(arch):
	"""Name, command line, memory, CPU."""
	yield "default", "", "1G", None
	yield "place=stay", "place=stay", "1G", None
	yield "mmu=mapped", "mmu=mapped", "1G", None
	if arch == "aarch64":
		yield "mmu=off", "mmu=off", "1G", None
		yield "cpu max", "", "1G", "max"
	else:
		yield "1 GiB pages: cpu max", "", "1G", "max"
	for size in SIZES + [LARGEST[arch]]:
		yield f"RAM {size}", "", size, None


def measure(arch):
	over, by_size = [], []
	print(f"{arch:24}{'own':>10}{'total':>10}   limit")
	for name, cmdline, memory, cpu in cases(arch):
		runs = [count(arch, cmdline, memory, cpu)[:2] for _ in range(RUNS)]
		own, total = min(r[0] for r in runs), min(r[1] for r in runs)
		limits = [("own", own, LIMIT_OWN.get(name))]
		if name == "default":
			limits.append(("total", total, LIMIT_TOTAL[arch]))
		bad = [f"{what} > {limit}" for what, n, limit in limits if limit and n > limit]
		shown = ", ".join(f"{what} <= {limit}" for what, _, limit in limits if limit)
		verdict = "OVER: " + ", ".join(bad) if bad else shown
		print(f"  {name:22}{own:10}{total:10}   {verdict}", flush=True)
		over += bad
		if name.startswith("RAM"):
			by_size.append(own)
	ratio = max(by_size) / min(by_size)
	size = image_path(arch).stat().st_size
	pages = count(arch, "")[3]
	print(f"  {'ratio over RAM sizes':22}{ratio:10.2f}{'':13}<= {LIMIT_RATIO}")
	print(f"  {'file, bytes':22}{size:10}{'':13}<= {LIMIT_FILE}")
	print(f"  {'arena, pages':22}{pages:10}")
	return over + ["ratio"] * (ratio > LIMIT_RATIO) + ["file"] * (size > LIMIT_FILE)


def profile(arch, cmdline):
	own, total, hits, _ = count(arch, cmdline)
	starts = sorted((at, name) for name, at in symbols(arch).items())
	by_name = {}
	for at, n in hits.items():
		name = [s for s in starts if s[0] <= at][-1][1]
		by_name[name] = by_name.get(name, 0) + n
	print(f"{arch} {cmdline!r}: own {own}, total {total}")
	for name, n in sorted(by_name.items(), key=lambda x: -x[1])[:30]:
		print(f"  {n:10}  {name}")


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument("--profile", metavar="CMDLINE")
	parser.add_argument("arch", nargs="*", default=ARCHES)
	args = parser.parse_args()
	over = []
	for arch in args.arch or ARCHES:
		if args.profile is not None:
			profile(arch, args.profile)
		else:
			over += measure(arch)
	if args.profile is None:
		print(f"bench: {len(over)} over their limit")
	return 1 if over else 0


if __name__ == "__main__":
	sys.exit(main())
