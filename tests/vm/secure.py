# SPDX-License-Identifier: MIT
"""Machines whose firmware verifies what it starts with keys of our own.

The keys are enrolled by writing the variables into the flash image, as EDK II stores them
(VariableFormat.h there): no user interaction and no boot before the test. The
store's frame is Debian's *_VARS.ms.fd, either emptied or with its Microsoft keys.
"""
import struct
import subprocess
import uuid

from machine import ARCHES, BUILD, FIRMWARE, Machine

CODE = {"x86_64": "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd",
	"aarch64": "/usr/share/AAVMF/AAVMF_CODE.ms.fd"}
VARIABLES = {"x86_64": "/usr/share/OVMF/OVMF_VARS_4M.ms.fd",
	     "aarch64": "/usr/share/AAVMF/AAVMF_VARS.ms.fd",
	     "riscv64": BUILD / "loaders/riscv-vars.fd"}
GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
SECURITY = "d719b2cb-3d3a-4596-a3bc-dad00e67656f"	# db
SHIM = "605dab50-e046-4300-abb6-3dd810dd8b23"
OWNER = "53545542-424f-524e-4449-534b00000004"		# owner of our keys
X509 = "a5c059a1-94e4-4aa7-87b5-ab155c2bf072"
NV, BOOT, RUNTIME, TIMED = 1, 2, 4, 0x20		# attributes
KEYS = ("PK", "KEK", "db", "mok", "stranger")


def guid(text):
	return uuid.UUID(text).bytes_le


class Keys:
	"""Keys and certificates, which exist as long as the folder."""

	def __init__(self, folder):
		self.folder = folder
		for name in KEYS:
			subprocess.run(
				["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048",
				 "-nodes", "-sha256", "-days", "36500", "-subj", f"/CN={name}",
				 "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt"],
				check=True, capture_output=True)

	def pair(self, name):
		return str(self.folder / f"{name}.key"), str(self.folder / f"{name}.crt")

	def sign(self, data, name="db"):
		"""The EFI file's bytes, signed."""
		key, cert = self.pair(name)
		(self.folder / "in").write_bytes(data)
		subprocess.run(["sbsign", "--key", key, "--cert", cert, "--output",
				self.folder / "out", self.folder / "in"],
			       check=True, capture_output=True)
		return (self.folder / "out").read_bytes()

	def list(self, name):
		"""An EFI_SIGNATURE_LIST of one certificate (UEFI 2.10, 32.4.1)."""
		der = subprocess.run(["openssl", "x509", "-in", self.pair(name)[1], "-outform",
				      "DER"], check=True, capture_output=True).stdout
		one = guid(OWNER) + der
		return guid(X509) + struct.pack("<3I", 28 + len(one), 0, len(one)) + one

	def enrolled(self):
		"""Variables of a machine in user mode."""
		flags = NV | BOOT | RUNTIME | TIMED
		return [("PK", GLOBAL, flags, self.list("PK")),
			("KEK", GLOBAL, flags, self.list("KEK")),
			("db", SECURITY, flags, self.list("db"))]


def store(arch, variables, keep=False):
	"""The first part of the flash image, with variables (name, GUID, attributes, data) in it;
	`keep`: in addition to those in Debian's."""
	with open(VARIABLES[arch], "rb") as file:
		head = file.read(0x40)
		volume, = struct.unpack_from("<Q", head, 32)
		image = bytearray(head + file.read(volume - len(head)))
	begin, = struct.unpack_from("<H", image, 48)		# length of the volume's header
	size, = struct.unpack_from("<I", image, begin + 16)
	at, end = begin + 28, begin + size
	if not keep:
		image[at:end] = b"\xff" * (end - at)
	while struct.unpack_from("<H", image, at)[0] == 0x55aa:
		name, data = struct.unpack_from("<2I", image, at + 36)
		at = (at + 60 + name + data + 3) & ~3
	for name, vendor, attributes, data in variables:
		text = name.encode("utf-16-le") + b"\0\0"
		date = struct.pack("<H6B", 2026, 1, 1, 0, 0, 0, 0) + bytes(8)
		entry = struct.pack("<HBBIQ16s3I", 0x55aa, 0x3f, 0, attributes, 0,
				    date if attributes & TIMED else bytes(16), 0, len(text),
				    len(data)) + guid(vendor) + text + data
		image[at:at + len(entry)] = entry
		at = (at + len(entry) + 3) & ~3
	assert at < end
	return image


def entries(options):
	"""Boot0000... for (path, load options: text, bytes or None), tried in this order."""
	out = []
	for i, (path, text) in enumerate(options):
		node = path.encode("utf-16-le") + b"\0\0"
		path_list = struct.pack("<2BH", 4, 4, 4 + len(node)) + node + b"\x7f\xff\4\0"
		data = struct.pack("<IH", 1, len(path_list)) + f"e{i}\0".encode("utf-16-le")
		data += path_list
		if isinstance(text, bytes):
			data += text
		elif text is not None:
			data += (text + "\0").encode("utf-16-le")
		out.append((f"Boot{i:04X}", GLOBAL, NV | BOOT | RUNTIME, data))
	order = struct.pack(f"<{len(out)}H", *range(len(out)))
	return out + [("BootOrder", GLOBAL, NV | BOOT | RUNTIME, order)]


class SecureMachine(Machine):
	"""`variables` in a store of its own, on firmware that knows Secure Boot."""

	def __init__(self, arch, variables, cmdline=None, *, keep=False, **options):
		self.variables, self.keep = variables, keep
		smm = arch == "x86_64"
		super().__init__(arch, cmdline, machine="smm=on" if smm else "", **options)

	def _command(self, *options):
		command = super()._command(*options)
		with open(self.folder / "vars.fd", "r+b") as file:
			file.write(store(self.arch, self.variables, self.keep))
		command = [word.replace(FIRMWARE[self.arch][0], CODE[self.arch])
			   for word in command]
		if self.arch == "x86_64":
			command += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
		return command


assert set(CODE) <= set(ARCHES)	# riscv64's has no Secure Boot
