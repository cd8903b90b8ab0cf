/* SPDX-License-Identifier: MIT */
/*
 * page.c - see page.h. The tree of free memory (page_tree.c) has one lock. In front of it, each CPU
 * has a small cache of pages, which needs no lock: an interrupt handler that finds the cache busy
 * uses the tree instead, and returns before the interrupted code continues.
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

/* For page_cache.leaf at first: a node that no page is in. */
static struct node no_leaf = { .base = NODE_SPARE };

static MINSIZE _Noreturn __attribute__((noinline)) void free_panic(uint64_t pa, uint32_t order)
{
	uint64_t base;
	uint32_t as;

	if (page_owner(pa, &base, &as))
		panic("page_free: 0x%llx order %u belongs to 0x%llx order %u", LL(pa), order,
		      LL(base), as);
	panic("page_free: 0x%llx order %u is not allocated", LL(pa), order);
}

/* ---- pages that a CPU keeps ---- */

/* This CPU's cache, for the caller alone until kept_done(). NULL: there is none, or it is busy. */
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

static inline uint64_t kept_pop(struct page_kept *k, uint32_t order)
{
	*k->state = (uint8_t)(1 + order);
	return k->pa;
}

/* Fill half of the cache from the tree: then frees need the tree as rarely as allocations do. */
static void kept_fill(struct page_cache *c)
{
	const uint64_t irq = lock_acquire_irq(&pages.lock);

	while (c->count < PAGE_KEPT / 2) {
		struct page_kept *k = &c->kept[c->count];

		k->pa = tree_alloc(0, 0, &k->state);
		if (!k->pa)
			break;
		*k->state = FREED;
		c->count++;
	}
	lock_release_irq(&pages.lock, irq);
}

static void kept_drain(struct page_cache *c, uint32_t count, uint32_t larges)
{
	const uint64_t irq = lock_acquire_irq(&pages.lock);

	while (c->count > count)
		tree_free_kept(c->kept[--c->count].pa, 0);
	while (c->larges > larges)
		tree_free_kept(c->large[--c->larges].pa, PAGE_LARGE);
	lock_release_irq(&pages.lock, irq);
}

MINSIZE void page_cpu_flush(void)
{
	struct page_cache *c = kept_use();

	if (!c)
		return;
	kept_drain(c, 0, 0);
	kept_done(c);
}

void page_cpu_start(struct page_cache *c)
{
	c->leaf = &no_leaf;
	cpu_this()->pages = c;
}

/* ---- allocate ---- */

static uint64_t alloc_block(uint32_t order, uint32_t flags)
{
	const uint64_t irq = lock_acquire_irq(&pages.lock);
	uint8_t *state;
	uint64_t pa = order < PAGE_ORDERS ? tree_alloc(order, flags, &state) : 0;

	lock_release_irq(&pages.lock, irq);
	return pa;
}

/* From this CPU's cache: a page, or a block of PAGE_LARGE. 0: it has none. */
static uint64_t alloc_kept(uint32_t order)
{
	struct page_cache *c = kept_use();
	uint64_t pa = 0;

	if (!c)
		return 0;
	if (!order && !c->count)
		kept_fill(c);
	if (!order && c->count)
		pa = kept_pop(&c->kept[--c->count], 0);
	else if (order == PAGE_LARGE && c->larges)
		pa = kept_pop(&c->large[--c->larges], PAGE_LARGE);
	kept_done(c);
	return pa;
}

/* Flushing the cache may complete a larger block, or provide the only memory below 4 GiB. */
static __attribute__((noinline)) uint64_t alloc_any(uint32_t order, uint32_t flags)
{
	uint64_t pa = flags & PAGE_LOW ? 0 : alloc_kept(order);

	if (!pa)
		pa = alloc_block(order, flags);
	if (!pa) {
		page_cpu_flush();
		pa = alloc_block(order, flags);
	}
	if (!pa)
		__atomic_fetch_add(&pages.refused, 1, __ATOMIC_RELAXED);
	else if (flags & PAGE_ZERO)
		arch_fill((void *)(pa + pages.offset), 0, (PAGE_SIZE << order) / sizeof(uint64_t));
	return pa;
}

/* The fast path: a page from the cache. Otherwise alloc_any(), also if it is busy or empty. */
uint64_t page_alloc(uint32_t order, uint32_t flags)
{
	struct page_cache *c;
	uint64_t pa;

	if (order | flags)
		return alloc_any(order, flags);
	c = kept_use();
	if (!c)
		return alloc_any(0, 0);
	if (!c->count) {
		kept_done(c);
		return alloc_any(0, 0);
	}
	pa = kept_pop(&c->kept[--c->count], 0);
	kept_done(c);
	return pa;
}

/* ---- free ---- */

static __attribute__((noinline)) void free_block(uint64_t pa, uint32_t order)
{
	const uint64_t irq = lock_acquire_irq(&pages.lock);
	const bool ok = tree_free(pa, order);

	lock_release_irq(&pages.lock, irq);
	if (!ok)
		free_panic(pa, order);
}

/* Put a large block into the cache. */
static void free_large(struct page_cache *c, uint64_t pa)
{
	uint8_t *state = tree_state(pa, PAGE_LARGE);

	if (!state || *state != 1 + PAGE_LARGE)
		free_panic(pa, PAGE_LARGE);
	if (c->larges == PAGE_KEPT_LARGE)
		kept_drain(c, c->count, PAGE_KEPT_LARGE / 2);
	*state = FREED;
	c->large[c->larges++] = (struct page_kept){ pa, state };
	kept_done(c);
}

static __attribute__((noinline)) void free_any(uint64_t pa, uint32_t order)
{
	struct page_cache *c = order == PAGE_LARGE ? kept_use() : NULL;

	if (c)
		free_large(c, pa);
	else
		free_block(pa, order);
}

/* Look up the page's node and make room in the cache, then free it. The caller has locked `c`. */
static __attribute__((noinline)) void free_again(struct page_cache *c, uint64_t pa)
{
	struct node *leaf = tree_leaf(pa);

	if (!leaf || pa % PAGE_SIZE)
		free_panic(pa, 0);
	c->leaf = leaf;
	if (c->count == PAGE_KEPT)
		kept_drain(c, PAGE_KEPT / 2, c->larges);
	kept_done(c);
	page_free(pa, 0);
}

/* The fast path: a page in the same node as the last one, and there is room in the cache. */
void page_free(uint64_t pa, uint32_t order)
{
	struct page_cache *c;
	struct node *leaf;
	uint8_t *state;
	uint64_t item;
	uint32_t count;

	if (order) {
		free_any(pa, order);
		return;
	}
	c = kept_use();
	if (!c) {
		free_block(pa, 0);
		return;
	}
	leaf = c->leaf;
	item = pa - __atomic_load_n(&leaf->base, __ATOMIC_RELAXED);
	item = item >> PAGE_SHIFT | item << (64 - PAGE_SHIFT);	/* huge if pa is unaligned */
	count = c->count;
	if (item >= NODE_ITEMS || count == PAGE_KEPT) {
		free_again(c, pa);
		return;
	}
	state = &leaf->state[item];
	if (*state != GIVEN)
		free_panic(pa, 0);
	*state = FREED;
	c->kept[count] = (struct page_kept){ pa, state };
	c->count = count + 1;
	kept_done(c);
}

status_t page_claim(uint64_t pa, uint32_t order)
{
	const uint64_t irq = lock_acquire_irq(&pages.lock);
	const bool ok = tree_claim(pa, order);

	lock_release_irq(&pages.lock, irq);
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
	const uint64_t end = range_end(base, size);
	const uint64_t irq = lock_acquire_irq(&pages.lock);

	tree_add(MAX(base, PAGE_SIZE), ALIGN_DOWN(MIN(end, ARCH_REACH), PAGE_SIZE));
	lock_release_irq(&pages.lock, irq);
}

void page_stats(struct page_stats *out)
{
	const uint64_t irq = lock_acquire_irq(&pages.lock);

	tree_stats(out);
	lock_release_irq(&pages.lock, irq);
	out->refused = __atomic_load_n(&pages.refused, __ATOMIC_RELAXED);
}
