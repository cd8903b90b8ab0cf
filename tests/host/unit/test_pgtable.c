/* SPDX-License-Identifier: MIT */
/*
 * test_pgtable.c - arch_map and arch_map_walk against a model that is a list of leaves.
 * Built once for each CPU with that CPU's pgtable.c.
 */
#include "tests/host/unit/pgtable.h"

#define POOL_PAGES	400

/* The lowest address of the upper half; on aarch64 the low 48 bits of one. */
static uint64_t upper_half(uint32_t levels)
{
	return raw_sign_extends ? ~0ull << (12 + 9 * levels - 1) : 1ull << 47;
}

/* ---- the model ---- */

/* First leaf that ends above va; leaves are kept by address. */
static uint32_t model_at(const struct leaves *l, uint64_t va)
{
	uint32_t low = 0, high = l->n;

	while (low < high) {
		uint32_t mid = (low + high) / 2;

		if (l->leaf[mid].va + (l->leaf[mid].size - 1) < va)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static uint64_t model_leaf_size(const struct leaves *l, uint32_t at, uint64_t va, uint64_t pa,
				uint64_t size, uint32_t flags)
{
	uint64_t free_to = at < l->n ? l->leaf[at].va - va : ~0ull;

	for (uint64_t step = flags & ARCH_MAP_GIB ? GIB : 2 * MIB; step > PAGE_SIZE; step >>= 9)
		if (!((va | pa) % step) && size >= step && free_to >= step)
			return step;
	return PAGE_SIZE;
}

static void model_map(struct leaves *l, uint64_t va, uint64_t pa, uint64_t size,
		      enum arch_perm perm, uint32_t flags)
{
	while (size) {
		uint32_t at = model_at(l, va);
		uint64_t step;

		if (at < l->n && l->leaf[at].va <= va) {	/* the first one wins */
			step = MIN(size, l->leaf[at].va + l->leaf[at].size - va);
		} else {
			step = model_leaf_size(l, at, va, pa, size, flags);
			assert_true(l->n < LEAVES_MAX);
			memmove(&l->leaf[at + 1], &l->leaf[at], (l->n++ - at) * sizeof(l->leaf[0]));
			l->leaf[at] = (struct leaf){ va, pa, step, perm };
		}
		va += step;
		pa += step;
		size -= step;
	}
}

/* ---- comparing ---- */

static void assert_leaves(const struct leaves *got, const struct leaves *want, const char *what)
{
	for (uint32_t i = 0; i < MIN(got->n, want->n); i++) {
		const struct leaf *g = &got->leaf[i], *w = &want->leaf[i];

		if (g->va != w->va || g->pa != w->pa || g->size != w->size || g->perm != w->perm)
			fail_msg("%s, leaf %u: %lx -> %lx+%lx perm %u, not %lx -> %lx+%lx %u", what,
				 i, g->va, g->pa, g->size, g->perm, w->va, w->pa, w->size, w->perm);
	}
	if (got->n != want->n)
		fail_msg("%s: %u leaves, not %u", what, got->n, want->n);
}

struct visit {
	const struct leaves *want;
	uint32_t n, stop;
};

static bool visit_leaf(const struct arch_leaf *l, void *cookie)
{
	struct visit *v = cookie;
	const struct leaf *w = &v->want->leaf[v->n];

	assert_true(v->n < v->want->n);
	if (l->va != w->va || l->pa != w->pa || l->size != w->size)
		fail_msg("walk, leaf %u: %lx -> %lx+%lx, not %lx -> %lx+%lx", v->n, l->va, l->pa,
			 l->size, w->va, w->pa, w->size);
	assert_int_equal(l->exec, w->perm == ARCH_RX);
	assert_int_equal(l->write, w->perm != ARCH_RX && w->perm != ARCH_RO);
	assert_int_equal(l->cached, w->perm != ARCH_IO && w->perm != ARCH_WC);
	return ++v->n != v->stop;
}

static void assert_tables(const struct arch_map *m, const struct leaves *want, const char *what)
{
	static struct leaves got;
	struct visit v = { want, 0, 0 };

	leaves_read(m, &got);
	assert_leaves(&got, want, what);
	arch_map_walk(m, visit_leaf, &v);
	assert_int_equal(v.n, want->n);
	if (want->n < 2)
		return;
	v = (struct visit){ want, 0, want->n / 2 };
	arch_map_walk(m, visit_leaf, &v);
	assert_int_equal(v.n, want->n / 2);
}

/* ---- tests, each for every number of levels and every flag ---- */

static void for_all(void (*test)(uint32_t levels, uint32_t flags))
{
	for (const uint32_t *levels = raw_levels; *levels; levels++)
		for (const uint32_t *flags = raw_flags; *flags != ~0u; flags++)
			test(*levels, *flags);
}

static struct leaves want;

static void single_cases(uint32_t levels, uint32_t flags)
{
	const uint64_t edge = levels > 3 ? 512 * GIB : 128 * GIB;
	const uint64_t up = upper_half(levels), top = raw_sign_extends ? 0 : 1ull << 48;
	const struct leaf cases[] = {
		{ 0x1000, 0x1000, 0x1000, ARCH_RX }, { 0, 0, 2 * MIB, ARCH_RO },
		{ 0, 0, GIB, ARCH_RW }, { up, 0, 3 * GIB, ARCH_RW }, { 0, GIB, GIB, ARCH_IO },
		{ 2 * MIB, 0x1000, 4 * MIB, ARCH_RW },		/* not the same offset */
		{ 0x1ff000, 0x1ff000, 0x2000, ARCH_WC },	/* across two tables */
		{ GIB - 2 * MIB, GIB - 2 * MIB, GIB + 4 * MIB, ARCH_RW },
		{ GIB - 0x1000, GIB - 0x1000, 2 * GIB + 0x2000, ARCH_RW },
		{ up - PAGE_SIZE * (up == 1ull << 47), 0xfffffffff000, PAGE_SIZE, ARCH_RW },
		{ top - 2 * MIB, 0x40000000, 2 * MIB, ARCH_RX },	/* the very last */
		{ top - PAGE_SIZE, 0xabcdef000, PAGE_SIZE, ARCH_RW },
		{ edge - 4 * MIB, 6 * MIB, 8 * MIB, ARCH_RW },
		{ up + 0x40000000, 0x40000000, 0, ARCH_RW },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct leaf *c = &cases[i];
		struct arch_map m;
		struct pool p;

		pool_start(&p, &m, POOL_PAGES, levels, flags);
		want.n = 0;
		model_map(&want, c->va, c->pa, c->size, c->perm, flags);
		assert_int_equal(arch_map(&m, c->va, c->pa, c->size, c->perm), OK);
		assert_tables(&m, &want, "single");
		pool_end(&p);
	}
}

static void test_single(void **state)
{
	(void)state;
	for_all(single_cases);
}

static void permissions(uint32_t levels, uint32_t flags)
{
	static const uint64_t sizes[] = { PAGE_SIZE, 2 * MIB, GIB };

	for (enum arch_perm perm = ARCH_RX; perm <= ARCH_WC; perm++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			struct arch_map m;
			struct pool p;

			pool_start(&p, &m, POOL_PAGES, levels, flags);
			want.n = 0;
			model_map(&want, 4 * GIB, 2 * GIB, sizes[i], perm, flags);
			assert_int_equal(arch_map(&m, 4 * GIB, 2 * GIB, sizes[i], perm), OK);
			assert_tables(&m, &want, "permission");
			pool_end(&p);
		}
	}
}

static void test_permissions(void **state)
{
	(void)state;
	for_all(permissions);
}

static struct leaf random_request(uint64_t *seed, uint64_t up)
{
	static const uint64_t units[] = { PAGE_SIZE, PAGE_SIZE, 2 * MIB, GIB };
	uint64_t unit = units[rnd_below(seed, 4)];
	struct leaf r = { .perm = rnd_below(seed, ARCH_WC + 1) };

	/* Requests are near each other, so that they overlap, and near the ends of tables. */
	r.va = (rnd_below(seed, 2) ? up : 0) + GIB - 16 * MIB;
	if (unit != GIB)
		r.va += unit * rnd_below(seed, 16) + 2 * MIB * rnd_below(seed, 16);
	r.va = ALIGN_DOWN(r.va, unit);
	r.pa = rnd_below(seed, 3) ? r.va & 0x7fffffffffff : unit * rnd_below(seed, 64);
	r.size = unit * (1 + rnd_below(seed, unit == GIB ? 3 : 40));
	if (!rnd_below(seed, 4))
		r.size += PAGE_SIZE * rnd_below(seed, 20);
	return r;
}

static void random_maps(uint32_t levels, uint32_t flags)
{
	uint64_t seed = 21 + levels + flags;

	for (uint32_t round = 0; round < 60; round++) {
		struct arch_map m;
		struct pool p;

		pool_start(&p, &m, POOL_PAGES, levels, flags);
		want.n = 0;
		for (uint32_t i = rnd_below(&seed, 14); i; i--) {
			struct leaf r = random_request(&seed, upper_half(levels));

			model_map(&want, r.va, r.pa, r.size, r.perm, flags);
			assert_int_equal(arch_map(&m, r.va, r.pa, r.size, r.perm), OK);
		}
		assert_tables(&m, &want, "random");
		pool_end(&p);
	}
}

static void test_random(void **state)
{
	(void)state;
	for_all(random_maps);
}

/*
 * Any number of table pages that is too small: an error, a prefix of the right leaves, and the rest
 * once there are more pages.
 */
static void too_few_pages(uint32_t levels, uint32_t flags)
{
	static struct leaves part, prefix;
	const uint64_t va = (levels > 3 ? 512 : 128) * GIB - 3 * MIB, size = 7 * MIB;

	want.n = 0;
	model_map(&want, va, 0x5000, size, ARCH_RW, flags);
	for (uint32_t limit = 1;; limit++) {
		struct arch_map m;
		struct pool p;
		status_t status;

		pool_start(&p, &m, POOL_PAGES, levels, flags);
		p.limit = limit;
		status = arch_map(&m, va, 0x5000, size, ARCH_RW);
		if (status == OK)
			assert_tables(&m, &want, "enough");
		leaves_read(&m, &part);
		assert_true(part.n < want.n || status == OK);
		prefix = want;
		prefix.n = part.n;
		assert_leaves(&part, &prefix, "prefix");
		assert_true(status == OK || status == ERR_NO_MEMORY);
		assert_true(status == OK || p.used == limit);
		p.limit = p.most;
		assert_int_equal(arch_map(&m, va, 0x5000, size, ARCH_RW), OK);
		assert_tables(&m, &want, "completed");
		pool_end(&p);
		if (status == OK)
			break;
		assert_true(limit < 20);
	}
}

/* A table's last entries, when it is the last page that there is: nothing behind it is read. */
static void last_page(uint32_t levels, uint32_t flags)
{
	const uint64_t va = 4 * GIB, more = va + 2 * MIB - 128 * KIB;
	struct arch_map m;
	struct pool p;

	pool_start(&p, &m, levels, levels, flags);
	want.n = 0;
	model_map(&want, va, 0x5000, PAGE_SIZE, ARCH_RW, flags);
	model_map(&want, more, 0x9000, 128 * KIB, ARCH_RW, flags);
	assert_int_equal(arch_map(&m, va, 0x5000, PAGE_SIZE, ARCH_RW), OK);
	assert_int_equal(arch_map(&m, more, 0x9000, 128 * KIB, ARCH_RW), OK);
	assert_int_equal(p.used, levels);
	assert_tables(&m, &want, "last page");
	pool_end(&p);
}

static void test_last_page(void **state)
{
	(void)state;
	for_all(last_page);
}

static void test_too_few_pages(void **state)
{
	(void)state;
	for_all(too_few_pages);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single), cmocka_unit_test(test_permissions),
		cmocka_unit_test(test_random), cmocka_unit_test(test_too_few_pages),
		cmocka_unit_test(test_last_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
