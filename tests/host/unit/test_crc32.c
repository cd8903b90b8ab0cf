/* SPDX-License-Identifier: MIT */
/* test_crc32.c - CRC-32, at every alignment, against a model that goes bit by bit. */
#include "tests/host/unit/unit.h"
#include "kernel/crc32.c"

#define SIZE	40

static uint32_t slow(uint32_t crc, const uint8_t *p, uint64_t size)
{
	crc = ~crc;
	for (uint64_t bit = 0; bit < 8 * size; bit++) {
		const uint32_t out = crc ^ p[bit / 8] >> bit % 8;

		crc = crc >> 1 ^ (out & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void test_every_place(void **state)
{
	uint64_t seed = 5;

	(void)state;
	memset(table, 0xa5, sizeof(table));		/* .bss.noinit */
	assert_int_equal(crc32(0, "123456789", 9), 0xcbf43926);
	for (uint32_t i = 0; i < 20; i++) {
		uint8_t *p = exact(SIZE);

		for (uint32_t at = 0; at < SIZE; at++)
			p[at] = (uint8_t)rnd(&seed);
		for (uint32_t at = 0; at <= SIZE; at++)
			for (uint32_t size = 0; size <= SIZE - at; size++) {
				const uint32_t crc = i ? (uint32_t)rnd(&seed) : 0;

				assert_int_equal(crc32(crc, p + at, size), slow(crc, p + at, size));
			}
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_place) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
