/* SPDX-License-Identifier: MIT */
/* test_pattern.c - what each pass of the memory test writes. */
#include "tests/host/unit/unit.h"
#include "kernel/memtest/pattern.c"

/* If one bit of an address changes, so does the pattern's word, for at least half of a line. */
static void test_own(void **state)
{
	(void)state;
	for (uint32_t pass = 0; pass < 2; pass++) {
		const struct memtest_pattern p = pattern_of(pass, 0);

		for (uint64_t pa = 0; pa < 64 * KIB; pa += 8)
			for (uint64_t bit = 8; bit < ARCH_REACH; bit <<= 1)
				assert_true(pattern_word(&p, pa) != pattern_word(&p, pa ^ bit) ||
					    (bit == LINE && pattern_word(&p, pa ^ 8) !=
					     pattern_word(&p, pa ^ 8 ^ bit)));
	}
}

/* SplitMix64's first five numbers from this seed, as its author's program prints them. */
static void test_words(void **state)
{
	static const uint64_t want[] = {
		6457827717110365317ull, 3203168211198807973ull, 9817491932198370423ull,
		4593380528125082431ull, 16408922859458223821ull,
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_true(random_word(1234567, i) == want[i]);
	for (uint32_t pass = first[RANDOM]; pass < first[WORDS]; pass += 2)
		assert_true(pattern_of(pass, 7).x == random_word(7, RANDOM) &&
			    pattern_of(pass, 7).y == ~random_word(7, RANDOM));
	assert_true(pattern_of(first[WORDS], 7).x == random_word(7, WORDS));
	assert_true(pattern_of(first[WORDS], 7).y == random_word(7, WORDS + 1));
	assert_true(pattern_of(first[WORDS], 7).step == (random_word(7, WORDS + 2) | 1));
}

/* Each kind's first words, and each odd pass has the complement of the one before. */
static void test_kinds(void **state)
{
	(void)state;
	for (uint32_t pass = 0; pass < MEMTEST_PASSES; pass += 2) {
		const struct memtest_pattern p = pattern_of(pass, 7);

		if (pass + 1 < MEMTEST_PASSES) {
			const struct memtest_pattern q = pattern_of(pass + 1, 7);

			assert_true(q.x == ~p.x && q.y == ~p.y && q.step == -p.step);
		}
		if (pass == 0) {
			assert_true(p.x == 0 && p.y == 8 && p.step == ARCH_MEMTEST_PAIR);
			assert_string_equal(pattern_name(pass), "own address");
		} else if (pass == 2 || pass == 24) {
			assert_true(p.x == 0 && p.y == 0 && p.step == 0);
			assert_string_equal(pattern_name(pass), pass == 2 ? "zeros and ones" :
					    "last check");
		} else if (pass < 20) {
			assert_true(p.x == 0x0101010101010101ull << (pass - 4) / 2);
			assert_true(p.y == ~p.x && p.step == 0);
			assert_string_equal(pattern_name(pass + 1), "walking bits");
		}
	}
}

/* Passes alternate between up and down; the first, which only fills, goes up. */
static void test_direction(void **state)
{
	(void)state;
	for (uint32_t pass = 0; pass < MEMTEST_PASSES; pass++)
		assert_int_equal(pattern_down(pass), pass && !(pass & 1));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own), cmocka_unit_test(test_words),
		cmocka_unit_test(test_kinds), cmocka_unit_test(test_direction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
