# SPDX-License-Identifier: MIT
"""What no signature covers is in the TPM and in its log, just as with Linux's stub.

The verifier here is independent: it hashes the test's data, replays the log that was handed over
and firmware's final events, and compares both with the PCRs of the TPM itself.
"""
import pytest

from handoff import Info
from machine import Machine, image_path
from report import Report
from secure import SecureMachine, entries
from tpm import EV_EVENT_TAG, HASH, SHA256, Log, Tpm, replay

DEVICE = {"x86_64": "tpm-crb", "aarch64": "tpm-tis-device"}
INITRD = bytes(range(256)) * 300 + b"odd"
AGILE, TPM_LOG, PCR = 2, 3, 9
# tag and name of what is measured
OPTIONS = 0x8f3b22ed, b"LOADED_IMAGE::LoadOptions\0"
FILE = 0x8f3b22ed, b"command line file\0"
INITRD_TAG = 0x8f3b22ec, b"Linux initrd\0"


def wide(text):
	return (text + "\0").encode("utf-16-le")


def final_events(machine, info, log):
	"""The final events that the log lacks."""
	size = 64 * 1024
	table = machine.memory(info.tpm_final, size)
	assert int.from_bytes(table[:8], "little") == 1, "version"
	count = int.from_bytes(table[8:16], "little")
	events = list(log.parse(table[16:], count))
	known, new = events[:info.tpm_final_seen], events[info.tpm_final_seen:]
	assert len(known) == info.tpm_final_seen
	tail = log.events[len(log.events) - len(known):]
	assert [vars(e) for e in known] == [vars(e) for e in tail], "the log ends otherwise"
	assert new, "ExitBootServices is measured"
	return new, len(known)


def judge(tpm, machine, expected, cmdline):
	"""Boot; `expected` is the list of (tag, bytes) of PCR 9. Returns how many final events
	the log already had."""
	with machine:
		machine.wait("boot: idle")
		text = machine.serial()
		report = Report(text, text.rindex("Stubborn "))
		assert report.cmdline == cmdline
		info = Info(machine, report.runs)
		base, size, _, detail = next(m for m in info.modules if m[2] == TPM_LOG)
		assert detail == AGILE
		log = Log(machine.memory(base, size))
		new, seen = final_events(machine, info, log)
	ours = [e for e in log.events if e.pcr == PCR]
	assert [(e.kind, e.tagged()) for e in ours] == \
		[(EV_EVENT_TAG, tag) for tag, _ in expected]
	assert SHA256 in log.size_of
	for bank in log.size_of:
		pcrs = tpm.pcrs(bank)
		raw = bytes(len(pcrs[0]))
		for event, (_, data) in zip(ours, expected):
			digest = HASH[bank](data).digest()
			assert event.digests[bank] == digest
			raw = HASH[bank](raw + digest).digest()
		assert pcrs[PCR] == raw, "from what was given"
		assert replay(log.events + new, bank) == pcrs, "from the log"
		assert pcrs[PCR] != bytes(len(raw))
	assert ("boot: measured: command line" + (", initrd" if report.initrd else "") +
		"\n") in text
	return seen


def test_file():
	"""Command line and initrd are files on the disk."""
	cmdline = "  ä initrd=\\i "
	with Tpm("tpm-tis") as tpm:
		machine = Machine("x86_64", cmdline, files={"\\i": INITRD}, extra=tpm.options)
		seen = judge(tpm, machine, [(FILE, cmdline.encode() + b"\n"), (INITRD_TAG, INITRD)],
			     cmdline.strip())
	assert seen == 0


@pytest.mark.parametrize("arch", DEVICE)
def test_kernel_option(arch):
	"""Load options and an initrd by LoadFile2. Debian 13's other AAVMF knows no TPM."""
	with Tpm(DEVICE[arch]) as tpm:
		machine = SecureMachine(arch, [], kernel=image_path(arch), append="x=1",
					initrd=INITRD, extra=tpm.options)
		judge(tpm, machine, [(OPTIONS, wide("x=1 initrd=initrd")), (INITRD_TAG, INITRD)],
		      "x=1")


@pytest.mark.parametrize("arch", DEVICE)
def test_again(arch):
	"""A first try gives up after reading the log. From then on firmware logs twice: the
	second try's events are in the log and in the final events, and count once."""
	tries = ["place=0x10000000000", "x=2"]
	path = "\\stubborn.efi"
	with Tpm(DEVICE[arch]) as tpm:
		machine = SecureMachine(arch, entries((path, text) for text in tries), boot=False,
					extra=tpm.options)
		seen = judge(tpm, machine, [(OPTIONS, wide(text)) for text in tries], tries[1])
	assert seen > 0
