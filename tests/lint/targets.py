#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Commands that documents give: `make TARGET` exists, something reads the variables that are named
with it, and a test runs each target that `make help` lists.

usage: targets.py [--self-test] FILE...: every file of the tree, relative to its root. Commands are
those in lines of code and in backticks, of documents and comments, and those in the lines that make
help prints. --self-test: also whether mistakes are found.
"""
import re
import sys

from docs import prose, py_comments

RULE = re.compile(r"^([a-z][\w.-]*(?: [a-z][\w.-]*)*):(?![=:])", re.M)
HELP = re.compile(r"^##   ([a-z][\w-]*)", re.M)
TICKED = re.compile(r"`([^`\n]+)`")
CODE = re.compile(r"^(?: {4}|\t)(\S.*)$", re.M)
MAKE = re.compile(r"(?<![\w./-])make(?= |$)")
WORD = re.compile(r"""\s+\[?((?:[^\s"'\]]|"[^"]*"|'[^']*')+)\]?(?=\s|$)""")
SETS = re.compile(r"([A-Z][A-Z0-9_]*)=")
TAKES_VALUE = ("-C", "-f", "-j", "-o")
BUILDS = (".mk", "Makefile", ".sh", ".py")	# what may read a variable
RUNS = re.compile(r"^(?:tests/(?:cases/|fresh/cases\.sh|lint/\w+\.sh|run-all\.sh)|\.ci/)")
READ = r"""\$[({{]{0}\b|\${0}\b|\benviron\b[^\n]{{0,8}}["']{0}["']"""
RUN = (r"""\b(?:make|run-all\.sh)\b[^\n]*(?<![\w-]){0}(?![\w-])"""
       r"""|\b(?:make|works|typed)\([^\n]*["']{0}["' ]"""		# what tests/cases/ call
       r"""|^\t["']{0}["']: \(|goal='{0}'""")
NOT_RUN = {		# target that no test runs: why
	"all": "image and esp, which tests run",
	"bench-peers": "minutes and downloads; its code: tests/cases/test_bench.py",
	"soak": "hours: all those whose names begin with soak",
	"soak-commands": "samples of all others, in tests/cases/test_commands.py",
	"soak-fresh": "make test on a bare machine: half an hour",
	"test": "the suites one by one, by .ci/run",
}


def is_make(path):
	return path.endswith((".mk", "Makefile")) and not path.startswith("examples/")


def commands(path, text):
	"""(line, command) for each command that starts with make, or with variables and make."""
	if is_make(path):
		for m in re.finditer(r"^##(.*)$", text, re.M):
			for at in MAKE.finditer(m[1]):
				yield text[:m.start()].count("\n") + 1, m[1][at.start():]
	said = prose(path, text)
	for pattern in (TICKED, CODE) if path.endswith(".md") else (TICKED,):
		for m in pattern.finditer(said):
			for at in MAKE.finditer(m[1]):
				before = m[1][:at.start()].split()
				if all(SETS.match(word) for word in before):
					yield said[:m.start()].count("\n") + 1, m[1]
					break
				if pattern is CODE:		# two commands in a line
					yield (said[:m.start()].count("\n") + 1,
					       m[1][at.start():])


def parts(command):
	"""Targets and variables, up to the first word that is neither."""
	targets, variables = [], SETS.findall(command[:MAKE.search(command).start()])
	rest = command[MAKE.search(command).end():]
	option = ""
	for m in WORD.finditer(rest):
		if m.start() and rest[m.start() - 1] == "#" or m[0].startswith("   "):
			break			# the text beside it
		word = m[1]
		if option in TAKES_VALUE or word[0] == "-":
			option = "" if option else word
		elif SETS.match(word):
			variables.append(SETS.match(word)[1])
		elif re.fullmatch(r"[a-z][\w-]*", word) and not targets:
			targets.append(word)
		elif re.fullmatch(r"[a-z][\w-]*", word) and variables:
			targets.append(word)
		else:
			break
	return targets, variables


def code(path, text):
	"""The code of a test, without comments."""
	if path.endswith(".py"):
		said = py_comments(text).split("\n")
		return "\n".join(line for line, other in zip(text.split("\n"), said)
				 if not other)
	return re.sub(r"(^|(?<=\s))#.*", "", text, flags=re.M)


def check(texts):
	makefiles = {path: text for path, text in texts.items() if is_make(path)}
	rules = {name for text in makefiles.values() for m in RULE.finditer(text)
		 for name in m[1].split()}
	build = "\n".join(text for path, text in texts.items() if path.endswith(BUILDS))
	tests = "\n".join(code(path, text) for path, text in texts.items() if RUNS.match(path))
	for path, text in texts.items():
		for n, command in commands(path, text):
			targets, variables = parts(command)
			for name in targets:
				if name not in rules:
					yield f"{path}:{n}: there is no make {name}"
			for name in variables:
				if not re.search(READ.format(name), build):
					yield f"{path}:{n}: nothing reads {name}"
	for path, text in makefiles.items():
		for name in HELP.findall(text):
			if name not in NOT_RUN and not re.search(
					RUN.format(name), tests, re.M):
				yield f"{path}: no test runs make {name}"


def self_test():
	"""Each mistake in these texts must be found, and nothing else."""
	found = list(check({
		"Makefile": "##   one   it\none two:\n\techo $(SIZE)\n"
			    "##   three  make four\nthree:\n",
		"README.md": "    make one SIZE=1  # make none\n    make five SIZE=2\n"
			     "`make two` `SIZE=3 make two COLOUR=4` `make -C x six` make seven\n",
		"tests/cases/test_it.py": "make('two') # make one\nmake('three')\n"
					"said == 'one'\n"}))
	assert found == ["Makefile:4: there is no make four", "README.md:3: nothing reads COLOUR",
			 "README.md:3: there is no make six", "README.md:2: there is no make five",
			 "Makefile: no test runs make one"], found


def read(paths):
	texts = {}
	for path in paths:
		try:
			with open(path, encoding="utf-8") as file:
				texts[path] = file.read()
		except UnicodeDecodeError:
			pass			# no text: a fixture
	return texts


def main(words):
	if words[:1] == ["--self-test"]:
		self_test()
	texts = read(word for word in words if word[0] != "-")
	bad = list(check(texts))
	print("\n".join(bad), end="\n" if bad else "")
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
