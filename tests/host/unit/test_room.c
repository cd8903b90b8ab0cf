/* SPDX-License-Identifier: MIT */
/* test_room.c - more ranges than fit: none in use is lost. */
#include "tests/host/unit/fake_raw.h"

static struct raw raw;

bool raw_reach(struct raw *r, uint64_t base, uint64_t size)
{
	(void)r, (void)base, (void)size;
	fail();
	return false;
}

static const struct boot_mem *entry_at(uint64_t at)
{
	for (uint32_t i = 0; i < raw.n; i++)
		if (at - raw.map[i].base < raw.map[i].size)
			return &raw.map[i];
	return NULL;
}

static void test_add(void **state)
{
	(void)state;
	raw_begin(&raw);
	raw_add(&raw, 5, 0, BOOT_MEM_FREE);
	assert_int_equal(raw.n, 1);
	for (uint32_t i = 1; i < RAW_RANGES + 3; i++)
		raw_add(&raw, 2 * i, 1, BOOT_MEM_FREE);
	assert_int_equal(raw.n, RAW_RANGES);
	assert_true(raw.map[RAW_RANGES - 1].base == 2 * (RAW_RANGES - 1));
	raw.map[9].type = BOOT_MEM_FREE;
	raw.map[9].size = 0;
	raw_add(&raw, 7000, 1, BOOT_MEM_RESERVED);	/* the smallest free range is dropped */
	assert_true(raw.n == RAW_RANGES && entry_at(7000)->type == BOOT_MEM_RESERVED);
	assert_true(raw.lost == 3 && !entry_at(18));
	raw_add(&raw, 0, 0, BOOT_MEM_RESERVED);
}

static void free_all(uint32_t type)
{
	raw_begin(&raw);
	raw.n = RAW_RANGES;
	for (uint32_t i = 1; i < RAW_RANGES; i++)
		raw.map[i] = (struct boot_mem){ i * GIB, 8 * PAGE_SIZE, type, 0 };
}

/* No room and nothing free: two reservations are merged if nothing is in use between them. */
static void test_room(void **state)
{
	(void)state;
	free_all(BOOT_MEM_RESERVED);
	raw_add(&raw, 5 * GIB + 0x10000, PAGE_SIZE, BOOT_MEM_RESERVED);
	assert_true(raw.map[5].base == 5 * GIB && raw.map[5].size == 0x11000);
	raw_add(&raw, 7 * GIB - 0x3000, PAGE_SIZE, BOOT_MEM_RESERVED);
	assert_true(raw.map[7].base == 7 * GIB - 0x3000 && raw.map[7].size == 0xb000);
	raw_add(&raw, 8 * GIB + 1, 5, BOOT_MEM_RESERVED);
	assert_true(raw.map[8].base == 8 * GIB && raw.map[8].size == 8 * PAGE_SIZE);
	raw.map[9] = (struct boot_mem){ 10 * GIB + 0x20000, 1, BOOT_MEM_ACPI, 0 };
	raw_add(&raw, 10 * GIB + 0x30000, PAGE_SIZE, BOOT_MEM_RESERVED);
	assert_true(raw.map[10].size == 8 * PAGE_SIZE);		/* not across the table */
	assert_true(raw.map[11].base == 10 * GIB + 0x30000);
	raw.map[12].type = BOOT_MEM_FREE;
	raw_add(&raw, 13 * GIB - PAGE_SIZE, PAGE_SIZE, BOOT_MEM_RESERVED);
	assert_int_equal(raw.map[12].type, BOOT_MEM_FREE);	/* nothing was lost by that one */
	raw_add(&raw, GIB / 2, PAGE_SIZE, BOOT_MEM_NVS);
	assert_true(entry_at(GIB / 2)->type == BOOT_MEM_NVS && !entry_at(12 * GIB));
	assert_panics(raw_add(&raw, 0, 1, BOOT_MEM_NVS), "more than 512 ranges in use");
	free_all(BOOT_MEM_RESERVED);
	raw.map[9].cache = 9;
	raw_keep(&raw, &(struct boot_mem){ 9 * GIB + 9 * PAGE_SIZE, PAGE_SIZE, BOOT_MEM_RESERVED,
					   10 });
	assert_true(raw.map[9].size == 10 * PAGE_SIZE);
	assert_int_equal(raw.map[9].cache, 8);			/* what both can be */
	free_all(BOOT_MEM_RESERVED);
	raw.map[1] = (struct boot_mem){ 0x1000, 0x10000, BOOT_MEM_RESERVED, 0 };
	raw_add(&raw, 0x11000, 0x1000, BOOT_MEM_RESERVED);
	assert_true(entry_at(0x1000)->base == 0x1000 && entry_at(0x1000)->size == 0x11000);
	assert_true(entry_at(0x1000) == entry_at(0x11fff) && raw.n == RAW_RANGES);
	raw_add(&raw, 0x5000, 0x1000, BOOT_MEM_RESERVED);	/* in the middle of it */
	assert_true(entry_at(0x1000) == entry_at(0x11fff) && !entry_at(0x12000));
	free_all(BOOT_MEM_RESERVED);				/* up to what is in use */
	raw.map[21] = (struct boot_mem){ 20 * GIB + 0x11000, 1, BOOT_MEM_ACPI, 0 };
	raw.map[22] = (struct boot_mem){ 20 * GIB - 1, 1, BOOT_MEM_ACPI, 0 };
	raw_add(&raw, 20 * GIB + 0x10000, PAGE_SIZE, BOOT_MEM_RESERVED);
	assert_true(raw.map[20].base == 20 * GIB && raw.map[20].size == 0x11000);
	free_all(BOOT_MEM_NVS);
	assert_panics(raw_add(&raw, 0, 1, BOOT_MEM_RESERVED), "more than 512 ranges in use");
}

/* adjacent ranges of one type become one, in nearly any order, and nothing is lost. */
static void test_alike(void **state)
{
	uint64_t seed = 94;

	(void)state;
	for (uint32_t round = 0; round < 20; round++) {
		static uint16_t order[8192];

		raw_begin(&raw);
		for (uint32_t i = 0; i < ARRAY_SIZE(order); i++) {
			const uint32_t k = i - rnd_below(&seed, i % 256 + 1);

			order[i] = order[k];
			order[k] = (uint16_t)i;
		}
		for (uint32_t i = 0; i < ARRAY_SIZE(order) && round < 10; i++)	/* two runs */
			raw_add(&raw, GIB + i * PAGE_SIZE + (i % 2) * GIB, PAGE_SIZE * 2,
				i % 2 ? BOOT_MEM_NVS : BOOT_MEM_FREE);
		for (uint32_t i = 0; i < ARRAY_SIZE(order) && round >= 10; i++)
			raw_add(&raw, GIB + order[i] * PAGE_SIZE, PAGE_SIZE,
				order[i] % 100 ? BOOT_MEM_RECLAIM : BOOT_MEM_FREE);
		assert_true(raw.n <= RAW_RANGES);
		for (uint32_t i = 0; i < ARRAY_SIZE(order); i++)
			assert_true(raw.lost || entry_at(GIB + i * PAGE_SIZE));
		assert_true(raw.lost < 41 * PAGE_SIZE);
	}
}

/* Free memory is dropped, the smallest range first; next to RECLAIM it becomes RECLAIM. */
static void test_free_pays(void **state)
{
	(void)state;
	raw_begin(&raw);
	for (uint64_t i = 1; i < 2 * RAW_RANGES; i++)	/* a loader's, and free, turn by turn */
		raw_add(&raw, GIB + i * MIB, MIB, i % 2 ? BOOT_MEM_FREE : BOOT_MEM_RECLAIM);
	raw_add(&raw, 100 * GIB, GIB, BOOT_MEM_FREE);
	assert_int_equal(entry_at(100 * GIB)->type, BOOT_MEM_FREE);
	for (uint64_t i = 1; i < 2 * RAW_RANGES; i++)
		assert_true(entry_at(GIB + i * MIB));
	assert_true(raw.lost == 0);
	assert_string_equal(raw_lost(&raw), "");
	raw_begin(&raw);
	for (uint64_t i = 1; i < 2 * RAW_RANGES; i++)
		raw_add(&raw, i * GIB, i * MIB, BOOT_MEM_FREE);
	assert_int_equal(raw.n, RAW_RANGES);
	for (uint64_t i = 1; i < 2 * RAW_RANGES; i++)
		assert_true(!entry_at(i * GIB) == (i <= RAW_RANGES));
	assert_true(raw.lost == RAW_RANGES * (RAW_RANGES + 1) / 2 * MIB);
	assert_non_null(strstr(raw_lost(&raw), "too many ranges"));
	for (uint32_t i = 0; i < 2; i++) {			/* the last entry pays */
		const uint64_t at = 600 * GIB;

		free_all(BOOT_MEM_NVS);
		raw.map[i] = (struct boot_mem){ at + PAGE_SIZE, PAGE_SIZE, BOOT_MEM_RECLAIM, 0 };
		raw.map[RAW_RANGES - 1] = (struct boot_mem){ at, PAGE_SIZE, BOOT_MEM_FREE, 0 };
		raw_add(&raw, 700 * GIB, GIB, BOOT_MEM_NVS);
		assert_true(raw.n == RAW_RANGES && raw.lost == 0);
		assert_true(entry_at(at)->type == BOOT_MEM_RECLAIM);
		assert_true(entry_at(at)->size == 2 * PAGE_SIZE && entry_at(700 * GIB));
	}
}

static void many(void)
{
	for (uint64_t i = 1; i < 2 * RAW_BEYOND; i++)
		raw_add(&raw, i * GIB, GIB / 2, BOOT_MEM_FREE);
}

/* The old map is handed out, and a new one begins. */
static void test_again(void **state)
{
	struct boot_mem old[RAW_RANGES];

	(void)state;
	raw_begin(&raw);
	for (uint64_t i = 1; i < 2 * RAW_RANGES; i++)
		raw_add(&raw, i * GIB, GIB / 2, BOOT_MEM_FREE);
	assert_int_equal(raw_empty(&raw, old), RAW_RANGES);
	assert_true(old[9].size == GIB / 2 && raw.n == 0 && raw.beyond == 0);
	raw_add(&raw, GIB, GIB, BOOT_MEM_FREE);
	assert_true(raw.n == 1 && raw.map[0].base == GIB);
}

/* The loop ends, whatever the loader says. */
static void test_endless(void **state)
{
	(void)state;
	raw_begin(&raw);
	assert_panics(many(), "more than 65536 ranges");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add), cmocka_unit_test(test_room),
		cmocka_unit_test(test_alike), cmocka_unit_test(test_free_pays),
		cmocka_unit_test(test_again), cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
