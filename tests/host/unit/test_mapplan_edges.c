/* SPDX-License-Identifier: MIT */
/*
 * test_mapplan_edges.c - mapplan_apply where addresses or pages for tables end, and on tables that
 * are in use. Built once for each CPU.
 */
#include "tests/host/unit/mapplan_world.h"

/* Memory that has no address in the tables is not mapped at another address instead. */
static void far(const struct world *from, uint32_t levels, uint32_t flags)
{
	const uint64_t top = ARCH_REACH;
	const struct boot_mem mem[] = {
		{ top - GIB, 2 * GIB, BOOT_MEM_FREE, 8 }, { 1ull << 56, GIB, BOOT_MEM_FREE, 8 },
	};
	struct world w = *from;
	static struct leaves l;
	struct arch_map m;
	struct pool p;
	uint64_t unmapped;

	w.bi.fb.mem.base = top - PAGE_SIZE;
	w.bi.uart.base = 1ull << 57;
	pool_start(&p, &m, POOL_PAGES, levels, flags);
	assert_int_equal(mapplan_apply(&m, &w.bi, mem, 2, &w.trampoline, &unmapped), OK);
	assert_true(unmapped == 2 * GIB);
	leaves_read(&m, &l);
	for (uint32_t i = 0; i < l.n; i++)
		assert_true(l.leaf[i].pa + l.leaf[i].size <= top && l.leaf[i].perm != ARCH_IO &&
			    l.leaf[i].perm != ARCH_WC);
	pool_end(&p);
}

static void test_far(void **state)
{
	(void)state;
	for_all(far);
}

/* A screen is mapped up to the last byte that has an address, by whole pages. */
static void last_page(const struct world *from, uint32_t levels, uint32_t flags)
{
	struct world w = *from;
	static struct leaves l;
	struct arch_map m;
	struct pool p;
	uint64_t unmapped, bytes = 0;

	w.bi.fb.mem = (struct boot_range){ ARCH_REACH - PAGE_SIZE - 0x800, PAGE_SIZE + 0x800 };
	pool_start(&p, &m, POOL_PAGES, levels, flags);
	assert_int_equal(mapplan_apply(&m, &w.bi, w.mem, 0, &w.trampoline, &unmapped), OK);
	leaves_read(&m, &l);
	for (uint32_t i = 0; i < l.n; i++)
		if (l.leaf[i].perm == ARCH_WC) {
			assert_true(l.leaf[i].pa >= ARCH_REACH - 2 * PAGE_SIZE);
			bytes += l.leaf[i].size;
		}
	assert_true(bytes == 2 * PAGE_SIZE);
	pool_end(&p);
}

static void test_last_page(void **state)
{
	(void)state;
	for_all(last_page);
}

static void no_order(void)
{
}

/* What tables in use map already stays as it is; the map is left as it was found. */
static void in_use(const struct world *w, uint32_t levels, uint32_t flags)
{
	static const struct boot_mem gone = { 0, 0x9f000, BOOT_MEM_FREE, 8 };
	const uint64_t page = w->bi.direct_map + gone.base + 5 * PAGE_SIZE;
	static struct leaves l;
	struct arch_map m;
	struct pool p;
	uint64_t unmapped;

	pool_start(&p, &m, POOL_PAGES, levels, flags);
	assert_int_equal(arch_map(&m, page, 5 * PAGE_SIZE, PAGE_SIZE, ARCH_RO), OK);
	m.ordered = no_order;
	assert_int_equal(mapplan_apply(&m, &w->bi, &gone, 1, &w->trampoline, &unmapped), OK);
	assert_int_equal(m.flags, flags);
	leaves_read(&m, &l);
	for (uint32_t i = 0; i < l.n; i++)
		if (l.leaf[i].pa < gone.size)
			assert_int_equal(l.leaf[i].perm, l.leaf[i].pa == 5 * PAGE_SIZE ?
					 ARCH_RO : ARCH_RW);
	pool_end(&p);
}

static void test_in_use(void **state)
{
	(void)state;
	for_all(in_use);
}

/*
 * When there are no more pages for tables, a range of just the largest leaf's size is still mapped,
 * and one that is smaller is not even tried, though a table has room for it.
 */
static void just_a_leaf(const struct world *from, uint32_t levels, uint32_t flags)
{
	const struct boot_mem mem[] = {
		{ 5 * GIB + PAGE_SIZE, PAGE_SIZE, BOOT_MEM_FREE, 8 },
		{ 6 * GIB, GIB, BOOT_MEM_FREE, 8 },
		{ FB + 16 * MIB, 2 * MIB, BOOT_MEM_FREE, 8 },	/* beside the screen */
	};
	struct world w = *from;
	struct arch_map m;
	struct pool p;
	uint64_t unmapped = 1;
	bool seen = false;

	w.mem = mem;
	w.n = ARRAY_SIZE(mem);
	for (uint32_t limit = 1; (flags & ARCH_MAP_GIB) && unmapped; limit++) {
		pool_start(&p, &m, POOL_PAGES, levels, flags);
		p.limit = limit;
		if (mapplan_apply(&m, &w.bi, mem, w.n, &w.trampoline, &unmapped) != OK)
			unmapped = UINT64_MAX;
		seen |= unmapped == PAGE_SIZE + 2 * MIB;
		pool_end(&p);
		assert_true(limit < POOL_PAGES);
	}
	assert_true(seen || !(flags & ARCH_MAP_GIB));
}

static void test_just_a_leaf(void **state)
{
	(void)state;
	for_all(just_a_leaf);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_far), cmocka_unit_test(test_just_a_leaf),
		cmocka_unit_test(test_last_page), cmocka_unit_test(test_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
