// SPDX-License-Identifier: MIT
//! Replaces the crate that each #![no_std] crate is linked with. The memory functions are in
//! libstubborn.a; this is the only one that compilers call and C does not have.
#![allow(unknown_lints, internal_features)]
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
