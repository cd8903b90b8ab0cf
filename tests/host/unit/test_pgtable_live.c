/* SPDX-License-Identifier: MIT */
/*
 * test_pgtable_live.c - arch_map on tables that the CPU is walking at the same time.
 *
 * The compiler calls us before each 8-byte store, and a walker looks at the tables there: it
 * sees a store at once, or only after arch_map.ordered has been called, whichever is worse, for
 * each word separately. SIMD registers may not write a table in its reach. Built once for each
 * CPU with that CPU's pgtable.c.
 */
#include "tests/host/unit/pgtable.h"

#define POOL_PAGES	40
#define PAGE_WORDS	512
#define UNWATCHED	__attribute__((no_sanitize("coverage")))

static struct {
	const struct arch_map *map;	/* NULL: the walker rests */
	struct pool pool;
	uint64_t *seen;			/* the pool as it was when last ordered */
	uint64_t last;			/* the word that is being written, from the pool's start */
	uint32_t reach[POOL_PAGES];	/* levels of the tables in reach of the root, from 1 on */
	uint32_t orders, links, wides;
} live;

static void walk_table(uint64_t table, uint32_t level);

/* One word in reach, as it is and as it was. */
UNWATCHED static void walk_word(uint64_t at, uint32_t level)
{
	const uint64_t view[] = { live.seen[at], live.pool.pages[at] };
	enum arch_perm perm;
	uint64_t pa;

	if (view[0] && view[0] != view[1])
		fail_msg("level %u, word 0x%lx: 0x%lx may still be seen, 0x%lx is written", level,
			 at, view[0], view[1]);
	for (uint32_t v = 0; v < ARRAY_SIZE(view); v++)
		if (raw_entry(view[v], level, live.map->flags, &pa, &perm) == RAW_TABLE)
			walk_table(pa, level - 1);
}

UNWATCHED static void walk_table(uint64_t table, uint32_t level)
{
	if (table < POOL_PA || table - POOL_PA >= live.pool.used * PAGE_SIZE)
		fail_msg("level %u: a table at 0x%lx, which was not given out", level, table);
	live.reach[(table - POOL_PA) / PAGE_SIZE] = level + 1;
	for (uint32_t i = 0; i < PAGE_WORDS; i++)
		walk_word((table - POOL_PA) / sizeof(uint64_t) + i, level);
}

/* Look at the word written last; the others have not changed since they were looked at. */
UNWATCHED static void look(void)
{
	const uint32_t level = live.reach[live.last / PAGE_WORDS];

	if (level)
		walk_word(live.last, level - 1);
	live.links += level > 1;
}

UNWATCHED void __sanitizer_cov_store8(const uint64_t *at);
UNWATCHED void __sanitizer_cov_store8(const uint64_t *at)
{
	const uint64_t *pages = live.pool.pages;

	if (!live.map || at < pages || at >= pages + POOL_PAGES * PAGE_WORDS)
		return;
	look();
	live.last = (uint64_t)(at - pages);
}

/* Tables are not written in other sizes, but the compiler needs all callbacks. */
#define OTHER_SIZE(n) \
	void __sanitizer_cov_store##n(const void *at); \
	UNWATCHED void __sanitizer_cov_store##n(const void *at) \
	{ \
		const char *first = (const char *)live.pool.pages, *p = at; \
		assert_false(live.map && p >= first && p < first + POOL_PAGES * PAGE_SIZE); \
	}
OTHER_SIZE(1)
OTHER_SIZE(2)
OTHER_SIZE(4)
OTHER_SIZE(16)

UNWATCHED static void ordered(void)
{
	look();
	live.orders++;
	memcpy(live.seen, live.pool.pages, POOL_PAGES * PAGE_SIZE);
}

bool arch_wide_start(void)
{
	return true;
}

void arch_wide_fill(void *dst, uint64_t words)
{
	arch_wide_run(dst, (uint64_t *)dst + words, 0, 0);
}

void arch_wide_run(uint64_t *e, uint64_t *end, uint64_t value, uint64_t step)
{
	for (; e < end; e++, value += step) {
		assert_int_equal(live.reach[(e - live.pool.pages) / PAGE_WORDS], 0);
		*e = value;
		live.wides++;
	}
}

struct request {
	uint64_t va, pa, size;
	enum arch_perm perm;
};

/* Holes in and around existing mappings, new tables at each level, pages, large leaves. */
static const struct request requests[] = {
	{ 0x3f8000201000, 0x3f8000201000, PAGE_SIZE, ARCH_RO },
	{ 0x3f8000203000, 0x5000, 3 * PAGE_SIZE, ARCH_RW },
	{ 0x3f8000200000, 0x8000, 8 * PAGE_SIZE, ARCH_RX },
	{ 2 * MIB - PAGE_SIZE, 2 * MIB - PAGE_SIZE, 4 * MIB, ARCH_RW },
	{ GIB - 2 * MIB, GIB - 2 * MIB, GIB + 4 * MIB, ARCH_IO },
	{ 0, 0, 3 * GIB, ARCH_RW },
	{ 512 * GIB - 3 * MIB, 0x5000, 6 * MIB, ARCH_WC },
};

static void one_live(uint32_t levels, uint32_t flags, uint32_t limit)
{
	struct arch_map m;

	pool_start(&live.pool, &m, POOL_PAGES, levels, flags);
	live.pool.limit = MIN(limit, live.pool.most);
	live.seen = malloc(POOL_PAGES * PAGE_SIZE);
	assert_non_null(live.seen);
	memcpy(live.seen, live.pool.pages, POOL_PAGES * PAGE_SIZE);
	memset(live.reach, 0, sizeof(live.reach));
	live.orders = live.links = live.wides = 0;
	live.last = 0;
	m.ordered = ordered;
	live.map = &m;
	walk_table(m.root, levels - 1);
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		const struct request *r = &requests[i];
		const status_t status = arch_map(&m, r->va, r->pa, r->size, r->perm);

		assert_true(status == OK || (status == ERR_NO_MEMORY && limit < POOL_PAGES));
		look();
		ordered();			/* arch_map_flush does it */
		walk_table(m.root, levels - 1);
	}
	live.map = NULL;
	assert_true(live.links >= 3 || limit < POOL_PAGES);	/* the compiler plays its part */
	assert_true(!!live.wides == !!(flags & ARCH_MAP_WIDE) || limit < POOL_PAGES);
	assert_true(live.orders >= ARRAY_SIZE(requests) + live.pool.used - 1);
	free(live.seen);
	pool_end(&live.pool);
}

static void for_all(uint32_t limit)
{
	for (const uint32_t *levels = raw_levels; *levels; levels++)
		for (const uint32_t *flags = raw_flags; *flags != ~0u; flags++)
			one_live(*levels, *flags, limit);
}

static void test_live_Q77(void **state)
{
	(void)state;
	for_all(POOL_PAGES);
}

static void test_live_too_few_pages_Q77(void **state)
{
	(void)state;
	for (uint32_t limit = 1; limit < 12; limit++)
		for_all(limit);
}

/* Wide stores only if they are asked for, also while no CPU walks the tables. */
static void test_wide(void **state)
{
	struct arch_map m;

	(void)state;
	for (const uint32_t *flags = raw_flags; *flags != ~0u; flags++) {
		pool_start(&live.pool, &m, POOL_PAGES, *raw_levels, *flags);
		memset(live.reach, 0, sizeof(live.reach));
		live.wides = 0;
		m.ordered = NULL;
		for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
			assert_int_equal(arch_map(&m, requests[i].va, requests[i].pa,
						  requests[i].size, requests[i].perm), OK);
		assert_true(!!live.wides == !!(*flags & ARCH_MAP_WIDE));
		pool_end(&live.pool);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live_Q77), cmocka_unit_test(test_live_too_few_pages_Q77),
		cmocka_unit_test(test_wide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
