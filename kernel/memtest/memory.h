/* SPDX-License-Identifier: MIT */
/*
 * memory.h - which memory can be tested now, and which cannot because the kernel is in it.
 */
#ifndef MEMTEST_MEMORY_H
#define MEMTEST_MEMORY_H
#include "kernel/kernel.h"
#include "ranges.h"

struct memtest_memory {
	struct ranges tested;		/* ours from memory_take() to memory_return() */
	struct ranges left;		/* RAM that can be tested if the kernel is elsewhere */
	uint64_t all;			/* bytes in the whole machine that a kernel may use */
	uint64_t low;			/* bytes of `all` below MM_LOW_END that are not tested */
	struct boot_range left_range[MEMTEST_LEFT];
	uint64_t missed;		/* bytes left; the ranges may include gaps between them */
	uint64_t list;			/* physical address of the pages that hold `tested` */
};

/* Before mm_start(): keep the memory that this run has to test out of kernel/mm. */
void memory_leave(struct kernel *k);

/*
 * Take all free memory in the n ranges at `want`; everywhere if n is 0. Call page_cpu_flush() on
 * every CPU first, as pages in caches cannot be claimed. False: no memory for the list.
 */
bool memory_take(struct kernel *k, const struct boot_range *want, uint32_t n,
		 struct memtest_memory *out);

/* Free what was taken. What had been left for this run becomes kernel/mm's. */
void memory_return(struct kernel *k, struct memtest_memory *m);

/* An address for place= at which the next run overlaps nothing that is left; 0: there is none. */
uint64_t memory_place(const struct kernel *k, const struct memtest_memory *m);
#endif
