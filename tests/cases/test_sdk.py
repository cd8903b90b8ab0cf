# SPDX-License-Identifier: MIT
"""The SDK as others use it: each example started in several ways, the tree with another kernel
instead of ours. test_installed.py has an installed SDK.
"""
import os
import re
import signal
import struct
import subprocess
import threading
from pathlib import Path

import pytest

import sbi
from gdbstub import GDB, Gdb
from kernels import DOORS, HEAD, RUST_PANIC, WAYS, make, raw, run
from machine import ARCHES, BUILD, HANG, IMAGE_NAME, ROOT
from pc_loader import Loaded
from symbols import listed
from test_el import cleaned_until
from test_image import compile_tree

EXAMPLES = {			# the last lines printed
	"bare": r"bare: own tables\nbare: own vectors, cause 0x00000000(00000003|f200002a)",
	"devices": r"devices: 960 KiB of stack\ndevices: pi\^2/6 is about 1644924 millionths\n"
		   r"devices: a second CPU runs\ndevices: the timer ticks",
	"third": r"third: 380 pixels wide, 3703 of ink, 26.741 on average",
	"hello": r"hello: \d+ MiB are free",
	"cxx": r"cxx: sum 54, 32 bytes of heap",
	"rust": "rust: " + RUST_PANIC,
}
X86, ARM, RISCV = "x86_64", "aarch64", "riscv64"


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("arch,door", WAYS)
def test_example(example, arch, door):
	folder = BUILD / "kernels" / example / arch
	if not folder.exists():
		pytest.fail("make examples")
	with DOORS[arch][door](arch, folder, extra=["-smp", "2"]) as machine:
		machine.wait(EXAMPLES[example])


def test_third_parties():
	"""On aarch64 third's numbers are formatted by Debian's picolibc."""
	names = run("llvm-nm", "--defined-only", BUILD / "kernels/third" / ARM / "kernel.elf")[1]
	theirs = run("llvm-nm", "--defined-only",
		     "/usr/lib/picolibc/aarch64-linux-gnu/lib/libc.a")[1]
	for name in ("snprintf", "__d_vfprintf"):
		assert f" T {name}\n" in names and f" T {name}\n" in theirs


def test_devices_astray(tmp_path):
	"""Firmware that once starts a hart at the image's entry instead, as OpenSBI 1.1 may."""
	image = BUILD / "kernels/devices" / RISCV / (IMAGE_NAME[RISCV] + ".EFI")
	with sbi.machine(tmp_path, "", image=image, astray=True) as machine:
		machine.wait(EXAMPLES["devices"])


def test_devices_cleaned():
	"""On aarch64 a new CPU's caches are off, and the text of an image that stays may be only in
	caches: what that CPU fetches is cleaned to memory."""
	folder, place = BUILD / "kernels/devices" / ARM, 0x50000000
	at = {name: place + where for where, name in listed(folder / "kernel.elf")}
	with raw(ARM, folder, append=f"place={place:#x}",
		 extra=["-smp", "2", "-S", *GDB]) as machine:
		gdb = Gdb(machine)
		gdb.run_to(at["second_start"])
		cleaned = list(cleaned_until(gdb, at["stub.arch_clean"], at["second_entry"]))
		gdb.close()
	code = at["second_entry"], at["second_end"] - 1
	assert any(code[0] in x and code[1] in x for x in cleaned), cleaned


def test_devices_left():
	"""What Linux leaves to a kernel that it starts: five levels of page tables, and its timer's
	interrupt."""
	image = BUILD / "kernels/devices" / X86 / (IMAGE_NAME[X86] + ".EFI")
	with Loaded(64, file=image.read_bytes(), levels=5, pending=0xec, cpu="max,la57=on",
		    extra=["-smp", "2"]) as machine:
		machine.wait(EXAMPLES["devices"])


@pytest.mark.parametrize("arch,display", [(X86, None), (ARM, "ramfb")])
def test_drawn(arch, display):
	"""The screen shows what third says it has drawn."""
	door = DOORS[arch]["uefi"]
	with door(arch, BUILD / "kernels/third" / arch, display=display) as machine:
		machine.wait(EXAMPLES["third"])
		width, _, pixels = machine.screen()
	lines = [pixels[y * width * 3:][:560 * 3:3] for y in range(64)]
	assert sum(value > 127 for line in lines for value in line) == 3703


def test_bare_from_el2():
	"""The stub drops to EL1, which it wants."""
	with raw(ARM, BUILD / "kernels/bare" / ARM, machine="virtualization=on") as machine:
		machine.wait(EXAMPLES["bare"])


PI = """/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
chosen { stdout-path = "/serial@3f201000"; };
memory@0 { device_type = "memory"; reg = <0 0x3b400000>; };
serial@3f201000 { compatible = "arm,pl011"; reg = <0x3f201000 0x1000>; }; };"""


def test_bare_port_beside_memory(tmp_path):
	"""On a Raspberry Pi both are in the first GiB: the port is a device (AttrIndx 1) still."""
	folder, place, port = BUILD / "kernels/bare" / ARM, 0x10000000, 0x3f201000
	at = {name: place + where for where, name in listed(folder / "kernel.elf")}
	tree = tmp_path / "board.dtb"
	tree.write_bytes(compile_tree(PI))
	with raw(ARM, folder, machine="raspi3b", cpu="cortex-a53", rng=False,
		 append=f"place={place:#x}", extra=["-dtb", str(tree)]) as machine:
		machine.wait(EXAMPLES["bare"])
		entry, = struct.unpack("<Q", machine.memory(at["root"], 8))
		assert entry & 0xfff == 3
		table = struct.unpack("<512Q", machine.memory(entry & ~0xfff, 4096))
	assert [i for i, entry in enumerate(table) if entry >> 2 & 7] == [port >> 21]


@pytest.mark.parametrize("arch", ARCHES)
def test_small(arch):
	"""hello is nearly all stub: see DECISIONS.md. A page more than today is allowed."""
	image = BUILD / "kernels/hello" / arch / (IMAGE_NAME[arch] + ".EFI")
	today = {"x86_64": 83968, "aarch64": 82944, "riscv64": 74752}
	assert image.stat().st_size <= today[arch] + 4096


def test_no_example_forgotten():
	assert sorted(os.listdir(ROOT / "examples")) == sorted(EXAMPLES)


def kernel_in(folder, files=()):
	folder.mkdir()
	text = HEAD + "void kernel_main(struct boot_info *bi) { for (;;); }\n"
	for name, content in {"main.c": text, **dict(files)}.items():
		(folder / name).write_text(content)
	return folder


def in_tree(folder, *words):
	"""make KERNEL=folder; output goes to folder + ".build"."""
	build = folder.with_suffix(".build")
	said = make(f"KERNEL={folder}", f"STUBBORN_SDK={BUILD}", f"BUILD={build}", *words)
	return build / "kernels" / folder.name, said


ENDLESS = """extern "C" {
#include "stubborn/kernel.h"
}
const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };
void kernel_main(boot_info *) { for (;;); }
"""


def test_endless(tmp_path):
	"""Kernels end in an endless loop; C++ lets compilers remove one that does nothing."""
	folder = tmp_path / "mine"
	folder.mkdir()
	(folder / "main.cc").write_text(ENDLESS)
	made, _ = in_tree(folder)
	for arch in ARCHES:
		code = run("llvm-objdump", "-d", made / arch / "obj/main.cc.o")[1]
		assert re.search(r"\t(jmp|b|j)\t0x\w+ <kernel_main", code), code


def git_status():
	return run("git", "-C", ROOT, "status", "--porcelain")


def test_in_tree(tmp_path):
	"""A folder with only sources; both kinds of irq; flags; one CPU; media."""
	before = git_status()
	files = {"irq.c": "int irq_c = ANSWER;\n#if ANSWER != 42\n#error CFLAGS\n#endif\n",
		 "irq.S": ".globl irq_s\nirq_s: ret\n"}
	folder = kernel_in(tmp_path / "mine", files)
	made, _ = in_tree(folder, "esp", "disk", "iso", "CFLAGS=-DANSWER=42", "ARCHES=x86_64")
	names = {path.name for path in made.iterdir()}
	assert {"esp.img", "mine.img", "mine.iso", X86} <= names and ARM not in names
	assert {"irq.c.o", "irq.S.o"} <= {path.name for path in (made / X86 / "obj").iterdir()}
	assert git_status() == before
	assert sorted(os.listdir(folder)) == ["irq.S", "irq.c", "main.c"]


def test_changed(tmp_path):
	"""Other flags or other files rebuild what depends on them, and nothing else."""
	folder = kernel_in(tmp_path / "mine", {"more.c": "int more;\n"})
	words = ("ARCHES=riscv64",)

	def made(*more):
		_, said = in_tree(folder, *words, *more)
		return [(line.split()[0], os.path.basename(line.split()[1]))
			for line in said.splitlines() if line.startswith("  ")]
	link, mine, more = ("LINK", "kernel.elf"), ("CC", "main.c.o"), ("CC", "more.c.o")
	assert sorted(made()) == sorted([mine, more, link])
	needs = next((tmp_path / "mine.build").rglob("main.c.d")).read_text()
	assert "include/stubborn/kernel.h" in needs and "include/stubborn/boot_info.h" in needs
	assert made() == []
	assert made("-q") == []		# make fails if something is old
	next((tmp_path / "mine.build").rglob("BOOTRISCV64.EFI")).unlink()
	assert made() == [link] and made() == []
	assert sorted(made("CFLAGS=-DX='\"a b\"'")) == sorted([mine, more, link])
	assert made("CFLAGS=-DX='\"a b\"'") == []
	(folder / "more.c").unlink()
	assert made("CFLAGS=-DX='\"a b\"'") == [link]
	(tmp_path / "far.c").write_text("int far;\n")
	assert made("CFLAGS=-DX='\"a b\"'", "SRC=main.c ../../" + tmp_path.name + "/far.c") == [
		("CC", "far.c.o"), link]


@pytest.mark.parametrize("words,wanted", [
	(["ARCHES=m68k"], "m68k: ARCHES takes any of aarch64 riscv64 x86_64"),
	(["run", "ARCH=aarch64", "ARCHES=x86_64"], "ARCH=aarch64: is one of x86_64"),
	(["run", "ARCH=aarch64 x86_64"], "ARCH=aarch64 x86_64: is one of aarch64 riscv64 x86_64"),
	(["disk", "NAME=../a"], "NAME=../a: names a file and cannot have a slash"),
	(["NAME=a b"], "a b: make cannot handle blanks in these names"),
	(["SRC=main.c odd name.c"], "odd: SRC takes files without blanks in their names"),
	(["SRC=far/../main.c"], "far/../main.c: SRC takes ../ at most three times and only at"),
	(["SRC=none.c"], "No rule to make target '.*none.c.o'"),
	(["SBAT=none.csv"], "No rule to make target 'none.csv'"),
	(["CC=gcc-12"], "gcc-12: CC and CXX must be clang: link what gcc has compiled through OBJ"),
	(["CC=x86_64-linux-gnu-gcc-12"], "x86_64-linux-gnu-gcc-12: CC and CXX must be clang"),
	(["SRC=main.cc", "CXX=g++"], r"g\+\+: CC and CXX must be clang"),
	(["ONLY=x86-64"], "x86-64: ONLY takes any of aarch64 riscv64 x86_64"),
	(["KERNEL=a b"], "KERNEL=a b: make cannot handle blanks in it")])
def test_variables(words, wanted, tmp_path):
	folder = kernel_in(tmp_path / "mine")
	status, said = run("make", "-C", ROOT, f"KERNEL={folder}", f"STUBBORN_SDK={BUILD}",
			   f"BUILD={tmp_path / 'b'}", *words)
	assert status and re.search(wanted, said), said


def test_blanks(tmp_path):
	status, said = run("make", "-C", ROOT, f"BUILD={BUILD}", "install-sdk",
			   f"PREFIX={tmp_path}/a b")
	assert status and "a b: make cannot handle blanks in it" in said
	assert not list(tmp_path.iterdir())


def test_named(tmp_path):
	"""Media and installed files of another kernel have its name, and the command line that its
	Makefile gives."""
	makefile = "APPEND := quiet 'a b'\ninclude $(STUBBORN)/stubborn.mk\n"
	folder = kernel_in(tmp_path / "mine", {"Makefile": makefile})
	esp, key, cert = (tmp_path / name for name in ("e s p", "my key", "my cert"))
	esp.mkdir()
	assert run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=me",
		   "-keyout", key, "-out", cert)[0] == 0
	words = ["ARCHES=x86_64", f"ESP={esp}", f"KEY={key}", f"CERT={cert}",
		 f"SYS={tmp_path}"]		# not this machine's firmware
	made, said = in_tree(folder, "esp", "iso", "sign", "install", *words)
	assert re.search(r"-L Mine -l '\\EFI\\mine\\BOOTX64.EFI'", said), said
	image = made / X86 / "BOOTX64.EFI"
	assert (esp / "EFI/mine/BOOTX64.EFI").read_bytes() == image.read_bytes()
	assert run("sbverify", "--cert", cert, made / X86 / "signed/BOOTX64.EFI")[0] == 0
	assert "Volume label is MINE" in run("mlabel", "-s", "-i", made / "esp.img", "::")[1]
	iso = (made / "mine.iso").read_bytes()
	assert iso[0x8028:0x8048].decode().strip() == "MINE" and b"\0quiet 'a b'\n\0" in iso
	listed = run("xorriso", "-indev", made / "mine.iso", "-find", "/", "-maxdepth", "1")[1]
	assert "'/mine.efi'" in listed and "stubborn" not in listed
	in_tree(folder, "uninstall", *words)
	assert list(esp.rglob("BOOT*")) == []


def lines_of(folder, pattern, *words):
	"""make's output up to a line that matches; then end what it has started."""
	command = ["make", "--no-print-directory", "-C", ROOT, f"KERNEL={folder}",
		   f"STUBBORN_SDK={BUILD}", f"BUILD={folder.with_suffix('.build')}", *words]
	lines = []
	with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
			      stderr=subprocess.STDOUT, start_new_session=True) as process:
		limit = threading.Timer(HANG, os.killpg, (process.pid, signal.SIGKILL))
		limit.start()
		try:
			for line in process.stdout:
				lines.append(line.decode(errors="replace"))
				if re.search(pattern, lines[-1]):
					return True
		finally:
			limit.cancel()
			if process.poll() is None:
				os.killpg(process.pid, signal.SIGKILL)
	pytest.fail("".join(lines))


def test_run(tmp_path):
	folder = tmp_path / "mine"
	make("new-kernel", f"DIR={folder}")
	assert lines_of(folder, r"mine: \d+ MiB are free", "run", "ARCH=aarch64", "ARCHES=aarch64")


def test_usb(tmp_path):
	"""`make usb` does not write to what is not a USB stick."""
	assert lines_of(kernel_in(tmp_path / "mine"), "write-usb: /dev/null is not a block device",
			"usb", "DEV=/dev/null", "ARCHES=x86_64")


def doors(expect, *more, **env):
	words = ["make", "--no-print-directory", "-C", ROOT, "KERNEL=examples/hello", "doors",
		 f"STUBBORN_SDK={BUILD}", f"BUILD={BUILD}", f"EXPECT={expect}",
		 "QEMU_ARGS=-k 'test_image or test_pvh or test_kexec'", *more]
	env = {**os.environ, **env}
	env.pop("PROGRESS", None)		# this test run's own
	return run(*words, env=env)


def test_doors():
	"""A line for each way in, with a reason if it could not be tried."""
	status, said = doors("hello:")
	assert status == 0, said
	assert re.findall(r"^(passed|FAILED) +(\S.*)$", said, re.M) == [
		("passed", name) for name in ("arm64 Image, qemu -kernel", "PVH, microvm and qboot",
					      "PVH, q35 and SeaBIOS",
					      "kernel.elf by e_entry, as VMMs without PVH",
					      "RISC-V Image, qemu -kernel")], said
	assert len(re.findall(r"^skipped +kexec: .* Debian's Linux boots first", said, re.M)) == 5


def test_doors_of_one_cpu(tmp_path):
	"""Also of a kernel that is not built for the others."""
	status, said = doors("hello:", "ARCH=riscv64", "ARCHES=riscv64", f"BUILD={tmp_path}")
	assert status == 0, said
	assert re.findall(r"^(?:passed|FAILED|skipped) .*$", said, re.M) == [
		"passed   RISC-V Image, qemu -kernel"], said


def test_doors_closed():
	"""What kernel_wants closes is no failure. This example needs an identity map: a test in
	another regime is followed by one that it takes, if there is any."""
	status, said = doors("devices:", "KERNEL=examples/devices", "ARCH=riscv64",
			     "QEMU_ARGS=-k 'test_image or test_initrd_mapped'")
	assert status == 0, said
	lines = re.findall(r"^(?:passed|FAILED|skipped) .*$", said, re.M)
	assert [re.split("  +", line) for line in lines] == [
		["skipped", "firmware's boot manager, riscv64", "mmu=mapped: not for this kernel"],
		["passed", "RISC-V Image, qemu -kernel"]], said


def test_doors_bare(tmp_path):
	"""A failure that says nothing, as an assertion in a helper, gets its line like others."""
	(tmp_path / "test_x.py").write_text(
		'import pytest\n@pytest.mark.door("mine")\n'
		"def test_it(): raise AssertionError\n")
	status, said = run("/usr/bin/python3", "-B", "-m", "pytest", "-qq", "-s", "-p", "doors",
			   "-p", "no:cacheprovider", "--tb=no", "-rN", tmp_path, env={
				   **os.environ, "KERNEL_IMAGES": str(tmp_path),
				   "PYTHONPATH": str(ROOT / "tests/vm")})
	assert status == 1 and re.search(r"^FAILED +mine +AssertionError\n", said, re.M), said


def test_doors_other_text():
	"""`make doors` fails without the text, and shows the last output; and without EXPECT."""
	want, said = re.compile(r'^FAILED +PVH, q35 .* no "good bye"\n(?:    .*\n)*'
				r'    hello: \d+ MiB .*\n    all of it: (.*)$', re.M), ""
	for seconds in "5", "50":	# on a slow machine it has not booted by then
		if not want.search(said):
			status, said = doors("good bye", QEMU_HANG=seconds)
	assert status and "passed  " not in said and want.search(said), said
	assert "qemu-system-x86_64 -machine q35" in Path(want.search(said)[1]).read_text()
	status, said = run("make", "-C", ROOT, "KERNEL=examples/hello", f"BUILD={BUILD}", "doors")
	assert status and 'EXPECT="...": what does the kernel print?' in said


def test_host_headers(tmp_path):
	folder = kernel_in(tmp_path / "mine", {"bad.c": "#include <stdio.h>\n"})
	status, said = run("make", "-C", ROOT, f"KERNEL={folder}", f"STUBBORN_SDK={BUILD}",
			   f"BUILD={tmp_path / 'b'}", "ARCHES=x86_64")
	assert status and "bad.c:1:10: fatal error: 'stdio.h' file not found" in said


def test_no_kernel(tmp_path):
	status, said = run("make", "-C", ROOT, f"KERNEL={tmp_path / 'none'}")
	assert status and "there is no such folder (make new-kernel DIR=" in said


def test_one_cpu(tmp_path):
	said = make("-n", "ARCHES=aarch64", f"BUILD={tmp_path}", "image", "esp", "sdk")
	assert "BOOTAA64.EFI" in said and X86 not in said


@pytest.mark.parametrize("language", ["c", "cxx", "rust"])
def test_new_kernel(language, tmp_path):
	"""What new-kernel writes runs elsewhere, has the folder's name; nothing is overwritten."""
	folder = tmp_path / "mine"
	make("new-kernel", f"DIR={folder}", f"LANG={language}")
	lines = (folder / "Makefile").read_text().splitlines()
	assert len([line for line in lines if line.strip()]) <= 10
	make(f"STUBBORN_SDK={BUILD}", f"ARCHES={ARM} {RISCV}", folder=folder)
	example = "hello" if language == "c" else language
	for arch in (ARM, RISCV):
		with raw(arch, folder / "build" / arch) as machine:
			machine.wait(EXAMPLES[example].replace(example, "mine"))
	status, said = run("make", "-C", ROOT, "new-kernel", f"DIR={folder}")
	assert status and "exists and is not empty" in said
	status, said = run("make", "-C", ROOT, "new-kernel", f"DIR={tmp_path / 'x'}", "LANG=ada")
	assert status and "LANG=ada: c, cxx or rust" in said
