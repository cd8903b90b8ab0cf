/* SPDX-License-Identifier: MIT */
/*
 * test_memmap.c - memmap_normalise against a model that looks at every page by itself.
 */
#include "tests/host/unit/unit.h"
#include "stub/memmap.h"

#define TOP		(1ull << 60)
#define MODEL_PAGES	256
#define CASE_MAX	8

static const uint32_t caches[] = { 0x0, 0x8, 0xf, 0x7 };

/* Run on exact buffers, with exactly `cap` entries of room. Frees nothing it returns. */
static status_t normalise(const struct boot_mem *in, uint32_t n, uint32_t cap,
			  struct boot_mem **out, uint32_t *count)
{
	struct boot_mem *copy = exact(n * sizeof(*in));
	uint64_t *keys = exact(2 * n * sizeof(*keys));
	status_t status;

	memcpy(copy, in, n * sizeof(*in));
	*out = exact(cap * sizeof(**out));
	*count = ~0u;
	status = memmap_normalise(copy, n, keys, *out, cap, count);
	free(copy);
	free(keys);
	return status;
}

static void assert_map(const struct boot_mem *got, uint32_t n, const struct boot_mem *want,
		       uint32_t want_n, const char *what)
{
	for (uint32_t i = 0; i < MIN(n, want_n); i++)
		if (memcmp(&got[i], &want[i], sizeof(*got)))
			fail_msg("%s: piece %u is %llx+%llx type %u cache %x, not %llx+%llx %u %x",
				 what, i, (unsigned long long)got[i].base,
				 (unsigned long long)got[i].size, got[i].type, got[i].cache,
				 (unsigned long long)want[i].base,
				 (unsigned long long)want[i].size, want[i].type, want[i].cache);
	if (n != want_n)
		fail_msg("%s: %u pieces, not %u", what, n, want_n);
}

/* ---- a table of single cases ---- */

#define F BOOT_MEM_FREE
#define R BOOT_MEM_RESERVED
#define A BOOT_MEM_ACPI

static const struct {
	const char *what;
	struct boot_mem in[CASE_MAX], out[CASE_MAX];	/* end with type 0 */
} cases[] = {
	{ "one", { { 0x1000, 0x2000, F, 8 } }, { { 0x1000, 0x2000, F, 8 } } },
	{ "free is rounded inwards", { { 0x1001, 0x2fff, F, 8 } }, { { 0x2000, 0x2000, F, 8 } } },
	{ "free may round to nothing", { { 0x1001, 0x1ffe, F, 8 } }, { { 0 } } },
	{ "other is rounded outwards", { { 0x1fff, 2, R, 0 } }, { { 0x1000, 0x2000, R, 0 } } },
	{ "empty goes", { { 0x1800, 0, R, 0 }, { 0x5000, 0, F, 0 } }, { { 0 } } },
	{ "type 77 is reserved", { { 0, 0x1000, 77, 0 } }, { { 0, 0x1000, R, 0 } } },
	{ "type 12 is reserved", { { 0, 0x1000, 12, 0 } }, { { 0, 0x1000, R, 0 } } },
	{ "the last type stays", { { 0x1001, 1, BOOT_MEM_TYPES - 1, 0 } },
	  { { 0x1000, 0x1000, BOOT_MEM_TYPES - 1, 0 } } },
	{ "neighbours merge", { { 0, 0x1000, F, 8 }, { 0x1000, 0x1000, F, 8 } },
	  { { 0, 0x2000, F, 8 } } },
	{ "not with another cache", { { 0, 0x1000, F, 8 }, { 0x1000, 0x1000, F, 15 } },
	  { { 0, 0x1000, F, 8 }, { 0x1000, 0x1000, F, 15 } } },
	{ "not over a gap", { { 0, 0x1000, F, 8 }, { 0x2000, 0x1000, F, 8 } },
	  { { 0, 0x1000, F, 8 }, { 0x2000, 0x1000, F, 8 } } },
	{ "a hole is punched", { { 0, 0x5000, F, 8 }, { 0x2000, 0x1000, R, 0 } },
	  { { 0, 0x2000, F, 8 }, { 0x2000, 0x1000, R, 0 }, { 0x3000, 0x2000, F, 8 } } },
	{ "also when it comes first", { { 0x2000, 0x1000, R, 0 }, { 0, 0x5000, F, 8 } },
	  { { 0, 0x2000, F, 8 }, { 0x2000, 0x1000, R, 0 }, { 0x3000, 0x2000, F, 8 } } },
	{ "three deep", { { 0, 0x9000, F, 8 }, { 0x1000, 0x7000, A, 8 }, { 0x2000, 0x1000, R, 0 } },
	  { { 0, 0x1000, F, 8 }, { 0x1000, 0x1000, A, 8 }, { 0x2000, 0x1000, R, 0 },
	    { 0x3000, 0x5000, A, 8 }, { 0x8000, 0x1000, F, 8 } } },
	{ "the same twice", { { 0, 0x1000, F, 8 }, { 0, 0x1000, F, 8 } }, { { 0, 0x1000, F, 8 } } },
	{ "caches of one type are anded", { { 0, 0x2000, F, 15 }, { 0x1000, 0x2000, F, 9 } },
	  { { 0, 0x1000, F, 15 }, { 0x1000, 0x2000, F, 9 } } },
	{ "wraps", { { 0x1000, ~0ull, R, 0 } }, { { 0x1000, TOP - 0x1000, R, 0 } } },
	{ "beyond the top", { { TOP, 0x1000, R, 0 }, { ~0xfffull, 0x1000, R, 0 } }, { { 0 } } },
	{ "across the top", { { TOP - 0x1000, 0x9000, F, 8 } },
	  { { TOP - 0x1000, 0x1000, F, 8 } } },
	{ "everything", { { 0, ~0ull, F, 8 } }, { { 0, TOP, F, 8 } } },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		struct boot_mem *out;
		uint32_t n = 0, want = 0, count;

		while (n < CASE_MAX && cases[c].in[n].type)
			n++;
		while (want < CASE_MAX && cases[c].out[want].type)
			want++;
		assert_int_equal(normalise(cases[c].in, n, 2 * n, &out, &count), OK);
		assert_map(out, count, cases[c].out, want, cases[c].what);
		free(out);
	}
}

static void test_nothing(void **state)
{
	struct boot_mem in = { 0x1000, 0x1000, F, 8 }, zero = { 0, 0x1000, 0, 0 }, out;
	uint32_t count = 7;

	(void)state;
	assert_int_equal(memmap_normalise(&in, 0, NULL, &out, 0, &count), OK);
	assert_int_equal(count, 0);
	assert_int_equal(memmap_normalise(&in, 1, NULL, &out, 0, &count), ERR_TOO_SMALL);
	assert_int_equal(memmap_normalise(&in, MEMMAP_MAX + 1, NULL, &out, 1, &count),
			 ERR_TOO_SMALL);
	assert_int_equal(memmap_normalise(&zero, 1, NULL, &out, 1, &count), OK);
	assert_int_equal(out.type, BOOT_MEM_RESERVED);
}

/* ---- the model: MODEL_PAGES pages from `origin`, the last of which stands for all above ---- */

struct model {
	uint64_t origin;
	uint64_t end[BOOT_MEM_TYPES];		/* page where the run of this type ends */
	uint32_t cache[BOOT_MEM_TYPES];
	uint32_t page_type[MODEL_PAGES], page_cache[MODEL_PAGES];
};

static uint64_t model_clip(const struct model *m, uint64_t address)
{
	return address >= TOP ? MODEL_PAGES : (address - m->origin) / PAGE_SIZE;
}

/* Pages [*first, *end) that an entry covers by the rules of memmap.h. */
static uint32_t model_entry(const struct model *m, const struct boot_mem *e, uint64_t *first,
			    uint64_t *end)
{
	uint32_t type = e->type >= 1 && e->type < BOOT_MEM_TYPES ? e->type : BOOT_MEM_RESERVED;
	uint64_t stop = e->size > TOP - e->base ? TOP : e->base + e->size;

	*first = *end = 0;
	if (!e->size || e->base >= TOP)
		return type;
	*first = model_clip(m, e->base + (type == F ? PAGE_SIZE - 1 : 0));
	*end = model_clip(m, stop + (type == F ? 0 : PAGE_SIZE - 1));
	return type;
}

static void model_run(struct model *m, const struct boot_mem *in, uint32_t n)
{
	for (uint64_t page = 0; page < MODEL_PAGES; page++) {
		for (uint32_t i = 0; i < n; i++) {
			uint64_t first, end;
			uint32_t t = model_entry(m, &in[i], &first, &end);

			if (first != page || end <= first)
				continue;
			m->cache[t] = m->end[t] > page ? m->cache[t] & in[i].cache : in[i].cache;
			m->end[t] = MAX(m->end[t], end);
		}
		for (uint32_t t = 1; t < BOOT_MEM_TYPES; t++) {
			if (m->end[t] > page) {
				m->page_type[page] = t;
				m->page_cache[page] = m->cache[t];
			}
		}
	}
}

static uint32_t model_pieces(const struct model *m, struct boot_mem *out)
{
	uint32_t n = 0;

	for (uint64_t page = 0; page < MODEL_PAGES; page++) {
		uint64_t base = m->origin + page * PAGE_SIZE, end = base + PAGE_SIZE;
		struct boot_mem *last = &out[n - (n > 0)];

		if (!m->page_type[page])
			continue;
		if (page == MODEL_PAGES - 1)
			end = TOP;
		if (n && last->type == m->page_type[page] && last->cache == m->page_cache[page] &&
		    last->base + last->size == base)
			last->size = end - last->base;
		else
			out[n++] = (struct boot_mem){ base, end - base, m->page_type[page],
						      m->page_cache[page] };
	}
	return n;
}

static struct boot_mem random_entry(uint64_t *seed, uint64_t origin, uint32_t types)
{
	uint32_t span = (MODEL_PAGES - 2) * PAGE_SIZE;
	uint32_t at = rnd_below(seed, span), size = rnd_below(seed, span / 4);
	struct boot_mem e = { origin + at, size, rnd_below(seed, types), 0 };

	e.cache = caches[rnd_below(seed, ARRAY_SIZE(caches))];
	if (at + size > span)
		e.size = span - at;
	if (rnd_below(seed, 4)) {	/* mostly whole pages, as firmware has them */
		e.base = ALIGN_DOWN(e.base, PAGE_SIZE);
		e.size = ALIGN_DOWN(e.size, PAGE_SIZE);
	}
	switch (rnd_below(seed, 64)) {
	case 0: e.size = ~0ull - rnd_below(seed, 9999); break;
	case 1: e.size = 0; break;
	case 2: e.type = (uint32_t)rnd(seed); break;
	case 3: e.base = TOP + rnd(seed) % (~0ull - TOP); break;
	}
	return e;
}

static int by_base(const void *a, const void *b)
{
	const struct boot_mem *x = a, *y = b;

	return x->base < y->base ? -1 : x->base > y->base;
}

static void test_random(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (uint32_t round = 0; round < 6000; round++) {
		uint64_t high = TOP - MODEL_PAGES * PAGE_SIZE;
		struct model m = { .origin = round % 3 ? 0 : high };
		struct boot_mem in[40], want[MODEL_PAGES], *out, *again;
		uint32_t n = rnd_below(&seed, ARRAY_SIZE(in)) + 1, count, want_n, types;

		types = round % 2 ? BOOT_MEM_TYPES + 2 : 3;
		for (uint32_t i = 0; i < n; i++)
			in[i] = random_entry(&seed, m.origin, types);
		if (round % 5 == 0)
			qsort(in, n, sizeof(in[0]), by_base);
		model_run(&m, in, n);
		want_n = model_pieces(&m, want);
		assert_int_equal(normalise(in, n, 2 * n, &out, &count), OK);
		assert_map(out, count, want, want_n, "random");
		free(out);
		assert_int_equal(normalise(in, n, want_n, &again, &count), OK);
		free(again);
		if (want_n) {
			assert_int_equal(normalise(in, n, want_n - 1, &again, &count),
					 ERR_TOO_SMALL);
			free(again);
		}
	}
}

/* Ranges apart from each other, in order, back, a few between others: room for each number. */
static void test_no_room(void **state)
{
	struct boot_mem in[40], *out;
	uint32_t count;

	(void)state;
	for (uint32_t order = 0; order < 3; order++) {
		for (uint32_t i = 0; i < ARRAY_SIZE(in); i++) {
			const uint64_t few = i < 30 ? 2 * i : 2 * (i - 30) + 1;
			const uint64_t at[] = { i, ARRAY_SIZE(in) - i, few };

			in[i] = (struct boot_mem){ at[order] * 0x3000, 0x1000, F, 8 };
		}
		for (uint32_t cap = 0; cap <= ARRAY_SIZE(in); cap++) {
			assert_int_equal(normalise(in, ARRAY_SIZE(in), cap, &out, &count),
					 cap < ARRAY_SIZE(in) ? ERR_TOO_SMALL : OK);
			free(out);
		}
	}
}

/* ---- many ---- */

#define MANY	10000

static void shuffle(uint64_t *seed, struct boot_mem *m, uint32_t n)
{
	for (uint32_t i = n - 1; i; i--) {
		uint32_t j = rnd_below(seed, i + 1);
		struct boot_mem t = m[i];

		m[i] = m[j];
		m[j] = t;
	}
}

/* Disjoint entries of all sizes up to 60 bits, shuffled, must come out in order and unchanged. */
static void test_many_disjoint(void **state)
{
	struct boot_mem *in = exact(MANY * sizeof(*in)), *want = exact(MANY * sizeof(*in)), *out;
	uint64_t seed = 2, at = 0;
	uint32_t count;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		uint64_t size = PAGE_SIZE * (1 + rnd_below(&seed, 100));

		want[i] = (struct boot_mem){ at, size, 1 + i % 11, i % 16 };
		/* gaps of all magnitudes, so that every digit of the sort is in use */
		at += size + ALIGN_DOWN(rnd(&seed) >> (14 + rnd_below(&seed, 50)), PAGE_SIZE);
		assert_true(at < TOP);
	}
	memcpy(in, want, MANY * sizeof(*in));
	shuffle(&seed, in, MANY);
	assert_int_equal(normalise(in, MANY, 2 * MANY, &out, &count), OK);
	assert_map(out, count, want, MANY, "disjoint");
	free(in);
	free(want);
	free(out);
}

/* Whatever overlaps, the order of firmware's entries must not matter. */
static void test_many_overlapping(void **state)
{
	struct boot_mem *in = exact(MEMMAP_MAX * sizeof(*in)), *first, *out;
	uint64_t seed = 3;
	uint32_t n, count;

	(void)state;
	for (uint32_t i = 0; i < MEMMAP_MAX; i++)
		in[i] = (struct boot_mem){ rnd(&seed) >> 5, rnd(&seed) >> rnd_below(&seed, 50),
					   rnd_below(&seed, 14), rnd_below(&seed, 16) };
	qsort(in, MEMMAP_MAX, sizeof(*in), by_base);
	assert_int_equal(normalise(in, MEMMAP_MAX, 2 * MEMMAP_MAX, &first, &n), OK);
	shuffle(&seed, in, MEMMAP_MAX);
	assert_int_equal(normalise(in, MEMMAP_MAX, 2 * MEMMAP_MAX, &out, &count), OK);
	assert_map(out, count, first, n, "shuffled");
	for (uint32_t i = 1; i < count; i++)
		assert_true(out[i - 1].base + out[i - 1].size <= out[i].base);
	free(in);
	free(first);
	free(out);
}

static void test_sorted_needs_no_keys(void **state)
{
	struct boot_mem in[] = {
		{ 0, 0x1000, F, 8 }, { 0, 0x3000, A, 8 }, { 0x1000, 0x1000, R, 0 },
	};
	struct boot_mem out[6];
	uint32_t count;

	(void)state;
	assert_int_equal(memmap_normalise(in, 3, NULL, out, 6, &count), OK);
	assert_int_equal(count, 3);
}

/* A map in order with a few entries after it, as when the stub adds its own. */
static void test_few_added(void **state)
{
	uint64_t seed = 4;

	(void)state;
	for (uint32_t round = 0; round < 3000; round++) {
		struct model m = { .origin = 0 };
		struct boot_mem in[60], want[MODEL_PAGES], *out;
		uint32_t n = rnd_below(&seed, 40), added = rnd_below(&seed, 20), count;

		for (uint32_t i = 0; i < n + added; i++)
			in[i] = random_entry(&seed, 0, BOOT_MEM_TYPES);
		qsort(in, n, sizeof(in[0]), by_base);
		model_run(&m, in, n + added);
		assert_int_equal(normalise(in, n + added, 2 * (n + added), &out, &count), OK);
		assert_map(out, count, want, model_pieces(&m, want), "added");
		free(out);
	}
}

/* Each type has a rank, and no two have the same; free memory gives way to everything. */
static void test_rank(void **state)
{
	uint32_t seen = 1;

	(void)state;
	assert_int_equal(memmap_types, BOOT_MEM_TYPES);
	for (uint32_t type = 1; type < BOOT_MEM_TYPES; type++) {
		assert_true(memmap_rank[type] < MEMMAP_RANKS && !(seen >> memmap_rank[type] & 1));
		seen |= 1u << memmap_rank[type];
		assert_true(memmap_rank[BOOT_MEM_FREE] <= memmap_rank[type]);
		assert_true(memmap_rank[BOOT_MEM_RESERVED] >= memmap_rank[type]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_room), cmocka_unit_test(test_rank),
		cmocka_unit_test(test_cases), cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_random), cmocka_unit_test(test_many_disjoint),
		cmocka_unit_test(test_many_overlapping),
		cmocka_unit_test(test_few_added),
		cmocka_unit_test(test_sorted_needs_no_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
