// SPDX-License-Identifier: MIT
//! A kernel in Rust, with core and its formatting. It prints through libstubborn's console.
#![no_std]
#![no_main]

mod boot_info;

use boot_info::{BootInfo, KernelWants, Mem, Uart};
use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::slice;

#[no_mangle]
pub static kernel_wants: KernelWants = KernelWants::new("rust");

extern "C" {
    fn console_serial(uart: *const Uart, offset: u64);
    fn console_write(text: *const u8, size: usize);
}

struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        unsafe { console_write(text.as_ptr(), text.len()) };
        Ok(())
    }
}

macro_rules! println {
    ($($argument:tt)*) => { writeln!(Console, $($argument)*).unwrap() };
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    let _ = writeln!(Console, "rust: {}", info);
    loop {
        core::hint::spin_loop();
    }
}

fn memory_map(bi: &BootInfo) -> &[Mem] {
    let at = (bi.memmap.base + bi.direct_map) as *const Mem;

    unsafe { slice::from_raw_parts(at, bi.memmap.size as usize / core::mem::size_of::<Mem>()) }
}

#[no_mangle]
pub extern "C" fn kernel_main(bi: &BootInfo) {
    unsafe { console_serial(&bi.uart, bi.direct_map) };
    assert_eq!((bi.magic, bi.major), (boot_info::MAGIC, boot_info::MAJOR));
    match boot_info::check() {
        Ok(fields) => println!("rust: {} fields lie where C has them", fields),
        Err(what) => panic!("{} is not as in C", what),
    }
    let free: u64 = memory_map(bi)
        .iter()
        .filter(|m| m.kind == boot_info::MEM_FREE || m.kind == boot_info::MEM_RECLAIM)
        .map(|m| m.size)
        .sum();
    println!("rust: {} MiB are free, the image runs at {:#x}", free >> 20, bi.image.base);
    let beyond = memory_map(bi).len(); // out of bounds: shows the panic handler
    println!("rust: the range after the last: {:#x}", memory_map(bi)[beyond].base);
}
