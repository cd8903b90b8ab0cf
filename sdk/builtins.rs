// SPDX-License-Identifier: MIT
//! Stands in for the crate that each #![no_std] crate is linked with. Memory functions are
//! libstubborn.a's; this is the one that compilers call and C does not know.
#![feature(compiler_builtins)]
#![compiler_builtins]
#![no_std]

extern "C" {
    fn memcmp(a: *const u8, b: *const u8, n: usize) -> i32;
}

#[no_mangle]
pub unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, n: usize) -> i32 {
    memcmp(a, b, n)
}
