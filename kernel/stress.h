/* SPDX-License-Identifier: MIT */
/* stress.h - exercises what CPUs share, on all of them at once. */
#ifndef KERNEL_STRESS_H
#define KERNEL_STRESS_H
#include "lib/base.h"

struct stress {
	uint64_t done;		/* operations, of all CPUs together */
	uint32_t cpus;
	uint32_t wrong;
	const char *why;	/* why one of those failed; a constant */
};

/*
 * Run this many operations on pages, heap, areas, the address space, calls and timers, on all CPUs,
 * and check the result of each; on this CPU alone if there is no other, or one of them has work or
 * is silent. If a CPU has not finished the previous run, nothing is done: `cpus` is 0, `wrong` 1.
 * Call it with interrupts on. On the boot CPU a key ends it early.
 */
void stress_run(uint64_t operations, struct stress *out);
#endif
