# SPDX-License-Identifier: MIT
"""Disks with an EFI file and a text beside it, by esp/make-esp.sh."""
import os
import subprocess
from pathlib import Path

import sparse

MAKE = Path(__file__).resolve().parents[2] / "esp/make-esp.sh"
PLAIN = {}			# name and bytes of an EFI file: the disk's size and bytes
MOST = 16			# such disks in memory


def script(esp, name, image, text, files, boot):
	"""Run the script. boot=False: the image is \\stubborn.efi."""
	work = esp.parent
	efi = work / name
	efi.write_bytes(image)
	command = [MAKE, esp]
	command += [efi] if boot else ["-a", f"{efi}:\\stubborn.efi"]
	if text is not None:
		command += ["-c", text]
	for i, (path, content) in enumerate(files.items()):
		(work / str(i)).write_bytes(content)
		command += ["-a", f"{work / str(i)}:{path}"]
	subprocess.run(command, check=True)


def make(esp, name, image, text=None, files=None, boot=True):
	"""The disk `esp`. The script is for the first disk with an image and nothing else: it
	takes longer than to copy that and add the text."""
	if files or not boot:
		script(esp, name, image, text, files or {}, boot)
		return
	if (name, image) not in PLAIN:
		script(esp, name, image, None, {}, True)
		if len(PLAIN) < MOST:
			PLAIN[name, image] = sparse.read(esp)
	else:
		sparse.write(esp, *PLAIN[name, image])
	if text is not None:
		put(esp, name, text + "\n")


def put(esp, name, text):
	"""Replace the text beside the EFI file `name`."""
	target = "::/EFI/BOOT/" + name.removesuffix(".EFI") + ".TXT"
	subprocess.run(["mcopy", "-o", "-i", esp, "-", target], input=os.fsencode(text), check=True,
		       env=dict(os.environ, MTOOLS_SKIP_CHECK="1"))
