# SPDX-License-Identifier: MIT
"""The possible places of an arena, from the kernel's report; and whether many look random."""
import math
import re

from isa import RAW_SCRATCH
from machine import BUILD
from symbols import elf_symbol

MIB2, PAGE, LOW_END = 2 << 20, 4096, 1 << 20
# Probability that a fair choice is rejected, by a formula for large counts. With 6 per bin the
# real probability is larger (1.2 times at 1e-3 in a simulation, more at smaller values), so 1e-9
# is used where 1e-6 is wanted.
ALARM = 1e-9


def memory(text):
	return [(int(base, 16), int(size, 16), kind) for base, size, kind in
		re.findall(r"^boot: memory: (0x\w+) (0x\w+) (.+)$", text, re.M)]


def arena(text, runs):
	"""The arena's size: what is ours from `runs` on."""
	end = runs
	for base, size, kind in memory(text):
		if base == end and kind in ("handoff", "image"):
			end += size
	assert end > runs, text
	return end - runs


def slots_in(spans, size, taken=(0, 0)):
	"""2 MiB steps of [base, end) where `size` bytes fit without overlapping what is taken."""
	return [at for base, end in spans
		for at in range(-(-max(base, LOW_END) // MIB2) * MIB2, end - size + 1, MIB2)
		if at + size <= taken[0] or at >= taken[1]]


def slots(text, report):
	"""All places that this boot without firmware could have chosen, in order: where memory is
	free at the end, without the memory that the image was loaded to."""
	size, spans = arena(text, report.runs), []
	end = report.loaded + elf_symbol(report.arch, "image_end") + RAW_SCRATCH
	own = report.loaded + PAGE, end
	for base, length, kind in memory(text):
		mine = report.runs <= base < report.runs + size
		old = own[0] <= base < own[1]		# the trampoline's page
		if kind != "free" and not mine and not old:
			continue
		if spans and spans[-1][1] == base:
			spans[-1][1] += length
		else:
			spans.append([base, base + length])
	return slots_in(spans, size, own)


def tail(x, freedom):
	"""Probability of a chi-square of at least x."""
	half = x / 2
	if freedom % 2:
		rest = math.erfc(math.sqrt(half))
		terms = ((i - 0.5) * math.log(half) - half - math.lgamma(i + 0.5)
			 for i in range(1, (freedom + 1) // 2))
	else:
		rest = 0
		terms = (i * math.log(half) - half - math.lgamma(i + 1)
			 for i in range(freedom // 2))
	return rest + sum(map(math.exp, terms)) if x > 0 else 1.0


def chi_square(counts, expected):
	return sum((c - e) ** 2 / e for c, e in zip(counts, expected))


def bins_for(n):
	"""Number of bins, so that six or more are expected in each."""
	return max(2, min(101, n // 6))


def uneven(picks, total):
	"""Why these numbers below `total` are not a fair choice; None if they may be. "neighbours"
	tests the upper bits, "residues" the lower ones."""
	n = len(picks)
	bins, low = bins_for(n), 8 if n >= 48 else 4
	for name, number, of in (("neighbours", bins, lambda p: p * bins // total),
				 ("residues", low, lambda p: p % low)):
		counts, expected = [0] * number, [0.0] * number
		for p in picks:
			assert 0 <= p < total
			counts[of(p)] += 1
		if name == "neighbours":	# bin b: all p with p * bins // total == b
			edge = [-(-b * total // bins) for b in range(bins + 1)]
			expected = [n * (edge[b + 1] - edge[b]) / total for b in range(bins)]
		else:
			expected = [n * len(range(b, total, low)) / total for b in range(low)]
		p = tail(chi_square(counts, expected), number - 1)
		if p < ALARM:
			return f"{name}: probability {p:.1e}, counts {counts}"
	return None


def histogram(name, picks, total, bins=16):
	"""A line for people: the choices in `bins` parts, and the results of the tests."""
	counts = [0] * bins
	for p in picks:
		counts[p * bins // total] += 1
	n = bins_for(len(picks))
	fine = [0] * n
	for p in picks:
		fine[p * n // total] += 1
	edge = [-(-b * total // n) for b in range(n + 1)]
	x = chi_square(fine, [len(picks) * (edge[b + 1] - edge[b]) / total for b in range(n)])
	low = [sum(p % 8 == r for p in picks) for r in range(8)]
	y = chi_square(low, [len(picks) * len(range(r, total, 8)) / total for r in range(8)])
	return (f"{name}: {len(picks)} choices of {total}, {len(set(picks))} different; 16ths "
		f"{counts}; {n} bins chi2 {x:.1f} p {tail(x, n - 1):.3f}; mod 8 {low} chi2 {y:.1f} "
		f"p {tail(y, 7):.3f}")


def note(line):
	"""Append to build/places.txt, for people."""
	with open(BUILD / "places.txt", "a") as f:
		f.write(line + "\n")
