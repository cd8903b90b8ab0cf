/* SPDX-License-Identifier: MIT */
/* test_reloc.c - image_relocate: exact words, idempotence, and every refusal. */
#include "tests/host/unit/unit.h"
#include "lib/image.h"

#define TYPE	1027		/* R_AARCH64_RELATIVE; any number will do */
#define WORDS	64
#define SIZE	(WORDS * sizeof(uint64_t))

static uint64_t *fresh(void)
{
	uint64_t *image = exact(SIZE);

	for (uint32_t i = 0; i < WORDS; i++)
		image[i] = 0xdead0000 + i;
	return image;
}

static status_t apply(uint64_t *image, uint64_t base, const struct rela *r, uint64_t n)
{
	return image_relocate((uint64_t)image, SIZE, base, r, n, TYPE);
}

static void test_applies(void **state)
{
	static const struct rela r[] = {
		{ 0, TYPE, 0x10 }, { 24, TYPE, -8 }, { SIZE - 8, TYPE, 0x7fffffffffff },
	};
	uint64_t *image = fresh(), base = 0xffff800012345000;

	(void)state;
	assert_int_equal(apply(image, base, r, 3), OK);
	assert_true(image[0] == base + 0x10);
	assert_true(image[3] == base - 8);
	assert_true(image[WORDS - 1] == base + 0x7fffffffffff);
	for (uint32_t i = 0; i < WORDS - 1; i++)
		if (i != 0 && i != 3)
			assert_true(image[i] == 0xdead0000 + i);
	free(image);
}

/* Packed structures have pointers anywhere. */
static void test_packed(void **state)
{
	uint8_t want[SIZE];

	(void)state;
	for (uint64_t at = 1; at <= SIZE - 8; at += 1 + at % 8) {
		const struct rela r = { at, TYPE, 0x1020304050607 };
		const uint64_t value = 0xffff800012345678 + 0x1020304050607;
		uint64_t *image = fresh();

		memcpy(want, image, SIZE);
		memcpy(want + at, &value, sizeof(value));
		assert_int_equal(apply(image, 0xffff800012345678, &r, 1), OK);
		assert_memory_equal(image, want, SIZE);
		free(image);
	}
}

/* Applied at one base, copied, applied at another: as if never applied before. */
static void test_again(void **state)
{
	struct rela r[20];
	uint64_t *a = fresh(), *b = fresh();

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(r); i++)
		r[i] = (struct rela){ i * 24 % SIZE, TYPE, (int64_t)i * 1000 - 7000 };
	assert_int_equal(apply(a, 0x40000000, r, ARRAY_SIZE(r)), OK);
	assert_int_equal(apply(a, 0x40000000, r, ARRAY_SIZE(r)), OK);
	assert_int_equal(apply(a, 0xffffffff80200000, r, ARRAY_SIZE(r)), OK);
	assert_int_equal(apply(b, 0xffffffff80200000, r, ARRAY_SIZE(r)), OK);
	assert_memory_equal(a, b, SIZE);
	free(a);
	free(b);
}

static void test_refuses(void **state)
{
	static const struct rela bad[] = {
		{ 0, 0, 0 }, { 0, TYPE + 1, 0 }, { 0, TYPE | 1ull << 32, 0 },
		{ SIZE - 7, TYPE, 0 }, { SIZE - 4, TYPE, 0 },
		{ SIZE, TYPE, 0 }, { SIZE + 8, TYPE, 0 }, { SIZE - 1, TYPE, 0 },
		{ ~7ull, TYPE, 0 }, { ~0ull, TYPE, 0 }, { 1ull << 63, TYPE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct rela r[3] = { { 8, TYPE, 1 }, bad[i], { 16, TYPE, 2 } };
		uint64_t *image = fresh();

		if (apply(image, 0x1000, r, 3) != ERR_BAD_FORMAT)
			fail_msg("relocation %zu was taken", i);
		assert_true(image[1] == 0x1001);	/* the entry before is applied */
		assert_true(image[2] == 0xdead0002);	/* and none after it */
		free(image);
	}
}

static void test_small(void **state)
{
	struct rela r = { 0, TYPE, 5 };
	uint64_t word = 1;

	(void)state;
	assert_int_equal(image_relocate((uint64_t)&word, 0, 0, &r, 0, TYPE), OK);
	assert_int_equal(image_relocate((uint64_t)&word, 0, 0, &r, 1, TYPE), ERR_BAD_FORMAT);
	assert_int_equal(image_relocate((uint64_t)&word, 7, 0, &r, 1, TYPE), ERR_BAD_FORMAT);
	assert_true(word == 1);
	assert_int_equal(image_relocate((uint64_t)&word, 8, 0, &r, 1, TYPE), OK);
	assert_true(word == 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_applies), cmocka_unit_test(test_packed),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_refuses), cmocka_unit_test(test_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
