/* SPDX-License-Identifier: MIT */
/*
 * page.c - see page.h. One lock for the tree of what is free (page_tree.c); before it, each CPU's
 * own few pages, which need none: an interrupt that finds them in use goes to the tree instead, and
 * is over before the code that it interrupted goes on.
 */
#include "kernel/mm/page.h"
#include "arch/boot.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/mm/page_tree.h"
#include "lib/console/panic.h"

#define FREED		0	/* a page's state: not given out */
#define GIVEN		1	/* given out as a single page */
#define BARRIER()	__asm__ volatile("" ::: "memory")	/* against interrupts alone */

static struct {
	struct lock lock;
	uint64_t offset, refused;
} pages;

/* ---- pages that a CPU keeps ---- */

/* From the tree, half of what there is room for: then freeing needs it as rarely as allocating. */
static bool kept_fill(struct page_cache *c)
{
	const uint64_t irq = lock_take_irq(&pages.lock);

	while (c->count < PAGE_CACHE / 2) {
		struct page_kept *k = &c->kept[c->count];

		k->pa = tree_alloc(0, 0, &k->state);
		if (!k->pa)
			break;
		*k->state = FREED;
		c->count++;
	}
	lock_give_irq(&pages.lock, irq);
	return c->count > 0;
}

static void kept_drain(struct page_cache *c, uint32_t count)
{
	const uint64_t irq = lock_take_irq(&pages.lock);

	while (c->count > count)
		tree_free_kept(c->kept[--c->count].pa);
	lock_give_irq(&pages.lock, irq);
}

/* The pages of this CPU, which are the caller's until busy is false again; NULL: not now. */
static inline struct page_cache *kept_use(void)
{
	struct page_cache *c = cpu_this()->pages;

	if (!c || c->busy)
		return NULL;
	c->busy = true;
	BARRIER();
	return c;
}

static inline void kept_done(struct page_cache *c)
{
	BARRIER();
	c->busy = false;
}

void page_cpu_flush(void)
{
	struct page_cache *c = kept_use();

	if (!c)
		return;
	kept_drain(c, 0);
	kept_done(c);
}

/* ---- blocks ---- */

static uint64_t alloc_block(uint32_t order, uint32_t flags)
{
	const uint64_t irq = lock_take_irq(&pages.lock);
	uint8_t *state;
	uint64_t pa = order < PAGE_ORDERS ? tree_alloc(order, flags, &state) : 0;

	lock_give_irq(&pages.lock, irq);
	return pa;
}

/* What this CPU keeps may be what a block lacks, or be the only memory below 4 GiB. */
static __attribute__((noinline)) uint64_t alloc_slow(uint32_t order, uint32_t flags)
{
	uint64_t pa = alloc_block(order, flags);

	if (pa)
		return pa;
	page_cpu_flush();
	pa = alloc_block(order, flags);
	if (!pa)
		__atomic_fetch_add(&pages.refused, 1, __ATOMIC_RELAXED);
	return pa;
}

static uint64_t zeroed(uint64_t pa, uint32_t order, uint32_t flags)
{
	if (flags & PAGE_ZERO && pa)
		arch_fill((void *)(pa + pages.offset), 0, (PAGE_SIZE << order) / sizeof(uint64_t));
	return pa;
}

uint64_t page_alloc(uint32_t order, uint32_t flags)
{
	struct page_cache *c = order || flags & PAGE_LOW ? NULL : kept_use();
	uint64_t pa = 0;

	if (c) {
		if (c->count || kept_fill(c)) {
			const struct page_kept *k = &c->kept[--c->count];

			pa = k->pa;
			*k->state = GIVEN;
		}
		kept_done(c);
	}
	if (!pa)
		pa = alloc_slow(order, flags);
	return flags & PAGE_ZERO ? zeroed(pa, order, flags) : pa;
}

static _Noreturn __attribute__((noinline)) void free_panic(uint64_t pa, uint32_t order)
{
	uint64_t base;
	uint32_t as;

	if (page_owner(pa, &base, &as))
		panic("page_free: 0x%llx order %u belongs to 0x%llx order %u", LL(pa), order,
		      LL(base), as);
	panic("page_free: 0x%llx order %u is not allocated", LL(pa), order);
}

static __attribute__((noinline)) void free_slow(uint64_t pa, uint32_t order)
{
	const uint64_t irq = lock_take_irq(&pages.lock);
	const bool ok = tree_free(pa, order);

	lock_give_irq(&pages.lock, irq);
	if (!ok)
		free_panic(pa, order);
}

void page_free(uint64_t pa, uint32_t order)
{
	struct page_cache *c = order ? NULL : kept_use();
	uint8_t *state;

	if (!c) {
		free_slow(pa, order);
		return;
	}
	state = tree_state(pa, 0);
	if (!state || *state != GIVEN)
		free_panic(pa, order);
	*state = FREED;
	if (c->count == PAGE_CACHE)
		kept_drain(c, PAGE_CACHE / 2);
	c->kept[c->count++] = (struct page_kept){ pa, state };
	kept_done(c);
}

status_t page_claim(uint64_t pa, uint32_t order)
{
	const uint64_t irq = lock_take_irq(&pages.lock);
	const bool ok = tree_claim(pa, order);

	lock_give_irq(&pages.lock, irq);
	return ok ? OK : ERR_NOT_FOUND;
}

bool page_owner(uint64_t pa, uint64_t *base, uint32_t *order)
{
	for (uint32_t i = 0; i < PAGE_ORDERS; i++) {
		const uint64_t first = ALIGN_DOWN(pa, PAGE_SIZE << i);
		const uint8_t *state = tree_state(first, i);

		if (!state || *state != 1 + i)
			continue;
		*base = first;
		*order = i;
		return true;
	}
	return false;
}

/* ---- what there is ---- */

void page_start(uint64_t seed, uint64_t offset)
{
	pages.offset = offset;
	tree_start(seed, offset);
}

void page_add(uint64_t base, uint64_t size)
{
	const uint64_t end = MIN(size, UINT64_MAX - base) + base;
	const uint64_t irq = lock_take_irq(&pages.lock);

	tree_add(MAX(base, PAGE_SIZE), ALIGN_DOWN(MIN(end, ARCH_REACH), PAGE_SIZE));
	lock_give_irq(&pages.lock, irq);
}

void page_stats(struct page_stats *out)
{
	const uint64_t irq = lock_take_irq(&pages.lock);

	tree_stats(out);
	lock_give_irq(&pages.lock, irq);
	out->refused = __atomic_load_n(&pages.refused, __ATOMIC_RELAXED);
}
