/* SPDX-License-Identifier: MIT */
/* memtest.h - the memory test as a whole: the command memtest. */
#ifndef MEMTEST_MEMTEST_H
#define MEMTEST_MEMTEST_H
#include "kernel/kernel.h"

/*
 * Test what is left for this run of the kernel, or all memory; or, if range->size is not 0, this
 * alone. Where the kernel itself lives is tested by another run of it, which then obeys the
 * commands in `rest` as well: so this may not return. True: all of it was tested, without an error.
 */
bool memtest_command(struct kernel *k, uint64_t rounds, const struct boot_range *range,
		     struct word rest);
#endif
