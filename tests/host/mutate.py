#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Do the host tests notice small changes of the code that they cover? Each is built and tested.

usage: mutate.py FOLDER SEED FROM COUNT [SOURCE[:LINE]...]. In FOLDER, a copy of the tree, all
tests of unit, fake and fuzz are built with coverage and run once; then COUNT lines that some of
them reach are changed, one at a time and back, in MUTATE_JOBS copies side by side, and the tests
that reach the line run until one fails or all have passed. A change that compiles to the same code
does not count. Those for which mutate-equivalent.txt has a reason are counted separately. The
first FROM changes of the seed, tried before, are left out. Fails if over 5 % survive.
"""
import collections
import filecmp
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import reasons

FLAVOUR = "mutate"
PROGRAMS = f"build/{FLAVOUR}"
MAKE = ["make", "-s", "BUILD=build", *(f"{n}={PROGRAMS}" for n in ("UNIT", "FUZZ", "FAKE")),
	*(f"{n}_FLAVOUR={FLAVOUR}" for n in ("UNIT", "FUZZ", "FAKE"))]
FUZZ_SHARE = 20			# a twentieth of the inputs
MOST = 0.05
WORKERS = int(os.environ.get("MUTATE_JOBS", "2"))
SAME = "the same code"
CHECKS = "-g", "-O", "-fsanitize", "-fno-sanitize", "-fprofile", "-fcoverage", "-M"
ENV = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0:symbolize=0",
       "UBSAN_OPTIONS": "symbolize=0", "CMOCKA_MESSAGE_OUTPUT": "TAP"}

PAIRS = "<= < >= > < <= > >= == != != == + - - + << >> >> << & | | & |= &= &= |= += -= -= += % /"
SWAPS = [(rf"(?<=\s){re.escape(a)}(?=\s)", b) for a, b in zip(*[iter(PAIRS.split())] * 2)]
SWAPS += [(r"&&", "||"), (r"\|\|", "&&"), (r"\bMIN\(", "MAX("), (r"\bMAX\(", "MIN("),
	  (r"\bALIGN_UP\(", "ALIGN_DOWN("), (r"\bALIGN_DOWN\(", "ALIGN_UP("),
	  (r"(?<=\()!(?=\w)", ""), (r"\+\+", "--"),
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
	"""(description, changed line) for each possible change of a line."""
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
	"""The copy of the tree: what is built in it, how, and which program reaches which lines."""

	def __init__(self, folder):
		self.root = os.path.abspath(folder)
		self.copy()
		self.programs = self.make("mutate-programs").split()
		self.make(f"-j{WORKERS}", "-k", *self.programs)
		self.runs = dict(r.split("=") for r in self.make("mutate-fuzz-runs").split())
		self.commands = self.all_commands()
		self.users = self.all_users()
		self.lines, self.times, self.parts = {}, {}, {}
		self.kills = collections.Counter()
		with ThreadPoolExecutor(WORKERS) as pool:
			for p, (seconds, parts, lines) in zip(
					self.programs, pool.map(self.measure, self.programs)):
				self.times[p], self.parts[p] = seconds, parts
				for source, number in lines:
					self.lines.setdefault((source, number), set()).add(p)

	def copy(self):
		listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True,
					check=True).stdout
		for f in listed.split():
			there = f"{self.root}/{f}"
			os.makedirs(os.path.dirname(there), exist_ok=True)
			if os.path.isfile(f) and not (os.path.isfile(there) and
						      filecmp.cmp(f, there, shallow=False)):
				shutil.copy(f, there)
		os.makedirs(f"{self.root}/{PROGRAMS}", exist_ok=True)

	def make(self, *targets):
		run = subprocess.run([*MAKE, *targets], cwd=self.root, capture_output=True,
				     text=True, check=False)
		if run.returncode:
			raise RuntimeError(run.stderr)
		return run.stdout

	def all_commands(self):
		"""{built file: command}: make is too slow to be asked for each."""
		commands = {}
		for line in self.make("-n", "-B", *self.programs).split("\n"):
			line = line.split(" || ")[0]
			m = (re.search(r" -o (\S+)", line) or
			     re.match(r"\S*objcopy .* (\S+)$", line))
			if m:
				commands[m[1]] = line
		return commands

	def all_users(self):
		"""{source: objects that are compiled from it}"""
		users = {}
		for name in self.commands:
			rules = f"{self.root}/{os.path.splitext(name)[0]}.d"
			if not name.endswith(".o") or not os.path.isfile(rules):
				continue
			first = Path(rules).read_text("utf-8").replace("\\\n", " ").split("\n")[0]
			for source in first.split(":")[1].split():
				users.setdefault(os.path.normpath(source), set()).add(name)
		return users

	def linked(self, program):
		"""The objects that are part of it, archives' members included."""
		said = subprocess.run(f"{self.commands[program]} -Wl,--trace", shell=True,
				      cwd=self.root, capture_output=True, text=True, check=True)
		return [(m[1] or "") + m[2] for m in
			re.finditer(r"^(?:(build/.*/).*\.a\()?(.*\.o)\)?$", said.stdout, re.M)
			if m[0].startswith("build/")]

	def command(self, program, binary):
		name = os.path.basename(program)
		if not name.startswith("fuzz_"):
			return [f"./{binary}"]
		runs = int(self.runs[name[5:]]) // FUZZ_SHARE
		seeds = f"{PROGRAMS}/seeds/{name[5:]}"
		return [f"./{binary}", f"-runs={runs}", "-seed=1", "-max_len=16384",
			"-verbosity=0",
			*([seeds] if os.path.isdir(f"{self.root}/{seeds}") else [])]

	def measure(self, program):
		"""(seconds, its objects, [(source, line)]), kept while the program is the same."""
		now = hashlib.sha256(Path(f"{self.root}/{program}").read_bytes()).hexdigest()
		known = f"{self.root}/{program}.reached"
		if os.path.isfile(known):
			before, *rest = json.loads(Path(known).read_text("utf-8"))
			if before == now:
				return rest
		profiles = f"{self.root}/{program}.profiles"
		shutil.rmtree(profiles, ignore_errors=True)
		begin = time.monotonic()
		if not self.passes(self.root, program, program, 900, f"{profiles}/%p.profraw"):
			raise RuntimeError(f"{program} fails without any mutation")
		seconds = time.monotonic() - begin
		parts = self.linked(program)
		data = f"{profiles}/all"
		subprocess.run(["llvm-profdata", "merge", "-o", data, profiles], check=True)
		out = subprocess.run(["llvm-cov", "export", "-format=lcov",
				      f"-instr-profile={data}", f"{self.root}/{program}"],
				     capture_output=True, text=True, check=False).stdout
		shutil.rmtree(profiles)
		lines = []
		for line in out.split("\n"):
			if line.startswith("SF:"):
				source = os.path.relpath(line[3:], self.root)
			elif line.startswith("DA:"):
				number, count = line[3:].split(",")[:2]
				if int(count):
					lines.append((source, int(number)))
		Path(known).write_text(json.dumps([now, seconds, parts, lines]), "utf-8")
		return seconds, parts, lines

	def passes(self, root, program, binary, limit, profile="/dev/null"):
		"""Does the program pass? It is killed when it reports a failure. `limit`: CPU
		time."""
		with subprocess.Popen(["prlimit", f"--cpu={int(limit)}",
				       *self.command(program, binary)],
				      cwd=root, text=True, bufsize=1, errors="replace",
				      stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
				      start_new_session=True,
				      env={**ENV, "LLVM_PROFILE_FILE": profile}) as run:
			late = f"sleep {60 + 20 * limit}; kill -9 -{run.pid}"
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


class Worker:
	"""A folder of links to the tree's copy, in which one change at a time is made, built and
	undone. Changed files are new files, so the copy is not written to (keep)."""

	def __init__(self, tree, number):
		self.tree = tree
		self.root = f"{tree.root}-{number}"
		shutil.rmtree(self.root, ignore_errors=True)
		shutil.copytree(tree.root, self.root, symlinks=True, copy_function=os.link,
				ignore=shutil.ignore_patterns("*.profiles"))
		self.kept, self.plain = [], {}

	def sh(self, command):
		return subprocess.run(command, shell=True, cwd=self.root, capture_output=True,
				      check=False).returncode == 0

	def keep(self, path):
		"""Put a file aside until the change is undone."""
		os.rename(f"{self.root}/{path}", f"{self.root}/{path}.kept")
		self.kept.append(path)

	def undo(self):
		for path in self.kept:
			os.replace(f"{self.root}/{path}.kept", f"{self.root}/{path}")
		self.kept = []

	def compiled(self, obj):
		"""An object's source compiled as for an image, without sanitizers."""
		words = [w for w in self.tree.commands[obj].split() if not w.startswith(CHECKS)]
		if not self.sh(" ".join(words).replace(f" -o {obj}", " -O2 -o build/plain.o")):
			return None
		return Path(f"{self.root}/build/plain.o").read_bytes()

	def same(self, source, before, after):
		"""Is the code the same? Object by object, those that are already compiled first."""
		path = Path(f"{self.root}/{source}")
		for obj in sorted(self.tree.users[source], key=lambda o: (o not in self.plain, o)):
			if obj not in self.plain:
				path.write_text(before, "utf-8")
				self.plain[obj] = self.compiled(obj)
				path.write_text(after, "utf-8")
			if self.compiled(obj) != self.plain[obj]:
				return False
		return True

	def build(self, program, users, made):
		"""Compile what has changed of this program, and link it. Returns its name."""
		for part in self.tree.parts[program]:
			obj = part.replace(".image.o", ".o")
			for o in (obj, part) if obj in users else ():
				if o not in made:
					made.add(o)
					self.keep(o)
					if not self.sh(self.tree.commands[o]):
						return None
		link = self.tree.commands[program]
		binary = "build/mutated"
		return binary if self.sh(link.replace(f" -o {program}", f" -o {binary}")) else None

	def try_one(self, source, number, line):
		"""None: does not compile; SAME: the code does not change; the program that
		fails; "" if none does."""
		tree = self.tree
		path = Path(f"{self.root}/{source}")
		before = path.read_text("utf-8")
		lines = before.split("\n")
		lines[number - 1] = line
		stem = os.path.splitext(os.path.basename(source))[0]
		order = sorted(tree.lines[source, number],
			       key=lambda p: (stem not in p,
					      tree.times[p] / (1 + tree.kills[source, p])))
		try:
			self.keep(source)
			path.write_text("\n".join(lines), "utf-8")
			if self.same(source, before, "\n".join(lines)):
				return SAME
			made = set()
			for p in order:
				binary = self.build(p, tree.users[source], made)
				if not binary:
					return None
				if not tree.passes(self.root, p, binary, 3 + 4 * tree.times[p]):
					tree.kills[source, p] += 1
					return os.path.basename(p)
			return ""
		finally:
			self.undo()


def candidates(tree, sources):
	found, texts = [], {}
	for source, number in sorted(tree.lines):
		chosen = not sources or {source, f"{source}:{number}"} & set(sources)
		if source.startswith("tests/") or not chosen:
			continue
		if source not in texts:
			text = Path(f"{tree.root}/{source}").read_text("utf-8")
			texts[source] = list(zip(text.split("\n"), blank(text).split("\n")))
		line, bare = texts[source][number - 1]
		found += [(source, number, done, put, line.strip())
			  for done, put in mutations(line, bare)]
	return found


class Run:
	"""The sample, in the order of its seed, and the results."""

	def __init__(self, places, known, first, count):
		self.places = enumerate(places[first:], first)
		self.at, self.known, self.count = first, known, count
		self.result = collections.Counter()
		self.open = 0
		self.changed = threading.Condition()

	def done(self):
		return sum(self.result[x] for x in ("killed", "survived", "argued"))

	def next(self):
		"""The next change to try, or None. Waits for one that may not compile, so that the
		sample does not depend on which worker is faster."""
		with self.changed:
			while self.done() < self.count:
				if self.done() + self.open >= self.count:
					self.changed.wait()
					continue
				at, place = next(self.places, (None, None))
				if not place:
					break
				self.at = at + 1
				source, _, done, _, text = place
				if (source, text, done) not in self.known:
					self.open += 1
					return at, place
				self.result["argued"] += 1
			self.changed.notify_all()
			return None

	def add(self, what, said=None):
		with self.changed:
			self.open -= 1
			self.result[what] += 1
			self.changed.notify_all()
			if said:
				print(f"mutate: {said}", flush=True)

	def work(self, worker):
		while change := self.next():
			at, (source, number, done, put, text) = change
			by = worker.try_one(source, number, put)
			place = f"{at}: {source}:{number}"
			if by is None or by == SAME:
				self.add("same" if by else "invalid")
			elif by:
				self.add("killed", f"{place}: {done}: {by}")
			else:
				self.add("survived", f"{place}: SURVIVED: {text} ## {done}")


def main():
	folder, seed, first, count, *sources = sys.argv[1:]
	known, wrong = reasons.read()
	if wrong:
		sys.exit("\n".join(wrong))
	tree = Tree(folder)
	places = candidates(tree, sources)
	random.Random(int(seed)).shuffle(places)
	files = {p[0] for p in places}
	print(f"mutate: {len(places)} mutations of {len(files)} files are possible; seed {seed}",
	      flush=True)
	run = Run(places, known, int(first), int(count))
	with ThreadPoolExecutor(WORKERS) as pool:
		for end in [pool.submit(run.work, Worker(tree, n)) for n in range(WORKERS)]:
			end.result()
	r = run.result
	print(f"mutate: {r['killed']} killed, {r['survived']} survived, {r['argued']} argued to be "
	      f"equivalent, {r['same']} make the same code, {r['invalid']} do not compile; "
	      f"MUTATE_FROM={run.at} goes on")
	return not r["killed"] or r["survived"] > MOST * (r["killed"] + r["survived"])


sys.exit(main())
