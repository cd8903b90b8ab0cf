/* SPDX-License-Identifier: MIT */
/* test_memory.c - which free memory the kernel writes to (kernel/memory.c). */
#include "tests/host/unit/unit.h"
#include "kernel/kernel.h"
#include "lib/image.h"

#define WHERE	(4 * MIB)
#define BEYOND	(ARCH_REACH + 64 * MIB)	/* the image may be there in the direct map */

static uint32_t touched;
static uint64_t cleaned;			/* the last page that was, and how many */
static uint32_t cleans;
static uint64_t hole = ARCH_REACH;		/* a page that is not mapped */
static void (*touch_one)(void *);

/* The function that is called first tries one page, others try many. */
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
	assert_int_equal(size, PAGE_SIZE);
	cleaned = base;
	cleans++;
}

static struct memory memory(struct boot_info *bi, struct boot_mem *map, uint32_t n)
{
	return (struct memory){ .bi = bi, .map = map, .n = n, .cap = n };
}

/* Only free memory, up to the reach and not beyond. */
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

/* Table pages come from memory that is mapped; if there is none, there are none. */
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

/* First the stub's own, then all of a range that is large enough, above the first MiB. */
static void test_tables_where(void **state)
{
	struct boot_mem map[] = {
		{ PAGE_SIZE, 4 * MIB - PAGE_SIZE, BOOT_MEM_FREE, 0 },
		{ 8 * MIB, 2 * MIB - PAGE_SIZE, BOOT_MEM_FREE, 0 },
		{ MIB, 2 * MIB, BOOT_MEM_FREE, 0 }, { 16 * MIB, 8 * MIB, BOOT_MEM_FREE, 0 },
	};
	const uint64_t pool = 32 * MIB;

	(void)state;
	for (uint32_t off = 0; off < 2; off++) {
		struct boot_info bi = {
			.regime = off ? BOOT_MMU_OFF : BOOT_MMU_IDENTITY,
			.page_pool = { pool, 3 * PAGE_SIZE + 100 }, .page_used = PAGE_SIZE,
		};
		struct memory m = memory(&bi, map, ARRAY_SIZE(map));
		struct arch_map t;

		cleans = 0;
		assert_int_equal(memory_tables_new(&m, &t), OK);
		assert_int_equal(t.root, pool + PAGE_SIZE);
		assert_int_equal(t.page(t.cookie), pool + 2 * PAGE_SIZE);
		assert_int_equal(bi.page_used, 3 * PAGE_SIZE);
		for (uint64_t page = MIB; page < 3 * MIB; page += PAGE_SIZE) {
			assert_int_equal(t.page(t.cookie), page);
			assert_true(!off || cleaned == page);
		}
		assert_int_equal(t.page(t.cookie), 0);
		assert_int_equal(cleans, off ? 2 + 512 + 1 : 0);	/* and when it was chosen */
	}
}

/* Any byte that a range of these types has is touched, and none beside it. */
static void test_touches(void **state)
{
	struct boot_mem map[] = {
		{ 4 * MIB, MIB, BOOT_MEM_FREE, 0 }, { 8 * MIB, MIB, BOOT_MEM_NVS, 0 },
	};
	static const struct { uint64_t base, size; bool free, nvs; } all[] = {
		{ 4 * MIB, 1, true, false }, { 4 * MIB - 1, 1, false, false },
		{ 4 * MIB - 1, 2, true, false }, { 5 * MIB - 1, 1, true, false },
		{ 5 * MIB, 1, false, false }, { 5 * MIB, 3 * MIB, false, false },
		{ 5 * MIB, 3 * MIB + 1, false, true }, { 0, 16 * MIB, true, true },
		{ 9 * MIB - 1, 100, false, true }, { 9 * MIB, 100, false, false },
	};
	struct boot_info bi = { 0 };
	struct memory m = memory(&bi, map, ARRAY_SIZE(map));

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
		assert_int_equal(memory_touches(&m, all[i].base, all[i].size,
						1u << BOOT_MEM_FREE), all[i].free);
		assert_int_equal(memory_touches(&m, all[i].base, all[i].size,
						1u << BOOT_MEM_NVS), all[i].nvs);
		assert_int_equal(memory_touches(&m, all[i].base, all[i].size,
						1u << BOOT_MEM_NVS | 1u << BOOT_MEM_FREE),
				 all[i].nvs || all[i].free);
		assert_false(memory_touches(&m, all[i].base, all[i].size, 1));
	}
	assert_string_equal(memory_type_name(BOOT_MEM_RESERVED), "reserved");
	assert_string_equal(memory_type_name(BOOT_MEM_FREE), "free");
	assert_string_equal(memory_type_name(BOOT_MEM_TYPES), "?");
}

/* A range is kept in whole pages. RECLAIM memory becomes free, and joins free neighbours. */
static void test_reclaim(void **state)
{
	const struct boot_mem before[] = {
		{ 4 * MIB, MIB, BOOT_MEM_FREE, 1 }, { 5 * MIB, MIB, BOOT_MEM_RECLAIM, 1 },
		{ 6 * MIB, MIB, BOOT_MEM_RECLAIM, 2 }, { 8 * MIB, 0, BOOT_MEM_NVS, 1 },
		{ 9 * MIB, MIB, BOOT_MEM_FREE, 1 }, { 11 * MIB, MIB, BOOT_MEM_FREE, 1 },
	};
	static const struct boot_mem want[] = {
		{ 4 * MIB, 2 * MIB, BOOT_MEM_FREE, 1 }, { 6 * MIB, MIB, BOOT_MEM_FREE, 2 },
		{ 9 * MIB, PAGE_SIZE, BOOT_MEM_FREE, 1 },
		{ 9 * MIB + PAGE_SIZE, 2 * PAGE_SIZE, BOOT_MEM_NVS, 1 },
		{ 9 * MIB + 3 * PAGE_SIZE, MIB - 3 * PAGE_SIZE, BOOT_MEM_FREE, 1 },
		{ 11 * MIB, MIB, BOOT_MEM_FREE, 1 },
	};

	(void)state;
	for (uint32_t less = 0; less < 2; less++) {	/* with room for two more, or not */
		struct boot_mem map[8];
		struct boot_info bi = { .memmap = { (uint64_t)map, sizeof(before) },
					.image_loaded = 1ull << 40 };
		struct memory m;

		memcpy(map, before, sizeof(before));
		map[6] = map[7] = (struct boot_mem){ 12 * MIB, MIB, BOOT_MEM_RECLAIM, 1 };
		memory_start(&m, &bi);
		assert_true(m.n == 6 && m.cap == 6 && m.map == map);
		if (less)
			map[3] = (struct boot_mem){ 8 * MIB, MIB, BOOT_MEM_NVS, 1 };
		memory_keep(&m, 9 * MIB + PAGE_SIZE + 100, PAGE_SIZE);
		memory_reclaim(&m);
		assert_int_equal(map[6].type, BOOT_MEM_RECLAIM);	/* after the map */
		if (!less) {			/* two entries became one or none */
			assert_int_equal(bi.memmap.size, sizeof(want));
			assert_memory_equal(map, want, sizeof(want));
			continue;
		}
		assert_int_equal(m.n, 5);	/* the larger part remains */
		assert_true(map[3].base == 9 * MIB + 3 * PAGE_SIZE);
		assert_true(map[3].size == MIB - 3 * PAGE_SIZE && map[3].type == BOOT_MEM_FREE);
	}
}

/* The page that the stub jumped from is not given out: just that one. */
static void test_trampoline(void **state)
{
	const uint64_t loaded = 5 * MIB;
	const uint64_t page = ALIGN_DOWN(loaded + image_offset(idmap_start), PAGE_SIZE);
	struct boot_mem map[] = {
		{ 4 * MIB, MIB, BOOT_MEM_FREE, 1 }, { 5 * MIB, MIB, BOOT_MEM_RECLAIM, 1 },
		{ 6 * MIB, MIB, BOOT_MEM_RECLAIM, 1 },
	};
	const struct boot_mem want[] = {
		{ 4 * MIB, page - 4 * MIB, BOOT_MEM_FREE, 1 },
		{ page, PAGE_SIZE, BOOT_MEM_HANDOFF, 1 },
		{ page + PAGE_SIZE, 7 * MIB - page - PAGE_SIZE, BOOT_MEM_FREE, 1 },
	};
	struct boot_info bi = {
		.memmap = { (uint64_t)map, sizeof(map) }, .image_loaded = loaded,
	};
	struct memory m;

	(void)state;
	memory_start(&m, &bi);
	memory_reclaim(&m);
	assert_int_equal(m.n, ARCH_TRAMPOLINE ? 3 : 1);
	if (ARCH_TRAMPOLINE)
		assert_memory_equal(map, want, sizeof(want));
}

/* Every range at, in and around three entries of few bytes, two of which adjoin. */
static void test_types(void **state)
{
	static const struct boot_mem map[] = {
		{ 4, 3, BOOT_MEM_FREE, 0 }, { 7, 2, BOOT_MEM_ACPI, 0 }, { 12, 2, BOOT_MEM_FREE, 0 },
	};
	static const uint32_t types[] = {
		0, MEMORY_TYPE(FREE), MEMORY_TYPE(ACPI), MEMORY_TYPE(FREE) | MEMORY_TYPE(ACPI),
	};

	(void)state;
	for (uint32_t t = 0; t < ARRAY_SIZE(types); t++)
		for (uint64_t n = 0; n <= ARRAY_SIZE(map); n++)
			for (uint64_t pa = 0; pa < 16; pa++)
				for (uint64_t size = 0, found = 0; size < 16; size++) {
					assert_int_equal(map_is(map, n, pa, size, types[t]),
							 found == size);
					for (uint64_t i = 0; i < n; i++)	/* the next byte */
						found += pa + size - map[i].base < map[i].size &&
							 types[t] >> map[i].type & 1;
				}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_free_next),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_tables_hole), cmocka_unit_test(test_tables_where),
		cmocka_unit_test(test_touches), cmocka_unit_test(test_reclaim),
		cmocka_unit_test(test_types), cmocka_unit_test(test_trampoline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
