/* SPDX-License-Identifier: MIT */
/* selftest_mm.c - checks of the allocators and the address space. See selftest.c. */
#include "kernel/mm/area.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"
#include "kernel/selftest.h"
#include "lib/image.h"
#include "lib/string.h"

#define BLOCK_ORDER	9		/* 2 MiB: a large leaf */
#define BLOCK		(PAGE_SIZE << BLOCK_ORDER)
#define FEW_PAGES	(16 * MIB / PAGE_SIZE)	/* with fewer there may be no large block */
#define FEW_ORDER	4
#define PIECES		64
#define PIECE_STEP	97		/* each piece is this much larger than the last */

static void byte_write(void *arg)
{
	*(volatile uint8_t *)arg = 0x5a;
}

static void byte_read(void *arg)
{
	(void)*(volatile uint8_t *)arg;
}

/* Whether fn(at) faults, with `at` as the fault's address. */
static bool faults(void (*fn)(void *), uint64_t at)
{
	struct trap_info fault;

	return !trap_try(fn, (void *)at, &fault) && fault.address == at;
}

/* Allocate every order, cleared or below 4 GiB; after freeing, no page is missing. */
const char *check_pages(struct kernel *k)
{
	struct page_stats before, after;
	uint64_t pa[BLOCK_ORDER + 1];
	uint32_t last;

	(void)k;
	page_cpu_flush();
	page_stats(&before);
	last = before.free < FEW_PAGES ? FEW_ORDER : BLOCK_ORDER;
	for (uint32_t order = 0; order <= last; order++) {
		const uint64_t *page;

		pa[order] = page_alloc(order, PAGE_ZERO);
		if (!pa[order] || pa[order] % (PAGE_SIZE << order))
			return selftest_why("order %u: 0x%llx", order, LL(pa[order]));
		page = space_ram(pa[order]);
		for (uint64_t i = 0; i < (PAGE_SIZE << order) / sizeof(*page); i++)
			if (page[i])
				return selftest_why("order %u: 0x%llx is not cleared", order,
						    LL(pa[order] + i * sizeof(*page)));
		memset((void *)page, 0xff, PAGE_SIZE << order);
	}
	for (uint32_t order = 0; order <= last; order++)
		page_free(pa[order], order);
	pa[0] = page_alloc(0, PAGE_LOW);
	if (pa[0] >= 4 * GIB || (!pa[0] && before.low_free))
		return selftest_why("below 4 GiB: 0x%llx", LL(pa[0]));
	if (pa[0])
		page_free(pa[0], 0);
	page_cpu_flush();
	page_stats(&after);
	if (after.free + after.own == before.free + before.own)
		return NULL;
	return selftest_why("%llu pages free, before %llu", LL(after.free), LL(before.free));
}

/* One page of a large leaf of the direct map is read-only for a while, the others are not. */
static const char *split_try(uint64_t pa)
{
	const uint64_t va = (uint64_t)space_ram(pa), page = va + 3 * PAGE_SIZE;

	if (space_protect(page, PAGE_SIZE, ARCH_RO) != OK)
		return "a page of a large one cannot be protected";
	if (!faults(byte_write, page) || faults(byte_read, page))
		return "a page that is read-only was written";
	if (faults(byte_write, page - 1) || faults(byte_write, page + PAGE_SIZE))
		return "its neighbour cannot be written";
	if (space_protect(page, PAGE_SIZE, ARCH_RW) != OK || faults(byte_write, page))
		return "it cannot be written again";
	return NULL;
}

const char *check_split(struct kernel *k)
{
	const char *why = NULL;

	(void)k;
	for (uint32_t i = 0; i < 2 && !why; i++) {	/* memory may stay split from the first */
		const uint64_t pa = page_alloc(BLOCK_ORDER, 0);

		if (!pa)		/* check_pages() has failed, or there are FEW_PAGES */
			break;
		why = split_try(pa);
		page_free(pa, BLOCK_ORDER);
	}
	return why;
}

/* Map a page at another address, make it read-only, unmap it: its usual mapping stays as it was. */
const char *check_remap(struct kernel *k)
{
	const uint64_t va = SPACE_AREA + SPACE_AREA_SIZE - 4 * PAGE_SIZE;
	const uint64_t pa = page_alloc(0, PAGE_ZERO);
	volatile uint8_t *direct = space_ram(pa);

	(void)k;
	if (!pa)
		return "no memory";
	for (uint32_t i = 0; i < 3; i++) {
		if (space_map(va, pa, PAGE_SIZE, ARCH_RW) != OK)
			return "it cannot be mapped";
		if (space_map(va, pa, PAGE_SIZE, ARCH_RW) != ERR_IN_USE)
			return "it was mapped twice";
		*direct = 0;
		if (faults(byte_write, va) || *direct != 0x5a)
			return "it is not the same page";
		if (space_protect(va, PAGE_SIZE, ARCH_RO) != OK || !faults(byte_write, va))
			return "a page that is read-only was written";
		if (space_unmap(va, PAGE_SIZE) != OK || !faults(byte_read, va))
			return "a page that is not mapped was read";
	}
	page_free(pa, 0);
	return NULL;
}

/* No address gives write access to the image's code and constants. */
const char *check_fixed(struct kernel *k)
{
	const uint64_t text = (uint64_t)image_text;
	const uint64_t pa = k->bi->image.base + image_offset(image_text);
	const uint64_t va = SPACE_AREA + SPACE_AREA_SIZE - 4 * PAGE_SIZE;

	if (space_protect(text, PAGE_SIZE, ARCH_RW) != ERR_SECURITY ||
	    space_protect((uint64_t)space_ram(pa), PAGE_SIZE, ARCH_RW) != ERR_SECURITY)
		return "text was made writable";
	if (space_unmap(text, PAGE_SIZE) != ERR_SECURITY)
		return "text was unmapped";
	if (space_map(va, pa, PAGE_SIZE, ARCH_RW) != ERR_SECURITY ||
	    window_map(pa, PAGE_SIZE, ARCH_IO))
		return "text was mapped elsewhere";
	if (space_map(va, k->bi->handoff.base, PAGE_SIZE, ARCH_RX) != ERR_SECURITY)
		return "data was mapped as code";
	return NULL;
}

/* An area between unmapped pages, and a window onto memory that firmware left. */
const char *check_area(struct kernel *k)
{
	const uint64_t info = (uint64_t)k->bi - k->bi->direct_map;
	const uint64_t p = (uint64_t)vm_alloc(3 * PAGE_SIZE);
	const uint64_t *seen = window_map(info, sizeof(*k->bi), ARCH_RO);

	if (!p || !seen)
		return "no memory";
	if (faults(byte_write, p) || faults(byte_write, p + 3 * PAGE_SIZE - 1))
		return "it cannot be written";
	if (!faults(byte_write, p - 1) || !faults(byte_write, p + 3 * PAGE_SIZE))
		return "what is around it can be written";
	vm_free((void *)p);
	if (!faults(byte_read, p))
		return "it can be read after it was freed";
	if (*seen != BOOT_INFO_MAGIC || !faults(byte_write, (uint64_t)seen))
		return "a window shows something else, or can be written";
	window_unmap(seen);
	return faults(byte_read, (uint64_t)seen) ? NULL : "a window was not closed";
}

/* Heap pieces of many sizes, each holding a value of its own up to the last byte. */
const char *check_heap(struct kernel *k)
{
	uint8_t *piece[PIECES];
	struct heap_stats before, after;

	(void)k;
	heap_stats(&before);
	for (uint32_t i = 0; i < PIECES; i++) {
		piece[i] = heap_alloc(1 + i * PIECE_STEP);
		if (!piece[i])
			return "no memory";
		memset(piece[i], (int)i, 1 + i * PIECE_STEP);
	}
	for (uint32_t i = 0; i < PIECES; i++) {
		for (uint32_t n = 0; n < 1 + i * PIECE_STEP; n++)
			if (piece[i][n] != i)
				return selftest_why("byte %u of piece %u was written to", n, i);
		heap_free(piece[i]);
	}
	heap_stats(&after);
	return after.pieces == before.pieces ? NULL : "a piece is not free";
}
