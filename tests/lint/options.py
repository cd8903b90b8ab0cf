#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/options.md: every option of the command line, from the comments in the code that reads it.

usage: options.py [--write]. Without --write it checks that the page agrees with the code. An
option's comment begins with `/*: NAME[=VALUES]`. Every name and value that the code compares a word
with must be in such a comment, and every such comment must have a name that the code knows.
"""
import re
import sys
import textwrap

PAGE = "docs/options.md"
STUB, KERNEL, WORDS = "stub/options.c", "kernel/options.c", "lib/words.c"
STAGES = (("include/stubborn/crumb.h", "CRUMB"), ("kernel/stage.h", "STAGE"))
COMMENT = re.compile(r"/\*: (\S.*?)\n(.*?)\*/", re.S)
HEAD = """# Options

Written by `make options-doc` from the comments in stub/options.c and kernel/options.c.

Options are words of the command line, separated by white space; README.md, "On a real machine",
says where the command line comes from. White space between double quotes does not separate words:
`run="mem; poweroff"`, or `"run=mem; poweroff"` as GRUB passes it on. A later word wins over an
earlier one. An invalid value for an option of the stub is an error, and firmware goes on with its
next boot entry; an unknown word, or an invalid value for an option of our kernel, only gets a
warning.

Under Secure Boot {weak} are errors, as they weaken protection
(`place=random` does not); but a command line that is part of the signed file may contain them.

"""
LINKS = {"include/stubborn/crumb.h": "[crumb.h](../include/stubborn/crumb.h)"}


def read(path):
	with open(path, encoding="utf-8") as file:
		return file.read()


def described(text):
	"""Synopsis to description, in the order of the file."""
	return {" ".join(head.replace("\n *", "").split()):
		" ".join(re.sub(r"^\s*\* ?", "", body, flags=re.M).split())
		for head, body in COMMENT.findall(text)}


def known(text):
	"""Names, each with its = if it takes a value, and values that words are compared with."""
	names = {m + "=" for m in re.findall(r'word_value\(w, "([^"]+)"', text)}
	names |= set(re.findall(r'word_is\(&?w, "([^"]+)"', text))
	return names, set(re.findall(r'word_is\(v, "([^"]+)"', text))


def faults(path, text, options, elsewhere=frozenset()):
	names, values = known(text)
	have = {re.match(r"[^=]+=?", s)[0] for s in options}
	words = {w for s in options for w in re.findall(r"[^\s=|,\[\]]+", s)}
	for name in sorted(names - have - elsewhere):
		yield f"{path}: no comment `/*: {name}...` for the page of options"
	for name in sorted(have - names):
		yield f"{path}: a comment for {name}, which the code does not know"
	for value in sorted(values - words):
		yield f"{path}: the value {value} is in no option's comment"


def warned(stub, kernel):
	"""Our kernel warns about words that neither half knows: it must know the stub's names."""
	listed = re.search(r"valued\[\]\[\d+\] = \{(.*?)\}", kernel, re.S)[1]
	names = known(kernel)[0] | {name + "=" for name in re.findall(r'"([^"]+)"', listed)}
	for name in sorted(known(stub)[0] - names - {"--"}):	# which ends the words
		yield f"{KERNEL}: would warn about {name}, which the stub knows"


def table(options):
	rows = ["| option | |", "|---|---|"]
	for synopsis, text in options.items():
		shown = synopsis.replace("|", r"\|")
		for path, link in LINKS.items():
			text = text.replace(path, link)
		rows.append(f"| `{shown}` | {text} |")
	return "\n".join(rows) + "\n"


def page(stub, kernel):
	body = re.search(r"options_weakening\(.*?\n\}\n", stub, re.S)[0]
	weak = ", ".join(f"`{x}`" for x in re.findall(r'"([^"]+)"', body))
	stages = []
	for path, prefix in STAGES:
		body = re.search(r"^enum \w+ \{(.*?)\}", read(path), re.S | re.M)[1]
		stages += re.findall(prefix + r"_(\w+)", body)
	names = ", ".join(f"`{s.lower()}`" for s in stages)
	return (HEAD.replace("{weak}", weak) + "## Options of the stub, for every kernel\n\n" +
		table(described(stub)) +
		"\n" + textwrap.fill(f"Stages, in their order: {names}.", 110) +
		"\n\n## Options of our own kernel\n\n" + table(described(kernel)))


def main():
	stub, kernel = read(STUB) + read(WORDS), read(KERNEL)
	stubs = {form for name in known(stub)[0] for form in (name, name.rstrip("="))}
	bad = [*faults(STUB, stub, described(stub)),
	       *faults(KERNEL, kernel, described(kernel), stubs),
	       *warned(stub, kernel)]
	made = page(stub, kernel)
	if sys.argv[1:] == ["--write"]:
		with open(PAGE, "w", encoding="utf-8") as file:
			file.write(made)
	elif read(PAGE) != made:
		bad.append(f"{PAGE} is stale: make options-doc")
	print("\n".join(bad), end="\n" if bad else "")
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main())
