/* SPDX-License-Identifier: MIT */
/*
 * test_fdt_cells.c - the reader as compiled for a CPU without an instruction that reverses bytes:
 * the tests of test_fdt.c, numbers of one, two and three bytes, and searches by noted nodes.
 */
#undef ARCH_SWAPS
#undef ARCH_TOLD
#define ARCH_SWAPS	0
#define ARCH_TOLD	1
#include "tests/host/unit/dtc.h"
#undef FDT_MAGIC		/* libfdt has the same names */
#undef FDT_BEGIN_NODE
#undef FDT_END_NODE
#undef FDT_PROP
#undef FDT_NOP
#undef FDT_END
#include "lib/fdt.c"
#define main	test_fdt	/* not run as a whole */
#include "tests/host/unit/test_fdt.c"
#undef main

/* The only property has `len` bytes, and its name lies at `at` of the strings. */
static void check_property(uint32_t len, uint32_t at)
{
	const uint32_t words[] = { 1, 0, 3, len, at, 77 };
	const uint32_t nodes = (uint32_t)ALIGN_UP(sizeof(words) - 4 + len, 4);
	const uint32_t size = FDT_HEADER + nodes + 8 + at + sizeof("name");
	uint8_t *const blob = calloc(1, size);
	struct fdt_node n = { 0 };
	struct fdt_value v;
	struct fdt f;

	fdt_set_magic(blob, 0xd00dfeed);
	fdt_set_totalsize(blob, size);
	fdt_set_off_dt_struct(blob, FDT_HEADER);
	fdt_set_size_dt_struct(blob, nodes + 8);
	fdt_set_off_dt_strings(blob, FDT_HEADER + nodes + 8);
	fdt_set_size_dt_strings(blob, at + sizeof("name"));
	fdt_set_version(blob, 17);
	fdt_set_last_comp_version(blob, 16);
	for (uint32_t i = 0; i < ARRAY_SIZE(words); i++)
		((fdt32_t *)(blob + FDT_HEADER))[i] = cpu_to_fdt32(words[i]);
	*(fdt32_t *)(blob + FDT_HEADER + nodes) = cpu_to_fdt32(2);
	*(fdt32_t *)(blob + FDT_HEADER + nodes + 4) = cpu_to_fdt32(9);
	memcpy(blob + size - sizeof("name"), "name", sizeof("name"));
	assert_int_equal(fdt_open(&f, blob, size), OK);
	assert_true(fdt_property(&f, "/", "name", &v) && v.len == len);
	assert_int_equal(fdt_cells(v.data, 1), 77);
	assert_true(fdt_next(&f, &n) && n.depth == 1);
	assert_false(fdt_next(&f, &n) || n.broken);
	assert_false(fdt_next(&f, &n) || n.broken);
	free(blob);
}

/* Numbers of one, two and three bytes. */
static void test_bytes(void **state)
{
	static const uint32_t n[] = {
		4, 252, 255, 256, 257, 511, 512, 1000, 0x8000, 65535, 65536, 65537, 70001
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(n); i++) {
		check_property(n[i], 4);
		check_property(4, n[i]);
	}
}

/* "/\1bcdefg" has a property "name" of no bytes, with which the block ends. */
static const uint32_t end_words[] = { 1, 0, 1, 0x01626364, 0x65666700, 3, 0, 0 };
#define END_NODES	sizeof(end_words)
#define END_SIZE	(FDT_HEADER + END_NODES + sizeof("name"))

static uint8_t *end_make(void)
{
	uint8_t *const blob = calloc(1, END_SIZE);

	fdt_set_magic(blob, 0xd00dfeed);
	fdt_set_totalsize(blob, END_SIZE);
	fdt_set_off_dt_struct(blob, FDT_HEADER);
	fdt_set_size_dt_struct(blob, END_NODES);
	fdt_set_off_dt_strings(blob, FDT_HEADER + END_NODES);
	fdt_set_size_dt_strings(blob, sizeof("name"));
	fdt_set_version(blob, 17);
	fdt_set_last_comp_version(blob, 17);
	for (uint32_t i = 0; i < ARRAY_SIZE(end_words); i++)
		((fdt32_t *)(blob + FDT_HEADER))[i] = cpu_to_fdt32(end_words[i]);
	memcpy(blob + FDT_HEADER + END_NODES, "name", sizeof("name"));
	return blob;
}

static void test_versions(void **state)
{
	uint8_t *const blob = end_make();
	struct fdt f;

	(void)state;
	for (uint32_t version = 15; version <= 19; version++)
		for (uint32_t last = 15; last <= 19; last++) {
			fdt_set_version(blob, version);
			fdt_set_last_comp_version(blob, last);
			assert_int_equal(fdt_open(&f, blob, END_SIZE) == OK,
					 version >= 17 && last <= 17);
		}
	free(blob);
}

/* A property that ends at the end of the block is found; one that ends after it is not. */
static void test_ends(void **state)
{
	uint8_t *const blob = end_make();
	fdt32_t *const words = (fdt32_t *)(blob + FDT_HEADER);
	char *const path = exact(1);
	struct fdt_node n = { 0 };
	const char *name = NULL;
	struct fdt_value v;
	uint32_t at = 0;
	struct fdt f;

	(void)state;
	*path = '/';
	assert_int_equal(fdt_open(&f, blob, END_SIZE), OK);
	assert_true(fdt_property(&f, "/\1bcdefg", "name", &v) && !v.len);
	assert_true(fdt_find(&f, path, 1, &n) && fdt_next(&f, &n));
	assert_true(fdt_property_next(&f, &n, &at, &name, &v) && !v.len);
	assert_string_equal(name, "name");
	assert_false(fdt_property_next(&f, &n, &at, &name, &v));
	words[7] = cpu_to_fdt32(0x800000);		/* its name, far beyond the strings */
	assert_false(fdt_property(&f, "/\1bcdefg", "name", &v));
	words[7] = 0;
	fdt_set_size_dt_struct(blob, END_NODES - 4);
	assert_int_equal(fdt_open(&f, blob, END_SIZE), OK);
	assert_false(fdt_property(&f, "/\1bcdefg", "name", &v));
	words[4] = cpu_to_fdt32(0x65666768);		/* a node's name without a NUL */
	fdt_set_size_dt_struct(blob, 20);
	assert_int_equal(fdt_open(&f, blob, END_SIZE), OK);
	n = (struct fdt_node){ 0 };
	assert_true(fdt_next(&f, &n));
	assert_false(fdt_next(&f, &n));
	assert_true(n.broken);
	free(path);
	free(blob);
}

/* With the root's children noted, each path leads to the same node as before. */
static void test_noted(void **state)
{
	size_t size;
	void *const blob = dtc(dtc_board, &size);
	struct fdt_node n = { 0 }, want, got;
	struct fdt plain, noted;
	uint32_t tops = 0, found = 0;
	char path[256];

	(void)state;
	assert_int_equal(fdt_open(&plain, blob, size), OK);
	assert_int_equal(fdt_open(&noted, blob, size), OK);
	while (fdt_next_within(&plain, &n, 2)) {
		if (n.depth != 2)
			continue;
		noted.top[tops].name = n.name;
		noted.top[tops++].body = n.body[1];
	}
	assert_in_range(tops, 2, FDT_TOPS);
	noted.tops = tops;
	for (int at = 0; at >= 0; at = fdt_next_node(blob, at, NULL)) {
		assert_int_equal(fdt_get_path(blob, at, path, sizeof(path)), 0);
		for (uint32_t len = (uint32_t)strlen(path); len; len--) {
			const bool there = fdt_find(&plain, path, len, &want);

			assert_int_equal(fdt_find(&noted, path, len, &got), there);
			if (!there)
				continue;
			found++;
			assert_int_equal(got.at, want.at);
			assert_int_equal(got.name, want.name);
			assert_int_equal(got.depth, want.depth);
			assert_memory_equal(got.body, want.body, 4 * want.depth);
		}
	}
	assert_true(found > 5);
	free(blob);
}

/* A property that is longer than any tree by one bit of its length. */
static void test_long_property(void **state)
{
	size_t size;
	uint32_t *blob = dtc("/ { a = <1>; n { }; };", &size), *length = blob;
	struct fdt_node n;
	struct fdt f;

	(void)state;
	while (length[0] != __builtin_bswap32(3) || length[1] != __builtin_bswap32(4))
		length++;
	length++;				/* after FDT_PROP */
	for (uint32_t bit = 20; bit < 32; bit++) {
		*length = __builtin_bswap32(4 | 1u << bit);
		assert_int_equal(fdt_open(&f, blob, size), OK);
		assert_false(fdt_find(&f, "/n", 2, &n));
		assert_true(n.broken);
	}
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_libfdt), cmocka_unit_test(test_nops),
		cmocka_unit_test(test_long_property),
		cmocka_unit_test(test_console), cmocka_unit_test(test_depth),
		cmocka_unit_test(test_bytes), cmocka_unit_test(test_ends),
		cmocka_unit_test(test_versions), cmocka_unit_test(test_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
