/* SPDX-License-Identifier: MIT */
/* test_memmap_rank.c - a type that is appended to boot_info.h wins by its rank, not its number. */
#include "tests/host/unit/unit.h"
#include "stub/memmap.h"

#define APPENDED	BOOT_MEM_TYPES

/* As memmap_rank.c has it, and the new one: only FREE is weaker. */
const uint8_t memmap_rank[] = {
	[BOOT_MEM_FREE] = 1, [APPENDED] = 2, [BOOT_MEM_RECLAIM] = 3, [BOOT_MEM_ACPI] = 4,
	[BOOT_MEM_IMAGE] = 5, [BOOT_MEM_HANDOFF] = 6, [BOOT_MEM_MODULE] = 7,
	[BOOT_MEM_RUNTIME_CODE] = 8, [BOOT_MEM_RUNTIME_DATA] = 9, [BOOT_MEM_NVS] = 10,
	[BOOT_MEM_MMIO] = 11, [BOOT_MEM_RESERVED] = 12,
};
const uint32_t memmap_types = ARRAY_SIZE(memmap_rank);

/* The type of the middle one of three pages that are all `a`, and the middle one also `b`. */
static uint32_t middle(uint32_t a, uint32_t b)
{
	struct boot_mem in[] = { { 0x1000, 0x3000, a, 0 }, { 0x2000, 0x1000, b, 0 } }, out[4];
	uint64_t keys[4];
	uint32_t count;

	assert_int_equal(memmap_normalise(in, 2, keys, out, ARRAY_SIZE(out), &count), OK);
	for (uint32_t i = 0; i < count; i++)
		if (0x2000 - out[i].base < out[i].size)
			return out[i].type;
	return 0;
}

static void test_appended(void **state)
{
	struct boot_mem part = { 0x1800, 1, APPENDED, 0 }, out;
	uint64_t keys[2];
	uint32_t count;

	(void)state;
	assert_int_equal(middle(APPENDED, APPENDED), APPENDED);
	assert_int_equal(middle(APPENDED, BOOT_MEM_FREE), APPENDED);
	assert_int_equal(middle(BOOT_MEM_FREE, APPENDED), APPENDED);
	for (uint32_t type = BOOT_MEM_RECLAIM; type <= BOOT_MEM_RESERVED; type++) {
		assert_int_equal(middle(APPENDED, type), type);
		assert_int_equal(middle(type, APPENDED), type);
	}
	assert_int_equal(middle(APPENDED + 1, APPENDED), BOOT_MEM_RESERVED);	/* unknown */
	/* not of whole pages either */
	assert_int_equal(memmap_normalise(&part, 1, keys, &out, 1, &count), OK);
	assert_true(out.type == APPENDED && out.base == 0x1000 && out.size == PAGE_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_appended) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
