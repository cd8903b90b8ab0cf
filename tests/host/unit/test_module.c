/* SPDX-License-Identifier: MIT */
/* test_module.c - a loader's modules and device tree: in memory, apart from us, and its own. */
#include "tests/host/unit/fake_raw.h"

#define AT	(64 * GIB)
#define SIZE	(4 * PAGE_SIZE)

static struct raw raw;

UNCALLED(bool, raw_reach, struct raw *, uint64_t, uint64_t)

static void start(void)
{
	memset(&raw, 0, sizeof(raw));
}

static bool kept(uint64_t base, uint64_t size)
{
	struct boot_module m = { .mem = { base, size }, .kind = BOOT_MODULE_INITRD };
	const uint32_t drops = raw.drops;

	if (raw.n < RAW_RANGES)		/* entries after the last are not read */
		raw.map[raw.n] = (struct boot_mem){ 0, UINT64_MAX, BOOT_MEM_FREE, 0 };
	raw_module(&raw, "it", &m);
	if (raw.drops == drops) {
		assert_true(m.mem.base == base && m.mem.size == size &&
			    m.kind == BOOT_MODULE_INITRD);
		return true;
	}
	assert_true(!m.mem.base && !m.mem.size && !m.kind);
	assert_int_equal(raw.drops, drops + 1);
	assert_string_equal(raw.drop[drops].what, "it");
	assert_string_equal(raw.drop[drops].why, NOT_THERE);
	assert_string_equal(raw.drop[drops].more, "");
	assert_true(raw.drop[drops].mem.base == base && raw.drop[drops].mem.size == size);
	return false;
}

/* In one range of memory or in several, in any order; not with one byte outside. */
static void test_in(void **state)
{
	static const struct { uint64_t from, to; bool kept; } t[] = {
		{ 0, 0x6000, true }, { 0, 0x6001, false }, { 1, 0x6000, true },
		{ 0x1000, 0x2000, true }, { 0x1fff, 0x2001, true }, { 0x5fff, 0x6000, true },
		{ 0x6000, 0x6001, false }, { 0x7fff, 0x8001, false }, { 0x8000, 0x9000, true },
		{ 0x8000, 0x9001, false }, { 0x9000, 0xa000, false }, { 0xb000, 0xb001, false },
		{ 0x5000, 0x9000, false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		start();
		raw_add(&raw, AT + 0x4000, 0x2000, BOOT_MEM_RECLAIM);
		raw_add(&raw, AT + 0x2000, 0x2000, BOOT_MEM_FREE);
		raw_add(&raw, AT, 0x2000, BOOT_MEM_RECLAIM);
		raw_add(&raw, AT + 0x8000, 0x1000, BOOT_MEM_FREE);
		raw_add(&raw, AT + 0x9000, 0x1000, BOOT_MEM_NVS);
		raw_add(&raw, AT + 0xb000, 0x1000, BOOT_MEM_RESERVED);
		if (kept(AT + t[i].from, t[i].to - t[i].from) != t[i].kept)
			fail_msg("case %u", i);
		assert_int_equal(raw.n, 6);
	}
	start();
	raw_add(&raw, AT - 1, 1, BOOT_MEM_FREE);
	assert_false(kept(AT, 1));
	start();
	raw_add(&raw, AT, UINT64_MAX, BOOT_MEM_FREE);		/* it wraps */
	assert_true(kept(AT + 1, SIZE));
}

/* Where the CPU reaches, to the last byte. */
static void test_reach(void **state)
{
	(void)state;
	start();
	raw_add(&raw, ARCH_REACH - SIZE, 3 * SIZE, BOOT_MEM_FREE);
	assert_true(kept(ARCH_REACH - SIZE, SIZE));
	assert_false(kept(ARCH_REACH - SIZE, SIZE + 1));
	assert_true(kept(ARCH_REACH - 1, 1));
	assert_false(kept(ARCH_REACH, 1));
	assert_false(kept(ARCH_REACH - SIZE, UINT64_MAX));
	assert_false(kept(UINT64_MAX, 2));
}

/* A module may end where the image begins, and begin where the scratch memory ends. */
static void test_apart(void **state)
{
	const uint64_t own = (uint64_t)image_doors, end = (uint64_t)image_end + RAW_SCRATCH;

	(void)state;
	start();
	raw_add(&raw, own - SIZE, end - own + 2 * SIZE, BOOT_MEM_FREE);
	assert_true(kept(own - SIZE, SIZE));
	assert_false(kept(own - SIZE, SIZE + 1));
	assert_false(kept(own, 1));
	assert_false(kept(own - SIZE, end - own + 2 * SIZE));
	assert_false(kept(end - 1, SIZE));
	assert_true(kept(end, SIZE));
	assert_panics(raw_tree(&raw, &(struct boot_range){ end - 1, 1 }), "overlaps the image");
	assert_panics(raw_tree(&raw, &(struct boot_range){ own, 1 }), "overlaps the image");
	assert_true(raw_tree(&raw, &(struct boot_range){ own - 1, 1 }));
	assert_true(raw_tree(&raw, &(struct boot_range){ end, 1 }));
}

/* More warnings than there is room for. */
static void test_drops(void **state)
{
	(void)state;
	start();
	for (uint32_t i = 0; i < RAW_DROPS + 3; i++)
		raw_drop(&raw, "", "", "", &(struct boot_range){ i, 1 });
	assert_int_equal(raw.drops, RAW_DROPS);
	assert_true(raw.drop[RAW_DROPS - 1].mem.base == RAW_DROPS - 1);
	assert_int_equal(raw.n, 0);
}

static void entry(uint32_t i, uint64_t base, uint64_t size, uint32_t type)
{
	if (raw.map[i].base != base || raw.map[i].size != size || raw.map[i].type != type)
		fail_msg("%u: AT + 0x%llx 0x%lx %u", i, raw.map[i].base - AT, raw.map[i].size,
			 raw.map[i].type);
}

static void reserved(uint64_t base, uint64_t size, uint64_t module, uint64_t module_size)
{
	start();
	raw_add(&raw, AT - GIB, 2 * GIB, BOOT_MEM_FREE);
	raw_add(&raw, base, size, BOOT_MEM_RESERVED);
	assert_true(kept(module, module_size));
	entry(0, AT - GIB, 2 * GIB, BOOT_MEM_FREE);
}

/* A reservation of just the module is dropped; of a larger one the rest stays. */
static void test_reserved(void **state)
{
	const uint64_t page = PAGE_SIZE;

	(void)state;
	reserved(AT, SIZE, AT, SIZE);
	assert_int_equal(raw.n, 1);
	reserved(AT + 16, SIZE - 16, AT + 16, SIZE - 32);	/* to the page's end */
	assert_int_equal(raw.n, 1);
	reserved(AT, SIZE, AT + 1, SIZE - 1);			/* one byte is not the module's */
	assert_int_equal(raw.n, 2);
	entry(1, AT, SIZE, BOOT_MEM_NVS);
	reserved(AT + 1, SIZE, AT + 1, SIZE - 1);
	assert_int_equal(raw.n, 3);
	entry(1, AT, SIZE, BOOT_MEM_NVS);
	entry(2, AT + SIZE, 1, BOOT_MEM_RESERVED);
	reserved(AT - page, SIZE + 2 * page, AT, SIZE);
	assert_int_equal(raw.n, 4);
	entry(1, AT, SIZE, BOOT_MEM_NVS);
	entry(2, AT - page, page, BOOT_MEM_RESERVED);
	entry(3, AT + SIZE, page, BOOT_MEM_RESERVED);
	reserved(AT - page, 2 * page, AT + 5, SIZE - 5);	/* begins before it, ends in it */
	assert_int_equal(raw.n, 3);
	entry(1, AT, page, BOOT_MEM_NVS);
	entry(2, AT - page, page, BOOT_MEM_RESERVED);
	reserved(AT + page + 5, SIZE, AT, SIZE);		/* the other way round */
	assert_int_equal(raw.n, 3);
	entry(1, AT + page, SIZE - page, BOOT_MEM_NVS);
	entry(2, AT + SIZE, page + 5, BOOT_MEM_RESERVED);
	reserved(AT - page, page, AT, SIZE);			/* beside it */
	assert_int_equal(raw.n, 2);
	entry(1, AT - page, page, BOOT_MEM_RESERVED);
	reserved(AT + SIZE, page, AT, SIZE);
	assert_int_equal(raw.n, 2);
	entry(1, AT + SIZE, page, BOOT_MEM_RESERVED);
	reserved(AT - page, UINT64_MAX, AT, SIZE);		/* it wraps */
	assert_int_equal(raw.n, 4);
	entry(1, AT, SIZE, BOOT_MEM_NVS);
	entry(2, AT - page, page, BOOT_MEM_RESERVED);
	entry(3, AT + SIZE, UINT64_MAX - AT - SIZE, BOOT_MEM_RESERVED);
	start();						/* one of two is the module's */
	raw_add(&raw, AT, SIZE, BOOT_MEM_FREE);
	raw_add(&raw, AT, SIZE, BOOT_MEM_RESERVED);
	raw_add(&raw, AT + GIB, SIZE, BOOT_MEM_RESERVED);
	assert_true(kept(AT, SIZE));
	assert_int_equal(raw.n, 2);
	entry(1, AT + GIB, SIZE, BOOT_MEM_RESERVED);
	start();						/* what touches it stays as it is */
	raw_add(&raw, AT, SIZE, BOOT_MEM_FREE);
	raw_keep(&raw, &(struct boot_mem){ AT + SIZE, SIZE, BOOT_MEM_RESERVED, 8 });
	assert_true(kept(AT, SIZE) && raw.map[1].cache == 8);
}

/* A device tree outside of known memory is kept; one beyond what the CPU reaches is not. */
static void test_tree(void **state)
{
	(void)state;
	start();
	raw_add(&raw, AT, SIZE, BOOT_MEM_FREE);
	assert_true(raw_tree(&raw, &(struct boot_range){ AT + 8, SIZE - 8 }));
	assert_int_equal(raw.n, 1);
	assert_false(raw_tree(&raw, &(struct boot_range){ AT + 8, SIZE }));
	assert_int_equal(raw.n, 2);
	entry(1, AT + 8, SIZE, BOOT_MEM_NVS);
	start();
	assert_false(raw_tree(&raw, &(struct boot_range){ ARCH_REACH - SIZE, SIZE }));
	entry(0, ARCH_REACH - SIZE, SIZE, BOOT_MEM_NVS);
	assert_panics(raw_tree(&raw, &(struct boot_range){ ARCH_REACH - SIZE, SIZE + 1 }),
		      "out of reach");
	assert_panics(raw_tree(&raw, &(struct boot_range){ 1, ARCH_REACH }), "at 0x1: out of");
	assert_panics(raw_tree(&raw, &(struct boot_range){ 0, UINT64_MAX }), "at 0x0: out of");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in), cmocka_unit_test(test_reach),
		cmocka_unit_test(test_apart), cmocka_unit_test(test_drops),
		cmocka_unit_test(test_reserved), cmocka_unit_test(test_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
