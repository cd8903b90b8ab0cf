/* SPDX-License-Identifier: MIT */
/*
 * heap.h - allocates memory by the byte.
 *
 * Small pieces, up to HEAP_SMALL bytes: on any CPU, also from interrupt handlers. Larger pieces are
 * vm_alloc()'s and follow its rules; they have unmapped pages around them. An overrun of a small
 * piece is found when the piece is freed, and is a panic; so is freeing what is not allocated.
 */
#ifndef KERNEL_HEAP_H
#define KERNEL_HEAP_H
#include "lib/base.h"

#define HEAP_SMALL	3064
#define HEAP_ALIGN	16	/* bytes, of small pieces; large ones are page aligned */

/*
 * Once, after page_start(), before all other functions here. `secret`: any number, preferably
 * random. `offset` is added to a physical address to dereference it.
 */
void heap_start(uint64_t secret, uint64_t offset);

/* Allocate `size` bytes, not cleared and cleared. NULL: no memory, or `size` is 0. */
void *heap_alloc(uint64_t size);
void *heap_alloc_zeroed(uint64_t size);

/* Free what these or heap_resize() returned. NULL is ignored; anything else is a panic. */
void heap_free(void *p);

/* The usable bytes at p: at least as many as were asked for. A panic if p is not allocated. */
uint64_t heap_size(void *p);

/*
 * Resize the piece at p, which may be NULL, to `size` bytes, which may not be 0. Returns p, or a
 * new piece with the contents of p as far as they fit, and then p is freed. NULL: no memory; p is
 * unchanged.
 */
void *heap_resize(void *p, uint64_t size);

struct heap_stats {
	uint64_t pieces, bytes;		/* small pieces in use; bytes include rounding and guards */
	uint64_t pages;			/* taken for small pieces */
};
void heap_stats(struct heap_stats *out);
#endif
