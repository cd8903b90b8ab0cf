#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Documents and comments name files that exist, links resolve, README's line counts and
quotations are true, and tests are listed in their README.

Arguments: every file of the tree, relative to its root. A name with a folder is the end of a path,
or relative to the document's folder; a bare name matches any file's. `*` stands for
anything in a name, <isa> for each CPU. With --write first, README's counts are corrected instead.
"""
import fnmatch
import glob
import io
import os
import re
import sys
import tokenize

PAGE, CHAPTER = "README.md", "## Reading order"
STUB_LINES = 3500		# at most in the first of its tables, for one evening
KINDS = r"(?:lds\.S|c|h|S|cc|rs|inc|py|sh|mk|mk\.in|md|cmake|flags)"
NAME = re.compile(r"(?<![\w$:/{}<>-])((?:[\w.+*/-]|\\?<isa\\?>)+\." + KINDS +
		  r")(?![\w/>-]|\.\w)")
FOLDER = re.compile(r"(?<![\w$:/{}.-])((?:arch|docs|esp|examples|include|kernel|lds|lib|sdk|stub|"
		    r"tests)/(?:[\w.-]+/)*[\w-]+)(?![\w<>*$.{/\\-]|\.\w)")
TICKED = re.compile(r"`((?:[\w.-]+/)+)`")
QUOTE = re.compile(r"\]\(([^)\s]+\.[chS])\)\)?:\n\n((?: {4}.*\n|\n(?= {4}))+)")
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)]*))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.M)
HEAD = re.compile(r"^(?:/\* | \* |# )([\w+-]+(?:\.\w+)+) - ", re.M)
ISAS = sorted(os.path.basename(os.path.dirname(f)) for f in glob.glob("arch/*/isa.mk"))
OTHERS = {	# of Linux, Xen, EDK II; of a kernel that is not ours; what the build makes
	"include/linux/efi.h", "public/elfnote.h", "public/memory.h",
	"public/arch-x86/hvm/start_info.h",
	"VariableFormat.h", "irq.c", "irq.S", "folder/name.c", ".../stubborn.cmake",
	"../stubborn/sdk/stubborn.mk", "stubborn/sdk/stubborn.mk",
	"PREFIX/lib/stubborn/stubborn.mk", "lib/stubborn", "lib/pkgconfig",
}
C_LIKE = (".c", ".h", ".S", ".inc", ".cc", ".rs")
PARTS = ("arch/", "include/", "kernel/", "lds/", "lib/", "stub/")	# what README counts
LISTS = {	# the files whose names a README lists, each in backticks
	"tests/README.md": r"tests/cases/test_(\w+)\.py",
	"tests/host/unit/README.md": r"tests/host/unit/test_(\w+)\.c",
	"tests/host/fuzz/README.md": r"tests/host/fuzz/fuzz_(\w+)\.c",
}


def c_comments(text):
	"""The text with everything but comments blanked."""
	token = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|[^\n]""",
			   re.S)
	return token.sub(lambda m: m[0] if m[0][:2] in ("//", "/*") else " ", text)


def py_comments(text):
	"""Comments, and strings that are statements, each in its line."""
	lines = [""] * (text.count("\n") + 2)
	depth, fresh = 0, True
	for t in tokenize.generate_tokens(io.StringIO(text).readline):
		depth += (t.string in "([{") - (t.string in ")]}") if t.type == tokenize.OP else 0
		doc = t.type == tokenize.STRING and fresh and not depth
		if t.type == tokenize.COMMENT or doc:
			for i, line in enumerate(t.string.split("\n")):
				lines[t.start[0] - 1 + i] += line
		fresh = t.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL,
				   tokenize.COMMENT)
	return "\n".join(lines)


def prose(path, text):
	if path.endswith(".md"):
		return text
	if path.endswith(".py"):
		return py_comments(text)
	if path.endswith(C_LIKE):
		return c_comments(text)
	return re.sub(r"^(?!\s*#).*?((?<=\s)#\s.*)?$", lambda m: m[1] or "", text, flags=re.M)


class Tree:
	def __init__(self, paths):
		self.paths, self.tails, self.folders = set(paths), set(), set()
		for path in paths:
			parts = path.split("/")
			self.tails.update("/".join(parts[i:]) for i in range(len(parts)))
			self.folders.update("/".join(parts[:i]) for i in range(1, len(parts)))

	def has(self, name, page):
		if "<isa" in name:
			names = [re.sub(r"\\?<isa\\?>", isa, name) for isa in ISAS]
			return all(self.has(x, page) for x in names)
		beside = os.path.normpath(os.path.join(os.path.dirname(page), name))
		if "*" in name:
			return any(fnmatch.fnmatch(x, name) for x in self.tails)
		return name in self.tails or beside in self.paths or name in OTHERS


def anchors(path):
	"""What links can name in a page: its headings, as GitHub spells them."""
	with open(path, encoding="utf-8") as f:
		return {re.sub(r"[^\w -]", "", x.lower()).replace(" ", "-")
			for x in HEADING.findall(f.read())}


def check_names(tree, path, text):
	head = HEAD.search("\n".join(text.split("\n")[:4])) if not path.endswith(".md") else None
	if head and head[1] != os.path.basename(path):
		yield 1, f"calls itself {head[1]}"
	for n, line in enumerate(prose(path, text).split("\n"), 1):
		for name in NAME.findall(line):
			field = "/" not in name and name.endswith(".flags")
			if not (field or name[0] == "/" or tree.has(name.removeprefix("./"), path)):
				yield n, f"there is no {name}"
		for name in FOLDER.findall(line):
			if name not in tree.folders | tree.paths | OTHERS:
				yield n, f"there is no folder {name}"
		for name in TICKED.findall(line) if path.endswith(".md") else ():
			beside = os.path.join(os.path.dirname(path), name[:-1])
			if not {name[:-1], beside} & tree.folders and name[:6] != "build/":
				yield n, f"there is no folder {name}"
		for link, anchor in LINK.findall(line) if path.endswith(".md") else ():
			whole = os.path.normpath(os.path.join(os.path.dirname(path), link))
			whole = whole if link else path
			if "://" not in link and whole not in tree.paths | tree.folders or \
					anchor and anchor not in anchors(whole):
				yield n, f"a link to nowhere: {link}{anchor and '#' + anchor}"


def check_lists(tree, path, text):
	"""Each test is in its README, perhaps as one for all CPUs."""
	for file in sorted(tree.paths):
		name = re.fullmatch(LISTS.get(path, ""), file)
		if name and not any(f"`{x}`" in text for x in (
				name[1], name[1] + "_<isa>",
				re.sub(f"_({'|'.join(ISAS)})$", "_<isa>", name[1]))):
			yield 1, f"does not list {file}"


def check_quotes(path, text):
	"""Code that follows a link to a source file and a colon is in that file, line by line."""
	for quote in QUOTE.finditer(text):
		file = os.path.normpath(os.path.join(os.path.dirname(path), quote[1]))
		code = re.sub(r"^ {4}", "", quote[2], flags=re.M).strip("\n")
		with open(file, encoding="utf-8") as f:
			if f"\n{code}\n" not in f.read():
				yield text[:quote.end()].count("\n"), f"not a quotation of {file}"


def lines_of(path):
	with open(path, encoding="utf-8") as f:
		return f.read().count("\n")


def count(tree, cell):
	"""Lines of the files in a cell. A bare name is in the folder of the one before."""
	folder, total = "", 0
	for name in cell.strip().split(", "):
		folder = os.path.dirname(name) or folder
		path = os.path.join(folder, os.path.basename(name))
		if path not in tree.paths:
			return None
		total += lines_of(path)
	return total


def check_counts(tree, write):
	"""Check the rows and heads of the chapter's tables, and the sums in the text above."""
	with open(PAGE, encoding="utf-8") as f:
		page = f.read()
	start = page.index(CHAPTER)
	end = page.index("\n## ", start)
	chapter, evening, heads = page[start:end].split("\n"), 0, 0
	head = total = None
	want = {}			# line of the chapter -> (number there, true one)
	for i, line in enumerate(chapter + [""]):
		row = re.match(r"\|([^|]+)\| ([\d,]+) \|", line)
		if row and head is None:
			head, total = i, 0
		elif row:
			lines = count(tree, row[1])
			if lines is None:
				yield f"{PAGE}: {CHAPTER}: not files: {row[1].strip()}"
			total += lines or 0
			want[i] = (row[2], lines or 0)
		elif not line.startswith("|") and head is not None:
			want[head] = (re.search(r"\| ([\d,]+) \|", chapter[head])[1], total)
			if not heads and total > STUB_LINES:
				yield f"{PAGE}: {CHAPTER}: the stub's part has {total:,} lines, " \
				      f"more than {STUB_LINES:,}"
			evening, heads, head = evening + total, heads + 1, None
	everything = sum(lines_of(x) for x in tree.paths if x.startswith(PARTS) and
			 x.endswith((".c", ".h", ".S", ".inc")))
	for i, line in enumerate(chapter):
		for begin, truth in (("About ", everything), ("reading is these ", evening)):
			number = re.search(begin + r"(\d+(?:,\d{3})*)", line)
			if number:
				want[begin, i] = (number[1], round(truth, -2))
	if heads < 2 or len(want) < heads + 4:
		yield f"{PAGE}: {CHAPTER}: no tables of files, or no sums"
	for key, (said, truth) in want.items():
		i = key[1] if isinstance(key, tuple) else key
		if said != f"{truth:,}":
			chapter[i] = chapter[i].replace(said, f"{truth:,}", 1)
			if not write:
				yield f"{PAGE}: {CHAPTER}: {said} should be {truth:,} " \
				      f"({chapter[i].strip()[:40]}...; docs.py --write mends it)"
	if write:
		with open(PAGE, "w", encoding="utf-8") as f:
			f.write(page[:start] + "\n".join(chapter) + page[end:])


def main(paths):
	write = paths[:1] == ["--write"]
	tree = Tree(paths[write:])
	bad = list(check_counts(tree, write))
	for path in paths[write:]:
		try:
			with open(path, encoding="utf-8") as f:
				text = f.read()
		except UnicodeDecodeError:
			continue		# no text: a fixture
		bad += [f"{path}:{n}: {what}" for n, what in check_names(tree, path, text)]
		if path.endswith(".md"):
			bad += [f"{path}:{n}: {what}" for n, what in check_quotes(path, text)]
			bad += [f"{path}:{n}: {what}" for n, what in check_lists(tree, path, text)]
	print("\n".join(bad), end="\n" if bad else "")
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
