/* SPDX-License-Identifier: MIT */
/* test_guard.c - all CPUs are guarded, each with keys of its own, or none is. */
#include "tests/host/unit/unit.h"
#define __stack_chk_guard	chosen
#define __stack_chk_fail	smashed
#include "kernel/cpu/guard.c"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
