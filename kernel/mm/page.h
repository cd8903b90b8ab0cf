/* SPDX-License-Identifier: MIT */
/*
 * page.h - physical memory, by blocks of 2^order pages at addresses that are multiples of their
 * size.
 *
 * On any CPU, from handlers of interrupts as well. What it costs to start and what it keeps depends
 * on how many ranges of memory there are, and how many of their 2 MiB are divided; not on bytes.
 */
#ifndef KERNEL_PAGE_H
#define KERNEL_PAGE_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"
#include "lib/status.h"

#define PAGE_ORDERS	28	/* orders are below this: 512 GiB at most */
#define PAGE_SEED	(12 * PAGE_SIZE)

#define PAGE_LOW	(1u << 0)	/* below 4 GiB, for devices that reach no further */
#define PAGE_ZERO	(1u << 1)

struct page_stats {
	uint64_t total, free;		/* pages; what CPUs keep at hand counts as not free */
	uint64_t low_free;		/* of these below 4 GiB */
	uint64_t blocks[PAGE_ORDERS];	/* free blocks, by order */
	uint64_t own;			/* pages that the lists themselves take */
	uint64_t lost;			/* pages for which there was no room in the lists */
	uint64_t refused;		/* calls of page_alloc() that found nothing */
};

/*
 * Begin with no memory but the PAGE_SEED bytes at `seed`, which stay ours. `offset` is added to a
 * physical address to dereference it, as long as the kernel runs. Once, before all else here.
 */
void page_start(uint64_t seed, uint64_t offset);

/*
 * Whole pages of RAM below ARCH_REACH that are mapped, none of which was added before. Page 0 is
 * left out: its address means "none".
 */
void page_add(uint64_t base, uint64_t size);

/* The physical address of a block, 0 if there is none. `order` may be anything. */
uint64_t page_alloc(uint32_t order, uint32_t flags);

/*
 * Give back exactly what page_alloc() or page_claim() gave. Anything else is a panic: a block that
 * is free already, one that was never given out, a part of one.
 */
void page_free(uint64_t pa, uint32_t order);

/* This very block. ERR_NOT_FOUND if it is not all free, or a CPU has some of it at hand. */
status_t page_claim(uint64_t pa, uint32_t order);

/* How a block that holds `pa` was given out; false: `pa` is free, or not ours. */
bool page_owner(uint64_t pa, uint64_t *base, uint32_t *order);

void page_stats(struct page_stats *out);

/*
 * Each CPU keeps some pages and some blocks of PAGE_LARGE at hand: with *c, all of it zero, from
 * page_cpu_start() on, which it calls itself. page_cpu_flush() gives back what it has.
 */
#define PAGE_LARGE	9	/* order: 2 MiB */
#define PAGE_KEPT	60
#define PAGE_KEPT_LARGE	2
struct page_kept {
	uint64_t pa;
	uint8_t *state;
};
struct page_cache {
	bool busy;		/* an interrupt came while it was changed: not to be used */
	uint32_t count, larges;
	struct node *leaf;	/* the node of the page that was freed last */
	struct page_kept kept[PAGE_KEPT], large[PAGE_KEPT_LARGE];
};
void page_cpu_start(struct page_cache *c);
void page_cpu_flush(void);
#endif
