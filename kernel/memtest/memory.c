/* SPDX-License-Identifier: MIT */
/*
 * memory.c - see memory.h. Free memory is claimed block by block from kernel/mm, which refuses
 * blocks that the kernel uses. What the previous run could not test was kept out of kernel/mm by
 * memory_leave(), and is added to it after the test.
 */
#include "memory.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/page.h"

#define LIST_ORDER	3	/* of the block that holds the list of ranges */
#define PLACE_ALIGN	(2 * MIB)
#define PLACE_MORE	(1 * MIB)	/* for a longer command line and the like */

/* Memory that the kernel uses or could use. */
#define OURS	(MEMORY_TYPE(FREE) | MEMORY_TYPE(IMAGE) | MEMORY_TYPE(HANDOFF))

void memory_leave(struct kernel *k)
{
	mm_leave(k->options.left.range, k->options.left.n);
}

/* Memory kept out of kernel/mm was not checked by it, and may not be mapped. */
static bool usable(const struct kernel *k, uint64_t base, uint64_t size)
{
	struct trap_info fault;

	return trap_try(map_look, memory_at(&k->memory, base), &fault) &&
	       trap_try(map_look, memory_at(&k->memory, base + size - PAGE_SIZE), &fault);
}

static void leave(struct memtest_memory *m, uint64_t pa, uint64_t size)
{
	ranges_add(&m->left, pa, size);
	m->missed += size;
}

static void claim(struct memtest_memory *m, uint64_t pa, uint64_t end)
{
	while (pa < end) {
		uint32_t order = page_order_at(pa, end);
		bool ok;

		while (!(ok = page_claim(pa, order) == OK) && order)
			order--;
		if (ok && m->tested.n == m->tested.cap) {
			page_free(pa, order);
			ok = false;
		}
		if (ok)
			ranges_add(&m->tested, pa, PAGE_SIZE << order);
		else
			leave(m, pa, PAGE_SIZE << order);
		pa += PAGE_SIZE << order;
	}
}

/* Take free memory. Parts that were left for this run are not kernel/mm's, so are not claimed. */
static void take_free(struct kernel *k, struct memtest_memory *m, uint64_t pa, uint64_t end)
{
	const struct memtest_left *l = &k->options.left;

	for (uint32_t i = 0; i < l->n && pa < end; i++) {
		const uint64_t from = MAX(pa, l->range[i].base);
		const uint64_t to = MIN(end, l->range[i].base + l->range[i].size);

		if (from >= to)
			continue;
		claim(m, pa, from);
		if (usable(k, from, to - from) && m->tested.n < m->tested.cap)
			ranges_add(&m->tested, from, to - from);
		else
			leave(m, from, to - from);
		pa = to;
	}
	claim(m, pa, end);
}

/*
 * Free memory below MM_LOW_END, which kernel/mm does not have: all but the first page, where a BIOS
 * has its vectors and variables. None if a CPU may still arrive, as it would execute code there.
 */
static struct boot_range low_of(const struct kernel *k, const struct boot_mem *r)
{
	const uint64_t base = MAX(r->base, PAGE_SIZE);
	const uint64_t end = MIN(r->base + r->size, (uint64_t)MM_LOW_END);

	if (r->type != BOOT_MEM_FREE || base >= end || k->cpus.running < k->cpus.named ||
	    !usable(k, base, end - base))
		return (struct boot_range){ 0, 0 };
	return (struct boot_range){ base, end - base };
}

static void take_low(const struct kernel *k, struct memtest_memory *m, const struct boot_mem *r,
		     const struct boot_range *want)
{
	const struct boot_range low = low_of(k, r);
	const uint64_t from = MAX(low.base, want->base);
	const uint64_t to = MIN(low.base + low.size, want->base + want->size);

	if (from < to && m->tested.n < m->tested.cap)
		ranges_add(&m->tested, from, to - from);
}

static void take(struct kernel *k, struct memtest_memory *m, const struct boot_mem *r,
		 const struct boot_range *want)
{
	const uint64_t pa = MAX(MAX(r->base, want->base), (uint64_t)MM_LOW_END);
	const uint64_t end = MIN(MIN(r->base + r->size, want->base + want->size), ARCH_REACH);

	take_low(k, m, r, want);
	if (pa >= end || !(OURS >> r->type & 1))
		return;
	if (r->type == BOOT_MEM_FREE)
		take_free(k, m, pa, end);
	else
		leave(m, pa, end - pa);
}

/* Count all memory that could be tested, whether this run has to test it or not. */
static void memory_count(const struct kernel *k, struct memtest_memory *m)
{
	const struct memory *map = &k->memory;

	for (uint32_t i = 0; i < map->n; i++) {
		const struct boot_mem *r = &map->map[i];

		if (!(OURS >> r->type & 1))
			continue;
		m->all += r->size;
		if (r->base < MM_LOW_END)
			m->low += MIN(r->size, MM_LOW_END - r->base) - low_of(k, r).size;
	}
}

bool memory_take(struct kernel *k, const struct boot_range *want, uint32_t n,
		 struct memtest_memory *out)
{
	static const struct boot_range everything = { 0, ARCH_REACH_MAX };
	const uint64_t list = page_alloc(LIST_ORDER, 0);

	if (!list)
		return false;
	*out = (struct memtest_memory){
		.tested.range = memory_at(&k->memory, list),
		.tested.cap = (PAGE_SIZE << LIST_ORDER) / sizeof(struct boot_range),
		.left.range = out->left_range, .left.cap = MEMTEST_LEFT,
		.list = list,
	};
	memory_count(k, out);
	for (uint32_t i = 0; i < k->memory.n; i++)
		for (uint32_t j = 0; j < MAX(n, 1); j++)
			take(k, out, &k->memory.map[i], n ? &want[j] : &everything);
	return true;
}

/* What had been left for this run was kept out of kernel/mm, whether it was tested or not. */
static void left_return(struct kernel *k)
{
	struct memtest_left *l = &k->options.left;
	struct boot_range r;

	for (uint32_t i = 0; memory_free_next(&k->memory, &i, &r);)
		for (uint32_t j = 0; j < l->n; j++) {
			const struct boot_range *a = &l->range[j];
			const uint64_t from = MAX(MAX(r.base, a->base), MM_LOW_END);
			const uint64_t to = MIN(r.base + r.size, a->base + a->size);

			if (from < to && usable(k, from, to - from))
				page_add(from, to - from);
		}
	l->n = 0;
	mm_leave(NULL, 0);
}

/* Free claimed blocks. Pages without an owner are not kernel/mm's. */
void memory_return(struct kernel *k, struct memtest_memory *m)
{
	for (uint32_t i = 0; i < m->tested.n; i++) {
		const struct boot_range *r = &m->tested.range[i];
		uint64_t base, pa = r->base;
		uint32_t order;

		for (; pa < r->base + r->size; pa += PAGE_SIZE << order) {
			order = 0;
			if (page_owner(pa, &base, &order))
				page_free(pa, order);
		}
	}
	left_return(k);
	page_free(m->list, LIST_ORDER);
}

uint64_t memory_place(const struct kernel *k, const struct memtest_memory *m)
{
	const uint64_t size = k->bi->image.size + k->bi->handoff.size + PLACE_MORE;
	struct boot_range r;

	for (uint32_t i = 0; memory_free_next(&k->memory, &i, &r);) {
		uint64_t at = ALIGN_UP(MAX(r.base, (uint64_t)MM_LOW_END), PLACE_ALIGN);

		while (at - r.base < r.size && r.size - (at - r.base) >= size) {
			if (!ranges_touch(m->left.range, m->left.n, at, size))
				return at;
			at += PLACE_ALIGN;
		}
	}
	return 0;
}
