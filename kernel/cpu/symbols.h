/* SPDX-License-Identifier: MIT */
/* symbols.h - finds the function that contains an address. */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H
#include "lib/base.h"

struct symbol {
	const char *name;	/* `len` bytes, not terminated */
	uint32_t len;
	uint64_t offset;	/* from the function's start */
};

/*
 * The function of the kernel that contains `address`, a virtual address. False: none does. Any
 * time, on any CPU. sdk/stubborn-link writes the table only for kernels that call this.
 */
bool symbol_find(uint64_t address, struct symbol *out);

/*
 * The same for a given table of `size` bytes. Each line has the distance from the previous symbol
 * in hexadecimal, a blank and a name; the last line has no name. `at` and the first distance are
 * relative to the same address. Pure.
 */
bool symbol_find_in(const char *table, size_t size, uint64_t at, struct symbol *out);
#endif
