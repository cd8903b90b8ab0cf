// SPDX-License-Identifier: MIT
//! include/stubborn/boot_info.h in Rust. Fields are only appended there, so this stays valid;
//! offsets.c and `check` verify it.
#![allow(dead_code)]
use core::mem::{size_of, MaybeUninit};
use core::ptr::addr_of;

pub const MAGIC: u64 = 0x3130_464e_4954_4f42;
pub const MAJOR: u16 = 1;
pub const MEM_FREE: u32 = 1;
pub const MEM_RECLAIM: u32 = 2;

/// include/stubborn/kernel.h: a kernel defines one, called kernel_wants. 0 is the default.
#[repr(C)]
pub struct KernelWants {
    pub size: u32,
    pub regime: u32,
    pub stack_size: u64,
    pub flags: u32,
    pub reserved: u32,
    pub name: [u8; 32],
    pub version: [u8; 32],
    pub el: u32,
    pub closed: u32,
}

impl KernelWants {
    pub const fn new(name: &str) -> Self {
        let mut wants = Self { size: size_of::<Self>() as u32, regime: 0, stack_size: 0, flags: 0,
                               reserved: 0, name: [0; 32], version: [0; 32], el: 0, closed: 0 };
        let mut i = 0;
        while i < name.len() {
            wants.name[i] = name.as_bytes()[i];
            i += 1;
        }
        wants
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Range {
    pub base: u64,
    pub size: u64,
}

#[repr(C)]
pub struct Mem {
    pub base: u64,
    pub size: u64,
    pub kind: u32,
    pub cache: u32,
}

#[repr(C)]
pub struct Module {
    pub mem: Range,
    pub kind: u32,
    pub detail: u32,
}

#[repr(C)]
pub struct Framebuffer {
    pub mem: Range,
    pub width: u32,
    pub height: u32,
    pub stride: u32,
    pub format: u32,
    pub red_mask: u32,
    pub green_mask: u32,
    pub blue_mask: u32,
    pub reserved: u32,
}

#[repr(C)]
pub struct Uart {
    pub base: u64,
    pub kind: u8,
    pub is_port: u8,
    pub reg_shift: u8,
    pub reg_width: u8,
    pub source: u32,
}

/// The structure, and the offset of each of its fields.
macro_rules! with_offsets {
    (pub struct $name:ident { $(pub $field:ident: $type:ty,)* }) => {
        #[repr(C)]
        pub struct $name {
            $(pub $field: $type,)*
        }

        const FIELDS: [&str; [$(stringify!($field)),*].len()] = [$(stringify!($field)),*];

        fn offsets() -> [usize; FIELDS.len()] {
            let nothing = MaybeUninit::<$name>::uninit();
            let at = nothing.as_ptr();
            // Only takes the field's address, does not read it.
            unsafe { [$(addr_of!((*at).$field) as usize - at as usize),*] }
        }
    };
}

with_offsets! {
    pub struct BootInfo {
        pub magic: u64,
        pub major: u16,
        pub minor: u16,
        pub size: u32,
        pub handoff: Range,
        pub boot_stack: Range,
        pub trap_stack: Range,
        pub entry: u32,
        pub regime: u32,
        pub cpu_mode: u64,
        pub cpu_id: u64,
        pub flags: u32,
        pub exit_tries: u32,
        pub exit_growth: u32,
        pub reserved0: u32,
        pub image: Range,
        pub image_loaded: u64,
        pub image_virt: u64,
        pub checksum: u64,
        pub page_root: u64,
        pub direct_map: u64,
        pub page_pool: Range,
        pub page_used: u64,
        pub memmap: Range,
        pub acpi_rsdp: u64,
        pub smbios: u64,
        pub efi_systab: u64,
        pub efi_runtime: u64,
        pub efi_memattr: u64,
        pub efi_memmap: Range,
        pub efi_desc_size: u32,
        pub efi_desc_version: u32,
        pub efi_revision: u32,
        pub firmware_revision: u32,
        pub vendor: Range,
        pub file: Range,
        pub cmdline: Range,
        pub modules: Range,
        pub fb: Framebuffer,
        pub uart: Uart,
        pub seed: [u8; 32],
        pub seed_len: u32,
        pub cpu_flags: u32,
        pub counter_hz: u64,
        pub crumbs: u64,
        pub found: [u64; 6],
        pub tpm_final: u64,
        pub tpm_final_seen: u64,
    }
}

extern "C" {
    static boot_info_offsets: [u64; FIELDS.len() + 5];
    static boot_info_offsets_count: u64;
}

/// The number of fields at the same offsets as in C, or the name of the first that differs.
pub fn check() -> Result<usize, &'static str> {
    let sizes = [size_of::<Mem>(), size_of::<Module>(), size_of::<Framebuffer>(),
                 size_of::<Uart>(), size_of::<KernelWants>()];
    let (theirs, count) = unsafe { (&boot_info_offsets, boot_info_offsets_count as usize) };

    if count != theirs.len() {
        return Err("the number of fields");
    }
    for ((name, ours), theirs) in FIELDS.iter().zip(offsets()).zip(theirs) {
        if ours as u64 != *theirs {
            return Err(name);
        }
    }
    for (ours, theirs) in sizes.iter().zip(&theirs[FIELDS.len()..]) {
        if *ours as u64 != *theirs {
            return Err("the size of a structure in it");
        }
    }
    Ok(FIELDS.len())
}
