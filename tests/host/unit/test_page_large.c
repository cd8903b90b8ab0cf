/* SPDX-License-Identifier: MIT */
/* test_page_large.c - the allocator of physical pages in large worlds, and a CPU's own pages. */
#include "tests/host/unit/page_world.h"

#define LIVE_MAX	4096

struct live {
	uint64_t pa;
	uint32_t order;
};

static void paint(const struct live *l, bool check)
{
	uint64_t *first = (uint64_t *)(space + l->pa);
	uint64_t *last = first + (PAGE_SIZE << l->order) / 8 - 1;

	if (check)
		assert_true(*first == l->pa + l->order && *last == ~l->pa);
	*first = check ? 0 : l->pa + l->order;
	*last = check ? 0 : ~l->pa;
}

static void random_world(uint64_t seed, bool cached, uint32_t rounds)
{
	static struct live live[LIVE_MAX];
	uint64_t base = (1 + rnd_below(&seed, 5)) * GIB - rnd_below(&seed, 4096) * PAGE_SIZE;
	struct page_stats before, after;
	uint32_t n = 0;

	start(base, cached);
	base += PAGE_SEED;
	for (uint32_t i = 0; i < 20; i++) {
		uint64_t size = (1 + rnd_below(&seed, i ? 3000 : 9000)) * PAGE_SIZE;

		page_add(base, size);
		base += size + rnd_below(&seed, 3) * rnd_below(&seed, 700) * PAGE_SIZE;
	}
	page_stats(&before);
	for (uint32_t i = 0; i < rounds; i++) {
		const uint32_t order = rnd_below(&seed, 3) ? 0 : rnd_below(&seed, 11);
		const uint32_t flags = rnd_below(&seed, 4) ? 0 : PAGE_LOW;

		if (n < LIVE_MAX && rnd_below(&seed, 1000) < (i / 3000 % 2 ? 400 : 600)) {
			live[n] = (struct live){ page_alloc(order, flags), order };
			assert_true(!(flags & PAGE_LOW) || live[n].pa < 4 * GIB);
			assert_true(live[n].pa % (PAGE_SIZE << order) == 0);
			if (live[n].pa)
				paint(&live[n++], false);
		} else if (n) {
			const uint32_t k = rnd_below(&seed, n);

			paint(&live[k], true);
			page_free(live[k].pa, live[k].order);
			live[k] = live[--n];
		}
	}
	while (n--) {
		paint(&live[n], true);
		page_free(live[n].pa, live[n].order);
	}
	page_cpu_flush();
	page_stats(&after);
	assert_int_equal(after.free + after.own, before.free + before.own);
}

static void test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++)
		random_world(seed * 0x9e3779b97f4a7c15, seed % 2, 20000);
}

/* One gigabyte or a terabyte: the same work, and all of it is available in one piece. */
static void test_size_costs_nothing(void **state)
{
	struct page_stats st;
	uint64_t pa;

	(void)state;
	start(MIB, true);
	page_add(GIB, 1023 * GIB);
	page_stats(&st);
	assert_int_equal(st.free, 1023 * GIB / PAGE_SIZE);
	assert_true(st.own <= 12);
	pa = page_alloc(PAGE_ORDERS - 1, 0);
	assert_int_equal(pa, 512 * GIB);
	assert_int_equal(page_alloc(PAGE_ORDERS - 1, 0), 0);
	assert_int_equal(page_alloc(PAGE_ORDERS, 0), 0);
	assert_int_equal(page_alloc(UINT32_MAX, 0), 0);
	page_free(pa, PAGE_ORDERS - 1);
	assert_int_equal(page_alloc(18, PAGE_LOW), GIB);
	page_stats(&st);
	assert_int_equal(st.refused, 3);
}

/* No block is larger than the largest there is, however much is free in a row. */
static void test_largest(void **state)
{
	struct page_stats st;

	(void)state;
	start(MIB, false);
	page_add(1024 * GIB, 1024 * GIB);
	page_stats(&st);
	assert_true(st.free == 1024 * GIB / PAGE_SIZE && st.blocks[PAGE_ORDERS - 1] == 2);
	assert_true(page_alloc(PAGE_ORDERS - 1, 0) + page_alloc(PAGE_ORDERS - 1, 0) == 2560 * GIB);
	assert_int_equal(page_alloc(0, 0), 0);
}

/* Claims need nodes as well, which are made for them alone. */
static void test_claims(void **state)
{
	(void)state;
	start(MIB, false);
	page_add(GIB, 1023 * GIB);
	for (uint64_t i = 1; i < 1000; i++)
		assert_int_equal(page_claim((i + 1) * GIB - i * PAGE_SIZE, 0), OK);
	assert_int_equal(tree.lost, 0);
}

static void test_zero(void **state)
{
	uint64_t pa;

	(void)state;
	start(MIB, true);
	page_add(2 * MIB, 2 * MIB);
	memset(space + 2 * MIB, 0x5a, 2 * MIB);
	for (uint32_t order = 0; order < 6; order++) {
		pa = page_alloc(order, PAGE_ZERO);
		assert_true(pa);
		for (uint64_t i = 0; i < PAGE_SIZE << order; i++)
			assert_int_equal(space[pa + i], 0);
		assert_int_equal(space[pa + (PAGE_SIZE << order)] & ~0x5a, 0);
	}
}

/* An interrupt in the middle gets other pages, and may free any. */
static void test_busy(void **state)
{
	uint64_t a, b;

	(void)state;
	start(MIB, true);
	page_add(2 * MIB, 2 * MIB);
	a = page_alloc(0, 0);
	cache.busy = true;
	b = page_alloc(0, 0);
	assert_true(a && b && a != b);
	page_free(a, 0);
	assert_true(free_refused(a, 0));
	cache.busy = true;
	page_cpu_flush();
	assert_int_equal(cache.count, PAGE_KEPT / 2 - 1);
	cache.busy = false;
	page_free(b, 0);
	assert_int_equal(cache.count, PAGE_KEPT / 2);
	page_cpu_flush();
	assert_int_equal(page_claim(b, 0), OK);
}

/* The pages that a CPU keeps are used when nothing else is left. */
static void test_kept_is_not_lost(void **state)
{
	uint64_t pa[512], n;

	(void)state;
	start(MIB, true);
	page_add(2 * MIB, 2 * MIB);
	for (n = 0; n < 512 && (pa[n] = page_alloc(0, 0)); n++)
		;
	assert_true(n > 500);
	for (uint64_t i = 0; i < n; i++)
		page_free(pa[i], 0);
	assert_true(cache.count > 0);
	assert_int_equal(page_alloc(8, PAGE_LOW), 2 * MIB);
}

/* A CPU keeps up to `most`, the last first; of more, half go back. None is lost or freed twice. */
static void kept(uint32_t order, uint32_t most, const uint32_t *count)
{
	uint64_t pa[160], n = 2 * most + 3;
	uint32_t want = 0;

	assert_true(n <= ARRAY_SIZE(pa));
	start(MIB, true);
	page_add(512 * MIB, 512 * MIB);
	for (uint64_t i = 0; i < n; i++)
		assert_true(pa[i] = page_alloc(order, 0));
	page_cpu_flush();
	for (uint64_t i = 0; i < n; i++) {
		page_free(pa[i], order);
		want = (want == most ? most / 2 : want) + 1;
		assert_int_equal(*count, want);
		if (want < most)
			assert_true(free_refused(pa[i], order));
		assert_int_equal(*count, want);
	}
	for (uint64_t i = n; want-- > most / 2;) {
		assert_int_equal(page_alloc(order, 0), pa[--i]);
		page_free(pa[i], order);
		assert_int_equal(page_alloc(order, 0), pa[i]);
		assert_int_equal(*count, want);
	}
	page_cpu_flush();
	assert_true(want == most / 2 - 1 && *count == 0);
}

static void test_kept(void **state)
{
	(void)state;
	kept(0, PAGE_KEPT, &cache.count);
	kept(PAGE_LARGE, PAGE_KEPT_LARGE, &cache.larges);
}

/* What one call may need is there before it: three leaves and two branches, and no page more. */
static void test_spares(void **state)
{
	(void)state;
	start(MIB, false);
	page_add(2 * MIB, 64 * MIB);
	assert_true(page_alloc(0, 0));		/* others of its leaf are free */
	tree.seed = tree.seed_end;
	for (uint32_t k = 0; k <= SPARE_LEAVES + 1; k++) {
		struct page_stats before, after;
		const uint32_t leaves = k > SPARE_LEAVES ? 0 : 1;

		spare_refill();
		while (tree.leaf.count > k)
			spare_get(&tree.leaf);
		page_stats(&before);
		spare_refill();
		page_stats(&after);
		assert_int_equal(tree.leaf.count, k + leaves * PARTS);
		assert_int_equal(after.own - before.own, leaves);
		while (tree.branch.count > MIN(k, SPARE_BRANCHES))
			spare_get(&tree.branch);
		page_stats(&before);
		spare_refill();
		page_stats(&after);
		assert_int_equal(tree.branch.count, SPARE_BRANCHES);
		assert_in_range(after.own - before.own, k < 2 ? 2 - k : 0, k < 2 ? 3 - k : 0);
		assert_int_equal(before.free - after.free, after.own - before.own);
		assert_false(tree.refilling);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_size_costs_nothing),
		cmocka_unit_test(test_claims), cmocka_unit_test(test_zero),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_kept_is_not_lost),
		cmocka_unit_test(test_spares), cmocka_unit_test(test_kept),
	};

	return space_reserve() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
