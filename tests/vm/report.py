# SPDX-License-Identifier: MIT
"""The kernel's report on the serial port, parsed."""
import re
import zlib

HEX = r"0x[0-9a-f]+"
# Each must appear exactly once, alone on its line.
LINES = {
	"version": r"Stubborn (\S+) (aarch64|riscv64|x86_64): kernel running",
	"entry": r"boot: entry: (\S+)",
	"regime": r"boot: regime: (off|identity|mapped)",
	"cmdline": r'boot: command line: "(.*)"',
	"initrd": r"boot: initrd: (none|(\d+) bytes crc32 ([0-9a-f]{8}))",
	"image": rf"boot: image: loaded ({HEX}) runs ({HEX}) virtual ({HEX})",
	"tries": r"boot: exit tries: (\d+)",
	"checksum": r"boot: checksum: (.*)",
}


class Report:
	"""The report in `text` (after position `start`), which must be complete."""

	def __init__(self, text, start=0):
		self.text = text[start:]
		found = {}
		for name, pattern in LINES.items():
			matches = re.findall(rf"^{pattern}$", self.text, re.M)
			assert len(matches) == 1, f"{name}: {len(matches)} lines in\n{self.text}"
			found[name] = matches[0]
		self.version, self.arch = found["version"]
		self.entry, self.regime = found["entry"], found["regime"]
		self.cmdline, self.checksum = found["cmdline"], found["checksum"]
		self.initrd = (int(found["initrd"][1]), int(found["initrd"][2], 16)) \
			if found["initrd"][0] != "none" else None
		self.loaded, self.runs, self.virtual = (int(x, 16) for x in found["image"])
		self.tries = int(found["tries"])

	def check(self, arch, regime=None, cmdline=None, entry="uefi", initrd=None):
		"""Checks that hold for every boot. initrd: its bytes."""
		assert self.arch == arch
		assert self.entry == entry
		assert self.checksum == "ok"
		assert 1 <= self.tries <= 16 if entry.startswith("uefi") else self.tries == 0
		assert self.initrd == ((len(initrd), zlib.crc32(initrd)) if initrd else None)
		if regime:
			assert self.regime == regime
		if cmdline is not None:
			assert self.cmdline == cmdline
		if self.regime == "mapped":
			assert self.virtual >= 1 << 47, "not in the upper half"
			assert self.virtual != self.runs
		else:
			assert self.virtual == self.runs
		assert "stubborn: panic" not in self.text
		assert "stubborn: error" not in self.text
		return self
