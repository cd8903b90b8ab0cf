# SPDX-License-Identifier: MIT
"""The part of gdb's remote protocol that tests need to stop a CPU and patch memory."""
import re
import socket
import time

from machine import HANG

GDB = ["-gdb", "unix:gdb,server=on,wait=off"]	# QEMU's options: a socket in the machine's folder


def image_at(machine):
	"""Where our image runs: the address of its symbol 0."""
	return int(re.search(r"^boot: image: .* virtual 0x(\w+)", machine.serial(), re.M)[1], 16)


class Gdb:
	def __init__(self, machine, timeout=HANG):
		machine.run("query-status")		# once QEMU answers, the socket exists
		self.socket = socket.socket(socket.AF_UNIX)
		self.socket.settimeout(timeout)
		self.socket.connect(str(machine.folder / "gdb"))
		self.buffer = b""
		self.ask("?")

	def close(self):
		self.socket.close()

	def _byte(self):
		if not self.buffer:
			self.buffer = self.socket.recv(4096)
			assert self.buffer, "QEMU closed the connection"
		first, self.buffer = self.buffer[:1], self.buffer[1:]
		return first

	def _answer(self):
		while self._byte() != b"$":
			pass
		text = b""
		while (c := self._byte()) != b"#":
			text += c
		self._byte(), self._byte()
		self.socket.sendall(b"+")
		return text.decode()

	def ask(self, text):
		packet = text.encode()
		self.socket.sendall(b"$%s#%02x" % (packet, sum(packet) & 0xff))
		return self._answer()

	def run_to(self, address):
		"""Let the machine run until it is about to execute the instruction at `address`."""
		assert self.ask(f"Z1,{address:x},4") == "OK"
		stop = self.ask("c")
		assert stop[0] in "ST", stop
		assert self.ask(f"z1,{address:x},4") == "OK"

	def read(self, address, size):
		return bytes.fromhex(self.ask(f"m{address:x},{size:x}"))

	def write(self, address, data):
		assert self.ask(f"M{address:x},{len(data):x}:{data.hex()}") == "OK"

	def register(self, number):
		"""A 64-bit register of the CPU that stopped; `number` is gdb's."""
		self.ask("qXfer:features:read:target.xml:0,1000")	# else QEMU refuses
		return int.from_bytes(bytes.fromhex(self.ask(f"p{number:x}")), "little")

	def register_set(self, number, value):
		"""Set a 64-bit register of the CPU that stopped; `number` is gdb's."""
		self.ask("qXfer:features:read:target.xml:0,1000")	# else QEMU refuses
		assert self.ask(f"P{number:x}={value.to_bytes(8, 'little').hex()}") == "OK"

	def stopped(self):
		"""Wait until the machine is stopped by other means. Returns what it says then."""
		stop = self._answer()
		assert stop[0] in "ST", stop
		return stop

	def go_on(self, done):
		"""Continue whenever the machine stops, until done() or for as long as an answer may
		take."""
		timeout = self.socket.gettimeout()
		end = time.monotonic() + timeout
		while not done() and time.monotonic() < end:
			self.socket.settimeout(0.1)
			try:
				self.stopped()
			except TimeoutError:
				continue
			finally:
				self.socket.settimeout(timeout)
			self.go()

	def halt(self):
		"""Stop the running machine."""
		self.socket.sendall(b"\x03")
		self.stopped()

	def go(self):
		"""Continue, without waiting for an answer."""
		self.socket.sendall(b"$c#63")
