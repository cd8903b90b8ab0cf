/* SPDX-License-Identifier: MIT */
/* symbols.h - which function an address is in. */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H
#include "lib/base.h"

struct symbol {
	const char *name;	/* len bytes of it */
	uint32_t len;
	uint64_t offset;	/* from the function's start */
};

/*
 * The kernel's function that has the byte at `address`; false: none of ours. sdk/stubborn-link
 * writes the table for every kernel that calls this, and only for such a one.
 */
bool symbol_find(uint64_t address, struct symbol *out);

/*
 * The same in a table: lines of the distance to the line before in hexadecimal, a blank, and a
 * name; the last line has no name. Pure. `at` and the first distance are from the same place.
 */
bool symbol_find_in(const char *table, size_t size, uint64_t at, struct symbol *out);
#endif
