/* SPDX-License-Identifier: MIT */
/* test_room.c - more ranges than there is room for: none that is in use is lost. */
#include "tests/host/unit/fake_raw.h"

static struct raw raw;

bool raw_reach(struct raw *r, uint64_t base, uint64_t size)
{
	(void)r, (void)base, (void)size;
	fail();
	return false;
}

void raw_collect(struct stub *s, struct raw *r, uint64_t a, uint64_t b)
{
	(void)s, (void)r, (void)a, (void)b;
	fail();
}

static void test_add(void **state)
{
	(void)state;
	raw_begin(&raw);
	raw_add(&raw, 5, 0, BOOT_MEM_FREE);
	assert_int_equal(raw.n, 1);
	for (uint32_t i = 1; i < RAW_RANGES + 3; i++)
		raw_add(&raw, i, 1, BOOT_MEM_FREE);
	assert_int_equal(raw.n, RAW_RANGES);
	assert_true(raw.map[RAW_RANGES - 1].base == RAW_RANGES - 1);
	raw.map[9].size = 0;
	raw_add(&raw, 700, 1, BOOT_MEM_RESERVED);	/* the smallest free range pays */
	assert_true(raw.n == RAW_RANGES && raw.map[9].type == BOOT_MEM_RESERVED);
	raw_add(&raw, 0, 0, BOOT_MEM_RESERVED);
}

static void free_all(uint32_t type)
{
	raw_begin(&raw);
	raw.n = RAW_RANGES;
	for (uint32_t i = 1; i < RAW_RANGES; i++)
		raw.map[i] = (struct boot_mem){ i * GIB, 8 * PAGE_SIZE, type, 0 };
}

/* No room, nothing free: two reservations become one, if nothing is in use between them. */
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
	assert_true(raw.map[12].type == BOOT_MEM_NVS && raw.map[12].base == GIB / 2);
	assert_panics(raw_add(&raw, 0, 1, BOOT_MEM_NVS), "more than 512 ranges in use");
	free_all(BOOT_MEM_NVS);
	assert_panics(raw_add(&raw, 0, 1, BOOT_MEM_RESERVED), "more than 512 ranges in use");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add), cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
