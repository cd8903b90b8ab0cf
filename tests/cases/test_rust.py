# SPDX-License-Identifier: MIT
"""Kernels in Rust that need more than the example does."""

import time

import pytest

from kernels import make, pvh
from machine import BUILD

WITH_ALLOC = """#![no_std]
#![no_main]
#![feature(default_alloc_error_handler)]
extern crate alloc;
mod heap;
#[no_mangle]
pub static kernel_wants: [u64; 12] = [96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
extern "C" {
	fn console_serial(uart: *const u8, offset: u64);
	fn console_write(text: *const u8, size: usize);
}
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle]
pub unsafe extern "C" fn kernel_main(bi: *const u8) -> ! {
	console_serial(bi.add(0x180), *(bi.add(0x98) as *const u64));
	let text = alloc::format!("{:?}\\n", (1..4).collect::<alloc::vec::Vec<u32>>());
	console_write(text.as_ptr(), text.len());
	loop {}
}
"""

HEAP = """use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
static HEAP: [AtomicUsize; 512] = [ZERO; 512];
const ZERO: AtomicUsize = AtomicUsize::new(0);
static USED: AtomicUsize = AtomicUsize::new(0);
struct Bump;
unsafe impl GlobalAlloc for Bump {
	unsafe fn alloc(&self, what: Layout) -> *mut u8 {
		let words = (what.size() + 7) / 8;
		&HEAP[USED.fetch_add(words, Relaxed)] as *const _ as *mut u8
	}
	unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
#[global_allocator]
static BUMP: Bump = Bump;
"""


def test_alloc(tmp_path):
	"""The crate alloc, with an allocator of the kernel's own; a module that changes is compiled
	again."""
	(tmp_path / "main.rs").write_text(WITH_ALLOC)
	(tmp_path / "heap.rs").write_text(HEAP)
	(tmp_path / "Makefile").write_text("RUST := main.rs\nRUST_ALLOC := 1\nARCHES := x86_64\n"
					   "include $(STUBBORN)/stubborn.mk\n")
	words = (f"KERNEL={tmp_path}", f"BUILD={tmp_path / 'build'}", f"STUBBORN_SDK={BUILD}")
	make(*words)
	folder = tmp_path / "build/kernels" / tmp_path.name / "x86_64"
	with pvh("x86_64", folder) as machine:
		machine.wait(r"\[1, 2, 3\]")
	assert "RUST" not in make(*words)
	time.sleep(0.01)
	(tmp_path / "heap.rs").touch()
	assert "RUST" in make(*words)


def test_edition(tmp_path):
	"""The kernel's edition is the one asked for, core's the one that its source names. A script
	stands in for the compiler."""
	core = tmp_path / "library/core"
	core.mkdir(parents=True)
	(core / "Cargo.toml").write_text('[package]\nname = "core"\nedition = "2024"\n')
	rustc = tmp_path / "rustc"
	rustc.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/said\n'
			 'for word; do case $last in -o) : > $word ;; esac; last=$word; done\n')
	rustc.chmod(0o755)
	(tmp_path / "main.rs").touch()
	(tmp_path / "Makefile").write_text("RUST := main.rs\nRUST_EDITION := 2018\n"
					   "ARCHES := x86_64\ninclude $(STUBBORN)/stubborn.mk\n")
	with pytest.raises(AssertionError):	# there is nothing to link
		make(f"KERNEL={tmp_path}", f"BUILD={tmp_path / 'build'}", f"STUBBORN_SDK={BUILD}",
		     f"RUSTC={rustc}", f"RUST_SOURCE={core.parent}",
		     f"RUST_CORE={tmp_path / 'rust'}")
	said = (tmp_path / "said").read_text().splitlines()
	assert [line.split("--edition ")[1].split()[0] for line in said] == ["2024", "2021", "2018"]
