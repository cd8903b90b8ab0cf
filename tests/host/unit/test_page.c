/* SPDX-License-Identifier: MIT */
/* test_page.c - the allocator of physical pages against a model that looks at every page. */
#include "tests/host/unit/page_world.h"

#define SMALL		8		/* pages of a small world */

/* ---- a model of few pages ---- */

struct small {
	uint64_t base;
	uint32_t known;			/* by page: ours at all */
	uint32_t given;			/* by page: not free */
	uint8_t head[SMALL];		/* 1 + order of a block that begins here */
};

static uint32_t bits(const struct small *s, uint32_t page, uint32_t order)
{
	if (page + (1u << order) > SMALL || (s->base / PAGE_SIZE + page) % (1u << order))
		return 0;
	return ((1u << (1u << order)) - 1) << page;
}

static bool model_free(const struct small *s, uint32_t page, uint32_t order)
{
	const uint32_t b = bits(s, page, order);

	return b && (s->known & ~s->given & b) == b;
}

static bool model_low(const struct small *s, uint32_t page)
{
	return s->base + page * PAGE_SIZE < 4 * GIB;
}

static bool model_has(const struct small *s, uint32_t order, uint32_t flags)
{
	for (uint32_t page = 0; page < SMALL; page++)
		if (model_free(s, page, order) && (!(flags & PAGE_LOW) || model_low(s, page)))
			return true;
	return false;
}

static void model_take(struct small *s, uint32_t page, uint32_t order)
{
	assert_true(model_free(s, page, order));
	s->given |= bits(s, page, order);
	s->head[page] = (uint8_t)(1 + order);
}

static void model_give(struct small *s, uint32_t page)
{
	s->given &= ~bits(s, page, s->head[page] - 1u);
	s->head[page] = 0;
}

/* Compare everything that can be asked about every page. Free blocks are as large as possible. */
static void compare(const struct small *s)
{
	struct page_stats st;
	uint64_t blocks[PAGE_ORDERS] = { 0 }, low = 0;

	for (uint32_t page = 0; page < SMALL; page++) {
		uint64_t pa = s->base + page * PAGE_SIZE, base;
		uint32_t order, head = page;

		while (head && !(s->head[head] && bits(s, head, s->head[head] - 1u) >> page & 1))
			head--;
		const bool owned = s->head[head] && bits(s, head, s->head[head] - 1u) >> page & 1;

		assert_int_equal(page_owner(pa, &base, &order), owned);
		if (owned) {
			assert_int_equal(base, s->base + head * PAGE_SIZE);
			assert_int_equal(order, s->head[head] - 1);
		}
		low += (s->known & ~s->given) >> page & 1 && model_low(s, page);
	}
	for (uint32_t page = 0; page < SMALL;) {
		uint32_t order = 3;

		while (order && !model_free(s, page, order))
			order--;
		if (model_free(s, page, order))
			blocks[order]++;
		page += 1u << order;
	}
	page_stats(&st);
	assert_int_equal(st.total, __builtin_popcount(s->known));
	assert_int_equal(st.free, __builtin_popcount(s->known & ~s->given));
	assert_int_equal(st.low_free, low);
	assert_int_equal(st.lost, 0);
	assert_memory_equal(st.blocks, blocks, sizeof(blocks));
}

/* ---- every sequence ---- */

struct snapshot {
	struct small model;
	char tree[sizeof(tree)];
	char seed[PAGE_SEED];
};

static uint64_t steps;

static void snapshot_take(struct snapshot *t, const struct small *s, uint64_t seed)
{
	t->model = *s;
	memcpy(t->tree, &tree, sizeof(tree));
	memcpy(t->seed, space + seed, PAGE_SEED);
}

static void snapshot_restore(const struct snapshot *t, struct small *s, uint64_t seed)
{
	*s = t->model;
	memcpy(&tree, t->tree, sizeof(tree));
	memcpy(space + seed, t->seed, PAGE_SEED);
}

static void sequences(struct small *s, uint64_t seed, uint32_t left)
{
	struct snapshot *t;

	compare(s);
	steps++;
	if (!left)
		return;
	t = malloc(sizeof(*t));
	snapshot_take(t, s, seed);
	for (uint32_t order = 0; order <= 3; order++) {
		const bool has = model_has(s, order, 0);
		const uint64_t pa = page_alloc(order, 0);

		assert_int_equal(pa != 0, has);
		if (!pa)
			continue;	/* nothing has changed: the rest is a shorter sequence */
		model_take(s, (uint32_t)((pa - s->base) / PAGE_SIZE), order);
		sequences(s, seed, left - 1);
		snapshot_restore(t, s, seed);
	}
	for (uint32_t page = 0; page < SMALL; page++) {
		if (!s->head[page])
			continue;
		page_free(s->base + page * PAGE_SIZE, s->head[page] - 1u);
		model_give(s, page);
		sequences(s, seed, left - 1);
		snapshot_restore(t, s, seed);
	}
	free(t);
}

static void one_world(uint64_t base, uint32_t length)
{
	struct small s = { .base = base, .known = (1u << SMALL) - 1 };
	const uint64_t seed = base - PAGE_SEED;

	start(seed, false);
	page_add(base, SMALL * PAGE_SIZE);
	assert_true(tree.seed < tree.seed_end);
	sequences(&s, seed, length);
}

/* Eight pages within a block, and across the boundaries of blocks, nodes and zones. */
static void test_every_sequence(void **state)
{
	(void)state;
	steps = 0;
	one_world(16 * MIB, 8);
	one_world(4 * MIB - 4 * PAGE_SIZE, 6);
	one_world(GIB - 3 * PAGE_SIZE, 5);
	one_world(4 * GIB - 4 * PAGE_SIZE, 6);
	one_world(512 * GIB - 5 * PAGE_SIZE, 5);
	print_message("%lu steps\n", steps);
}

/*
 * Every page of a block, alone or with its neighbours, is claimed or correctly refused, and what
 * is left is allocated.
 */
static void test_every_claim(void **state)
{
	struct snapshot *t = malloc(sizeof(*t));
	const uint64_t base = 4 * GIB - 4 * PAGE_SIZE, seed = base - PAGE_SEED;

	(void)state;
	for (uint32_t given = 0; given < 1u << SMALL; given++) {
		struct small s = { .base = base, .known = (1u << SMALL) - 1 };

		start(seed, false);
		page_add(base, SMALL * PAGE_SIZE);
		for (uint32_t page = 0; page < SMALL; page++)
			if (given >> page & 1) {
				assert_int_equal(page_claim(base + page * PAGE_SIZE, 0), OK);
				model_take(&s, page, 0);
			}
		sequences(&s, seed, 2);
		snapshot_take(t, &s, seed);
		for (uint32_t page = 0; page < SMALL; page++)
			for (uint32_t order = 0; order <= 4; order++) {
				const bool ok = model_free(&s, page, order);

				assert_int_equal(page_claim(base + page * PAGE_SIZE + 1, order),
						 ERR_NOT_FOUND);
				assert_int_equal(page_claim(base + page * PAGE_SIZE, order),
						 ok ? OK : ERR_NOT_FOUND);
				if (ok)
					model_take(&s, page, order);
				compare(&s);
				snapshot_restore(t, &s, seed);
			}
	}
	assert_int_equal(page_claim(ARCH_REACH, 0), ERR_NOT_FOUND);
	assert_int_equal(page_claim(0, PAGE_ORDERS), ERR_NOT_FOUND);
	assert_int_equal(page_claim(600 * GIB, 0), ERR_NOT_FOUND);
	free(t);
}

/* Each state of eight pages, each address and order: a block in use is freed, else a panic. */
static void test_every_wrong_free(void **state)
{
	const uint64_t base = 16 * MIB, seed = base - PAGE_SEED;
	struct snapshot *t = malloc(sizeof(*t));

	(void)state;
	for (uint32_t cached = 0; cached < 2; cached++) {
		struct small s = { .base = base, .known = (1u << SMALL) - 1 };

		start(seed, cached);
		page_add(base, SMALL * PAGE_SIZE);
		for (uint32_t i = 0; i < 2; i++) {
			assert_int_equal(page_claim(base + i * 5 * PAGE_SIZE, 0), OK);
			model_take(&s, i * 5, 0);
		}
		assert_int_equal(page_claim(base + 2 * PAGE_SIZE, 1), OK);
		model_take(&s, 2, 1);
		snapshot_take(t, &s, seed);
		for (uint32_t page = 0; page <= SMALL; page++)
			for (uint32_t order = 0; order < PAGE_ORDERS + 2; order++) {
				const uint64_t pa = base + page * PAGE_SIZE;
				const bool ok = page < SMALL && s.head[page] == 1 + order;

				assert_int_equal(free_refused(pa, order), !ok);
				if (ok)		/* and once only */
					assert_true(free_refused(pa, order));
				snapshot_restore(t, &s, seed);
				cache.count = 0;
			}
		assert_true(free_refused(base + 1, 0));
		assert_true(free_refused(0, 0));
		assert_true(free_refused(ARCH_REACH, 0));
		assert_true(free_refused(UINT64_MAX - PAGE_SIZE + 1, 0));
		assert_true(free_refused(600 * GIB, 0));
		assert_true(free_refused(seed, 0));
	}
	free(t);
	assert_int_equal(free_refused(base + 3 * PAGE_SIZE, 0), true);
	assert_string_equal(panic_text,
			    "page_free: 0x1003000 order 0 belongs to 0x1002000 order 1");
	assert_true(free_refused(base + 7 * PAGE_SIZE, 0));
	assert_string_equal(panic_text, "page_free: 0x1007000 order 0 is not allocated");
}

/* Up to three ranges of six pages: exactly what was added is allocated, page by page. */
static void test_every_map(void **state)
{
	const uint64_t seed = 2 * MIB;
	uint64_t worlds = 0;

	(void)state;
	for (uint32_t where = 0; where < 3; where++)
		for (uint32_t owner = 0; owner < 4096; owner++) {	/* 2 bits a page */
			const uint64_t base = where * 4 * GIB + GIB - 3 * PAGE_SIZE;
			uint32_t seen = 0, want = 0;
			uint64_t pa;

			start(seed, false);
			page_add(16 * MIB, 64 * PAGE_SIZE);	/* what lists may need */
			for (uint32_t range = 1; range < 4; range++)
				for (uint32_t page = 0; page < 6; page++)
					if ((owner >> 2 * page & 3) == range) {
						page_add(base + page * PAGE_SIZE, PAGE_SIZE);
						want |= 1u << page;
					}
			while ((pa = page_alloc(0, 0))) {
				if (pa - base >= 6 * PAGE_SIZE)
					continue;
				assert_false(seen >> (pa - base) / PAGE_SIZE & 1);
				seen |= 1u << (pa - base) / PAGE_SIZE;
			}
			assert_int_equal(seen & ~want, 0);	/* the lists may have some */
			assert_true((uint64_t)__builtin_popcount(want & ~seen) <= tree.own);
			worlds++;
		}
	print_message("%lu maps\n", worlds);
}

/* Only whole pages are added, none of them page 0, and none that cannot be reached. */
static void test_whole_pages(void **state)
{
	uint64_t before;

	(void)state;
	start(2 * MIB, false);
	page_add(0, 2 * PAGE_SIZE);
	page_add(16 * MIB, 64 * PAGE_SIZE);
	assert_int_not_equal(page_claim(0, 0), OK);
	assert_int_equal(page_claim(PAGE_SIZE, 0), OK);
	page_add(32 * MIB, 2 * PAGE_SIZE - 1);
	page_add(48 * MIB, PAGE_SIZE - 1);
	assert_int_equal(page_claim(32 * MIB, 0), OK);
	assert_int_not_equal(page_claim(32 * MIB + PAGE_SIZE, 0), OK);
	assert_int_not_equal(page_claim(48 * MIB, 0), OK);
	before = tree.total;
	page_add(ARCH_REACH - PAGE_SIZE, UINT64_MAX);
	assert_int_equal(tree.total, before + 1);
	page_add(ARCH_REACH, PAGE_SIZE);
	assert_int_equal(tree.total, before + 1);
	assert_false(lock_held(&pages.lock));
}

/* What a block's pages were counted in is used again after the block is whole. */
static void test_nodes(void **state)
{
	uint64_t own;

	(void)state;
	start(2 * MIB, false);
	page_add(16 * MIB, 64 * MIB);
	assert_int_equal(page_claim(32 * MIB, 0), OK);
	page_free(32 * MIB, 0);
	own = tree.own;
	for (uint32_t i = 0; i < 1000; i++) {
		assert_int_equal(page_claim(32 * MIB, 0), OK);
		page_free(32 * MIB, 0);
	}
	assert_int_equal(tree.own, own);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sequence),
		cmocka_unit_test(test_every_claim),
		cmocka_unit_test(test_every_wrong_free),
		cmocka_unit_test(test_every_map),
		cmocka_unit_test(test_whole_pages), cmocka_unit_test(test_nodes),
	};

	return space_reserve() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
