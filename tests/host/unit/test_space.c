/* SPDX-License-Identifier: MIT */
/*
 * test_space.c - maps, unmaps and protections of live tables against a model. Built once for each
 * CPU.
 */
#include "tests/host/unit/space_world.h"

/* ---- the model: what is mapped between each two addresses that any request mentions ---- */

#define PARTS	12

static uint64_t edge[PARTS + 1];	/* ascending */
static uint32_t parts;

struct model {
	struct part {
		uint8_t mapped;		/* 0, or 1 + arch_perm */
		uint8_t kind;		/* the request's kind, which says to which address */
	} part[PARTS];
};

struct request {
	uint64_t va, size;
};

static void edges(const struct request *r, uint32_t n)
{
	uint64_t e[PARTS + 1];

	for (uint32_t i = 0; i < 2 * n; i++)
		e[i] = i % 2 ? r[i / 2].va + r[i / 2].size : r[i / 2].va;
	parts = 0;
	for (uint64_t last = 0;;) {
		uint64_t next = UINT64_MAX;

		for (uint32_t i = 0; i < 2 * n; i++)
			if (e[i] > last && e[i] < next)
				next = e[i];
		if (next == UINT64_MAX)
			break;
		edge[parts++] = last = next;
	}
	parts--;
}

static bool inside(const struct request *r, uint32_t part)
{
	return edge[part] >= r->va && edge[part + 1] <= r->va + r->size;
}

/* No reachable table is empty, and no page is lost. */
static void check_tables(void)
{
	uint32_t reached[TABLES] = { 0 }, n = 0;

	for (uint32_t i = 0; i < parts; i++) {
		for (uint64_t va = edge[i]; va < edge[i + 1]; va += 2 * MIB)
			walk(va, reached);
		walk(edge[i + 1] - PAGE_SIZE, reached);
	}
	for (uint32_t i = 1; i < TABLES; i++) {
		uint64_t any = 0;

		if (!reached[i])
			continue;
		n++;
		for (uint32_t k = 0; k < 512; k++)
			any |= w.pages[i * 512 + k];
		assert_true(any);
	}
	assert_int_equal(w.in_use, n + space.spares);
}

static void check(const struct model *m, bool thorough)
{
	for (uint32_t i = 0; i < parts; i++) {
		const uint64_t pages = (edge[i + 1] - edge[i]) / PAGE_SIZE;
		const uint64_t middle = edge[i] + pages / 2 * PAGE_SIZE;
		const uint64_t at[] = { edge[i], middle, edge[i + 1] - PAGE_SIZE };
		const struct part *p = &m->part[i];

		for (uint32_t k = 0; k < ARRAY_SIZE(at); k++) {
			const struct seen s = walk(at[k], NULL);

			assert_int_equal(s.valid, p->mapped != 0);
			assert_true(!s.valid || (s.perm == p->mapped - 1 &&
						 s.pa == PA(at[k], p->kind)));
		}
	}
	assert_false(walk(edge[0] - PAGE_SIZE, NULL).valid);
	assert_false(walk(edge[parts], NULL).valid);
	assert_int_equal(w.irq, 0);
	assert_false(lock_held(&space.lock));
	tlb_check();
	if (thorough)
		check_tables();
}

enum { MAP, UNMAP, PROTECT, OPERATIONS };

/* Do the same to both; protect turns RO into RW or the reverse, by what the range begins with. */
static void operate(struct model *m, const struct request *r, uint32_t kind, uint32_t operation)
{
	bool some = false, all = true;
	uint8_t perm = 1 + ARCH_RO;
	status_t want = OK, got = OK;

	for (uint32_t i = parts; i-- > 0;) {
		if (!inside(r, i))
			continue;
		some |= m->part[i].mapped;
		all &= m->part[i].mapped != 0;
		perm = m->part[i].mapped == 1 + ARCH_RO ? 1 + ARCH_RW : 1 + ARCH_RO;
	}
	switch (operation) {
	case MAP:
		perm = 1 + (kind % 2 ? ARCH_RO : ARCH_RW);
		want = some ? ERR_IN_USE : OK;
		got = space_map(r->va, PA(r->va, kind), r->size, perm - 1);
		break;
	case UNMAP:
		perm = 0;
		got = space_unmap(r->va, r->size);
		break;
	case PROTECT:
		want = all ? OK : ERR_NOT_FOUND;
		got = space_protect(r->va, r->size, perm - 1);
	}
	if (got == ERR_NO_MEMORY && w.limit < TABLES)
		return;
	assert_int_equal(got, want);
	for (uint32_t i = 0; got == OK && i < parts; i++)
		if (inside(r, i)) {
			m->part[i].mapped = perm;
			if (operation == MAP)
				m->part[i].kind = (uint8_t)kind;
		}
}

struct snapshot {
	struct model model;
	uint32_t in_use;
	uint8_t given[TABLES];
	char space[sizeof(space)];
	struct seen tlb[ARRAY_SIZE(samples)];
	uint64_t pages[TABLES][512];	/* only those in use */
};

#define LONGEST	6
static struct snapshot snapshots[LONGEST + 1];

static uint64_t steps;

static void copy_pages(const struct snapshot *s, uint64_t *to, const uint64_t *from)
{
	for (uint32_t i = 0; i < TABLES; i++)
		if (!i || s->given[i])
			memcpy(to + i * 512, from + i * 512, PAGE_SIZE);
}

static void sequences(struct model *m, const struct request *r, uint32_t left)
{
	struct snapshot *s = &snapshots[left];

	steps++;
	check(m, left == 1);
	if (!left)
		return;
	s->model = *m;
	s->in_use = w.in_use;
	memcpy(s->given, w.given, sizeof(w.given));
	memcpy(s->space, &space, sizeof(space));
	memcpy(s->tlb, tlb, sizeof(tlb));
	copy_pages(s, s->pages[0], w.pages);
	for (uint32_t i = 0; i < 3 * OPERATIONS; i++) {
		operate(m, &r[i % 3], i % 3, i / 3);
		sequences(m, r, left - 1);
		*m = s->model;
		w.in_use = s->in_use;
		memcpy(w.given, s->given, sizeof(w.given));
		memcpy(&space, s->space, sizeof(space));
		memcpy(tlb, s->tlb, sizeof(tlb));
		copy_pages(s, w.pages, s->pages[0]);
	}
}

static const struct request aligned[] = {
	{ AT + 2 * MIB, PAGE_SIZE }, { AT + 2 * MIB, 2 * MIB }, { AT, GIB },
};
static const struct request across[] = {
	{ AT + 2 * MIB - PAGE_SIZE, 2 * PAGE_SIZE }, { AT + MIB, 2 * MIB },
	{ AT + 4 * MIB - PAGE_SIZE, GIB },
};

static void every_sequence(const struct request *r, uint32_t flags, uint32_t length, uint64_t at)
{
	struct model m = { 0 };
	struct boot_info bi;

	start(raw_levels[0], flags, at, &bi);
	edges(r, 3);
	steps = 0;
	sequences(&m, r, length);
	stop();
	print_message("%lu steps\n", steps);
}

static void test_every_sequence(void **state)
{
	(void)state;
	every_sequence(aligned, ARCH_MAP_GIB, LONGEST, 0);
	every_sequence(across, ARCH_MAP_GIB, 3, 0);
	every_sequence(aligned, 0, 3, 0);
	every_sequence(aligned, ARCH_MAP_GIB, 3, AT + 2 * MIB);	/* the tables in what is divided */
}

/* Random ranges, sometimes too few pages, and a CPU that looks at each store. */
static void random_world(uint64_t seed, uint32_t levels, uint32_t flags, uint64_t at)
{
	struct request r[PARTS / 2];
	struct model m = { 0 };
	struct boot_info bi;

	start(levels, flags, at, &bi);
	for (uint32_t i = 0; i < ARRAY_SIZE(r); i++) {
		const uint64_t unit = rnd_below(&seed, 2) ? PAGE_SIZE : 2 * MIB;

		r[i].va = AT + rnd_below(&seed, 5) * (unit + rnd_below(&seed, 2) * PAGE_SIZE);
		r[i].size = (1 + rnd_below(&seed, 4)) * unit;
		if (!rnd_below(&seed, 4))
			r[i] = (struct request){ AT, GIB };
	}
	edges(r, ARRAY_SIZE(r));
	w.watch = true;
	for (uint32_t i = 0; i < 60; i++) {
		const uint32_t kind = rnd_below(&seed, ARRAY_SIZE(r));

		w.limit = rnd_below(&seed, 8) ? TABLES : 1 + rnd_below(&seed, 8);
		operate(&m, &r[kind], kind, rnd_below(&seed, OPERATIONS));
		w.limit = TABLES;
		check(&m, levels == 4);
	}
	stop();
}

static void test_random(void **state)
{
	(void)state;
	for (const uint32_t *levels = raw_levels; *levels > 3; levels++)	/* AT needs four */
		for (const uint32_t *flags = raw_flags; *flags != ~0u; flags++)
			for (uint64_t seed = 1; seed < 30; seed++)
				random_world(seed * 77777, *levels, *flags,
					     seed % 2 ? 0 : AT + 2 * MIB);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sequence), cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
