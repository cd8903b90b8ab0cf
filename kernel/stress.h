/* SPDX-License-Identifier: MIT */
/* stress.h - all CPUs at the same time at what they share. */
#ifndef KERNEL_STRESS_H
#define KERNEL_STRESS_H
#include "lib/base.h"

struct stress {
	uint64_t done;		/* operations, of all CPUs together */
	uint32_t cpus;
	uint32_t wrong;
	const char *why;	/* of one that was wrong; constant */
};

/*
 * So many operations, of pages, heap, areas, the address space, calls and timers, on all CPUs that
 * have nothing to do, with checks of what each gives. On any of them, with interrupts on.
 */
void stress_run(uint64_t operations, struct stress *out);
#endif
