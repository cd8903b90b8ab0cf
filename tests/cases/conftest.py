# SPDX-License-Identifier: MIT
"""Shared by all tests here: the built images, and a last line with the result."""
import os
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "vm"))

import backing		# noqa: E402
import machine		# noqa: E402
import suite		# noqa: E402

SAMPLE = (			# all CPUs, each regime, each kind of way in, in a minute
	"test_bochs.py::test_medium[cdrom]",
	"test_boot.py::test_off_is_refused_on_x86",
	"test_boot.py::test_regime[x86_64-identity]",
	"test_boot.py::test_regime[aarch64-off]",
	"test_boot.py::test_regime[aarch64-mapped]",
	"test_fault.py::test_panic[x86_64-mapped]",
	"test_gdb.py::test_follows[aarch64-mapped]",
	"test_image.py::test_regime[identity-",
	"test_inject.py::test_survived[aarch64-lies-",
	"test_linux.py::test_regime[mapped-",
	"test_linux.py::test_entry[",
	"test_media.py::test_boots_by_bios[cd]",
	"test_pvh.py::test_initrd",
	"test_riscv.py::test_image[off-",
	"test_link.py::test_clash[x86_64",
	"test_sdk.py::test_example[aarch64-image-hello",
	"test_tables.py::test_tables[",
	"test_uboot.py::test_removable[identity]",
	"test_uefi32.py::test_boot",
)


def pytest_configure(config):
	suite.configure(config, "qemu", SAMPLE)
	config.addinivalue_line("markers", "door(name): one way in; make qemu-matrix lists it")
	if not {"FIRST_READ", "QEMU_COLD"} & set(os.environ):	# xdist's workers inherit it
		folder = backing.folder("stubborn-first-read-", machine.BUILD)
		os.environ["FIRST_READ"] = folder.name
		config.add_cleanup(folder.cleanup)


def pytest_sessionstart(session):
	if session.config.pluginmanager.hasplugin("doors"):
		return			# a foreign kernel, perhaps for one CPU only
	missing = [str(p) for p in map(machine.image_path, machine.ARCHES) if not p.exists()]
	if missing:
		pytest.exit("not built: " + ", ".join(missing), returncode=3)


@pytest.fixture(params=machine.ARCHES)
def arch(request):
	return request.param


# The files that have tests for riscv64. Each run has those whose name matches the file's pattern;
# with -k or RISCV64=all (make soak-riscv64, soak-inject, qemu-matrix, doors) it has all.
RISCV64_SAMPLE = {
	"test_again": "", "test_bench": "", "test_levels": "",
	"test_gdb": "", "test_media": "", "test_places": "", "test_riscv": "",
	"test_sdk": "", "test_trap": "",
	"test_boot": "default|regime|stay.*mapped|fixed.*off|taken|bad_option",
	"test_consoles": "serial|break",
	"test_cpus": "count.*-8|uefi.*mapped|again|limit|missing|stress|panic",
	"test_edk2": "disk|kernel.*mapped|refused|jump|fragmented|hello",
	"test_damaged": "raw.*(offset|cut)|cut_off",
	"test_debugging": "", "test_entropy": "",
	"test_fault": "(identity-(exit|copy|map)|mapped-jump|off-plan)]|text.*identity|previous|"
		      "registers",
	"test_foreign": "uefi.*large", "test_fragmented": "mapped",
	"test_handover": "modules.*mapped|header",
	"test_linker": "", "test_installed": "",
	"test_link": "compilers|clash|closed|other|absolute",
	"test_inject": "stale_31|alloc_2|bare|bytewise|live|returned",
	"test_input": "text_file|missing",
	"test_machines": "8G",
	"test_measure": "", "test_names": "",
	"test_memtest": "all.*identity-4",
	"test_monitor": "lies|memory.*mapped|crash.*(text|stack)",
	"test_runtime": "", "test_screen": "",
	"test_secure": "",
	"test_uki": "stays|other_loaders",
	"test_video": "",
	"test_headers": "", "test_tables_shown": "", "test_unlinkable": "aligned|scratch|largest",
	"test_walk": "walk.*mapped|irq|reboot",
}


def pytest_collection_modifyitems(config, items):
	left_out = []
	for item in items:
		words = getattr(item, "callspec", None) and item.callspec.params.values()
		if item.module.__name__ != "test_edk2" and not (
				words and "riscv64" in map(str, words)):
			continue
		wanted = RISCV64_SAMPLE.get(item.module.__name__)
		if wanted is None:
			item.add_marker(pytest.mark.skip(reason="not for this CPU yet"))
		elif not (re.search(wanted, item.name) or os.environ.get("RISCV64") or
			  config.option.keyword):
			left_out.append(item)
	if left_out:
		config.hook.pytest_deselected(items=left_out)
		items[:] = [item for item in items if item not in left_out]
