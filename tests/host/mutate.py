#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Do the host tests notice? Small changes of the code they cover, each built and run.

usage: mutate.py FOLDER SEED COUNT [SOURCE...]. In FOLDER, a copy of the tree, all tests of unit,
fake and fuzz are built with coverage and run once; then COUNT lines that some of them reach are
changed, one at a time and back, and the tests that reach the line run until one fails or all have
passed. Survivors that mutate-equivalent.txt argues are counted apart. Last line: "mutate: N killed,
M survived, ..."; fails if more than 5 % survive.
"""
import filecmp
import os
import random
import re
import shutil
import subprocess
import sys
import time

FLAVOUR = "mutate"
PROGRAMS = f"build/{FLAVOUR}"
MAKE = ["make", "-s", *(f"{n}={PROGRAMS}" for n in ("UNIT", "FUZZ", "FAKE")),
	*(f"{n}_FLAVOUR={FLAVOUR}" for n in ("UNIT", "FUZZ", "FAKE"))]
FUZZ_SHARE = 20			# a twentieth of the inputs
MOST = 0.05
EQUIVALENT = "tests/host/mutate-equivalent.txt"
ENV = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "CMOCKA_MESSAGE_OUTPUT": "TAP"}

SWAPS = [(r"(?<=\s)<=(?=\s)", "<"), (r"(?<=\s)>=(?=\s)", ">"), (r"(?<=\s)<(?=\s)", "<="),
	 (r"(?<=\s)>(?=\s)", ">="), (r"(?<=\s)==(?=\s)", "!="), (r"(?<=\s)!=(?=\s)", "=="),
	 (r"&&", "||"), (r"\|\|", "&&"), (r"(?<=\s)\+(?=\s)", "-"), (r"(?<=\s)-(?=\s)", "+"),
	 (r"(?<=\s)<<(?=\s)", ">>"), (r"(?<=\s)>>(?=\s)", "<<"), (r"(?<=\s)&(?=\s)", "|"),
	 (r"(?<=\s)\|(?=\s)", "&"), (r"(?<=\s)\|=(?=\s)", "&="), (r"(?<=\s)&=(?=\s)", "|="),
	 (r"(?<=\s)\+=(?=\s)", "-="), (r"(?<=\s)-=(?=\s)", "+="), (r"(?<=\s)%(?=\s)", "/"),
	 (r"\bMIN\(", "MAX("), (r"\bMAX\(", "MIN("), (r"\bALIGN_UP\(", "ALIGN_DOWN("),
	 (r"\bALIGN_DOWN\(", "ALIGN_UP("), (r"(?<=\()!(?=\w)", ""), (r"\+\+", "--"),
	 (r"\btrue\b", "false"), (r"\bfalse\b", "true")]
NUMBER = re.compile(r"(?<![\w.\"'])(0x[0-9a-fA-F]+|\d+)(?=[uUlL]*\b)(?![\w.]*[\"'])")
STATEMENT = re.compile(r"^\t+(?!(?:return|break|goto|case|default|const|static|struct|u?int\d*_t|"
		       r"bool|enum|void|char|size_t|status_t|typeof)\b)[A-Za-z_(*+].*;$")


def blank(text):
	"""The text with comments, strings and directives blanked, every byte in its place."""
	def spaces(m):
		return re.sub(r"[^\n]", " ", m[0])
	text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", spaces,
		      text, flags=re.S)
	return re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*", spaces, text, flags=re.M)


def mutations(line, bare):
	"""(what is done, the line then) for each thing that can be done to a line."""
	for pattern, put in SWAPS:
		for m in re.finditer(pattern, bare):
			yield (f"{m[0]} at {m.start()} becomes {put or 'nothing'}",
			       line[:m.start()] + put + line[m.end():])
	for m in NUMBER.finditer(bare):
		put = hex(int(m[0], 16) + 1) if m[0].startswith("0x") else str(int(m[0]) + 1)
		yield (f"{m[0]} at {m.start()} becomes {put}",
		       line[:m.start()] + put + line[m.end():])
	whole = bare.count("(") == bare.count(")")
	if STATEMENT.match(bare.rstrip()) and whole:
		yield ("statement removed", re.match(r"\t*", line)[0] + ";")


class Tree:
	"""The copy, what is built in it, and which program reaches which lines."""

	def __init__(self, folder):
		self.root = os.path.abspath(folder)
		self.copy()
		self.programs = self.make("mutate-programs").split()
		self.make("-k", *self.programs)
		self.runs = dict(r.split("=") for r in self.make("mutate-fuzz-runs").split())
		self.lines, self.times = {}, {}
		for p in self.programs:
			self.measure(p)

	def copy(self):
		listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True,
					check=True).stdout
		for f in listed.split():
			there = f"{self.root}/{f}"
			if not os.path.isfile(f):
				continue
			os.makedirs(os.path.dirname(there), exist_ok=True)
			if os.path.isfile(there) and filecmp.cmp(f, there, shallow=False):
				continue
			shutil.copy(f, there)
		os.makedirs(f"{self.root}/{PROGRAMS}", exist_ok=True)

	def make(self, *targets):
		run = subprocess.run([*MAKE, *targets], cwd=self.root, capture_output=True,
				     text=True, check=False)
		if run.returncode:
			raise RuntimeError(run.stderr)
		return run.stdout

	def command(self, program):
		name = os.path.basename(program)
		if not name.startswith("fuzz_"):
			return [f"./{program}"]
		runs = int(self.runs[name[5:]]) // FUZZ_SHARE
		seeds = f"{PROGRAMS}/seeds/{name[5:]}"
		return [f"./{program}", f"-runs={runs}", "-seed=1", "-max_len=16384",
			"-verbosity=0",
			*([seeds] if os.path.isdir(f"{self.root}/{seeds}") else [])]

	def measure(self, program):
		name = os.path.basename(program)
		profiles = f"{self.root}/{PROGRAMS}/{name}.profiles"
		shutil.rmtree(profiles, ignore_errors=True)
		begin = time.monotonic()
		if not self.passes(program, 900, profiles):
			raise RuntimeError(f"{program} fails without any mutation")
		self.times[program] = time.monotonic() - begin
		data = f"{profiles}/all"
		subprocess.run(["llvm-profdata", "merge", "-o", data, profiles], check=True)
		out = subprocess.run(["llvm-cov", "export", "-format=lcov",
				      f"-instr-profile={data}", f"{self.root}/{program}"],
				     capture_output=True, text=True, check=False).stdout
		shutil.rmtree(profiles)
		for line in out.split("\n"):
			if line.startswith("SF:"):
				source = os.path.relpath(line[3:], self.root)
			elif line.startswith("DA:"):
				number, count = line[3:].split(",")[:2]
				if int(count):
					self.lines.setdefault((source, int(number)),
							      set()).add(program)

	def passes(self, program, limit, profiles="/dev"):
		"""A program that says so at once is not waited for."""
		profile = f"{profiles}/%p.profraw" if profiles != "/dev" else "/dev/null"
		with subprocess.Popen(self.command(program), cwd=self.root, text=True, bufsize=1,
				      errors="replace", stdout=subprocess.PIPE,
				      stderr=subprocess.STDOUT, start_new_session=True,
				      env={**ENV, "LLVM_PROFILE_FILE": profile}) as run:
			late = f"sleep {limit}; kill -9 -{run.pid}"
			killer = subprocess.Popen(["sh", "-c", late], start_new_session=True)
			bad = False
			for said in run.stdout:
				if said.startswith(("not ok", "fake: FAILED")):
					bad = True
					os.killpg(run.pid, 9)
					break
			run.wait()
			os.killpg(killer.pid, 9)
			killer.wait()
		return not bad and run.returncode == 0

	def try_one(self, source, number, line):
		"""None: does not compile; the program that fails; "" if none does."""
		path = f"{self.root}/{source}"
		with open(path, encoding="utf-8") as f:
			text = f.read()
		lines = text.split("\n")
		lines[number - 1] = line
		stem = os.path.splitext(os.path.basename(source))[0]
		order = sorted(self.lines[source, number],
			       key=lambda p: (stem not in p, self.times[p]))
		try:
			with open(path, "w", encoding="utf-8") as f:
				f.write("\n".join(lines))
			for p in order:
				try:
					self.make(p)
				except RuntimeError:
					return None
				if not os.path.isfile(f"{self.root}/{p}"):
					return None
				if not self.passes(p, 30 + 10 * self.times[p]):
					return os.path.basename(p)
			return ""
		finally:
			with open(path, "w", encoding="utf-8") as f:
				f.write(text)


def equivalent():
	"""{(file, line's text, what is done): reason}"""
	known = {}
	with open(EQUIVALENT, encoding="utf-8") as f:
		for row in f.read().split("\n"):
			if not row.strip() or row.startswith("#"):
				continue
			source, text, done, reason = (x.strip() for x in row.split(" ## "))
			with open(source, encoding="utf-8") as code:
				there = [x.strip() for x in code.read().split("\n")]
			if text not in there:
				sys.exit(f"mutate: {EQUIVALENT}: {source} has no line: {text}")
			known[source, text, done] = reason
	return known


def candidates(tree, sources):
	found, texts = [], {}
	for source, number in sorted(tree.lines):
		if source.startswith("tests/") or (sources and source not in sources):
			continue
		if source not in texts:
			with open(source, encoding="utf-8") as f:
				text = f.read()
			texts[source] = list(zip(text.split("\n"), blank(text).split("\n")))
		line, bare = texts[source][number - 1]
		found += [(source, number, done, put) for done, put in mutations(line, bare)]
	return found


def main():
	folder, seed, count, *sources = sys.argv[1:]
	known = equivalent()
	tree = Tree(folder)
	places = candidates(tree, sources)
	random.Random(int(seed)).shuffle(places)
	files = len({p[0] for p in places})
	print(f"mutate: {len(places)} mutations of {files} files are possible; seed {seed}",
	      flush=True)
	killed = survived = argued = invalid = 0
	for source, number, done, put in places:
		if killed + survived + argued >= int(count):
			break
		with open(source, encoding="utf-8") as f:
			text = f.read().split("\n")[number - 1].strip()
		if (source, text, done) in known:
			argued += 1
			continue
		by = tree.try_one(source, number, put)
		if by is None:
			invalid += 1
		elif by:
			killed += 1
			print(f"mutate: {source}:{number}: {done}: {by}", flush=True)
		else:
			survived += 1
			print(f"mutate: SURVIVED: {source}:{number}: {text} ## {done}", flush=True)
	print(f"mutate: {killed} killed, {survived} survived, {argued} argued to be equivalent, "
	      f"{invalid} do not compile")
	return not killed or survived > MOST * (killed + survived)


sys.exit(main())
