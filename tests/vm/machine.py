# SPDX-License-Identifier: MIT
"""A virtual machine with real UEFI firmware, for the duration of a `with` block.

Everything it writes (variables, disks, serial log) is in a private folder that is deleted with
it. Waiting is for text on the serial port or for the end of QEMU; time limits only detect
hangs. Nothing here measures how fast a boot is.
"""
import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import backing
import esp
import firstread
import sparse
from isa import ARCHES, isa
from programs import Limit, die_with_us, shown

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")
HANG = float(os.environ.get("QEMU_HANG", "150"))	# seconds; a boot takes 4 to 10 unloaded
CPUS = os.environ.get("QEMU_CPUS")	# for all machines, whatever the test asks for
QUIET = 20			# seconds
WORD = 200			# longest word of a command in a report
IMAGE_NAME = {arch: isa(arch, "EFI")[0].removesuffix(".EFI") for arch in ARCHES}
OVMF32 = "/usr/share/OVMF/OVMF32_CODE_4M.fd"	# Debian 12 has only another, which has a shell, too
if not Path(OVMF32).exists():
	OVMF32 = "/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd"
FIRMWARE = {
	"uefi32": (OVMF32, "/usr/share/OVMF/OVMF32_VARS_4M.fd"),
	**{arch: tuple(isa(arch, "FIRMWARE")) for arch in ARCHES},
}
EDK2 = [arch for arch in ARCHES if len(FIRMWARE[arch]) > 1]	# UEFI with variables, and a shell
MACHINE = {arch: isa(arch, "QEMU")[0] for arch in ARCHES}
CPU = {arch: isa(arch, "QEMU")[1] for arch in ARCHES}
TPM = 0xfed40000		# where a PC has one (PC Client Platform TPM Profile, 6.3)
LPC_ROM = 0x8000f830, 0x8000f804	# PCI configuration of q35's 1f.0: ROM address, command


@functools.cache
def qemu_version(arch):
	"""The first number: 7 on Debian 12, 10 on 13."""
	said = subprocess.run(["qemu-system-" + arch, "--version"], text=True, check=True,
			      capture_output=True).stdout
	return int(re.search(r"version (\d+)", said)[1])


class Hang(AssertionError):
	"""The expected text did not appear."""


def image_path(arch, name=None):
	"""The built EFI file; QEMU_IMAGES=folder uses another build."""
	folder = os.environ.get("QEMU_IMAGES")
	name = (name or IMAGE_NAME[arch]) + ".EFI"
	return Path(folder) / name if folder else BUILD / arch / name


def elf_path(arch):
	return BUILD / arch / "kernel.elf"


class Machine:
	no_tpm = False			# _without_tpm()
	before = b""			# serial output of the saved part of its boot (firstread)

	def __init__(self, arch, cmdline=None, *, memory="1G", cpu=None, machine="", rng=True,
		     files=None, image=None, boot=True, kernel=None, append=None, initrd=None,
		     second=None, display=None, disk="virtio", firmware="uefi", talk=False,
		     fresh=False, extra=()):
		"""cmdline: text beside the image. files: {"\\path": bytes} for the disk. image:
		bytes of another EFI file. boot=False: the image is \\stubborn.efi, which
		firmware does not start by itself. second: command line of the same image on a
		second disk, tried if the first returns. kernel, append, initrd: QEMU's own
		options. firmware: a file for -bios instead of UEFI, or None for none, or
		"uefi32", which boots BOOTIA32.EFI. talk: allow typing at the serial port, through
		a socket (tests/vm/monitor.py). display: a device, False for none, None for
		the machine's default. fresh: start at reset in any case (firstread.py)."""
		self.fresh = fresh
		self.arch = arch
		self.name = "BOOTIA32" if firmware == "uefi32" else IMAGE_NAME[arch]
		self.folder = Path(tempfile.mkdtemp(prefix="stubborn-"))
		self.process = self.qmp = self.talk = None
		self.disks = []
		try:
			self.command = self._command(memory, cpu, machine, rng, display, firmware)
			if talk:
				port = self.command.index("-serial") + 1
				self.command[port:port + 1] = ["chardev:talk", "-chardev",
					f"socket,id=talk,host=127.0.0.1,port={self._listen()}"]
			if kernel:
				self.command += ["-kernel", str(kernel)]
				if append is not None:
					self.command += ["-append", append]
				if initrd:
					self.command += ["-initrd", self._file("initrd", initrd)]
			else:
				self._disk(cmdline, files or {}, image, boot, disk)
			if second is not None:
				self._disk(second, {}, image, True, disk)
			if "-tpmdev" not in extra:
				self._without_tpm()
			self.command += extra
			if CPUS:
				self.command += ["-smp", CPUS]
		except BaseException:
			shutil.rmtree(self.folder)
			raise

	def _command(self, memory, cpu, machine, rng, display, firmware):
		known = re.match(r"(isa)?pc|q35|microvm|virt(,|$)|raspi|xlnx|sbsa|sifive|spike|imx",
				 machine)
		name = machine if known else MACHINE[self.arch]
		if name != machine and machine:
			name += "," + machine
		command = [
			"qemu-system-" + self.arch, "-machine", name + ",accel=tcg",
			"-cpu", cpu or CPU[self.arch], "-m", str(memory),
			"-net", "none", "-display", "none", "-monitor", "none", "-nodefaults",
			"-serial", f"file:{self.folder}/serial",
			"-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
		]
		if firmware in ("uefi", "uefi32"):
			code, *variables = FIRMWARE.get(firmware, FIRMWARE[self.arch])
		if firmware in ("uefi", "uefi32") and not variables:	# a program after OpenSBI
			command += ["-kernel", code]
		elif firmware in ("uefi", "uefi32"):
			private = self.folder / "vars.fd"
			sparse.copy(*variables, private)
			command += ["-drive", f"if=pflash,format=raw,readonly=on,file={code}",
				    "-drive", f"if=pflash,format=raw,file={private}",
				    # AAVMF would wait three seconds for a key.
				    "-boot", "menu=on,splash-time=1"]
		elif firmware:
			command += ["-bios", str(firmware)]
		if rng:
			command += ["-device", "virtio-rng-pci"]
		if display is None and self.arch == "x86_64":
			command += ["-vga", "std"]
		elif display:
			command += ["-device", display]
		return command

	def _without_tpm(self):
		"""QEMU reads zeros where there is no device, which OVMF takes for a busy TPM and
		waits 1.7 s. A real bus reads ones; so does this ROM, until it is moved."""
		words = self.command
		kind = words[words.index("-machine") + 1]
		if kind.startswith("q35") and "if=pflash" in str(words):
			ones = self._file("ones", b"\xff" * 4096)
			words += ["-S", "-global", f"ICH9-LPC.romfile={ones}"]
			self.no_tpm = True

	def _start(self, waits):
		"""Enable that ROM and, unless `waits` (its user does it), start the machine."""
		for register, value in zip(LPC_ROM, (TPM | 1, 7)):
			self.monitor(f"o /w 0xcf8 {register:#x}")
			self.monitor(f"o /w 0xcfc {value:#x}")
		if not waits:
			self.run("cont")

	def _file(self, name, content):
		path = self.folder / name
		path.write_bytes(content)
		return str(path)

	def _disk(self, cmdline, files, image, boot, kind):
		n = len(self.disks)
		work = self.folder / f"disk{n}"
		work.mkdir()
		if image is None:
			image = image_path(self.arch, self.name).read_bytes()
		esp.make(work / "esp.img", self.name + ".EFI", image, cmdline, files, boot)
		device = {"virtio": "virtio-blk-pci", "ide": "ide-hd"}[kind]
		self.command += [
			"-drive", f"if=none,id=disk{n},format=raw,file.locking=off,"
				  f"file.filename={work / 'esp.img'},file.driver=file",
			"-device", f"{device},drive=disk{n},bootindex={n}",
		]
		self.disks.append(work / "esp.img")

	def __enter__(self):
		self.errors = open(self.folder / "stderr", "w+")
		try:
			saved = firstread.saved(self)
			if saved:
				firstread.restore(self, saved)
			else:
				self.launch(backing.of_its_own(self.command))
		except BaseException:
			self.__exit__()
			raise
		if self.talk:
			threading.Thread(target=self._keep, daemon=True).start()
		return self

	def launch(self, command):
		huge_pages = backing.is_file(command)
		self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
						stdout=self.errors, stderr=self.errors,
						cwd=self.folder,
						preexec_fn=lambda: die_with_us(huge_pages))
		if self.no_tpm and "-incoming" not in command:
			self._start(command.count("-S") > 1)

	def save(self, path):
		"""Write the state of a machine that does not run, but not memory that is a file."""
		end = time.monotonic() + HANG
		self.run("migrate-set-capabilities", capabilities=[backing.SHARED])
		self.run("migrate", uri=f"exec:cat > {path}")
		while (status := self.run("query-migrate").get("status")) != "completed":
			assert status != "failed" and time.monotonic() < end, status
			time.sleep(0.01)

	def restore(self, path):
		"""Continue a saved machine, for which this one waits (-incoming defer)."""
		end = time.monotonic() + HANG
		self.run("migrate-set-capabilities", capabilities=[backing.SHARED])
		self.run("migrate-incoming", uri=f"exec:cat {path}")
		while self.run("query-status")["status"] == "inmigrate":
			assert time.monotonic() < end, "the saved machine does not arrive"
			time.sleep(0.01)
		self.run("cont")

	def kill(self):
		if self.qmp:
			self.qmp.close()
			self.qmp = None
		if self.process and self.process.poll() is None:
			self.process.send_signal(signal.SIGKILL)
			self.process.wait()

	def _listen(self):
		"""TCP: a local socket holds only some 300 single bytes, then the port is
		stuck, and the kernel gives it up."""
		self.talk = socket.create_server(("127.0.0.1", 0))
		return self.talk.getsockname()[1]

	def _keep(self):
		server = self.talk
		self.talk, _ = server.accept()
		server.close()
		with open(self.folder / "serial", "wb", buffering=0) as log:
			try:
				while data := self.talk.recv(65536):
					log.write(data)
			except OSError:		# closed: no longer needed
				pass

	def __exit__(self, *_):
		self.kill()
		if self.talk:
			self.talk.close()
		self.errors.close()
		if not os.environ.get("QEMU_KEEP"):
			shutil.rmtree(self.folder, ignore_errors=True)

	def raw(self):
		"""All bytes so far."""
		try:
			return self.before + (self.folder / "serial").read_bytes()
		except FileNotFoundError:
			return self.before

	def serial(self):
		return shown(self.raw())

	def _explain(self, what):
		"""`what`, with what helps to find the reason; long words of the command are cut."""
		tail = "\n".join(line[:200] for line in self.serial().splitlines()[-60:])
		errors = (self.folder / "stderr").read_text()
		words = [word[:WORD] + "..." * (len(word) > WORD) for word in self.command]
		return "\n--- ".join([what, " ".join(words), f"qemu: {errors}{self._state()}",
				      f"serial:\n{tail}"])

	def _state(self):
		"""The state of QEMU and its CPU, if QEMU still answers."""
		if self.process.poll() is not None:
			return "it has ended"
		try:
			self._open(timeout=10)
			return f"{self.run('query-status')}\n{self.monitor('info registers')[:900]}"
		except (OSError, ValueError, AssertionError) as why:
			return f"it does not answer: {why!r}"

	def wait(self, pattern, after=0, timeout=HANG):
		"""Wait for a line that matches (from its start); returns the match. A panic after
		which no more text comes, for QUIET seconds, ends the wait."""
		regex = re.compile("^(?:" + pattern + ")$", re.M)
		panic = re.compile(r"^stubborn: panic: .*\n(.*\n){2}", re.M)
		limit = Limit(timeout)
		while True:
			ended = self.process.poll() is not None
			text = self.serial()
			found = regex.search(text, after)
			if found and (ended or found.end() < len(text)):
				return found
			if ended:
				code = self.process.returncode
				raise Hang(self._explain(f"QEMU ended ({code}) before {pattern!r}"))
			lasts = limit.lasts(len(text))
			if limit.quiet() > QUIET and panic.search(text, after):
				raise Hang(self._explain(f"panic instead of {pattern!r}"))
			if not lasts:
				raise Hang(self._explain(f"no {pattern!r} in {timeout} s"))
			time.sleep(0.05)

	def ended(self, timeout=HANG):
		"""Wait until the machine is switched off; returns the exit status."""
		limit = Limit(timeout)
		while limit.lasts(len(self.raw())):
			try:
				return self.process.wait(1)
			except subprocess.TimeoutExpired:
				pass
		raise Hang(self._explain("the machine was not switched off"))

	def wait_end(self, timeout=HANG):
		"""The same; returns all serial text."""
		code = self.ended(timeout)
		assert code == 0, self._explain(f"QEMU ended with {code}")
		return self.serial()

	def _connect(self, name, timeout=HANG):
		"""QEMU creates its sockets a moment after its start, and listens later."""
		end = time.monotonic() + timeout
		connection = socket.socket(socket.AF_UNIX)
		connection.settimeout(timeout)
		while True:
			try:
				connection.connect(str(self.folder / name))
				return connection
			except (FileNotFoundError, ConnectionRefusedError):
				assert time.monotonic() < end and self.process.poll() is None, \
					f"no socket {name}"
				time.sleep(0.02)

	def _open(self, timeout=HANG):
		if not self.qmp:
			connection = self._connect("qmp", timeout)
			self.qmp = connection.makefile("rw")
			connection.close()
			self.qmp.readline()
			self.run("qmp_capabilities")

	def run(self, command, **arguments):
		"""Run one QMP command; returns its result."""
		self._open()
		json.dump({"execute": command, "arguments": arguments}, self.qmp)
		self.qmp.flush()
		while True:
			answer = json.loads(self.qmp.readline())
			if "return" in answer:
				return answer["return"]
			assert "error" not in answer, answer

	def set_cmdline(self, text):
		"""Change the text file on the first disk for the next boot."""
		esp.put(self.disks[0], self.name + ".EFI", text)

	def monitor(self, line):
		return self.run("human-monitor-command", **{"command-line": line})

	def memory(self, address, size):
		"""`size` bytes of guest-physical memory."""
		path = self.folder / "memory"
		self.run("pmemsave", val=address, size=size, filename=str(path))
		return path.read_bytes()

	def screen(self):
		"""What the display shows: width, height, bytes of RGB."""
		path = self.folder / "screen.ppm"
		self.run("screendump", filename=str(path))
		magic, size, limit, pixels = path.read_bytes().split(b"\n", 3)
		assert magic == b"P6" and limit == b"255"
		width, height = map(int, size.split())
		return width, height, pixels


def boot(arch, cmdline="poweroff", **options):
	"""Boot, wait until the machine switches itself off, return the serial text."""
	with Machine(arch, cmdline, **options) as machine:
		machine.wait(r"Stubborn \S+ " + arch + ": kernel running")
		return machine.wait_end()
