/* SPDX-License-Identifier: MIT */
/* memtest.h - the command memtest. */
#ifndef MEMTEST_MEMTEST_H
#define MEMTEST_MEMTEST_H
#include "kernel/kernel.h"

/*
 * Test what the previous run left for this one, or else all memory; if range->size is not 0, only
 * that range. `rounds`: how many times. The kernel's own memory is tested by another run of it, at
 * another place, which then also executes the commands in `rest`; so this may not return. True: the
 * test was completed without an error. If a CPU stops answering, the memory is not given back, and
 * every later call fails.
 */
bool memtest_command(struct kernel *k, uint64_t rounds, const struct boot_range *range,
		     struct word rest);
#endif
