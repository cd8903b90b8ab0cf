/* SPDX-License-Identifier: MIT */
/* test_ranges.c - the memory test's lists of ranges, and the option that hands one on. */
#include "tests/host/unit/unit.h"
#include "kernel/memtest/ranges.h"
#include "lib/base.h"

/* Every set of pages, as ranges, into lists of every length: none is lost, and all is in order. */
static void test_ranges(void **state)
{
	(void)state;
	for (uint32_t cap = 1; cap <= 5; cap++)
		for (uint32_t set = 1; set < 1u << 12; set++) {
			struct boot_range *range = exact(cap * sizeof(*range));
			struct ranges l = { range, 0, cap };
			uint32_t got = 0, runs = 0;

			for (uint32_t i = 0; i < 12; i++)
				if (set >> i & 1)
					ranges_add(&l, i * PAGE_SIZE, PAGE_SIZE);
			for (uint32_t i = 0; i < 12; i++) {
				runs += (set >> i & 1) && !(i && set >> (i - 1) & 1);
				if (ranges_touch(range, l.n, i * PAGE_SIZE, PAGE_SIZE))
					got |= 1u << i;
			}
			assert_int_equal(set & ~got, 0);
			assert_int_equal(l.n, MIN(runs, cap));
			assert_true(runs > cap || got == set);
			assert_int_equal(ranges_size(&l), __builtin_popcount(got) * PAGE_SIZE);
			for (uint32_t i = 1; i < l.n; i++)
				assert_true(range[i - 1].base + range[i - 1].size < range[i].base);
			free(range);
		}
}

/* When the list is full, a range that is closest to the last one joins it. */
static void test_last(void **state)
{
	for (uint32_t at = 21; at < 41; at++) {		/* the gap before is of 19 pages */
		struct boot_range range[2];
		struct ranges l = { range, 0, 2 };

		(void)state;
		ranges_add(&l, 0, PAGE_SIZE);
		ranges_add(&l, 20 * PAGE_SIZE, PAGE_SIZE);
		ranges_add(&l, at * PAGE_SIZE, PAGE_SIZE);
		assert_true(l.n == 2 && range[0].base == 0 && range[0].size == PAGE_SIZE);
		assert_true(range[1].base == 20 * PAGE_SIZE);
		assert_true(range[1].size == (at - 19) * PAGE_SIZE);
	}
}

/* Where there is no room for another range, the two that are closest become one. */
static void test_closest(void **state)
{
	static const uint8_t page[][4] = { { 0, 3, 20, 20 }, { 0, 10, 12, 30 }, { 0, 2, 20, 50 } };
	static const uint8_t joined[] = { 0, 1, 0 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(page); i++) {
		struct boot_range range[3];
		struct ranges l = { range, 0, i ? 3 : 2 };
		uint32_t k = joined[i];

		for (uint32_t n = 0; n <= l.cap; n++)
			ranges_add(&l, page[i][n] * PAGE_SIZE, PAGE_SIZE);
		assert_int_equal(l.n, l.cap);
		assert_true(range[k].base == page[i][k] * PAGE_SIZE);
		assert_true(range[k].base + range[k].size == (page[i][k + 1] + 1) * PAGE_SIZE);
		assert_true(range[l.n - 1].base == page[i][l.cap] * PAGE_SIZE);
		assert_int_equal(range[l.n - 1].size, PAGE_SIZE);
	}
}

static bool read_text(const char *text, struct memtest_left *out)
{
	char *copy = exact(strlen(text));
	bool ok;

	memcpy(copy, text, strlen(text));
	ok = left_read((struct word){ copy, (uint32_t)strlen(text) }, out);
	free(copy);
	return ok;
}

static void test_option(void **state)
{
	static const char *const bad[] = {
		"", "1", "2", "2,", "0,0x1000-0x2000", "4,0x1000-0x2000", "2,0x1000", "2,0x1000-",
		"2,0x1000-0x1000", "2,0x2000-0x1000", "2,0x1001-0x2000", "2,0x1000-0x2001",
		"2,0x2000-0x3000,0x1000-0x2000", "2,0x1000-0x3000,0x2000-0x4000", "x,0x1000-0x2000",
		"2,,0x1000-0x2000", "2,0x1000-0x20000000000000000", "2,0x1000-0x2000;0x3000-0x4000",
		"2,0-4096,8192-12288,16384-20480,24576-28672,32768-36864,40960-45056,49152-53248,\
57344-61440,65536-69632",
	};
	struct memtest_left l, again;
	char text[MEMTEST_TEXT];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		l = (struct memtest_left){ .run = 7, .n = 8 };
		assert_false(read_text(bad[i], &l));
		assert_true(l.run == 7 && l.n == 8);	/* unchanged */
	}
	assert_true(read_text("2,0-0x1000,0x1000-0x2000", &l) && l.n == 2);
	for (uint32_t n = 1; n <= MEMTEST_LEFT; n++) {
		l = (struct memtest_left){ .run = 1 + n % MEMTEST_RUNS, .n = n };
		for (uint32_t i = 0; i < n; i++)
			l.range[i] = (struct boot_range){ ARCH_REACH - (n - i) * 2 * PAGE_SIZE,
							  PAGE_SIZE };
		left_write(&l, text);
		assert_true(!strncmp(text, "memtest=", 8) && read_text(text + 8, &again));
		assert_memory_equal(&l, &again, sizeof(l));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges), cmocka_unit_test(test_option),
		cmocka_unit_test(test_closest), cmocka_unit_test(test_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
