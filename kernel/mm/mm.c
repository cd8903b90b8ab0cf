/* SPDX-License-Identifier: MIT */
/*
 * mm.c - see mm.h. The memory map is trusted for ranges that the CPU can address. If the stub
 * reported BOOT_RAM_UNMAPPED, what is mapped is looked up in the page tables.
 */
#include "kernel/mm/mm.h"
#include "arch/boot.h"
#include "kernel/mm/area.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/map.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"
#include "lib/console/panic.h"

static struct {
	const struct boot_range *range;
	uint32_t n;
} left;

void mm_leave(const struct boot_range *range, uint32_t n)
{
	left.range = range;
	left.n = n;
}

/* The part of a map entry that may be given out; size 0: none. */
static struct boot_range range_usable(const struct boot_mem *m)
{
	const uint64_t base = MAX(m->base, (uint64_t)MM_LOW_END);
	const uint64_t end = m->size > ARCH_REACH - MIN(m->base, ARCH_REACH) ? ARCH_REACH :
				     m->base + m->size;

	if (m->type != BOOT_MEM_FREE || base >= end)
		return (struct boot_range){ 0, 0 };
	return (struct boot_range){ base, end - base };
}

/* The next piece to give out, in entry *i or a later one, at address *at or above. */
static bool range_next(const struct boot_mem *map, uint32_t n, uint32_t *i, uint64_t *at,
		       struct boot_range *out)
{
	for (; *i < n; ++*i) {
		const struct boot_range r = range_usable(&map[*i]);
		uint64_t base = MAX(r.base, *at), end = r.base + r.size;

		for (uint32_t k = 0; k < left.n; k++)
			if (base - left.range[k].base < left.range[k].size)
				base = left.range[k].base + left.range[k].size;
			else if (left.range[k].base > base)
				end = MIN(end, left.range[k].base);
		if (base >= end)
			continue;
		*at = end;
		*out = (struct boot_range){ base, end - base };
		return true;
	}
	return false;
}

/* The map may list memory above this CPU's physical addresses, and the stub maps that as well. */
static bool within_reach(const struct boot_info *bi, const struct boot_range *r)
{
	const uint64_t last = r->base + r->size - PAGE_SIZE;
	struct trap_info fault;

	return trap_try(map_look, (void *)(last + bi->direct_map), &fault);
}

/* How many bytes are mapped, counted from the start of the range. */
static uint64_t mapped(const struct boot_info *bi, const struct boot_range *r)
{
	uint64_t at = r->base + bi->direct_map;
	const uint64_t start = at;
	struct arch_leaf leaf;

	if (!(bi->flags & BOOT_RAM_UNMAPPED))
		return r->size;
	while (at - start < r->size && space_find(at, &leaf))
		at = leaf.va + leaf.size;
	return MIN(at - start, r->size);
}

/* Map the parts that are not mapped. False: not enough memory for tables. */
static bool map_rest(struct boot_info *bi, const struct boot_range *r)
{
	struct arch_leaf leaf;

	for (uint64_t at = 0; at < r->size;) {
		const uint64_t va = r->base + bi->direct_map + at;
		const bool found = space_find(va, &leaf);
		const uint64_t size = MIN(leaf.va + leaf.size - va, r->size - at);

		if (!found && space_map(va, r->base + at, size, ARCH_RW) != OK)
			return false;
		at += size;
	}
	return true;
}

/* The largest mapped range: it provides the seed of the page allocator. */
static struct boot_range seed_choose(const struct boot_info *bi, const struct boot_mem *map,
				     uint32_t n)
{
	struct boot_range best = { 0, 0 }, r;
	uint64_t at = 0;

	for (uint32_t i = 0; range_next(map, n, &i, &at, &r);) {
		if (r.size > best.size)
			r.size = mapped(bi, &r);
		if (r.size > best.size && within_reach(bi, &r))
			best = r;
	}
	return best;
}

void mm_cpu_start(void)
{
	struct page_cache *c = heap_alloc_zeroed(sizeof(*c));

	if (c)
		page_cpu_start(c);
}

status_t mm_start(struct boot_info *bi, uint64_t secret)
{
	const struct boot_mem *map = (const struct boot_mem *)(bi->memmap.base + bi->direct_map);
	const uint32_t n = (uint32_t)(bi->memmap.size / sizeof(*map));
	struct boot_range seed, r;
	uint64_t at = 0;

	space_start(bi);
	seed = seed_choose(bi, map, n);
	if (seed.size <= PAGE_SEED)
		return ERR_NO_MEMORY;
	/* At its end: its start may be the image as loaded, which a late CPU may still enter. */
	page_start(seed.base + seed.size - PAGE_SEED, bi->direct_map);
	page_add(seed.base, seed.size - PAGE_SEED);
	for (uint32_t i = 0; range_next(map, n, &i, &at, &r);) {
		if (r.base == seed.base) {
			r.base += seed.size;
			r.size -= seed.size;
		}
		if (r.size && (!(bi->flags & BOOT_RAM_UNMAPPED) || map_rest(bi, &r)) &&
		    within_reach(bi, &r))
			page_add(r.base, r.size);
	}
	area_start(bi);
	heap_start(secret, bi->direct_map);
	mm_cpu_start();
	return OK;
}
