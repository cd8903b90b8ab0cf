# SPDX-License-Identifier: MIT
"""Shared by all tests here: the built images, and a last line with the result."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "vm"))

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


def pytest_sessionstart(session):
	if session.config.pluginmanager.hasplugin("doors"):
		return			# a foreign kernel, perhaps for one CPU only
	missing = [str(p) for p in map(machine.image_path, machine.ARCHES) if not p.exists()]
	if missing:
		pytest.exit("not built: " + ", ".join(missing), returncode=3)


@pytest.fixture(params=machine.ARCHES)
def arch(request):
	return request.param


# The tests that know the third CPU, too. The others are to learn it.
THREE = ("test_again", "test_boot", "test_gdb", "test_media", "test_places", "test_riscv",
	 "test_sdk", "test_trap")


def pytest_collection_modifyitems(items):
	for item in items:
		words = getattr(item, "callspec", None) and item.callspec.params.values()
		if words and "riscv64" in words and item.module.__name__ not in THREE:
			item.add_marker(pytest.mark.skip(reason="not for this CPU yet"))
