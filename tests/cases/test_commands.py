# SPDX-License-Identifier: MIT
"""Commands that documents and `make help` give and no other test runs, each with the smallest
sample that shows that it works. make soak-commands also runs those that build much."""
import os
import re
import shutil
import subprocess

import pytest

import edk2
from kernels import run
from machine import BUILD, ROOT

FIGURES = ROOT / "tests/bench/figures.txt"
SOAK = os.environ.get("COMMANDS") == "all"


def typed(*words, folder=ROOT, build=BUILD, **env):
	"""Run make as if typed: (status, output). It inherits nothing from this test run's make."""
	env = {**os.environ, **env}
	for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PROGRESS"):
		env.pop(name, None)
	return run("make", "--no-print-directory", "-C", folder, f"BUILD={build}", *words, env=env)


def works(wanted, *words, **options):
	status, said = typed(*words, **options)
	assert status == 0 and re.search(wanted, said, re.M), said
	return said


# Words after the target; what it says.
SAMPLES = {
	"soak-again": (["AGAIN=40", "QEMU_ARGS=-k 'chain and image and riscv64'"],
		       "^qemu: 1 passed, 0 failed$"),
	"soak-boots": (["PLACE_BOOTS=2", "QEMU_JOBS=0", "QEMU_ARGS=-k 'many and riscv64'"],
		       "^qemu: 1 passed, 0 failed$"),
	"soak-cpus": (["STRESS=100", "QEMU_ARGS=-k 'stress and riscv64'"],
		      "^qemu: [1-9] passed, 0 failed$"),
	"soak-dtb": (["QEMU_ARGS=--collect-only"],	# 577 trees take long
		     "^tests/cases/test_boards.py::test_trees$"),
	"soak-inject": (["QEMU_JOBS=0", "QEMU_ARGS=-k 'riscv64-lies-mapped-stay'"],
			"^qemu: 1 passed, 0 failed$"),
	"soak-riscv64": (["QEMU_FILES=", "QEMU_JOBS=0", "-o", os.path.relpath(edk2.NEWER, ROOT),
			  "QEMU_ARGS=-k 'test_riscv and image and off'"],
			 "^qemu: 1 passed, 0 failed$"),
	"qemu-matrix": (["QEMU_ARGS=-k 'test_riscv and test_image'"],
			r"^RISC-V Image, qemu -kernel +riscv64 +image +yes .* [0-9]{6}"),
	"profile": (["ARCH=riscv64", "DOOR=image"], r"^ +\d+  memmap_normalise$"),
}
MORE = {			# these take minutes: they build the code with other options
	"check": ([], "^check: took "),
	"fake-coverage": ([], r"^TOTAL .* \d\d\.\d\d%"),
	"fuzz-coverage": ([], r"^TOTAL "),
	"soak-mutate": (["MUTATE_COUNT=2", "MUTATE_FILES=lib/utf.c",
			 "MUTATE_PROGRAMS=build/mutate/test_utf"],
			r"^mutate: [12] killed, [01] survived, "),
}


@pytest.mark.parametrize("target", [*SAMPLES, *(MORE if SOAK else ())])
def test_sample(target):
	words, wanted = {**SAMPLES, **MORE}[target]
	works(wanted, target, *words)


# What is collected without -k, which would have all of riscv64's tests.
@pytest.mark.parametrize("target,wanted", [
	("soak-inject", r"^[67]\d\d tests collected in "),		# of these none is left out
	("qemu-matrix", r"test_input.py::test_initrd_mapped\[riscv64\]$"),
	("doors", r"test_input.py::test_initrd_mapped\[riscv64\]$")])
def test_whole(target, wanted):
	more = " -v" if target == "doors" else ""		# which is quieter than the others
	works(wanted, target, "QEMU_JOBS=0", "QEMU_ARGS=--collect-only" + more)


def test_environment(tmp_path):
	"""QEMU_COLD, QEMU_KEEP and QEMU_IMAGES, which tests/README.md names."""
	works("^qemu: 1 passed, 0 failed$", "soak-cold", "QEMU_FILES=", "QEMU_JOBS=0",
	      "QEMU_ARGS=-k 'test_regime and riscv64-mapped'", QEMU_KEEP="1", TMPDIR=str(tmp_path))
	kept, = tmp_path.glob("*/serial")
	assert "kernel running" in kept.read_text(errors="replace")
	status, said = typed("qemu", "QEMU_FILES=", "QEMU_JOBS=0", QEMU_IMAGES=str(tmp_path))
	assert status and f"not built: {tmp_path}/BOOTAA64.EFI" in said, said


@pytest.mark.parametrize("name", [os.path.relpath(BUILD, ROOT), str(BUILD), f"{BUILD}/"])
def test_build(name):
	"""What depends on a changed header is built again, however BUILD= names the folder."""
	status, said = typed("-n", "-W", "lib/utf.h", "image", build=name)
	assert status == 0 and "-c -o" in said and "lib/utf.c" in said, said


def test_no_trees(tmp_path):
	"""A folder without device trees, or with its name misspelt, is an error."""
	status, said = typed("soak-dtb", f"DTBS={tmp_path}")
	assert status and f"DTBS={tmp_path}: no files *.dtb" in said, said


def test_soak_fuzz():
	if not (BUILD / "fuzz/fuzz_cmdline").exists():
		pytest.skip("make fuzz has not been run")
	works("^fuzz: 1 passed, 0 failed$", "soak-fuzz", "FUZZ_SECONDS=1", "FUZZ_RUNS=cmdline=1")


def test_run_quoted():
	"""Quotes and blanks of a command line reach the machine: no shell interprets them. So do
	MEMORY and MACHINE."""
	words = 'run="mem; poweroff" a=$HOME'
	given = "APPEND=" + words.replace("$", "$$")
	said = works("^boot: cpus: 2 of 2$", "run", "ARCH=riscv64", given, MACHINE="smp.cpus=2",
		     MEMORY="512M")
	line = re.search("^boot: command line: (.*)$", said, re.M)[1]
	assert line.replace("\\", "") == f'"{words}"', said
	assert 256 < int(re.search(r"^boot: memory: (\d+) MiB free", said, re.M)[1]) < 512, said


def test_bench_check(tmp_path):
	"""One figure of one CPU passes against the recorded one, and fails against a smaller
	one."""
	words = ["bench-check", "ARCH=riscv64", "CASE=image"]
	works("^bench-check: 1 figures, 0 too high$", *words)
	table = FIGURES.read_text()
	row = re.search(r"^riscv64 image +instructions +(\d+)$", table, re.M)
	less = tmp_path / "figures.txt"
	less.write_text(table.replace(row[0], row[0].replace(row[1], str(int(row[1]) // 2))))
	status, said = typed(*words, f"FIGURES={less}")
	assert status, said
	assert re.search(rf"^bench-check: riscv64 image instructions: \d+ instead of "
			 rf"{int(row[1]) // 2}: \d+\.\d % more$", said, re.M), said
	assert "bench-check: 1 figures, 1 too high" in said
	works("^bench-check: 1 figures written$", *words, "WRITE=1", f"FIGURES={less}")
	works("^bench-check: 1 figures, 0 too high$", *words, f"FIGURES={less}")
	assert len(less.read_text().splitlines()) == len(table.splitlines())
	status, said = typed("bench-check", "CASE=tea")
	assert status and "bench-check: no case tea: nothing was measured" in said


@pytest.mark.parametrize("target", ["bench", "bench-check", "doors"])
def test_other_arch(target):
	"""ARCH= names a CPU that there is not, or two."""
	for arch in "ARCH=m68k", "ARCH=x86_64 aarch64":
		status, said = typed(target, arch, "EXPECT=x", "QEMU_ARGS=--collect-only")
		assert status and f"*** {arch}: is one of aarch64 riscv64 x86_64.  Stop." in said


def test_doors_cpus():
	"""CPUS counts for all machines, whatever a test asks for; here with our own kernel."""
	said = works(r"^passed +RISC-V Image, qemu -kernel$", "doors", "CPUS=4", "ARCH=riscv64",
		     "EXPECT=boot: cpus: 4 of 4", "QEMU_ARGS=-k 'test_riscv and test_image'")
	assert "FAILED" not in said


@pytest.mark.parametrize("kernel", [(), ("KERNEL=examples/hello", "EXPECT=hello")])
def test_doors_loaders(kernel, tmp_path):
	"""What is not in this machine's packages is downloaded first, for any kernel."""
	said = works("", "-n", "doors", f"BUILD={tmp_path}", *kernel)
	for name in "grubaa64.efi", "grubriscv64.efi", "riscv-vars.fd", "systemd-bootia32.efi":
		assert f"{tmp_path}/loaders/{name}" in said


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
	"""A copy of this tree's files."""
	if not (ROOT / ".git").exists():
		pytest.skip("no git checkout, which lists the tree's files")
	folder = tmp_path_factory.mktemp("copy") / "tree"
	listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"],
				stdout=subprocess.PIPE, text=True, check=True).stdout.split()
	for name in listed:
		if (ROOT / name).is_file():
			(folder / name).parent.mkdir(parents=True, exist_ok=True)
			shutil.copy(ROOT / name, folder / name)
	return folder, listed


def test_pages_written(tree):
	"""make options-doc and docs.py --write restore pages that were changed."""
	folder, listed = tree
	broken = {"docs/options.md": ("selftest", "sefltest"), "docs/monitor.md": ("poke", "peko"),
		  "README.md": ("| 3,", "| 7,")}
	before = {name: (folder / name).read_text() for name in broken}
	for name, (old, new) in broken.items():
		assert old in before[name]
		(folder / name).write_text(before[name].replace(old, new))
	works("options.py --write", "options-doc", "V=1", folder=folder, build="build")
	status, said = run("tests/lint/docs.py", "--write", *listed, cwd=folder)
	assert status == 0, said
	for name, text in before.items():
		assert (folder / name).read_text() == text, name


def test_clean(tree):
	folder, _ = tree
	(folder / "build").mkdir(exist_ok=True)
	(folder / "compile_commands.json").touch()
	works("^rm -rf build compile_commands.json$", "clean", folder=folder, build="build")
	assert not (folder / "build").exists()
	assert not (folder / "compile_commands.json").exists()


@pytest.mark.parametrize("name,words,wanted", [
	("a b", ["image"], "a b: make cannot handle blanks in these names"),
	("it's", ["image"], "it's: make cannot handle ' in the name of a folder"),
	("a#b", ["help"], "a#b: make cannot handle # in the name of a folder"),
	("a,b", ["help", "KERNEL=examples/hello"], "a,b: make cannot handle , in the name"),
	("a,b", ["-f", "../sdk/stubborn.mk", "help"], "a,b: make cannot handle , in the name"),
	("a:b", ["new-kernel", "DIR=x"], "a:b: make cannot handle : in the name of a folder"),
	("a%b", ["none"], "No rule to make target 'none'"),	# like any other
	("ok", ["image", "BUILD=a%b"], "a%b: make cannot handle % in the name of a folder"),
	("ok", ["image", "KERNEL=a;b"], "a;b: make cannot handle ; in the name of a folder")])
def test_odd_names(tree, name, words, wanted):
	"""Folders whose names make or the shell would split are refused with a clear message."""
	odd = tree[0].with_name(name)
	tree[0].rename(odd)
	(odd.parent / "sdk").symlink_to(odd / "sdk")
	try:
		status, said = typed(*words, folder=odd, build="build")
	finally:
		(odd.parent / "sdk").unlink()
		odd.rename(tree[0])
	assert status and wanted in said, said


def test_help():
	"""Each target has its text; for another kernel the file names are that kernel's."""
	said = works(r"^   all +\S.*default", "help")
	assert re.search(r"^   disk +build/stubborn.img,", said, re.M)
	assert re.search(r"^   disk +\S+/kernels/hello/hello.img,",
			 works("^   image ", "help", "KERNEL=examples/hello"), re.M)


def test_new_kernel_writable(tmp_path):
	"""From a read-only tree, such as an installed package; without what was built there, or is
	the tree's own."""
	tree, mine = tmp_path / "tree", tmp_path / "mine"
	for folder in ("sdk", "examples"):
		shutil.copytree(ROOT / folder, tree / folder)
	kept = {path.name for path in (tree / "examples/rust").iterdir()} - {"build"}
	(tree / "examples/rust/build").mkdir(exist_ok=True)
	(tree / "examples/rust/CMakeLists.txt").touch()
	run("chmod", "-R", "a-w", tree)
	status, said = run(tree / "sdk/new-kernel.sh", mine, "rust")
	run("chmod", "-R", "u+w", tree)
	assert status == 0, said
	assert {path.name for path in mine.iterdir()} == kept | {".gitignore"}
	assert (mine / ".gitignore").read_text() == "build/\n"
	for path in (mine, *mine.rglob("*")):
		assert path.stat().st_mode & 0o200, path


SUITES = "unit fake lint fuzz cache qemu".split()
STUB = """#!/bin/sh
for word; do suite=$word; done
echo "$*" >> {log}
case $suite in
unit) echo "unit: {unit}" ;;
lint) echo "lint: 5 passed, 0 failed"; exit {lint} ;;
*) echo "$suite: 2 passed, 0 failed, 1 skipped" ;;
esac
"""


@pytest.mark.parametrize("target", ["check", "test"])
def test_suites(target, tmp_path):
	"""Which suites make check and make test run, and how; what counts as a failure."""
	stub, log = tmp_path / "make", tmp_path / "log"
	words = [target, f"MAKE={stub}", "-o", tmp_path / "have-ALL"]

	def suites(unit="3 passed, 0 failed", lint=0):
		log.write_text("")
		stub.write_text(STUB.format(log=log, unit=unit, lint=lint))
		stub.chmod(0o755)
		status, said = typed(*words, build=tmp_path)
		return status, said.rstrip().splitlines()[-1 - bool(status)], said
	status, last, said = suites()
	assert not status and last == "16 passed, 0 failed, 4 skipped", said
	calls = log.read_text().splitlines()
	assert [line.split()[-1] for line in calls] == SUITES
	assert all(("CHECK=1" in line.split()) == (target == "check") for line in calls)
	for given in ({"unit": "0 passed, 0 failed"}, {"unit": "passed"}, {"lint": 1},
		      {"unit": "2 passed, 1 failed"}):
		status, last, said = suites(**given)
		assert status and " 1 failed, 4 skipped" in last, (given, said)


def test_fresh_unknown(tmp_path):
	"""A misspelt case of make fresh is refused before anything is made."""
	for given in (["imagine"], ["image", "imagine"], ["image imagine"]):
		status, said = run(ROOT / "tests/fresh/run.sh", tmp_path / "build", *given)
		assert status and re.fullmatch(
			'fresh: there is no case "imagine"; there are: '
			r"image fake .* compile_commands whole-test\n", said), said
	assert not (tmp_path / "build/fresh/order.log").exists()


REPORT = """Filename  Functions  Missed  Executed  Branches  Missed  Branches
stub/uart_find.c  8  0  100.00%  94  17  81.91%
kernel/map.c  3  2  33.33%  10  9  10.00%
lib/map.c  3  0  100.00%  10  5  50.00%
lib/acpi.c  3  2  33.33%  10  9  10.00%
TOTAL  17  4  76.47%  124  40  67.74%
"""


def test_fuzz_coverage(tmp_path):
	"""fuzz-coverage fails without figures, and if a target sees too little of what it is for;
	here with tools that report what they are told."""
	for name, text in {"llvm-profdata": "", "llvm-cov": f"cat {tmp_path}/report",
			   "fuzz_acpi": "", "fuzz_map_riscv64": "", "fuzz_tpm": ""}.items():
		(tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
		(tmp_path / name).chmod(0o755)

	def covered(*names, report=REPORT):
		(tmp_path / "report").write_text(report)
		return run(ROOT / "tests/host/fuzz/coverage.sh", tmp_path, tmp_path, *names,
			   env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
	status, said = covered("acpi", "map_riscv64")
	assert status == 0 and re.search(r"^lib/map.c +3 +100.00% +10 +50.00%$", said, re.M), said
	for report in "", REPORT[:REPORT.index("stub")], re.sub("TOTAL.*", "TOTAL 0 0 - 0 0 -",
								REPORT):
		status, said = covered("acpi", report=report)
		assert status and said.endswith("fuzz-coverage: there are no figures\n"), said
	status, said = covered("acpi", "map_riscv64", report=REPORT.replace("50.00", "49.99"))
	assert status and said.endswith(
		"fuzz-coverage: fuzz_map_riscv64 sees 49.99 % of the branches of map.c\n"), said
	status, said = covered("tpm", "acpi", report=REPORT.replace("81.91", "9.00"))
	assert status and said.splitlines()[-2:] == [
		"fuzz-coverage: fuzz_tpm is for a file that is not there: stub/efi/tpm_log.c",
		"fuzz-coverage: fuzz_acpi sees 9 % of the branches of stub/uart_find.c"], said


TOY = {
	"Makefile": """BUILD := build
PYTHON := /usr/bin/python3
UNIT := build/unit
FUZZ := build/fuzz
FLAGS := -g -O1 -fprofile-instr-generate -fcoverage-mapping
include tests/host/mutate.mk
$(UNIT)/test_small: $(UNIT)/small.o $(UNIT)/test.o
	clang $(FLAGS) -fuse-ld=lld -o $@ $^
$(UNIT)/%.o: %.c
	clang $(FLAGS) -MMD -c -o $@ $<
$(FUZZ)/seeds:
	mkdir -p $@
$(BUILD)/have-%:
	mkdir -p $@
""",
	"small.c": """int same(int a, int b)
{
	return a == b ? 5 : 7;
}

int unseen(int a)
{
	return a + 3;
}
""",
	"test.c": """int same(int, int), unseen(int);
int main(void)
{
	unseen(1);
	return same(1, 1) != 5 || same(1, 2) != 7;
}
""",
}


def test_mutate(tmp_path):
	"""make soak-mutate in a tree of one function that its test checks and one that it only
	calls. What survives is listed, and fails unless it is argued."""
	for name, text in TOY.items():
		(tmp_path / name).write_text(text)
	host = tmp_path / "tests/host"
	host.mkdir(parents=True)
	for name in ("mutate.mk", "mutate.py", "reasons.py"):
		shutil.copy(ROOT / "tests/host" / name, host)
	argued = host / "mutate-equivalent.txt"
	argued.touch()
	for words in (["init", "-q"], ["add", "."]):
		assert run("git", "-C", tmp_path, *words)[0] == 0
	words = ["soak-mutate", "MUTATE_PROGRAMS=build/mutate/test_small", "MUTATE_JOBS=1"]

	def mutated(*more):
		return typed(*words, *more, folder=tmp_path, build="build")
	status, said = mutated("MUTATE_FILES=small.c:3")
	assert status == 0, said
	assert "mutate: 3 mutations of 1 files are possible; seed 1\n" in said
	assert "mutate: 3 killed, 0 survived, 0 argued to be equivalent, 0 make the same code, " \
		"0 do not compile; MUTATE_FROM=3 goes on\n" in said
	status, said = mutated("MUTATE_FILES=small.c", "MUTATE_COUNT=300")
	assert status, said
	assert sorted(re.findall(r"SURVIVED: (.*)$", said, re.M)) == [
		"return a + 3; ## + at 10 becomes -", "return a + 3; ## 3 at 12 becomes 4"]
	assert "mutate: 3 killed, 2 survived, 0 argued" in said
	argued.write_text("".join(f"small.c ## return a + 3; ## {done} ## a reason\n"
				  for done in ("+ at 10 becomes -", "3 at 12 becomes 4")))
	status, said = mutated("MUTATE_FILES=small.c")
	assert status == 0 and "mutate: 3 killed, 0 survived, 2 argued to be" in said, said
