/* SPDX-License-Identifier: MIT */
/* decode.h - describes an exception in words. Pure. */
#ifndef DECODE_H
#define DECODE_H
#include "arch/aarch64/boot/trap_class.h"
#include "lib/base.h"

/* For a synchronous exception. Always terminated; `size` of 96 is enough. */
void decode_exception(char *text, size_t size, uint64_t esr);

/* For an SError, whose ISS has another format. */
void decode_serror(char *text, size_t size, uint64_t esr);

/*
 * Whether the state may still be good after an SError: false only if the CPU says that it is not.
 */
bool decode_contained(uint64_t esr);

/* Whether a fault at `address` is a translation fault of data, and trap_overflow(). */
bool decode_overflow(uint64_t esr, uint64_t address, uint64_t sp);
#endif
