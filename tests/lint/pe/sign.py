# SPDX-License-Identifier: MIT
"""Authenticode: what is hashed. EDK II, shim and sbsign must all hash the same bytes."""
import hashlib

from .core import SECURITY, Cut, rule

EDK2 = "EDK II, DxeImageVerificationLib.c, HashPeImage"
SBSIGN = "sbsigntools, src/image.c, image_find_regions and image_pecoff_parse"
SPEC = "Windows Authenticode Portable Executable Signature Format 1.0"


def regions(i):
	"""[(start, end)] of what EDK II hashes of the file."""
	checksum, slot = i.opt + 64, i.dirs + 8 * SECURITY
	parts = [(0, checksum)]
	if i.ndirs > SECURITY:
		parts += [(checksum + 4, slot), (slot + 8, i.headers)]
	else:
		parts += [(checksum + 4, i.headers)]
	done = i.headers
	for s in sorted(i.sections, key=lambda s: s.raw):
		if s.rsize:
			parts.append((s.raw, s.raw + s.rsize))
			done += s.rsize
	end = len(i.data) - i.directory(SECURITY)[1]
	if end > done:
		parts.append((done, end))
	return parts


def digest(i):
	h = hashlib.sha256()
	for start, end in regions(i):
		if not 0 <= start <= end <= len(i.data):
			raise Cut(hex(end))
		h.update(i.data[start:end])
	if not i.directory(SECURITY)[1]:	# as the signer pads it, to align the signature
		h.update(bytes(-len(i.data) % 8))
	return h.hexdigest()


@rule("sign-slot", SBSIGN, "there is a directory for certificates")
def slot(i):
	if i.ndirs <= SECURITY or i.opt_size < (152 if i.wide else 136):
		yield f"{i.ndirs} directories, {i.opt_size} bytes"


@rule("sign-gaps", SBSIGN, "sections' data follow the headers and each other without gaps")
def gaps(i):
	at = i.headers
	for s in sorted(i.sections, key=lambda s: s.raw):
		if not s.rsize:
			continue
		if s.raw != at:
			yield f"{s} at {s.raw:#x}, not {at:#x}"
		at = s.raw + s.rsize


@rule("sign-order", SPEC, "sections' data are in the order of the section headers")
def order(i):
	raws = [s.raw for s in i.sections if s.rsize]
	if raws != sorted(raws):
		yield [hex(r) for r in raws]


@rule("sign-file-align", SBSIGN, "FileAlignment is a power of two, and all sizes are multiples")
def file_align(i):
	n = i.file_align
	if n < 1 or n & (n - 1):
		yield n
		return
	for what, value in [("headers", i.headers)] + [(s, s.rsize) for s in i.sections]:
		if value % n:
			yield f"{what}: {value:#x} of {n:#x}"


@rule("sign-end", EDK2, "the file ends with the last section, or with certificates after it")
def end(i):
	last = max((s.raw + s.rsize for s in i.sections if s.rsize), default=i.headers)
	at, size = i.directory(SECURITY)
	want = (last + 7) & -8 if size else last
	if (at if size else len(i.data)) != want:
		yield f"{len(i.data):#x}, sections end at {last:#x}, certificates at {at:#x}"


@rule("sign-certificates", EDK2, "certificates are at a multiple of 8 and end the file")
def certificates(i):
	at, size = i.directory(SECURITY)
	if bool(at) != bool(size) or at % 8 or (size and at + size != len(i.data)):
		yield f"{at:#x} + {size:#x} of {len(i.data):#x}"


@rule("sign-hash", EDK2, "all that is hashed is in the file")
def hashed(i):
	digest(i)
	return ()
