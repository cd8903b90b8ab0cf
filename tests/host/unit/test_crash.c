/* SPDX-License-Identifier: MIT */
/* test_crash.c - a crash kernel's memory, and trees outside of any memory. */
#include "tests/host/unit/dtb.h"

#define USABLE(ranges)	CHOSEN "linux,usable-memory-range = <" ranges ">; "

/* The type that the kernel will find: the map's, and modules where nothing outranks them. */
static uint32_t final_type(uint64_t at)
{
	uint32_t type = type_at(at);

	for (uint32_t i = 0; i < DRAFT_MODULES; i++)
		if (at - stub.draft.module[i].mem.base < stub.draft.module[i].mem.size)
			type = MAX(type, BOOT_MEM_MODULE);
	return type;
}

static void test_crash(void **state)
{
	void *blob = collect_dts(
		"/memreserve/ 0x70100000 0x1000; /memreserve/ 0x70200000 0x2000;"
		"/ {" ROOT ALL UART USABLE("0 0x78000000 0 0x1000 0 0x70000000 0 0x400000")
		"linux,elfcorehdr = <0 0x70201010 0 0x800>; linux,initrd-start = <0x70300000>;"
		"linux,initrd-end = <0x70300800>; }; };");

	(void)state;
	assert_int_equal(final_type(0), BOOT_MEM_RESERVED);
	assert_int_equal(final_type(0x70000000), BOOT_MEM_FREE);
	assert_int_equal(final_type(0x70100000), BOOT_MEM_RESERVED);
	assert_int_equal(final_type(0x703fffff), BOOT_MEM_FREE);
	assert_int_equal(final_type(0x70200000), BOOT_MEM_RESERVED);
	assert_int_equal(final_type(0x70201010), BOOT_MEM_NVS);	/* reserved with more */
	assert_int_equal(final_type(0x70300000), BOOT_MEM_MODULE);
	assert_int_equal(final_type(0x70400000), BOOT_MEM_RESERVED);
	assert_int_equal(final_type(0x78000000), BOOT_MEM_FREE);
	assert_int_equal(final_type((1ull << 48) - 1), BOOT_MEM_RESERVED);
	assert_int_equal(final_type((uint64_t)blob), BOOT_MEM_NVS);	/* to be read, not taken */
	assert_int_equal(stub.draft.module[DRAFT_LOG].kind, BOOT_MODULE_ELFCOREHDR);
	assert_true(stub.draft.module[DRAFT_LOG].mem.base == 0x70201010);
	assert_true(stub.draft.module[DRAFT_LOG].mem.size == 0x800);
	assert_int_equal(stub.draft.info.flags, BOOT_AFTER_OS);
	free(blob);

	/* an initrd outside the usable memory is read where it is */
	blob = collect_dts("/ {" ROOT ALL UART USABLE("0 0x70000000 0 0x400000")
			   "linux,initrd-start = <0x71000000>;"
			   "linux,initrd-end = <0x71000800>; }; };");
	assert_int_equal(final_type(0x71000000), BOOT_MEM_NVS);
	assert_int_equal(final_type(0x71001000), BOOT_MEM_RESERVED);
	free(blob);

	/* as large as can be, touching, one inside another */
	blob = collect_dts("/ {" ROOT ALL UART USABLE("0 0x3000 0xffffffff 0xfffff000 "
			   "0 0x1000 0 0x2000 0 0x1000 0 0x10") "}; };");
	assert_int_equal(final_type(0xfff), BOOT_MEM_RESERVED);
	for (uint64_t at = 0x1000; at < 0x8000; at += 8)
		assert_int_equal(final_type(at), BOOT_MEM_FREE);
	assert_int_equal(stub.draft.module[DRAFT_LOG].mem.size, 0);
	free(blob);

	/* a header without usable memory: no kernel has crashed */
	blob = collect_dts("/ {" ROOT ALL UART CHOSEN "linux,elfcorehdr = <1 2 3 4>; }; };");
	assert_int_equal(stub.draft.module[DRAFT_LOG].mem.size, 0);
	free(blob);
	refuse_dts("/ {" ROOT ALL UART USABLE("0 0 1") "}; };", "usable-memory-range: damaged");
	refuse_dts("/ {" ROOT ALL UART USABLE("") "}; };", "usable-memory-range: damaged");
}

/* a crash kernel boots without a good header, although it then has nothing to dump. */
static void test_header_Q69(void **state)
{
	void *blob = collect_dts("/ {" ROOT ALL UART USABLE("0 0 1 0")
				 "linux,elfcorehdr = <0xffff 0xfffff000 0 0x2000>; }; };");

	(void)state;
	assert_dropped(&raw, &stub.draft.module[DRAFT_LOG], "elfcorehdr", NOT_THERE);
	assert_true(raw.drop[0].mem.base == 0xfffffffff000 && raw.drop[0].mem.size == 0x2000);
	free(blob);
}

/* A tree in memory that is not described, or that something else claims. */
static void test_tree_outside(void **state)
{
	static const char *const dts[] = {
		"/ {" ROOT UART CHOSEN "kaslr-seed = <1 2>; }; };",
		"/ {" ROOT UART CHOSEN "kaslr-seed = <1 2>; };"
		"memory { device_type = \"memory\"; reg = <0 0 0 0x1000>; };"
		"reserved-memory { " ROOT "ranges; all { reg = <0 0x1000 0xffff 0xfffff000>; }; };"
		"};",
	};
	struct fdt_value v;
	struct fdt f;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(dts); i++) {
		void *blob = collect_dts(dts[i]);
		const uint64_t end = (uint64_t)blob + fdt_totalsize(blob);

		assert_int_equal(final_type((uint64_t)blob), BOOT_MEM_NVS);
		assert_int_equal(final_type(end - 1), BOOT_MEM_NVS);
		assert_ptr_equal((void *)stub.draft.module[DRAFT_TREE].mem.base, blob);
		assert_false(stub.draft.have_entropy);	/* a seed in ROM is the same each time */
		assert_int_equal(fdt_open(&f, blob, ~0ull), OK);
		assert_true(fdt_property(&f, "/chosen", "kaslr-seed", &v));
		assert_memory_equal(v.data, "\0\0\0\1\0\0\0\2", 8);	/* not written to */
		free(blob);
	}
}

/* The entry after the only usable range is not read. */
static void test_one(void **state)
{
	struct boot_range *usable = exact(2 * sizeof(*usable));
	struct boot_range *one = exact(sizeof(*one));

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		usable[0] = *one = (struct boot_range){ 0x70000000, 0x400000 };
		usable[1] = (struct boot_range){ 0x60000000, 0x400000 };
		start();
		raw_add(&raw, 0, 1ull << 40, BOOT_MEM_FREE);
		raw_limit(&stub.draft, &raw, i ? one : usable, 1);
		assert_int_equal(type_at(0x6fffffff), BOOT_MEM_RESERVED);
		assert_int_equal(type_at(0x70000000), BOOT_MEM_FREE);
		assert_int_equal(type_at(0x703fffff), BOOT_MEM_FREE);
		assert_int_equal(type_at(0x70400000), BOOT_MEM_RESERVED);
		assert_int_equal(type_at(0x60000000), BOOT_MEM_RESERVED);
	}
	free(usable);
	free(one);
}

#define USABLE_AT	0x10000ull
#define USABLE_SIZE	0x10000ull

static void limit(void)
{
	struct boot_range usable = { USABLE_AT, USABLE_SIZE };

	raw_limit(&stub.draft, &raw, &usable, 1);
}

/* What each type of memory becomes where the crashed kernel's data is, and its cacheability. */
static void test_types(void **state)
{
	struct boot_mem m = { USABLE_AT - PAGE_SIZE, 2 * PAGE_SIZE, 0, 5 };

	(void)state;
	for (m.type = BOOT_MEM_FREE; m.type < BOOT_MEM_TYPES; m.type++) {
		const bool given = m.type == BOOT_MEM_FREE || m.type == BOOT_MEM_RECLAIM;

		start();
		raw_keep(&raw, &m);
		limit();
		assert_int_equal(type_at(USABLE_AT - 1), given ? BOOT_MEM_RESERVED :
				 m.type == BOOT_MEM_ACPI ? BOOT_MEM_NVS : m.type);
		assert_int_equal(type_at(USABLE_AT), m.type);
		for (uint32_t i = 0; i < raw.n; i++)
			assert_true(!raw.map[i].size || raw.map[i].cache == 5 ||
				    raw.map[i].base == (uint64_t)image_doors);
	}
}

/* What is read stays readable: in usable memory, across each of its ends, outside of it. */
static void test_kept(void **state)
{
	static const struct { struct boot_range mem; uint32_t type; } all[] = {
		{ { USABLE_AT, USABLE_SIZE }, BOOT_MEM_FREE },
		{ { USABLE_AT, USABLE_SIZE + 1 }, BOOT_MEM_NVS },
		{ { USABLE_AT - 1, 2 }, BOOT_MEM_NVS },
		{ { USABLE_AT + USABLE_SIZE - 1, 1 }, BOOT_MEM_FREE },
		{ { USABLE_AT + USABLE_SIZE - 1, 2 }, BOOT_MEM_NVS },
		{ { USABLE_AT + USABLE_SIZE, 1 }, BOOT_MEM_NVS },
		{ { 0x18000, 0x8000 }, BOOT_MEM_FREE }, { { 0x18000, 0x8001 }, BOOT_MEM_NVS },
		{ { 0x8000, 0x1000 }, BOOT_MEM_NVS },
		{ { 0x200000, 0x1000 }, BOOT_MEM_NVS },		/* and nothing around it */
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++)
		for (uint32_t k = 0; k < DRAFT_MODULES; k++) {
			const struct boot_range *mem = &all[i].mem;

			start();
			raw_add(&raw, 0, 0x100000, BOOT_MEM_FREE);
			raw_add(&raw, 0x200000, 0x1000, BOOT_MEM_FREE);
			stub.draft.module[k].mem = *mem;
			limit();
			assert_int_equal(type_at(mem->base), all[i].type);
			assert_int_equal(type_at(mem->base + mem->size - 1), all[i].type);
		}
}

/* The running image, in memory of its own and in usable memory. */
static void test_own(void **state)
{
	const uint64_t own = (uint64_t)image_doors, end = (uint64_t)image_end + RAW_SCRATCH;
	struct boot_range usable = { own, end - own };

	(void)state;
	start();
	raw_begin(&raw);
	limit();
	assert_int_equal(type_at(own), BOOT_MEM_NVS);
	assert_int_equal(type_at(end - 1), BOOT_MEM_NVS);
	start();
	raw_begin(&raw);
	raw_limit(&stub.draft, &raw, &usable, 1);
	assert_int_equal(type_at(own), BOOT_MEM_RECLAIM);
	assert_int_equal(type_at(end - 1), BOOT_MEM_RECLAIM);
}

/* Several usable ranges, in every order: each is used, and what is in it is not reserved. */
static void test_order(void **state)
{
	static const struct boot_range all[3] = {
		{ 0x10000, 0x1000 }, { 0x20000, 0x2000 }, { 0x30000, 0x3000 },
	};

	(void)state;
	for (uint32_t order = 0; order < 27; order++) {
		const uint32_t at[3] = { order % 3, order / 3 % 3, order / 9 };
		struct boot_range usable[3];

		if (at[0] == at[1] || at[1] == at[2] || at[0] == at[2])
			continue;
		for (uint32_t i = 0; i < 3; i++)
			usable[i] = all[at[i]];
		start();
		raw_add(&raw, 0, 0x100000, BOOT_MEM_FREE);
		stub.draft.module[DRAFT_LOG].mem = (struct boot_range){ 0x20800, 0x1800 };
		stub.draft.module[DRAFT_INITRD].mem = (struct boot_range){ 0x32000, 0x1000 };
		raw_limit(&stub.draft, &raw, usable, 3);
		for (uint32_t i = 0; i < 3; i++) {
			const uint64_t end = all[i].base + all[i].size;

			assert_int_equal(type_at(all[i].base - 1), BOOT_MEM_RESERVED);
			assert_int_equal(type_at(all[i].base), BOOT_MEM_FREE);
			assert_int_equal(type_at(end - 1), BOOT_MEM_FREE);
			assert_int_equal(type_at(end), BOOT_MEM_RESERVED);
		}
	}
}

/* Of more usable ranges than there is room for, the first are used. */
static void test_seventeen(void **state)
{
	char dts[1500], *p = dts;
	void *blob;

	(void)state;
	p += sprintf(p, "/ {" ROOT ALL UART CHOSEN "linux,usable-memory-range = <");
	for (uint32_t i = 0; i <= RAW_USABLE; i++)
		p += sprintf(p, "0 0x%x 0 0x1000 ", 0x70000000 + i * 0x2000);
	strcpy(p, ">; }; };");
	blob = collect_dts(dts);
	for (uint64_t i = 0; i <= RAW_USABLE; i++) {
		assert_int_equal(final_type(0x70000000 + i * 0x2000),
				 i < RAW_USABLE ? BOOT_MEM_FREE : BOOT_MEM_RESERVED);
		assert_int_equal(final_type(0x70001000 + i * 0x2000), BOOT_MEM_RESERVED);
	}
	free(blob);
}

/* As many ranges as there may be: one that is free makes room for the image. */
static void test_many(void **state)
{
	(void)state;
	start();
	for (uint64_t i = 0; i < RAW_RANGES; i++)
		raw_add(&raw, 0x100000 + i * 0x2000, 0x1000, BOOT_MEM_RESERVED);
	raw.map[RAW_RANGES - 1].type = BOOT_MEM_FREE;
	raw.map[0] = (struct boot_mem){ USABLE_AT, 0x1000, BOOT_MEM_FREE, 0 };
	limit();
	assert_int_equal(type_at(0x100000 + (RAW_RANGES - 1) * 0x2000), BOOT_MEM_RESERVED);
	assert_int_equal(type_at(0x102000), BOOT_MEM_RESERVED);
	assert_int_equal(type_at((uint64_t)image_doors), BOOT_MEM_NVS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crash), cmocka_unit_test(test_header_Q69),
		cmocka_unit_test(test_tree_outside), cmocka_unit_test(test_one),
		cmocka_unit_test(test_types), cmocka_unit_test(test_kept),
		cmocka_unit_test(test_own), cmocka_unit_test(test_many),
		cmocka_unit_test(test_order), cmocka_unit_test(test_seventeen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
