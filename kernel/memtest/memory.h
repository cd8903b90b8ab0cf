/* SPDX-License-Identifier: MIT */
/*
 * memory.h - which memory can be tested now, and which cannot as the kernel lives in it.
 */
#ifndef MEMTEST_MEMORY_H
#define MEMTEST_MEMORY_H
#include "kernel/kernel.h"
#include "ranges.h"

struct memtest_memory {
	struct ranges tested;		/* nobody else's from memory_take() to memory_give_back() */
	struct ranges left;		/* RAM that could be tested if the kernel lived elsewhere */
	uint64_t all;			/* bytes that a kernel may use, in the whole machine */
	uint64_t low;			/* of these below MM_LOW_END, and not tested */
	struct boot_range left_range[MEMTEST_LEFT];
	uint64_t missed;		/* of these left; the list may have what is between, too */
	uint64_t list;			/* pages that hold `tested` */
};

/* Before mm_start(): what this run shall test and the kernel must not use. */
void memory_leave(struct kernel *k);

/*
 * Take all free memory in the n ranges at `want`; n 0: everywhere. What CPUs keep at hand is in the
 * way: page_cpu_flush() on each comes first. False: no memory for the list.
 */
bool memory_take(struct kernel *k, const struct boot_range *want, uint32_t n,
		 struct memtest_memory *out);
void memory_give_back(struct kernel *k, struct memtest_memory *m);

/* An address for place=, where the next run may live, apart from what is left; 0: there is none. */
uint64_t memory_place(const struct kernel *k, const struct memtest_memory *m);
#endif
