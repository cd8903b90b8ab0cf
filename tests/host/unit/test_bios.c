/* SPDX-License-Identifier: MIT */
/* test_bios.c - the search for tables that a BIOS leaves. */
#include "tests/host/unit/unit.h"
#include "stub/raw/pc.h"

/* A table with this signature at `at`, with a checksum of 0. */
static void table_put(uint8_t *at, const char *signature, uint32_t length)
{
	uint8_t sum = 0;

	memset(at, 7, length);
	memcpy(at, signature, strlen(signature));
	for (uint32_t i = 0; i < length - 1; i++)
		sum = (uint8_t)(sum + at[i]);
	at[length - 1] = (uint8_t)-sum;
}

static void test_search(void **state)
{
	uint8_t *rom = exact(0x1000);
	const uint64_t base = (uint64_t)rom;

	(void)state;
	memset(rom, 0, 0x1000);
	assert_true(bios_search(base, 0x1000, "RSD PTR ", 20) == 0);
	table_put(rom + 0x108, "RSD PTR ", 20);		/* not at a multiple of 16 */
	assert_true(bios_search(base, 0x1000, "RSD PTR ", 20) == 0);
	table_put(rom + 0x200, "RSD PTR ", 20);
	rom[0x20f]++;
	assert_true(bios_search(base, 0x1000, "RSD PTR ", 20) == 0);
	memcpy(rom + 0xff0, "RSD PTR ", 8);		/* it is cut off by the end */
	assert_true(bios_search(base, 0x1000, "RSD PTR ", 20) == 0);
	table_put(rom + 0xfe0, "RSD PTR ", 20);
	assert_true(bios_search(base, 0x1000, "RSD PTR ", 20) == base + 0xfe0);
	assert_true(bios_search(base, 0xff3, "RSD PTR ", 20) == 0);
	table_put(rom, "RSD PTR ", 20);
	assert_true(bios_search(base, 0x1000, "RSD PTR ", 20) == base);
	assert_true(bios_search(base, 19, "RSD PTR ", 20) == 0);
	for (uint32_t at = 0; at < 0x200; at += 16) {	/* anywhere, before any end */
		memset(rom, 0, 0x1000);
		table_put(rom + at, "RSD PTR ", 20);
		assert_true(bios_search(base, at + 19, "RSD PTR ", 20) == 0);
		for (uint32_t size = at + 20; size <= 0x1000; size += 16)
			assert_true(bios_search(base, size, "RSD PTR ", 20) == base + at);
	}
	free(rom);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
