# SPDX-License-Identifier: MIT
"""gdb commands that find the image wherever it is: for `make debug`, see docs/debugging.md.

    gdb-multiarch -x tests/gdb/stubborn.py build/x86_64/kernel.elf

connects to QEMU (GDB_TARGET in the environment: another target than :1234, or "none") and defines
stubborn-stub, -jump, -kernel, -here, -load, -info, -map and -crumbs; `help` explains each. The
ELF file may be that of any kernel that is linked with the stub.

The image is linked at 0, is loaded somewhere by firmware and moves itself. esp/run-qemu.sh --debug
boots a copy whose first instruction is a branch to itself. These commands check regularly
whether the CPU has reached it, which tells where the image is, and restore the instruction.
From then on every address is known: arch_jump's plan says where the image will run.
"""
import os
import struct
import subprocess

import gdb

HERE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = 4096
CRUMB_SIZE = 0x200		# include/stubborn/crumb.h
CRUMB_MAGIC = 0x424d555243425453
INFO_MAGIC = 0x3130464e49544f42
NOWHERE = 1 << 62		# for symbols of code that is not there yet
LOOK = "0.5"			# seconds between looks
CODE = 64			# bytes of code that tell our image from others
RANGE = "struct boot_range"


class Cpu:
	def __init__(self, loop, argument, back, status):
		self.loop = loop		# a branch to itself, as esp/run-qemu.sh writes it
		self.argument = argument	# register of arch_jump's only argument
		self.back = back		# expression for the address efi_entry returns to
		self.status = status		# register of what it returns


CPUS = {62: Cpu(b"\xeb\xfe", "$rdi", "*(unsigned long *)$rsp", "$rax"),
	183: Cpu(b"\x00\x00\x00\x14", "$x0", "$x30", "$x0"),
	243: Cpu(b"\x6f\x00\x00\x00", "$a0", "$ra", "$a0")}


class Elf:
	"""An ELF file's symbols, several of which may have the same name, and its code."""
	def __init__(self, path):
		with open(path, "rb") as file:
			self.data = file.read()
		if self.data[:5] != b"\x7fELF\x02":
			raise gdb.GdbError("%s: not a 64-bit ELF file" % path)
		self.path = path
		self.cpu = CPUS[self.word("<H", 18)]
		table, size, count = self.word("<Q", 40), self.word("<H", 58), self.word("<H", 60)
		self.sections = [struct.unpack_from("<IIQQQQIIQQ", self.data, table + i * size)
				 for i in range(count)]
		self.symbols = {}
		for section in self.sections:
			if section[1] == 2:				# SHT_SYMTAB
				self.read_symbols(section, self.sections[section[6]])

	def word(self, form, at):
		return struct.unpack_from(form, self.data, at)[0]

	def read_symbols(self, table, strings):
		for at in range(table[4], table[4] + table[5], 24):
			name, _, _, section, value, _ = struct.unpack_from("<IBBHQQ", self.data, at)
			if section:
				start = strings[4] + name
				text = self.data[start:self.data.index(b"\0", start)].decode()
				self.symbols.setdefault(text, []).append(value)

	def size(self):
		return max(section[3] + section[5] for section in self.sections)

	def code(self, address, size):
		for _, kind, _, start, offset, length, *_ in self.sections:
			if kind == 1 and start <= address and address + size <= start + length:
				return self.data[offset + address - start:][:size]
		raise gdb.GdbError("%s: no code at 0x%x" % (self.path, address))

	def all(self, name):
		if "stub." + name in self.symbols:	# a shared function: the name
			name = "stub." + name		# without the dot is a jump to it
		if name not in self.symbols:
			raise gdb.GdbError("%s: no %s: not linked with the stub?" %
					   (self.path, name))
		return self.symbols[name]


class State:
	elf = None		# Elf
	loaded = None		# where firmware put the image
	base = None		# where link address 0 is in the code whose symbols are loaded
	runs = None		# where it will be after the jump
	back = None		# where efi_entry returns to, while that is possible


def elf():
	if not State.elf:
		files = [x.filename for x in gdb.objfiles()]
		if not files:
			raise gdb.GdbError("gdb was started without kernel.elf")
		State.elf = Elf(files[0])
	return State.elf


def value(expression):
	return int(gdb.parse_and_eval(expression)) & (1 << 64) - 1


def memory(address, size):
	try:
		return bytes(gdb.selected_inferior().read_memory(address, size))
	except gdb.MemoryError:
		return b""


def word_at(address):
	data = memory(address, 8)
	return struct.unpack("<Q", data)[0] if len(data) == 8 else 0


def load(base):
	"""Symbols for the image at `base`, instead of those for where it was before."""
	path = elf().path
	gdb.execute("symbol-file", to_string=True)
	gdb.execute("add-symbol-file %s -o 0x%x" % (path, base), to_string=True)
	State.base = None if base == NOWHERE else base


def go():
	gdb.execute("continue", to_string=True)
	if not gdb.selected_inferior().pid:
		raise gdb.GdbError("QEMU has ended")


def go_quietly():
	"""gdb reports each stop on its standard output, to_string or not."""
	gdb.flush()
	kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
	os.dup2(nowhere, 1)
	try:
		go()
	except KeyboardInterrupt:
		pass
	finally:
		gdb.flush()
		os.dup2(kept, 1)
		os.close(kept)
		os.close(nowhere)


def is_here(base, skip=0):
	"""Whether our image is at `base`; its first `skip` bytes of code are not compared."""
	at = elf().all("efi_entry")[0]
	return memory(base + at + skip, CODE) == elf().code(at + skip, CODE)


def waits():
	"""The image's address if the CPU is in the loop at its entry."""
	loop, pc = elf().cpu.loop, value("$pc")
	base = pc - elf().all("efi_entry")[0]
	if base > 0 and memory(pc, len(loop)) == loop and is_here(base, len(loop)):
		return base
	return None


def locate():
	"""Run to the image's first instruction, and restore it."""
	if State.base is not None:
		return
	while waits() is None:
		with subprocess.Popen(["sh", "-c", "sleep %s; kill -INT $PPID" % LOOK]) as timer:
			go_quietly()
			try:
				timer.wait(0.2)
			except subprocess.TimeoutExpired:
				timer.kill()
				raise gdb.GdbError("stopped before the image was entered") from None
	base, at = waits(), elf().all("efi_entry")[0]
	State.back = value(elf().cpu.back)
	gdb.selected_inferior().write_memory(base + at, elf().code(at, len(elf().cpu.loop)))
	print("image loaded at 0x%x" % base)
	load(base)
	State.loaded = base


def run_to(addresses):
	"""Run to one of these addresses, or to where a boot ends: the halt, or firmware."""
	images = [x for x in (State.loaded, State.runs) if x is not None]
	ends = [image + x for image in images for x in elf().all("arch_halt")]
	ends += [State.back] if State.back else []
	stops = [gdb.Breakpoint("*0x%x" % x, gdb.BP_HARDWARE_BREAKPOINT, internal=True)
		 for x in {*addresses, *ends}]
	for stop in stops:
		stop.silent = True
	try:
		go()
	finally:
		for stop in stops:
			stop.delete()
	pc = value("$pc")
	for image in images:
		if image <= pc < image + elf().size() and image != State.base:
			load(image)			# not the one whose symbols were loaded
	gdb.execute("frame")
	if pc == State.back:
		State.base = None
		raise gdb.GdbError("the stub has returned to firmware, status 0x%x: its error is "
				   "on the console" % value(elf().cpu.status))
	if pc in ends:
		raise gdb.GdbError("the boot has halted: the serial port says why; try bt")
	if pc not in addresses:
		raise gdb.GdbError("stopped on the way")


def plan():
	"""The plan that arch_jump was called with."""
	words = struct.unpack("<5Q", memory(value(elf().cpu.argument), 40))
	return dict(zip(("entry", "arg", "stack", "root", "vectors"), words))


def to_jump():
	locate()
	if State.runs is None:
		run_to([State.base + x for x in elf().all("arch_jump")])
		State.back = None
		entry = plan()["entry"]
		State.runs = next(entry - x for x in elf().all("kernel_entry")
				  if (entry - x) % PAGE == 0)


def trail():
	"""The breadcrumbs' address in the current regime."""
	for symbol in elf().all("crumb_trail") if State.base is not None else ():
		at = word_at(State.base + symbol)
		if word_at(at) == CRUMB_MAGIC:
			return at
	raise gdb.GdbError("no breadcrumbs: is the image running? (stubborn-here, or give their "
			   "address)")


def boot_info():
	"""boot_info, and what must be added to physical addresses to read them now."""
	at = trail() + CRUMB_SIZE
	if word_at(at) != INFO_MAGIC:
		raise gdb.GdbError("there is no boot_info yet: it is written in stage copy")
	info = gdb.Value(at).cast(gdb.lookup_type("struct boot_info").pointer()).dereference()
	return info, at - CRUMB_SIZE - int(info["handoff"]["base"])


def names(enum, prefix):
	return {f.enumval: f.name[len(prefix):].lower() for f in gdb.lookup_type(enum).fields()}


class Command(gdb.Command):
	def __init__(self, name):
		super().__init__(name, gdb.COMMAND_RUNNING)

	def invoke(self, text, _tty):
		self.dont_repeat()
		words, allowed = gdb.string_to_argv(text), self.run.__code__.co_argcount - 1
		if not allowed - len(self.run.__defaults__ or ()) <= len(words) <= allowed:
			raise gdb.GdbError("usage: help stubborn-" + type(self).__name__.lower())
		language = gdb.parameter("language")	# our types are C's, the kernel may not be
		gdb.execute("set language c", to_string=True)
		try:
			self.run(*words)
		except gdb.error as error:		# such as an address that is none
			raise gdb.GdbError(str(error)) from None
		finally:
			gdb.execute("set language " + language, to_string=True)


class Stub(Command):
	"""Run to stub_main, which firmware or a loader has just entered."""
	def run(self):
		locate()
		run_to([State.base + x for x in elf().all("stub_main")])


class Jump(Command):
	"""Run to arch_jump: firmware is gone, the old tables are still in use. Prints the plan,
which is $plan."""
	def run(self):
		to_jump()
		p = plan()
		kind = gdb.lookup_type("struct jump_plan").pointer()
		at = gdb.Value(value(elf().cpu.argument)).cast(kind)
		gdb.set_convenience_variable("plan", at)
		print("jump to 0x%(entry)x, boot_info 0x%(arg)x, stack 0x%(stack)x, "
		      "tables 0x%(root)x, vectors 0x%(vectors)x" % p)
		print("image will run at 0x%x" % State.runs)


class Kernel(Command):
	"""Run to kernel_main, with the symbols where the image runs now."""
	def run(self):
		to_jump()
		goal = [State.runs + x for x in elf().all("kernel_main")]
		load(State.runs)
		run_to(goal)


class Here(Command):
	"""Find the image around the program counter, for a machine that was not started by make
debug or was stopped late, and load its symbols."""
	def run(self):
		pc = value("$pc")
		for base in range(pc & -PAGE, max(pc - elf().size(), 0), -PAGE):
			if is_here(base):
				print("image at 0x%x" % base)
				return load(base)
		raise gdb.GdbError("0x%x is not in the image" % pc)


class Load(Command):
	"""stubborn-load ADDRESS: load symbols for the image whose first byte is at ADDRESS."""
	def run(self, text):
		elf()
		load(value(text))


class Crumbs(Command):
	"""stubborn-crumbs [ADDRESS]: print the trail of include/stubborn/crumb.h."""
	def run(self, text=None):
		at = value(text) if text else trail()
		if word_at(at) != CRUMB_MAGIC:
			raise gdb.GdbError("no breadcrumbs at 0x%x" % at)
		stages = names("enum crumb_stage", "CRUMB_")
		try:			# our kernel's own; another has a number only
			stages.update(names("enum kernel_stage", "STAGE_"))
		except gdb.error:
			pass
		crumb = gdb.Value(at).cast(gdb.lookup_type("struct crumbs").pointer()).dereference()
		field = lambda name: int(crumb[name])
		print("stage %d (%s)%s, image at 0x%x" % (
			field("stage"), stages.get(field("stage"), "its own"),
			", faulted" if field("faulted") else "", field("image")))
		if field("faulted"):
			print("fault: pc 0x%x (link address) cause 0x%x address 0x%x" % (
				field("fault_pc"), field("fault_cause"), field("fault_address")))
		for i in range(crumb["time"].type.range()[1] + 1):
			if int(crumb["time"][i]):
				print("  %-10s %20d" % (stages.get(i, i), int(crumb["time"][i])))


class Info(Command):
	"""Print boot_info: ranges as base and size, texts as text, fields that are 0 left out."""
	def run(self):
		info, offset = boot_info()
		for field in info.type.fields():
			text = self.text(info, field.name, str(field.type), offset)
			if text:
				print("%-18s %s" % (field.name, text))

	def text(self, info, name, kind, offset):
		field = info[name]
		if name == "regime":
			return names("enum boot_regime", "BOOT_MMU_")[int(field)]
		if kind == RANGE:
			base, size = int(field["base"]), int(field["size"])
			if name in ("vendor", "file", "cmdline") and size:
				data = memory(base + offset, size)
				return '"%s"' % data.decode("utf-8", "replace")
			return base and "0x%x 0x%x" % (base, size)
		if field.type.strip_typedefs().code == gdb.TYPE_CODE_INT:
			return int(field) and hex(int(field))
		return field.format_string(format="x", repeat_threshold=0)


class Map(Command):
	"""Print the memory map in boot_info: base, size, type, EFI_MEMORY_* cacheability."""
	def run(self):
		info, offset = boot_info()
		types = names("enum boot_mem_type", "BOOT_MEM_")
		entry = gdb.lookup_type("struct boot_mem")
		array = info["memmap"]
		for i in range(int(array["size"]) // entry.sizeof):
			m = gdb.Value(int(array["base"]) + offset + i * entry.sizeof)
			m = m.cast(entry.pointer()).dereference()
			print("0x%016x 0x%012x %-12s 0x%x" % (
				int(m["base"]), int(m["size"]), types.get(int(m["type"]), "?"),
				int(m["cache"])))


for command in (Stub, Jump, Kernel, Here, Load, Crumbs, Info, Map):
	command("stubborn-" + command.__name__.lower())
for setting in ("confirm off", "pagination off", "architecture auto"):
	gdb.execute("set " + setting)
gdb.execute("directory " + HERE)
if gdb.objfiles():
	load(NOWHERE)
where = os.environ.get("GDB_TARGET", ":1234")
if where != "none":
	try:
		gdb.execute("target remote " + where)
	except gdb.error as error:
		print("%s\nno machine to debug: type `make debug` first, or set GDB_TARGET" % error)
