# SPDX-License-Identifier: MIT
"""A TPM 2.0 beside the machine, and a verifier for its event log.

swtpm outlives the machine, which is killed and not switched off, so its PCRs can still be
read. TPM 2.0 Library part 3, 22.4; PC Client Platform Firmware Profile 1.05, chapter 10.
"""
import array
import hashlib
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from machine import HANG
from programs import die_with_us, listening

SET_DATA_FD = 16		# swtpm_ioctls(3)
SHA1, SHA256 = 0x0004, 0x000b
HASH = {SHA1: hashlib.sha1, SHA256: hashlib.sha256, 0x000c: hashlib.sha384,
	0x000d: hashlib.sha512}
EV_NO_ACTION, EV_EVENT_TAG = 3, 6
PCRS = 16			# the others are not used at boot


class Tpm:
	"""`options` are QEMU's options for it."""

	def __init__(self, device):
		self.folder = Path(tempfile.mkdtemp(prefix="stubborn-tpm-"))
		control = self.folder / "control"
		self.process = subprocess.Popen(
			["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}",
			 "--ctrl", f"type=unixio,path={control}", "--flags", "not-need-init"],
			preexec_fn=die_with_us)
		self.options = ["-chardev", f"socket,id=tpm,path={control}",
				"-tpmdev", "emulator,id=tpm0,chardev=tpm",
				"-device", f"{device},tpmdev=tpm0"]

	def __enter__(self):
		end = time.monotonic() + HANG
		while not listening(self.folder / "control"):
			assert time.monotonic() < end and self.process.poll() is None, "no swtpm"
			time.sleep(0.02)
		return self

	def __exit__(self, *_):
		self.process.kill()
		self.process.wait()
		shutil.rmtree(self.folder, ignore_errors=True)

	def pcrs(self, bank):
		"""PCR 0 to 15, after the machine has ended."""
		control, (ours, theirs) = socket.socket(socket.AF_UNIX), socket.socketpair()
		with control, ours, theirs:
			for s in control, ours:
				s.settimeout(HANG)
			control.connect(str(self.folder / "control"))
			control.sendmsg([struct.pack(">I", SET_DATA_FD)],
					[(socket.SOL_SOCKET, socket.SCM_RIGHTS,
					  array.array("i", [theirs.fileno()]))])
			assert control.recv(4) == bytes(4)
			return [self._pcr(ours, bank, i) for i in range(PCRS)]

	@staticmethod
	def _pcr(connection, bank, i):
		sessions, read = 0x8001, 0x17e
		connection.send(struct.pack(">HIIIHB", sessions, 20, read, 1, bank, 3) +
				(1 << i).to_bytes(3, "little"))
		answer = connection.recv(4096)
		head = struct.Struct(">HII I IHB3s IH")	# header, counter, selection, list, size
		code, count, size = (head.unpack_from(answer)[k] for k in (2, 8, 9))
		assert code == 0 and count == 1, f"PCR {i} of bank {bank:#x}: {answer.hex()}"
		return answer[head.size:head.size + size]


class Event:
	def __init__(self, pcr, kind, digests, data):
		self.pcr, self.kind, self.digests, self.data = pcr, kind, digests, data

	def tagged(self):
		"""A TCG_PCClientTaggedEvent's number and name."""
		number, size = struct.unpack_from("<2I", self.data)
		assert size == len(self.data) - 8
		return number, self.data[8:]


class Log:
	"""The crypto agile log in `data`, which must contain nothing else."""

	def __init__(self, data):
		size, = struct.unpack_from("<I", data, 28)
		spec = data[32:32 + size]
		assert spec.startswith(b"Spec ID Event03\0")
		count, = struct.unpack_from("<I", spec, 24)
		self.size_of = dict(struct.unpack_from("<2H", spec, 28 + 4 * i)
				    for i in range(count))
		self.events = list(self.parse(data[32 + size:]))

	def parse(self, data, count=None):
		"""A sequence of TCG_PCR_EVENT2: `count`, or up to the end."""
		at = 0
		while at < len(data) if count is None else count:
			pcr, kind, n = struct.unpack_from("<3I", data, at)
			at += 12
			digests = {}
			for _ in range(n):
				bank, = struct.unpack_from("<H", data, at)
				digests[bank] = data[at + 2:at + 2 + self.size_of[bank]]
				at += 2 + self.size_of[bank]
			size, = struct.unpack_from("<I", data, at)
			yield Event(pcr, kind, digests, data[at + 4:at + 4 + size])
			at += 4 + size
			count = count and count - 1
		assert count is not None or at == len(data), "the log ends within an event"


def replay(events, bank):
	"""The values that these events give the PCRs."""
	pcrs = [bytes(HASH[bank]().digest_size)] * PCRS
	for event in events:
		if event.kind != EV_NO_ACTION and event.pcr < PCRS:
			pcrs[event.pcr] = HASH[bank](pcrs[event.pcr] + event.digests[bank]).digest()
	return pcrs
