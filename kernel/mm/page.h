/* SPDX-License-Identifier: MIT */
/*
 * page.h - allocates physical memory, in blocks of 2^order pages that are aligned to their size.
 *
 * On any CPU, also from interrupt handlers. The time to start, and the memory for its own data,
 * depend on the number of memory ranges and of 2 MiB blocks that are split, not on their size.
 */
#ifndef KERNEL_PAGE_H
#define KERNEL_PAGE_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"
#include "lib/status.h"

#define PAGE_ORDERS	28	/* orders are below this: 512 GiB at most */
#define PAGE_SEED	(12 * PAGE_SIZE)

#define PAGE_LOW	(1u << 0)	/* below 4 GiB, for devices with 32-bit addresses */
#define PAGE_ZERO	(1u << 1)	/* cleared */

struct page_stats {
	uint64_t total, free;		/* pages; those in the CPUs' caches do not count as free */
	uint64_t low_free;		/* free pages below 4 GiB */
	uint64_t blocks[PAGE_ORDERS];	/* free blocks of each order */
	uint64_t own;			/* pages of the allocator's own data */
	uint64_t lost;			/* pages not added: no memory for that data */
	uint64_t refused;		/* calls of page_alloc() that failed */
};

/*
 * Start with no free memory. The allocator keeps the PAGE_SEED bytes at `seed`, a physical address,
 * for its own data. `offset` is added to a physical address to dereference it, as long as the
 * kernel runs. Once, before all other functions here.
 */
void page_start(uint64_t seed, uint64_t offset);

/*
 * Add whole pages of RAM below ARCH_REACH, which must be mapped and not have been added before.
 * Page 0 is left out, as address 0 means "none".
 */
void page_add(uint64_t base, uint64_t size);

/* Allocate a block; `flags`: PAGE_*. Its physical address; 0: none. `order` may be any number. */
uint64_t page_alloc(uint32_t order, uint32_t flags);

/*
 * Free a block exactly as page_alloc() or page_claim() gave it. Anything else is a panic: a block
 * that is free already, one that was never given out, a part of one.
 */
void page_free(uint64_t pa, uint32_t order);

/* Allocate this block. ERR_NOT_FOUND: some of it is not free, or in a CPU's cache. */
status_t page_claim(uint64_t pa, uint32_t order);

/* The allocated block that contains `pa`: *base and *order. False: `pa` is free, or not ours. */
bool page_owner(uint64_t pa, uint64_t *base, uint32_t *order);

void page_stats(struct page_stats *out);

/*
 * The order of the largest block that begins at `pa` and does not extend beyond `end`. Both are
 * whole pages, and 0 < pa < end.
 */
static inline uint32_t page_order_at(uint64_t pa, uint64_t end)
{
	const uint32_t fits = 63 - (uint32_t)__builtin_clzll((end - pa) >> PAGE_SHIFT);
	const uint32_t aligned = (uint32_t)__builtin_ctzll(pa >> PAGE_SHIFT);

	return MIN(MIN(fits, aligned), PAGE_ORDERS - 1);
}

/*
 * Each CPU caches some pages, and some blocks of order PAGE_LARGE. page_cpu_start() makes *c, which
 * is all zeros, the current CPU's cache for good. page_cpu_flush() empties the current CPU's cache.
 */
#define PAGE_LARGE	9	/* order: 2 MiB */
#define PAGE_KEPT	60
#define PAGE_KEPT_LARGE	2
struct page_kept {
	uint64_t pa;
	uint8_t *state;
};
struct page_cache {
	bool busy;		/* it is being changed: an interrupt handler must not use it */
	uint32_t count, larges;
	struct node *leaf;	/* the node that the last frees were in */
	struct page_kept kept[PAGE_KEPT], large[PAGE_KEPT_LARGE];
};
void page_cpu_start(struct page_cache *c);
void page_cpu_flush(void);
#endif
