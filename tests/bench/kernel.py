# SPDX-License-Identifier: MIT
"""What our kernel spends, up to its prompt and on its most frequent operations.

Each function here boots once or a few times and yields (what, figure, limit). The command line
has place=stay, so that the image is where it was found. Waiting for hardware counts as well: one
instruction per nanosecond while it polls.
"""
import time

from machine import Machine
from scroll import scroll
from spans import (CALLS_BY_POINTER, DOORS, ICOUNT, LARGEST, SLOW, Code, calls_marked,
		   door_machine, sparse)

CALLS = 20			# that check_calls makes, of 7 other CPUs
FEW, MANY = 8, 64		# CPUs
SMALL = "128M"
SCREEN = {"aarch64": "ramfb", "x86_64": None}	# 1024x768; 1280x800, the machine's default;
						# riscv64's firmware has none
IRQ = {		# where vectors jump to, a vector's size, the instructions that return
	"aarch64": ("irq_entry_el1", 0x80, ("eret",)),
	"riscv64": ("trap_entry", None, ("sret",)),	# the vector itself
	"x86_64": ("irq_entry", 8, ("iretq",)),
}
RETURN = ("ret", "retq")
# Where a CPU may need more: riscv64 saves one register and moves 8 bytes with an instruction.
LIMITS = {"riscv64": {
	("hot", "timer"): 180, ("again", "copy+jump"): 70_000,
}}
# In a call's window: the caller, what is called, the waiting, what is printed then.
NOT_CALL = ("check_calls", "running", "called", "cpu_mask_count", "call_idle", "arch_wait",
	    "wait_turn", "timeout_left")
COPY = ("arch_copy", "arch_copy_image", "arch_clean", "arch_clean_code", "image_relocate",
	"arch_jump", "jump_code")


def run(code, cmdline, marks, *, firmware=False, cpus=1, memory="256M", extra=(), **options):
	door, (entry, _) = next(iter(DOORS[code.arch].items()))
	make = Machine if firmware else door_machine(door)
	entries = ["efi_entry" if firmware else entry, "kernel_main"]
	extra = [*(SLOW if firmware else ICOUNT), "-smp", str(cpus),
		 "-plugin", code.plugin(entries, marks), *sparse(memory), *extra]
	if not firmware:
		options = {"display": False, **options}	# what is printed would be drawn, too
	words = f'place=stay run="{cmdline}"' if cmdline else "place=stay"
	with make(code.arch, words, memory=memory, extra=extra, **options) as machine:
		if cmdline:
			machine.wait_end()
		else:
			machine.wait("boot: idle")
			while not (machine.folder / "spans").exists():
				time.sleep(0.05)
		return code.read(machine.folder)


def until(code, entry, end):
	names = code.names
	return [(names[entry], "+", 0), (names[end], "-", 0), (names[end], "x", 0)]


def to_poweroff(code, **options):
	"""Instructions of all CPUs from the first one to the command, without firmware."""
	_, (entry, _) = next(iter(DOORS[code.arch].items()))
	return run(code, "poweroff", until(code, entry, "command_poweroff"), **options)


def prompt(code):
	marks = until(code, "efi_entry", "input_wait") + calls_marked(code, "terminal_clear", 1)
	done = run(code, "", marks, firmware=True, memory="1G",
		   display=SCREEN.get(code.arch, False))
	yield "own", done.spans[0][0], 2_000_000
	if code.arch in SCREEN:
		yield "clear", done.spans[1][0], 600_000


def hot(code):
	"""The smallest of many figures, as some calls are interrupted or find no cached page."""
	name, size, back = IRQ[code.arch]
	vectors = [insn.at & ~(size - 1) for insn in code.insns
		   if insn.op in ("b", "jmp") and insn.args.endswith(f"<{name}>")
		   ] if size else [code.names[name]]
	marks = [(at, "+", 1) for at in vectors]
	marks += [(at, "=", 1) for at in code.returns(name, back)]
	marks += [(code.names["timer_interrupt"], "p", 1)]
	body = code.body("irq_dispatch")
	marks += [(after.at, "r", 1) for insn, after in zip(body, body[1:])
		  if insn.op in CALLS_BY_POINTER and "<" not in insn.args]
	for span, (function, caller) in enumerate((
			("page_alloc", "vm_alloc"), ("page_free", "memory_release"),
			("page_alloc", "check_split"), ("page_free", "check_split"),
			("space_map", "vm_alloc"), ("space_unmap", "memory_release")), 2):
		marks += calls_marked(code, function, span, caller)
	spans = run(code, "selftest; cpus 2000; poweroff", marks).spans
	least = [min(spans[i]) if spans[i] else None for i in range(1, 8)]
	yield "timer", least[0], {"x86_64": 100}.get(code.arch, 120)
	yield "page", least[1] + least[2], 60
	yield "2-MiB", least[3] + least[4], 200
	yield "map+unmap", least[5] + least[6], 400


def call(code):
	"""cpu_call to 7 other CPUs: all that CPUs execute but the called function and waiting."""
	marks = [(code.names["check_calls"], "+", 0)]
	marks += [(at, "=", 0) for at in code.returns("check_calls", RETURN)]
	done = run(code, "selftest; poweroff", marks, cpus=FEW)
	polls = sum(max(done.hits[insn.at] - CALLS, 0) for insn in code.body("call_wait"))
	spent = sum(n for name, n in done.names.items() if name not in NOT_CALL) - polls
	yield "7-CPUs", spent // CALLS, 2000


def again(code):
	marks = until(code, "command_again", "kernel_main")
	done = run(code, "again run=poweroff", marks)
	yield "own", done.spans[0][0], 120_000
	yield "copy+jump", sum(
		n for name, n in done.names.items() if name.removeprefix("stub.") in COPY), 60_000


def cpus(code):
	more = ["-machine", "gic-version=3"] if code.arch == "aarch64" else []
	few, many = (to_poweroff(code, cpus=n, extra=more) for n in (FEW, MANY))
	slabs = [at for at, _ in code.calls("page_alloc")	# of 4 pages; all else takes one
		 if code.function(at).startswith(("slab_", "heap_"))]
	pages = [done.hits[code.names["page_alloc"]] + 3 * sum(done.hits[at] for at in slabs)
		 for done in (few, many)]
	yield "more", (many.spans[0][0] - few.spans[0][0]) // (MANY - FEW), 20_000
	yield "more-KiB", 4 * (pages[1] - pages[0]) // (MANY - FEW), 40


def sizes(code):
	small, large = (to_poweroff(code, memory=size).spans[0][0]
			for size in (SMALL, LARGEST[code.arch]))
	yield SMALL, small, None
	yield LARGEST[code.arch], large, 2 * small


def cases(arch):
	"""Names of this CPU's cases. riscv64 has none with several harts: OpenSBI waits for the
	others in a loop, which need not end where QEMU runs one hart at a time."""
	none = ("scroll", "call", "cpus") if arch == "riscv64" else ()
	return [name for name in CASES if name not in none]


CASES = {"prompt": prompt, "hot": hot, "call": call, "again": again, "cpus": cpus,
	 "sizes": sizes, "scroll": scroll}


def measure(arch, wanted=None):
	"""Yields (case, what, figure, limit)."""
	own = LIMITS.get(arch, {})
	code = Code(arch)
	for name in cases(arch):
		if wanted in (None, name):
			for what, much, limit in CASES[name](code):
				yield name, what, much, own.get((name, what), limit)
