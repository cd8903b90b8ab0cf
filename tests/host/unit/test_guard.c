/* SPDX-License-Identifier: MIT */
/* test_guard.c - all CPUs are guarded, each with keys of its own, or none is. */
#include "tests/host/unit/unit.h"
#define __stack_chk_guard	chosen
#define __stack_chk_fail	smashed
#include "kernel/cpu/guard.c"
#include "tests/host/arch/cpu.h"

UNCALLED(void, panic, const char *, ...)

static uint64_t keys[8][2];
static uint32_t guarded;

void arch_guard(const uint64_t key[2])
{
	memcpy(keys[guarded++], key, sizeof(keys[0]));
}

static void test_none(void **unused)
{
	(void)unused;
	guard_cpu_start();
	assert_int_equal(guarded, 0);
}

static void test_all(void **unused)
{
	const struct boot_info bi = { .seed_len = sizeof(bi.seed) };

	(void)unused;
	guard_start(&bi);
	assert_int_not_equal(chosen, GUARD_FIRST);
	assert_int_equal(chosen & 0xff, 0);
	guard_cpu_start();
	guard_cpu_start();
	assert_int_equal(guarded, 3);
	for (uint32_t i = 0; i < 6; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_int_not_equal(keys[i / 2][i % 2], keys[k / 2][k % 2]);
}

/* The outputs of SplitMix64 (java.util.SplittableRandom) that begins with 0. */
static void test_numbers(void **unused)
{
	static const uint64_t first[] = {
		0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec,
		0x1b39896a51a8749b,
	};
	const struct boot_info bi = { .seed_len = 0 };

	(void)unused;
	guarded = 0;
	fake_cpu.counter = UINT64_MAX;			/* before the one that is read */
	guard_start(&bi);
	guard_cpu_start();
	assert_int_equal(chosen, first[0] & ~0xffull);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(keys[i / 2][i % 2], first[1 + i]);
}

/* Each word of the seed counts, and its place. */
static void test_seed(void **unused)
{
	static const uint8_t words[][2] = { { 0, 0 }, { 1, 1 }, { 1, 2 }, { 2, 1 } };
	uint64_t seen[ARRAY_SIZE(words)];

	(void)unused;
	for (uint32_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct boot_info bi = { .seed_len = 16 };

		bi.seed[0] = words[i][0];
		bi.seed[8] = words[i][1];
		fake_cpu.counter = guarded = 0;
		guard_start(&bi);
		seen[i] = chosen;
		for (uint32_t k = 0; k < i; k++)
			assert_int_not_equal(seen[i], seen[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
