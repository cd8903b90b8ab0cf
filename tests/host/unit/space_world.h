/* SPDX-License-Identifier: MIT */
/*
 * space_world.h - the kernel's address space, built from its source, on tables that a CPU walks.
 * The CPU's TLB keeps whatever a walk found at any time, until it is flushed.
 *
 * The tables are decoded by the CPU's manual alone (pgtable_<isa>.c). The compiler calls us before
 * each store of 8 bytes.
 */
#ifndef SPACE_WORLD_H
#define SPACE_WORLD_H
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>
#include "tests/host/unit/pgtable.h"
#include "kernel/mm/space.h"

#undef SPACE_AREA
#define SPACE_AREA	0x200000000000ull	/* where the host has nothing */
#undef ARCH_BREAKS
#define ARCH_BREAKS	1			/* as the one CPU that calls beside() and done() */
#include "kernel/mm/space.c"

#define TABLES		64			/* pages for tables */
#define WORDS		(TABLES * PAGE_SIZE / 8)
#define AT		0x300040000000ull	/* the GiB that is mapped and unmapped */
#define UNWATCHED	__attribute__((no_sanitize("coverage")))
#define PA(va, kind)	((va) - AT + ((kind) + 1) * 64 * GIB)

static struct {
	uint64_t *pages;		/* physical 0 is at pages - POOL_PA */
	int file;
	uint8_t given[TABLES];		/* 1: by page_alloc */
	uint32_t limit, in_use;
	uint32_t levels, flags;
	uint64_t offset, root;
	bool linked[TABLES];		/* a CPU may know a link to it */
	void (*gone)(uint64_t pa);	/* space.c's */
	bool watch;
	uint32_t irq;
} w;

/* ---- pages ---- */

uint64_t page_alloc(uint32_t order, uint32_t flags)
{
	assert_true(order == 0 && flags == 0);
	for (uint32_t i = 1; i < w.limit; i++)
		if (!w.given[i]) {
			w.given[i] = 1;
			w.in_use++;
			memset(&w.pages[i * 512], 0xa5, PAGE_SIZE);
			return POOL_PA + i * PAGE_SIZE;
		}
	return 0;
}

void page_free(uint64_t pa, uint32_t order)
{
	const uint64_t i = (pa - POOL_PA) / PAGE_SIZE;

	assert_true(order == 0 && i < TABLES && w.given[i]);
	w.given[i] = 0;
	w.in_use--;
}

bool page_owner(uint64_t pa, uint64_t *base, uint32_t *order)
{
	const uint64_t i = (pa - POOL_PA) / PAGE_SIZE;

	*base = pa;
	*order = 0;
	return i < TABLES && w.given[i];
}

/* ---- a walker ---- */

struct seen {
	uint64_t pa, size;		/* of the page that va is in */
	enum arch_perm perm;
	bool valid;
};

UNWATCHED static struct seen walk(uint64_t va, uint32_t *tables)
{
	uint64_t table = w.root;

	for (uint32_t level = w.levels - 1;; level--) {
		const uint64_t size = 1ull << (12 + 9 * level);
		struct seen s = { .size = size };

		assert_true(table - POOL_PA < TABLES * PAGE_SIZE);
		if (tables)
			tables[(table - POOL_PA) / PAGE_SIZE] = level + 1;
		switch (raw_entry(w.pages[(table - POOL_PA) / 8 + (va >> (12 + 9 * level)) % 512],
				  level, w.flags, &s.pa, &s.perm)) {
		case RAW_NONE:
			return s;
		case RAW_LEAF:
			s.valid = true;
			s.pa += va & (size - 1) & ~(PAGE_SIZE - 1);
			return s;
		case RAW_TABLE:
			table = s.pa;
		}
	}
}

/* ---- a TLB ---- */

static const uint64_t samples[] = {
	AT, AT + PAGE_SIZE, AT + 2 * MIB - PAGE_SIZE, AT + 2 * MIB, AT + 2 * MIB + 5 * PAGE_SIZE,
	AT + 4 * MIB, AT + GIB / 2, AT + GIB - PAGE_SIZE, AT - PAGE_SIZE, AT + GIB, SPACE_AREA,
};
static struct seen tlb[ARRAY_SIZE(samples)];

/* Assume that the CPU caches all that it can find; this must be consistent with its TLB. */
UNWATCHED static void tlb_look(void)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct seen now = walk(samples[i], NULL);
		struct seen *t = &tlb[i];

		if (!now.valid)
			continue;
		if (t->valid && (t->pa != now.pa || (!raw_sign_extends && t->size != now.size)))
			fail_msg("0x%lx is 0x%lx by 0x%lx bytes in a TLB, and 0x%lx by 0x%lx in "
				 "the tables", samples[i], t->pa, t->size, now.pa, now.size);
		*t = now;
	}
}

UNWATCHED static void test_flush(uint64_t va, uint64_t size)
{
	if (w.watch)
		tlb_look();
	for (uint32_t i = 0; i < ARRAY_SIZE(samples); i++)
		if (samples[i] - va < size)
			tlb[i].valid = false;
	if (size == UINT64_MAX)
		memset(w.linked, 0, sizeof(w.linked));
}

/* A table may be used for something else: no CPU must find it any more. */
static void test_gone(uint64_t pa)
{
	bool *linked = &w.linked[(pa - POOL_PA) / PAGE_SIZE];

	assert_false(raw_links_stay && *linked);
	*linked = true;			/* once it is a table again */
	w.gone(pa);
}

/* The TLB must have nothing that is no longer in the tables. */
UNWATCHED static void tlb_check(void)
{
	tlb_look();
	for (uint32_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct seen now = walk(samples[i], NULL);

		assert_true(!tlb[i].valid || (now.valid && now.pa == tlb[i].pa &&
					      now.perm == tlb[i].perm));
	}
}

UNWATCHED void __sanitizer_cov_store8(const uint64_t *at);
UNWATCHED void __sanitizer_cov_store8(const uint64_t *at)
{
	if (w.watch && (at - w.pages < (long)WORDS || (uint64_t)at - SPACE_AREA < PAGE_SIZE))
		tlb_look();
}
#define OTHER_SIZE(n) \
	void __sanitizer_cov_store##n(const void *at); \
	UNWATCHED void __sanitizer_cov_store##n(const void *at) \
	{ \
		(void)at; \
	}
OTHER_SIZE(1)
OTHER_SIZE(2)
OTHER_SIZE(4)
OTHER_SIZE(16)

/* ---- the CPU ---- */

void arch_map_flush_range(uint64_t va, uint64_t size)
{
	test_flush(va, size);
}

/* Make what is mapped at the other address accessible to the host, too. */
static void test_ordered(void)
{
	const struct seen s = walk(SPACE_AREA, NULL);

	if (s.valid)
		assert_ptr_equal(mmap((void *)SPACE_AREA, PAGE_SIZE, PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_FIXED, w.file, (off_t)(s.pa - POOL_PA)),
				 (void *)SPACE_AREA);
	else
		munmap((void *)SPACE_AREA, PAGE_SIZE);
}

void arch_map_live(struct arch_map *m)
{
	m->levels = w.levels;
	m->flags = w.flags;
	m->ordered = test_ordered;
	m->root = w.root;
}

uint64_t arch_physical_end(void)
{
	return 1ull << 40;
}

uint64_t arch_irq_save(void)
{
	return w.irq++;
}

void arch_irq_restore(uint64_t before)
{
	w.irq = (uint32_t)before;
}

void arch_pause(void)
{
	abort();
}

/* ---- begin and end of a world ---- */

static void start(uint32_t levels, uint32_t flags, uint64_t at, struct boot_info *bi)
{
	w.levels = levels;
	w.flags = flags;
	w.limit = TABLES;
	w.in_use = w.irq = 0;
	w.root = POOL_PA;
	memset(w.given, 0, sizeof(w.given));
	memset(w.linked, 1, sizeof(w.linked));
	memset(tlb, 0, sizeof(tlb));
	memset(&space, 0, sizeof(space));
	w.file = memfd_create("tables", 0);
	assert_int_equal(ftruncate(w.file, TABLES * PAGE_SIZE), 0);
	w.pages = mmap((void *)at, TABLES * PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_SHARED | (at ? MAP_FIXED_NOREPLACE : 0), w.file, 0);
	assert_ptr_not_equal(w.pages, MAP_FAILED);
	*bi = (struct boot_info){
		.image = { 7 * GIB, 0x10000 }, .image_loaded = 6 * GIB - image_offset(idmap_start),
		.direct_map = (uint64_t)w.pages - POOL_PA,
	};
	space_start(bi);
	w.gone = space.edit.gone;
	space.edit.gone = test_gone;
}

static void stop(void)
{
	w.watch = false;
	tlb_check();
	munmap(w.pages, TABLES * PAGE_SIZE);
	munmap((void *)SPACE_AREA, PAGE_SIZE);
	close(w.file);
}
#endif
