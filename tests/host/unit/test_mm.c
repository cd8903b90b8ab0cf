/* SPDX-License-Identifier: MIT */
/*
 * test_mm.c - which memory of a map is given out: every map of up to three ranges over six pages,
 * of all types, with all of it mapped or not.
 */
#include "tests/host/unit/page_world.h"
#include "kernel/mm/mm.c"

#define PAGES_HERE	6
#define ROOM		(8 * GIB)	/* a range that is always there */
#define ROOM_SIZE	(32 * PAGE_SIZE)

static uint64_t base;			/* of the six pages */
static uint32_t mapped_pages;		/* by page */
static uint32_t given_pages;		/* pages that may be mapped */
static bool all_mapped;			/* said by the stub: no need to look */
static uint64_t random_left = 1;
static uint64_t beyond;			/* a page that no CPU reaches, though it is mapped */
static bool no_tables;			/* nothing can be mapped */

static uint32_t starts;			/* a digit each, in order */

void space_start(struct boot_info *bi)
{
	assert_non_null(bi);
	starts = 1;
}

/*
 * The six pages are mapped one by one; two adjacent ones that are not are one hole. All else is
 * mapped, in one piece.
 */
bool space_find(uint64_t va, struct arch_leaf *out)
{
	const uint64_t page = (va - (uint64_t)space - base) / PAGE_SIZE;

	assert_false(all_mapped);
	if (va - (uint64_t)space - base < PAGES_HERE * PAGE_SIZE) {
		const bool hole = !(mapped_pages >> (page & ~1ull) & 3);

		*out = (struct arch_leaf){
			.va = (uint64_t)space + base + (hole ? page & ~1ull : page) * PAGE_SIZE,
			.size = PAGE_SIZE << hole,
		};
		return mapped_pages >> page & 1;
	}
	*out = (struct arch_leaf){ .va = va, .size = GIB };
	return true;
}

status_t space_map(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm)
{
	assert_true(perm == ARCH_RW && va == pa + (uint64_t)space && pa >= base &&
		    pa + size <= base + PAGES_HERE * PAGE_SIZE);
	if (no_tables)
		return ERR_NO_MEMORY;
	for (uint64_t at = pa; at < pa + size; at += PAGE_SIZE) {
		assert_true(given_pages >> (at - base) / PAGE_SIZE & 1);
		assert_false(mapped_pages >> (at - base) / PAGE_SIZE & 1);
		mapped_pages |= 1u << (at - base) / PAGE_SIZE;
	}
	return OK;
}

/* All but one page is within reach. */
bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	assert_true(fn == map_look && out);
	return (uint64_t)arg - (uint64_t)space != beyond;
}

void area_start(const struct boot_info *bi)
{
	assert_non_null(bi);
	starts = 10 * starts + 2;
}

void heap_start(uint64_t secret, uint64_t offset)
{
	assert_true(secret == 1 && offset == (uint64_t)space);
	starts = 10 * starts + 3;
}

void *heap_alloc_zeroed(uint64_t size)
{
	static struct page_cache own;

	assert_int_equal(size, sizeof(own));
	starts = 10 * starts + 4;
	return starts == 1234 ? memset(&own, 0, sizeof(own)) : NULL;
}

/* Leave out up to three ranges of the six pages; returns a bit for each page left out. */
static uint32_t leave(void)
{
	static struct boot_range r[3];
	const uint32_t pages = rnd_below(&random_left, 4) ? 0 :
						rnd_below(&random_left, 1u << PAGES_HERE);
	uint32_t n = 0;

	for (uint32_t i = 0; i < PAGES_HERE; i++) {
		if (!(pages >> i & 1))
			continue;
		if (i && pages >> (i - 1) & 1)
			r[n - 1].size += PAGE_SIZE;
		else
			r[n++] = (struct boot_range){ base + i * PAGE_SIZE, PAGE_SIZE };
	}
	mm_leave(r, n);
	return pages;
}

/* page_alloc() gives, page by page, exactly what is free and within reach. */
static void one_map(struct boot_mem *map, uint32_t n, uint32_t flags)
{
	struct boot_info bi = { .direct_map = (uint64_t)space, .flags = flags };
	uint32_t want = 0, seen = 0;

	map[n++] = (struct boot_mem){ ROOM, ROOM_SIZE, BOOT_MEM_FREE, 0 };
	bi.memmap = (struct boot_range){ (uint64_t)map - (uint64_t)space, n * sizeof(*map) };
	for (uint32_t i = 0; i + 1 < n; i++)
		for (uint64_t at = map[i].base; at < map[i].base + map[i].size; at += PAGE_SIZE)
			if (map[i].type == BOOT_MEM_FREE && at >= MM_LOW_END && at < ARCH_REACH)
				want |= 1u << (at - base) / PAGE_SIZE;
	want &= ~leave();
	given_pages = want;
	all_mapped = !(flags & BOOT_RAM_UNMAPPED);
	memset(&tree, 0, sizeof(tree));
	memset(&pages, 0, sizeof(pages));
	cpu_this()->pages = NULL;
	assert_int_equal(mm_start(&bi, 1), OK);
	assert_true(starts == 1234 && cpu_this()->pages);
	assert_true(tree.seed_end == ROOM + ROOM_SIZE);		/* no page that is given out */
	cpu_this()->pages = NULL;
	assert_int_equal(tree.total + tree.lost, (ROOM_SIZE - PAGE_SEED) / PAGE_SIZE +
			 (uint64_t)__builtin_popcount(want));
	assert_int_not_equal(page_claim(ROOM + ROOM_SIZE, 0), OK);
	for (uint32_t i = 0; i < PAGES_HERE; i++)
		if (page_claim(base + i * PAGE_SIZE, 0) == OK)
			seen |= 1u << i;
	assert_int_equal(seen & ~want, 0);
	assert_true((uint64_t)__builtin_popcount(want & ~seen) <= tree.own);
	assert_int_equal(seen & ~mapped_pages, 0);
}

/* Ranges as a map has them: in order and disjoint. */
static uint64_t ranges(struct boot_mem *map, uint32_t n, uint32_t from)
{
	uint64_t worlds = 1;

	for (uint32_t unmapped = 0; unmapped < 2; unmapped++) {
		struct boot_mem copy[4];

		memcpy(copy, map, sizeof(*map) * 3);
		mapped_pages = unmapped ? 0x05 : 0x3f;
		memcpy(space + 4 * MIB, copy, sizeof(copy));
		one_map((struct boot_mem *)(space + 4 * MIB), n, unmapped ? BOOT_RAM_UNMAPPED : 0);
	}
	if (n == 3)
		return worlds;
	for (uint32_t first = from; first < PAGES_HERE; first++)
		for (uint32_t size = 1; size <= PAGES_HERE - first; size++)
			for (uint32_t type = BOOT_MEM_FREE; type < BOOT_MEM_TYPES; type++) {
				map[n] = (struct boot_mem){ base + first * PAGE_SIZE,
							    size * PAGE_SIZE, type, 0 };
				worlds += ranges(map, n + 1, first + size);
			}
	return worlds;
}

static void test_every_map(void **state)
{
	const uint64_t at[] = { MM_LOW_END - 3 * PAGE_SIZE, 4 * GIB - 2 * PAGE_SIZE };
	struct boot_mem map[4] = { 0 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(at); i++) {
		base = at[i];
		print_message("%lu maps\n", ranges(map, 0, 0));
	}
}

/* Ranges at the end of what can be reached, and beyond. */
static void test_reach(void **state)
{
	struct boot_mem m = { ARCH_REACH - PAGE_SIZE, 4 * PAGE_SIZE, BOOT_MEM_FREE, 0 };
	struct boot_range r = range_usable(&m);

	(void)state;
	assert_true(r.base == m.base && r.size == PAGE_SIZE);
	m.base = ARCH_REACH;
	assert_int_equal(range_usable(&m).size, 0);
	m.base = UINT64_MAX - 4 * PAGE_SIZE + 1;
	assert_int_equal(range_usable(&m).size, 0);
	m = (struct boot_mem){ 0, MM_LOW_END, BOOT_MEM_FREE, 0 };
	assert_int_equal(range_usable(&m).size, 0);
}

static void test_too_small(void **state)
{
	struct boot_mem *map = (struct boot_mem *)(space + 4 * MIB);
	struct boot_info bi = {
		.direct_map = (uint64_t)space, .memmap = { 4 * MIB, sizeof(*map) },
	};

	(void)state;
	*map = (struct boot_mem){ 2 * MIB, PAGE_SEED, BOOT_MEM_FREE, 0 };
	assert_int_equal(mm_start(&bi, 1), ERR_NO_MEMORY);
	map->type = BOOT_MEM_ACPI;
	map->size = GIB;
	assert_int_equal(mm_start(&bi, 1), ERR_NO_MEMORY);
}

/* seed_choose() takes a range that is mapped as a whole, or else the mapped beginning of one. */
static void test_seed(void **state)
{
	struct boot_info bi = { .direct_map = (uint64_t)space, .flags = BOOT_RAM_UNMAPPED };
	const struct boot_mem map[] = {
		{ 4 * GIB, 2 * ROOM_SIZE, BOOT_MEM_FREE, 0 }, { ROOM, ROOM_SIZE, BOOT_MEM_FREE, 0 },
	};

	(void)state;
	base = 4 * GIB;
	all_mapped = false;
	mapped_pages = 0x3;
	mm_leave(NULL, 0);
	assert_true(seed_choose(&bi, map, ARRAY_SIZE(map)).base == ROOM);
	assert_true(seed_choose(&bi, map, 1).size == 2 * PAGE_SIZE);
	mapped_pages = 0x3f;
	assert_true(seed_choose(&bi, map, ARRAY_SIZE(map)).base == base);
	beyond = base + 2 * ROOM_SIZE - PAGE_SIZE;
	assert_true(seed_choose(&bi, map, ARRAY_SIZE(map)).base == ROOM);
	beyond = 0;
}

/* A range whose end is out of reach, or that cannot be mapped, is left out; the rest is there. */
static void test_left_out(void **state)
{
	const struct boot_mem ranges[] = {
		{ 4 * GIB, 6 * PAGE_SIZE, BOOT_MEM_FREE, 0 }, { ROOM, ROOM_SIZE, BOOT_MEM_FREE, 0 },
	};
	struct boot_info bi = {
		.direct_map = (uint64_t)space, .memmap = { 4 * MIB, sizeof(ranges) },
	};

	(void)state;
	memcpy(space + 4 * MIB, ranges, sizeof(ranges));
	base = 4 * GIB;
	for (uint32_t i = 0; i < 8; i++) {
		bi.flags = i & 1 ? BOOT_RAM_UNMAPPED : 0;
		all_mapped = !bi.flags;
		mapped_pages = i & 1 ? 0 : 0x3f;
		given_pages = 0x3f;
		beyond = i & 2 ? base + 5 * PAGE_SIZE : 0;
		no_tables = i & 4;
		memset(&tree, 0, sizeof(tree));
		memset(&pages, 0, sizeof(pages));
		cpu_this()->pages = NULL;
		assert_int_equal(mm_start(&bi, 1), OK);
		assert_int_equal(tree.total, (ROOM_SIZE - PAGE_SEED) / PAGE_SIZE +
				 (beyond || (no_tables && bi.flags) ? 0 : 6));
		cpu_this()->pages = NULL;
	}
	beyond = no_tables = 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_map), cmocka_unit_test(test_reach),
		cmocka_unit_test(test_too_small), cmocka_unit_test(test_seed),
		cmocka_unit_test(test_left_out),
	};

	return space_reserve() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
