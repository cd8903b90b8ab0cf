#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How many instructions a boot costs: from our first to kernel_entry, counted inside QEMU; and what
the kernel spends after that (kernel.py).

"own" are the instructions of our image, "total" includes firmware's for us. A `rep`
string instruction counts once per iteration (tests/bench/count.c). A timer interrupt in the
window is firmware's and makes the total random, so each case runs RUNS times and the
smallest number counts. Exits with 1 if a limit is exceeded. --profile shows where own ones were
spent.

tests/bench/fragment.c makes a memory map of 10,000 entries; its cost is what an entry
adds to the default case.
"""
import argparse
import sys
from collections import namedtuple
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "vm"))
import kernel				# noqa: E402
from fragmented import ENTRIES, fragmented	# noqa: E402
from handoff import Info, PAGE			# noqa: E402
from machine import BUILD, Machine, elf_path, image_path	# noqa: E402
from report import Report		# noqa: E402
from spans import DOORS, LARGEST, door_machine, match, sparse	# noqa: E402
from symbols import listed		# noqa: E402

RUNS = 4
LIMIT_OWN = {"default": 57_000, "place=stay": 42_000}
LIMIT_OWN_OF = {"riscv64": {"default": 97_000, "place=stay": 51_000, "image": 90_000}}
LIMIT_TOTAL = {"aarch64": 400_000, "riscv64": 400_000, "x86_64": 900_000}
LIMIT_RATIO = 1.5	# own with the most expensive RAM size / own with the cheapest
LIMIT_ENTRY = 150	# own per entry of a map of 10,000
LIMIT_FILE = 256 * 1024
LIMIT_MEMTEST = {"write": 0.15, "check and write": 0.6}	# per byte
LIMIT_WRITE_OF = {"riscv64": 0.2}	# which stores 8 bytes at a time
MEMTEST = {"aarch64": 0x42000000, "riscv64": 0x82000000, "x86_64": 0x2000000}	# 16 MiB from here
MEMTEST_SIZE = 16 << 20
MEMTEST_PASSES = 25
PAGES_EXTRA = 64	# held at ExitBootServices: twice the image and these
SIZES = ["128M", "1G", "8G", "64G"]
SMALLEST = {"riscv64": "256M"}	# that firmware can use
Boot = namedtuple("Boot", "own total hits info")	# hits by link address


def symbols(arch, elf=None):
	"""Name -> address. If two symbols have the same name, the lower one is the stub's."""
	return {name: at for at, name in reversed(listed(elf or elf_path(arch)))}


def counter(arch, entries, stop="kernel_entry"):
	"""QEMU's -plugin argument: count from whichever entry runs first, into the file `count`."""
	names, data = symbols(arch), image_path(arch).read_bytes()
	found = ",".join(f"entry={match(data, names[name])}" for name in entries if name in names)
	return (f"{BUILD / 'bench/count.so'},{found},kernel={match(data, names[stop])},"
		f"size={names['image_end']:#x},out=count")


def count(arch, cmdline, memory="1G", cpu=None, make=Machine, entry="efi_entry"):
	"""One boot. An image that stays has its info elsewhere: None."""
	extra = [*sparse(memory), "-plugin", counter(arch, [entry])]
	with make(arch, cmdline, memory=memory, cpu=cpu, extra=extra) as machine:
		machine.wait("boot: idle")
		report = Report(machine.serial())
		info = Info(machine, report.runs) if report.runs != report.loaded else None
		lines = (machine.folder / "count").read_text().split()
	hits = {int(at, 16): int(n) for at, n in zip(lines[4::2], lines[5::2])}
	return Boot(int(lines[1]), int(lines[3]), hits, info)


def least(*case, runs=RUNS, **options):
	runs = [count(*case, **options) for _ in range(runs)]
	return min(runs, key=lambda r: r.own)._replace(total=min(r.total for r in runs))


def cases(arch):
	"""(name, command line, memory, CPU) of each case."""
	yield "default", "", "1G", None
	yield "place=stay", "place=stay", "1G", None
	yield "mmu=mapped", "mmu=mapped", "1G", None
	if arch != "x86_64":
		yield "mmu=off", "mmu=off", "1G", None
	if arch != "riscv64":		# QEMU 7.2 has no such CPU of it
		yield "1 GiB pages: cpu max" if arch == "x86_64" else "cpu max", "", "1G", "max"
	for size in [SMALLEST.get(arch, SIZES[0])] + SIZES[1:] + [LARGEST[arch]]:
		yield f"RAM {size}", "", size, None


def limits_own(arch, name, boot):
	"""Limits for line(); empty if this CPU has none for the case."""
	limit = (LIMIT_OWN | LIMIT_OWN_OF.get(arch, {})).get(name)
	return [("own", boot.own, limit)] if limit else []


def by_function(arch, hits):
	starts = sorted((at, name) for name, at in symbols(arch).items())
	by_name = {}
	for at, n in hits.items():
		name = [s for s in starts if s[0] <= at][-1][1]
		by_name[name] = by_name.get(name, 0) + n
	return by_name


def line(name, *values, limits=()):
	"""Print one line; returns the limits it exceeds. limits: (what, value, limit)."""
	bad = [f"{name}: {what} {n:.2f} > {limit}".replace(":  ", ": ")
	       for what, n, limit in limits if n > limit]
	shown = ", ".join(f"{what} <= {limit}".strip() for what, _, limit in limits)
	values = "".join(f"{v:11.2f}" if isinstance(v, float) else f"{v:>11}" for v in values)
	print(f"  {name:22}{values:22}   {'OVER: ' + ', '.join(bad) if bad else shown}", flush=True)
	return bad


def door(arch, name):
	return count(arch, "", make=door_machine(name), entry=DOORS[arch][name][0])


def measure_doors(arch):
	"""The ways in without firmware; all instructions are ours."""
	over = []
	for name in DOORS[arch]:
		boot = door(arch, name)
		over += line(f"entry {name}", boot.own, boot.total,
			     limits=limits_own(arch, name, boot))
	return over


def measure_entries(arch, default):
	"""What one entry of a long map costs."""
	boot = least(arch, "", make=fragmented)
	more = boot.info.descriptors - default.info.descriptors
	each = (boot.own - default.own) / more
	assert boot.info.descriptors >= ENTRIES, f"only {boot.info.descriptors} entries"
	return (line(f"{boot.info.descriptors} map entries", boot.own, boot.total) +
		line("  an entry", each, limits=[("own", each, LIMIT_ENTRY)]))


def measure_pages(info):
	"""What we hold of firmware's memory at the end: the image as loaded, and the arena."""
	image, arena = info.image[1] // PAGE, info.handoff[1] // PAGE
	held, limit = image + arena, 2 * image + PAGES_EXTRA
	return line("image + arena, pages", f"{image} + {arena}", limits=[("held", held, limit)])


def measure_memtest(arch):
	"""The memory test's loops, with their cache maintenance."""
	door, (entry, _) = next(iter(DOORS[arch].items()))
	start = MEMTEST[arch]
	words = f'place=stay run="memtest 1 {start:#x}-{start + MEMTEST_SIZE:#x}; poweroff"'
	extra = ["-plugin", counter(arch, [entry], "command_poweroff")]
	said = ""
	while "memtest: ok: 16384 of " not in said:	# the arena may be in this memory
		with door_machine(door)(arch, words, memory="128M", extra=extra) as machine:
			said = machine.wait_end()
			assert "memtest: ok: " in said
			lines = (machine.folder / "count").read_text().split()
	by_name = by_function(arch, {int(at, 16): int(n) for at, n in
				     zip(lines[4::2], lines[5::2])})
	clean = sum(n for name, n in by_name.items() if name.endswith("arch_clean"))
	fill = by_name["arch_memtest_fill"] + clean / MEMTEST_PASSES
	swap = by_name["arch_memtest_swap"] / (MEMTEST_PASSES - 1) + clean / MEMTEST_PASSES
	over = []
	for (what, limit), n in zip(LIMIT_MEMTEST.items(), (fill, swap)):
		each = n / MEMTEST_SIZE
		limit = LIMIT_WRITE_OF.get(arch, limit) if what == "write" else limit
		over += line("memtest: " + what, f"{each:.3f}", limits=[("a byte", each, limit)])
	return over


def measure_kernel(arch, wanted=None):
	over = []
	for name, what, n, limit in kernel.measure(arch, wanted):
		over += line(f"{arch if wanted else ''} {name} {what}".strip(), n,
			     limits=[("", n, limit)] if limit else [])
	return over


def measure(arch):
	over, by_size = [], []
	print(f"{arch:24}{'own':>11}{'total':>11}   limit")
	for name, cmdline, memory, cpu in cases(arch):
		boot = least(arch, cmdline, memory, cpu)
		limits = limits_own(arch, name, boot)
		if name == "default":
			default = boot
			limits.append(("total", boot.total, LIMIT_TOTAL[arch]))
		over += line(name, boot.own, boot.total, limits=limits)
		if name.startswith("RAM"):
			by_size.append(boot.own)
	ratio = max(by_size) / min(by_size)
	size = image_path(arch).stat().st_size
	over += line("ratio over RAM sizes", ratio, limits=[("ratio", ratio, LIMIT_RATIO)])
	over += measure_doors(arch)
	over += measure_entries(arch, default)
	over += measure_pages(default.info)
	over += measure_memtest(arch)
	over += measure_kernel(arch)
	return over + line("file, bytes", size, limits=[("file", size, LIMIT_FILE)])


def measure_case(arch, wanted):
	"""Run only this case, once. None: this CPU has no such case."""
	if wanted == "memtest":
		return measure_memtest(arch)
	if wanted in kernel.CASES:
		return measure_kernel(arch, wanted)
	for name, cmdline, memory, cpu in cases(arch):
		if name == wanted:
			boot = least(arch, cmdline, memory, cpu, runs=1)
			return line(f"{arch} {name}", boot.own, boot.total,
				    limits=limits_own(arch, name, boot))
	return None


def profile(arch, cmdline, make, entry):
	boot = count(arch, cmdline, make=make, entry=entry)
	by_name = by_function(arch, boot.hits)
	print(f"{arch} {cmdline!r}: own {boot.own}, total {boot.total}")
	for name, n in sorted(by_name.items(), key=lambda x: -x[1])[:30]:
		print(f"  {n:10}  {name}")


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument("--profile", metavar="CMDLINE")
	parser.add_argument("--fragmented", action="store_true", help="profile a long map")
	parser.add_argument("--door", default="", help="profile this way in: image, linux16, pvh")
	parser.add_argument("--case", help="measure one alone: default, mmu=mapped, RAM 64G ...")
	parser.add_argument("arch", nargs="*", default=list(LIMIT_TOTAL))
	args = parser.parse_args()
	over, measured = [], 0
	for arch in args.arch:
		if args.profile is not None:
			make = fragmented if args.fragmented else door_machine(args.door)
			entry = DOORS[arch][args.door][0] if args.door else "efi_entry"
			profile(arch, args.profile, make, entry)
			continue
		found = measure_case(arch, args.case) if args.case else measure(arch)
		if found is not None:
			measured += 1
			over += found
	if args.profile is not None:
		return 0
	if not measured:
		print(f"bench: no case {args.case}: nothing was measured")
		return 1
	print(f"bench: {len(over)} over their limit")
	return 1 if over else 0


if __name__ == "__main__":
	sys.exit(main())
