/* SPDX-License-Identifier: MIT */
/* test_reach.c - which addresses may be followed: by a CPU's pages, and by a list of memory. */
#include "tests/host/arch/cpu.h"
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "stub/reach.h"

static void test_pages(void **state)
{
	struct reach k = { 0 };

	(void)state;
	fake_cpu.unmapped = (struct boot_range){ 0x5000, 0x1000 };
	for (uint32_t turn = 0; turn < 2; turn++) {	/* the second turn has cached answers */
		assert_false(reach_ok(&k, 0, 1));
		assert_true(reach_ok(&k, 1, 1));
		assert_true(reach_ok(&k, 0x3123, 0x1edd));
		assert_false(reach_ok(&k, 0x3123, 0x1ede));
		assert_false(reach_ok(&k, 0x5000, 0));	/* there it would be */
		assert_false(reach_ok(&k, 0x5fff, 0x1000));
		assert_true(reach_ok(&k, 0x6000, 4 * GIB - 0x6000));
		assert_false(reach_ok(&k, 0x6000, 4 * GIB - 0x5fff));
		assert_false(reach_ok(&k, 4 * GIB, 1));
		assert_false(reach_ok(&k, UINT64_MAX, 1));
		assert_false(reach_ok(&k, 0x7000, UINT64_MAX));
		assert_true(reach_ok(&k, 0x7000, 8));
	}
	fake_cpu.top = UINT64_MAX;
	assert_true(reach_ok(&k, ARCH_REACH - 1, 1));
	assert_false(reach_ok(&k, ARCH_REACH - 1, 2));
	assert_false(reach_ok(&k, ARCH_REACH, 1));
	fake_cpu.top = 4 * GIB;
}

static void test_map(void **state)
{
	static const struct boot_mem map[] = {
		{ 0x9000, 0x1000, BOOT_MEM_ACPI, 0 }, { 0x3000, 0x1000, BOOT_MEM_FREE, 0 },
		{ 0x4000, 0x1000, BOOT_MEM_RESERVED, 0 }, { 0x5000, 0x1000, BOOT_MEM_MMIO, 0 },
		{ 8 * GIB, UINT64_MAX, BOOT_MEM_NVS, 0 }, { 0x6000, 0, BOOT_MEM_FREE, 0 },
	};
	struct reach k = { .map = map, .n = ARRAY_SIZE(map) };

	(void)state;
	assert_true(reach_ok(&k, 0x3000, 0x2000));		/* in two pieces */
	assert_false(reach_ok(&k, 0x3000, 0x2001));
	assert_false(reach_ok(&k, 0x2fff, 2));
	assert_false(reach_ok(&k, 0x5000, 1));
	assert_false(reach_ok(&k, 0x6000, 1));
	assert_true(reach_ok(&k, 0x9fff, 1));
	assert_false(reach_ok(&k, 0x9fff, 2));
	assert_true(reach_ok(&k, 8 * GIB + 1, GIB));	/* beyond the last piece */
	assert_false(reach_ok(&k, 8 * GIB - 1, 1));
	k.n = 0;
	k.known.size = 0;
	assert_false(reach_ok(&k, 0x3000, 1));
}

static void test_device(void **state)
{
	(void)state;
	fake_cpu.unmapped = (struct boot_range){ 0x5000, 0x1000 };
	assert_true(reach_device(0x5000));		/* mapped, though not as memory */
	assert_false(reach_device(0));
	assert_false(reach_device(4 * GIB));
	assert_false(reach_device(ARCH_REACH));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages), cmocka_unit_test(test_map),
		cmocka_unit_test(test_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
