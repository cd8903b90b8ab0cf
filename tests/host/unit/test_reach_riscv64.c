/* SPDX-License-Identifier: MIT */
/* test_reach_riscv64.c - what live tables map, in each mode (privileged specification 4.4). */
#include "tests/host/unit/unit.h"
#include "tests/host/unit/csr_fake.h"
#include "arch/riscv64/boot/reach.c"

#define V	1ull
#define R	2ull
#define W	4ull
#define X	8ull
#define MODE(levels)	((uint64_t)((levels) + 5) << 60)

static _Alignas(4096) uint64_t table[5][512];

static uint64_t denied;			/* a page */
static uint32_t probes;

bool probe_byte(uint64_t at)
{
	probes++;
	return at - denied >= PAGE_SIZE;
}

static uint64_t entry(uint64_t pa, uint64_t bits)
{
	return pa >> 12 << 10 | bits;
}

/* Make tables down to `level` on the way to `at`, one entry in each; returns the last entry. */
static uint64_t *path(uint32_t levels, uint32_t level, uint64_t at)
{
	uint32_t n = 0;

	memset(table, 0, sizeof(table));
	csr_fake.satp = MODE(levels) | (uint64_t)table[0] >> 12;
	for (uint32_t l = levels - 1; l > level; l--, n++)
		table[n][at >> (12 + 9 * l) & 511] = entry((uint64_t)table[n + 1], V);
	return &table[n][at >> (12 + 9 * level) & 511];
}

static void check(uint64_t at, bool want, uint64_t base, uint64_t size)
{
	struct boot_range piece;

	probes = 0;
	assert_int_equal(arch_reach(at, true, &piece), want);
	assert_true(piece.base == base && piece.size == size && !probes);
	denied = at + PAGE_SIZE;
	assert_int_equal(arch_reach(at, false, &piece), want);
	assert_int_equal(probes, want);		/* never where nothing is mapped */
	if (want) {
		base = at & -PAGE_SIZE;
		size = PAGE_SIZE;
		denied = base;
		assert_false(arch_reach(at, false, &piece));
	}
	assert_true(piece.base == base && piece.size == size);
}

static void test_off(void **state)
{
	(void)state;
	csr_fake.satp = 0;
	check(0, true, 0, ARCH_REACH);
	check(0x12345678, true, 0, ARCH_REACH);
}

/* A leaf of each size in tables of each depth; a leaf that is not readable is not memory. */
static void test_leaves(void **state)
{
	const uint64_t at = 0x1e8f5c3000;		/* another index at each level */

	(void)state;
	for (uint32_t levels = 3; levels <= 5; levels++)
		for (uint32_t level = 0; level < 3; level++) {
			const uint64_t size = 1ull << (12 + 9 * level), base = at & -size;
			uint64_t *e = path(levels, level, at);

			check(at, false, base, size);
			*e = entry(base, V | R);
			check(at, true, base, size);
			*e = entry(base, V | R | W | X);
			check(at + 8, true, base, size);
			*e = entry(base, V | X);
			check(at, false, base, size);
			*e = entry(base, R | W);	/* not valid */
			check(at, false, base, size);
			check(at ^ size, false, base ^ size, size);
		}
}

/* The walk ends at the first invalid entry. */
static void test_gap(void **state)
{
	(void)state;
	for (uint32_t levels = 3; levels <= 5; levels++)
		for (uint32_t level = 0; level < levels; level++) {
			const uint64_t size = 1ull << (12 + 9 * level);

			*path(levels, level, size) = 0;
			check(size, false, size, size);
		}
	*path(3, 0, 0) = entry(0, V);			/* a table of pages has no tables */
	check(0, false, 0, 4096);
	for (uint32_t levels = 3; levels <= 4; levels++) {	/* the mode has no such address */
		const uint64_t half = 1ull << (11 + 9 * levels);

		*path(levels, levels - 1, 0) = entry(0, V | R);
		check(half * 2, false, half, ARCH_REACH - half);
		check(half, false, half, ARCH_REACH - half);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_off), cmocka_unit_test(test_leaves),
		cmocka_unit_test(test_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
