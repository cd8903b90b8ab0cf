/* SPDX-License-Identifier: MIT */
/*
 * test_memmap_small.c - memmap_normalise for every map of up to three ranges over six pages, which
 * may overlap, in any order: of two ranges with all types; of three with four types, as only the
 * order of their ranks matters.
 */
#include "tests/host/unit/unit.h"
#include "stub/memmap.h"

#define PAGES_HERE	6
#define RANGES		3

static uint64_t worlds;

/* Compare the type of each page, 0 for none, as the ranges give it and as the result does. */
static void compare(const struct boot_mem *in, uint32_t n)
{
	uint32_t want[PAGES_HERE] = { 0 }, got[PAGES_HERE] = { 0 }, count;
	struct boot_mem copy[RANGES], out[2 * RANGES];
	uint64_t keys[2 * RANGES];

	memcpy(copy, in, sizeof(copy));
	assert_int_equal(memmap_normalise(copy, n, keys, out, ARRAY_SIZE(out), &count), OK);
	for (uint32_t i = 0; i < n; i++)
		for (uint64_t at = in[i].base; at < in[i].base + in[i].size; at += PAGE_SIZE) {
			uint32_t *page = &want[at / PAGE_SIZE];

			if (!*page || memmap_rank[in[i].type] > memmap_rank[*page])
				*page = in[i].type;
		}
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t end = out[i].base + out[i].size;

		/* in order, apart, and no two that could be one */
		assert_true(out[i].size && end <= PAGES_HERE * PAGE_SIZE);
		assert_true(!i || out[i].base > out[i - 1].base + out[i - 1].size ||
			    (out[i].base == out[i - 1].base + out[i - 1].size &&
			     out[i].type != out[i - 1].type));
		assert_int_equal(out[i].cache, 8);
		for (uint64_t at = out[i].base; at < end; at += PAGE_SIZE)
			got[at / PAGE_SIZE] = out[i].type;
	}
	assert_memory_equal(got, want, sizeof(got));
	worlds++;
}

static void ranges(struct boot_mem *map, uint32_t n, uint32_t most, const uint32_t *types)
{
	compare(map, n);
	if (n == most)
		return;
	for (uint64_t first = 0; first < PAGES_HERE; first++)
		for (uint64_t size = 1; size <= PAGES_HERE - first; size++)
			for (const uint32_t *type = types; *type; type++) {
				map[n] = (struct boot_mem){ first * PAGE_SIZE, size * PAGE_SIZE,
							    *type, 8 };
				ranges(map, n + 1, most, types);
			}
}

static void test_every_map(void **state)
{
	static const uint32_t four[] = {
		BOOT_MEM_FREE, BOOT_MEM_RECLAIM, BOOT_MEM_ACPI, BOOT_MEM_RESERVED, 0,
	};
	uint32_t all[BOOT_MEM_TYPES];
	struct boot_mem map[RANGES];

	(void)state;
	for (uint32_t type = 1; type <= BOOT_MEM_TYPES; type++)
		all[type - 1] = type % BOOT_MEM_TYPES;
	ranges(map, 0, 2, all);
	ranges(map, 0, 3, four);
	print_message("%lu maps\n", worlds);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_map) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
