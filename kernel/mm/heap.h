/* SPDX-License-Identifier: MIT */
/*
 * heap.h - memory by the byte.
 *
 * Small pieces, up to HEAP_SMALL bytes: on any CPU, from handlers of interrupts as well. Larger
 * ones are vm_alloc()'s, by its rules, with unmapped pages around them. What was written behind the
 * end of a small piece is noticed when it is freed: a panic, as for whatever is freed that was not
 * allocated.
 */
#ifndef KERNEL_HEAP_H
#define KERNEL_HEAP_H
#include "lib/base.h"

#define HEAP_SMALL	3064
#define HEAP_ALIGN	16	/* of small pieces; large ones begin a page */

/* Once, when page_alloc() works. `secret`: any number, best a random one. */
void heap_start(uint64_t secret, uint64_t offset);

/* Not cleared. NULL: no memory, or `size` is 0. */
void *heap_alloc(uint64_t size);
void *heap_alloc_zeroed(uint64_t size);

/* NULL is nothing. */
void heap_free(void *p);

/* Bytes that may be used at p: no fewer than were asked for. */
uint64_t heap_size(void *p);

/*
 * A piece of `size` bytes that begins with what is at p, as far as there is room; p is free then,
 * unless it is returned. NULL: no memory, and p is as before. p may be NULL, size may not be 0.
 */
void *heap_resize(void *p, uint64_t size);

struct heap_stats {
	uint64_t pieces, bytes;		/* small ones in use, with what they are rounded up by */
	uint64_t pages;			/* that are taken for them */
};
void heap_stats(struct heap_stats *out);
#endif
