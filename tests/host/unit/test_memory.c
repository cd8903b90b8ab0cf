/* SPDX-License-Identifier: MIT */
/* test_memory.c - which free memory the kernel writes to (kernel/memory.c). */
#include "tests/host/unit/unit.h"
#include "kernel/kernel.h"

#define WHERE	(4 * MIB)
#define BEYOND	(ARCH_REACH + 64 * MIB)	/* where the image is in the direct map, perhaps */

static uint32_t touched;
static uint64_t hole = ARCH_REACH;		/* a page that is not mapped */
static void (*touch_one)(void *);

/* The first that is called tries one page, others many. */
static uint64_t fn_size(void (*fn)(void *))
{
	if (!touch_one)
		touch_one = fn;
	return fn == touch_one ? PAGE_SIZE : 32 * PAGE_SIZE;
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	memset(out, 0, sizeof(*out));
	assert_true((uint64_t)arg < ARCH_REACH);
	touched++;
	return (uint64_t)arg >= hole + PAGE_SIZE || fn_size(fn) <= hole - (uint64_t)arg;
}

status_t arch_map_start(struct arch_map *m)
{
	m->root = m->page(m->cookie);
	return m->root ? OK : ERR_NO_MEMORY;
}

void arch_map_live(struct arch_map *m)
{
	assert_int_equal(arch_map_start(m), OK);
}

status_t arch_map(struct arch_map *m, uint64_t va, uint64_t pa, uint64_t size,
		  enum arch_perm perm)
{
	(void)m, (void)va, (void)perm;
	assert_true(pa < ARCH_REACH && size <= ARCH_REACH - pa);
	return OK;
}

void arch_map_flush(void)
{
}

void arch_clean(uint64_t base, uint64_t size)
{
	(void)base, (void)size;
}

static struct memory memory(struct boot_info *bi, struct boot_mem *map, uint32_t n)
{
	return (struct memory){ .bi = bi, .map = map, .n = n, .cap = n };
}

/* Free memory alone, up to the reach and not beyond. */
static void test_free_next(void **state)
{
	struct boot_mem map[] = {
		{ WHERE, MIB, BOOT_MEM_RECLAIM, 0 },
		{ WHERE + MIB, MIB, BOOT_MEM_FREE, 0 },
		{ ARCH_REACH - PAGE_SIZE, 2 * PAGE_SIZE, BOOT_MEM_FREE, 0 },
		{ BEYOND, 4 * MIB, BOOT_MEM_FREE, 0 },
		{ UINT64_MAX - 2 * PAGE_SIZE + 1, PAGE_SIZE, BOOT_MEM_FREE, 0 },
	};
	const struct boot_range want[] = {
		{ WHERE + MIB, MIB }, { ARCH_REACH - PAGE_SIZE, PAGE_SIZE },
	};
	struct boot_info bi = { 0 };
	struct memory m = memory(&bi, map, ARRAY_SIZE(map));
	struct boot_range r;
	uint32_t i = 0, n = 0;

	(void)state;
	for (; memory_free_next(&m, &i, &r); n++) {
		assert_true(n < ARRAY_SIZE(want));
		assert_memory_equal(&r, &want[n], sizeof(r));
	}
	assert_int_equal(n, ARRAY_SIZE(want));
}

/* Tables come from memory that can be mapped; if there is none, there are no tables. */
static void test_tables(void **state)
{
	struct boot_mem map[] = {
		{ BEYOND, 64 * MIB, BOOT_MEM_FREE, 0 }, { WHERE, 4 * MIB, BOOT_MEM_FREE, 0 },
	};
	struct boot_info bi = { 0 };
	struct memory m = memory(&bi, map, 1);
	struct arch_map t;

	(void)state;
	touched = 0;
	assert_int_equal(memory_tables_new(&m, &t), ERR_NO_MEMORY);
	assert_int_equal(touched, 0);
	m = memory(&bi, map, 2);
	assert_int_equal(memory_tables_new(&m, &t), OK);
	assert_int_equal(t.root, WHERE);
}

/* Pages are tried many at once; before one that is not mapped, one by one. */
static void test_tables_hole(void **state)
{
	struct boot_mem map[] = { { WHERE, 4 * MIB, BOOT_MEM_FREE, 0 } };
	struct boot_info bi = { .regime = BOOT_MMU_IDENTITY };
	struct memory m = memory(&bi, map, 1);
	struct arch_map t;

	(void)state;
	hole = WHERE + 100 * PAGE_SIZE;
	touched = 0;
	memory_tables(&m, &t);
	assert_int_equal(t.root, WHERE);
	for (uint64_t page = WHERE + PAGE_SIZE; page < hole; page += PAGE_SIZE)
		assert_int_equal(t.page(t.cookie), page);
	assert_int_equal(touched, 1 + 3 + 2 * 4);
	assert_int_equal(t.page(t.cookie), 0);
	hole = ARCH_REACH;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_free_next),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_tables_hole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
