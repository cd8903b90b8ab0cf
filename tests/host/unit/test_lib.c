/* SPDX-License-Identifier: MIT */
/*
 * test_lib.c - memory and string functions, sums. Compiled with -Dmemcpy=our_memcpy and so on
 * (unit.mk), here too: every such name below is ours, never the C library's.
 */
#include "tests/host/unit/unit.h"
#include "tests/host/arch/cpu.h"
#include "kernel/crc32.h"
#include "lib/string.h"
#include "lib/sum.h"
#include "lib/string.c"

#define AREA	80

static void pattern(uint8_t *area, uint32_t n, uint64_t *seed)
{
	for (uint32_t i = 0; i < n; i++)
		area[i] = (uint8_t)(rnd(seed) >> 33);
}

/* All offsets and lengths within an area; byte for byte against a loop. */
static void move_case(uint32_t to, uint32_t from, uint32_t n, bool overlap, uint64_t *seed)
{
	uint8_t *a = exact(AREA), *b = overlap ? a : exact(AREA), want[AREA];
	void *r;

	pattern(a, AREA, seed);
	if (!overlap)
		pattern(b, AREA, seed);
	for (uint32_t i = 0; i < AREA; i++)
		want[i] = i - to < n ? b[from + i - to] : a[i];
	r = overlap ? memmove(a + to, b + from, n) : memcpy(a + to, b + from, n);
	assert_ptr_equal(r, a + to);
	for (uint32_t i = 0; i < AREA; i++)
		if (a[i] != want[i])
			fail_msg("%u <- %u, %u bytes, overlap %d: byte %u", to, from, n, overlap,
				 i);
	free(a);
	if (!overlap)
		free(b);
}

static void test_copy_and_move(void **state)
{
	uint64_t seed = 9;

	(void)state;
	for (uint32_t to = 0; to < 18; to++)
		for (uint32_t from = 0; from < 18; from++)
			for (uint32_t n = 0; n <= AREA - 18; n++) {
				move_case(to, from, n, false, &seed);
				move_case(to, from, n, true, &seed);
			}
}

static void test_words_are_used(void **state)
{
	uint64_t a[16] = { 0 }, b[16] = { 0 };

	(void)state;
	fake_copies = fake_fills = 0;
	memcpy(a, b, sizeof(a));
	assert_true(fake_copies == 16);
	memset(a, 1, sizeof(a) - 1);
	assert_true(fake_fills == 15);
}

static void test_set(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < 10; at++)
		for (uint32_t n = 0; n <= AREA - 10; n++)
			for (int c = 0; c < 0x300; c += 0x7f) {
				uint8_t *a = exact(AREA);

				for (uint32_t i = 0; i < AREA; i++)
					a[i] = 0x33;
				assert_ptr_equal(memset(a + at, c, n), a + at);
				for (uint32_t i = 0; i < AREA; i++)
					assert_true(a[i] == (i - at < n ? (uint8_t)c : 0x33));
				free(a);
			}
}

static int sign(int v)
{
	return v < 0 ? -1 : v > 0;
}

static void test_compare(void **state)
{
	static const char *const s[] = { "", "a", "ab", "abc", "abd", "b", "\x7f", "\x80", "\xff" };

	(void)state;
	for (int i = 0; i < (int)ARRAY_SIZE(s); i++)
		for (int j = 0; j < (int)ARRAY_SIZE(s); j++) {
			assert_int_equal(sign(strcmp(s[i], s[j])), sign(i - j));
			assert_int_equal(sign(strncmp(s[i], s[j], 100)), sign(i - j));
			assert_int_equal(strncmp(s[i], s[j], 0), 0);
		}
	assert_int_equal(sign(strncmp("abc", "abd", 2)), 0);
	assert_int_equal(sign(memcmp("a\0b", "a\0c", 3)), -1);
	assert_int_equal(sign(memcmp("a\0\xff", "a\0\x7f", 3)), 1);
	assert_int_equal(memcmp("ab", "ac", 1), 0);
	assert_int_equal(sign(memcmp("ba", "aa", 2)), 1);
	assert_int_equal(memcmp("a", "b", 0), 0);
	assert_int_equal(strlen(""), 0);
	assert_int_equal(strlen("abc"), 3);
}

/* A change of any bit of any word must change the sum, whatever follows. */
static void test_sum_sees_one_word(void **state)
{
	uint64_t seed = 10, words[37], sum;

	(void)state;
	for (uint32_t n = 1; n <= ARRAY_SIZE(words); n++) {
		for (uint32_t i = 0; i < n; i++)
			words[i] = rnd(&seed);
		sum = sum64(0, words, n * 8);
		assert_true(sum64(0, words, n * 8) == sum);
		for (uint32_t bit = 0; bit < n * 64; bit++) {
			words[bit / 64] ^= 1ull << bit % 64;
			assert_true(sum64(0, words, n * 8) != sum);
			words[bit / 64] ^= 1ull << bit % 64;
		}
		for (uint32_t i = 0; i < n; i++) {
			uint64_t was = words[i];

			words[i] = was + rnd(&seed) / 2 + 1;
			assert_true(sum64(0, words, n * 8) != sum);
			words[i] = was;
		}
	}
}

static void test_sum_sees_order_and_length(void **state)
{
	uint64_t a[4] = { 1, 2, 3, 4 }, b[4] = { 1, 3, 2, 4 }, zero[4] = { 0 };

	(void)state;
	assert_true(sum64(0, a, 32) != sum64(0, b, 32));
	assert_true(sum64(0, zero, 8) != sum64(0, zero, 16));
	assert_true(sum64(0, zero, 0) == sum64(0, a, 0));
	assert_true(sum64(sum64(0, a, 16), a + 2, 16) != sum64(sum64(0, b, 16), b + 2, 16));
	assert_true(sum64(sum64(0, a, 32), a, 32) != sum64(sum64(0, b, 32), a, 32));
}

/* As a kernel without our library would write it: the sum is part of the contract. */
static uint64_t slow_sum(uint64_t sum, const uint64_t *words, uint64_t n)
{
	const uint64_t factor = 0x9e3779b97f4a7c15ull, whole = n / 32 * 32;
	uint64_t h = sum + 8 * n;

	for (uint64_t i = 0; i < n; i++) {
		if (i < whole && i % 16 == 0)
			h *= factor;
		if (i >= whole)
			h = (h ^ words[i]) * factor;
		else
			h = i % 2 ? h ^ words[i] : h + words[i];
	}
	return h;
}

static void test_sum_is_what_it_was(void **state)
{
	uint64_t seed = 11, words[97];

	(void)state;
	for (uint32_t n = 0; n < ARRAY_SIZE(words); n++) {
		const uint64_t before = rnd(&seed);

		words[n] = rnd(&seed);
		assert_true(sum64(before, words, n * 8) == slow_sum(before, words, n));
	}
}

static uint32_t slow_crc(const uint8_t *p, uint32_t n)
{
	uint32_t c = ~0u;

	while (n--) {
		c ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
	}
	return ~c;
}

static void test_crc(void **state)
{
	uint64_t seed = 11;

	(void)state;
	assert_true(crc32(0, "", 0) == 0);
	assert_true(crc32(0, "123456789", 9) == 0xcbf43926);
	assert_true(crc32(0, "a", 1) == 0xe8b7be43);
	assert_true(crc32(0, "The quick brown fox jumps over the lazy dog", 43) == 0x414fa339);
	for (uint32_t round = 0; round < 2000; round++) {
		uint32_t at = rnd_below(&seed, 9), n = rnd_below(&seed, 60);
		uint32_t cut = rnd_below(&seed, n + 1);
		uint8_t *p = exact(at + n);

		pattern(p, at + n, &seed);
		assert_true(crc32(0, p + at, n) == slow_crc(p + at, n));
		assert_true(crc32(crc32(0, p + at, cut), p + at + cut, n - cut) ==
			    slow_crc(p + at, n));
		free(p);
	}
}

/* Against sums that do not overflow. */
static void test_ends_by(void **state)
{
	static const uint64_t near[] = { 0, 1, 2, 5, 6, 7, UINT64_MAX - 1, UINT64_MAX };
	const uint32_t n = ARRAY_SIZE(near);

	(void)state;
	for (uint32_t i = 0; i < n * n * n; i++) {
		const uint64_t base = near[i % n], size = near[i / n % n], end = near[i / n / n];

		assert_int_equal(ends_by(base, size, end), (unsigned __int128)base + size <= end);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy_and_move), cmocka_unit_test(test_words_are_used),
		cmocka_unit_test(test_set), cmocka_unit_test(test_compare),
		cmocka_unit_test(test_sum_is_what_it_was), cmocka_unit_test(test_sum_sees_one_word),
		cmocka_unit_test(test_sum_sees_order_and_length), cmocka_unit_test(test_crc),
		cmocka_unit_test(test_ends_by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
