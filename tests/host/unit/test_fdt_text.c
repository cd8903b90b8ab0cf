/* SPDX-License-Identifier: MIT */
/*
 * test_fdt_text.c - how device trees are printed: the values, and that nothing in them makes the
 * code read beyond them (the sanitizer looks) or go on for ever.
 */
#include "tests/host/unit/dtc.h"
#include "tests/host/unit/said.h"
#include "kernel/firmware/fdt_text.h"

static bool never(void)
{
	return false;
}

static char *tree_text(const void *blob, size_t size, const char *path)
{
	struct fdt_node n;
	struct fdt f;

	said_clear();
	assert_int_equal(fdt_open(&f, blob, size), OK);
	if (!strcmp(path, "/"))
		fdt_text_reserved(&f);
	assert_true(fdt_find(&f, path, (uint32_t)strlen(path), &n));
	assert_true(fdt_text_node(&f, &n, never));
	assert_int_equal(n.broken, 0);
	return said;
}

static void test_tree(void **state)
{
	static const char dts[] =
		"/memreserve/ 0x1000 0x2000; /memreserve/ 0x8000 0x1000;"
		"/ { a; b = \"x\"; c = \"x\", \"y\\\"z\\\\\\n\"; d = <1 0xffffffff>;"
		"  e = [01 02 03];"
		"  f = \"\"; g = [61 00 00 00]; h = [00 61 00 00]; i = <0x61620000>;"
		"  j = [61 62 63];"
		"  one { two@1 { p; }; three { }; }; four { }; };";
	size_t size, again;
	void *blob = dtc(dts, &size), *second;

	(void)state;
	assert_string_equal(tree_text(blob, size, "/one"),
			    "one {\n\ttwo@1 {\n\t\tp;\n\t};\n\tthree {\n\t};\n};\n");
	assert_string_equal(tree_text(blob, size, "/four"), "four {\n};\n");
	second = dtc(tree_text(blob, size, "/"), &again);
	assert_non_null(strstr(said, "\tb = \"x\";\n\tc = \"x\", \"y\\\"z\\\\\\x0a\";\n"));
	assert_non_null(strstr(said, "\tg = <0x61000000>;\n"));
	assert_int_equal(again, size);
	assert_memory_equal(second, blob, size);
	free(second);
	free(blob);
}

/* A property whose name lies outside of the names. */
static void test_tree_no_name(void **state)
{
	size_t size;
	uint32_t *blob = dtc("/ { a; };", &size), i = 0;

	(void)state;
	while (blob[i] != __builtin_bswap32(3) || blob[i + 1] || blob[i + 2])	/* FDT_PROP, 0, 0 */
		assert_true(++i + 2 < size / 4);
	blob[i + 2] = __builtin_bswap32(2);
	assert_string_equal(tree_text(blob, size, "/"), "/ {\n\t/* error: no name */;\n};\n");
	free(blob);
}

/* dtc makes the same bytes of our text. */
static void test_tree_board(void **state)
{
	size_t size, again;
	void *blob = dtc(dtc_board, &size), *second = dtc(tree_text(blob, size, "/"), &again);

	(void)state;
	assert_int_equal(again, size);
	assert_memory_equal(second, blob, size);
	free(second);
	free(blob);
}

static void test_tree_damage(void **state)
{
	uint64_t seed = 9;
	size_t size;
	uint8_t *blob = dtc(dtc_board, &size);

	(void)state;
	for (uint32_t turn = 0; turn < 4000; turn++) {
		uint8_t *p = memcpy(exact(size), blob, size);
		struct fdt_node n;
		struct fdt f;

		for (uint32_t i = 0; i < 4; i++)
			p[40 + rnd_below(&seed, (uint32_t)size - 40)] =
				(uint8_t)rnd_below(&seed, 10);
		said_clear();
		if (fdt_open(&f, p, size) == OK && fdt_find(&f, "/", 1, &n))
			assert_true(fdt_text_node(&f, &n, never));
		free(p);
	}
	free(blob);
}

/* A property that was overwritten, wherever it is, is passed over. */
static void test_tree_nop(void **state)
{
	static const char *const name[] = { "a", "b", "d" };
	static const char *const want[] = {
		"/ {\n\tb = <0x01 0x02>;\n\td = \"x\";\n\tn {\n\t};\n};\n",
		"/ {\n\td = \"x\";\n\tn {\n\t};\n};\n",
		"/ {\n\tn {\n\t};\n};\n",
	};
	size_t size;
	void *blob = dtc("/ { a; b = <1 2>; d = \"x\"; n { }; };", &size);

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(name); i++) {
		assert_int_equal(fdt_nop_property(blob, 0, name[i]), 0);
		assert_string_equal(tree_text(blob, size, "/"), want[i]);
	}
	free(blob);
	blob = dtc("/ { a; b = <1 2>; d = \"x\"; };", &size);
	assert_int_equal(fdt_nop_property(blob, 0, "b"), 0);
	assert_string_equal(tree_text(blob, size, "/"), "/ {\n\ta;\n\td = \"x\";\n};\n");
	free(blob);
}

/* Which values are printed as text, as cells or as bytes. */
static void test_tree_values(void **state)
{
	static const struct { const char *value, *shown; } all[] = {
		{ "[07 0d 61 00]", "\"\\x07\\x0da\"" }, { "[06 61 61 00]", "<0x6616100>" },
		{ "[0e 61 61 00]", "<0xe616100>" }, { "[20 7e 61 00]", "\" ~a\"" },
		{ "[7f 61 61 00]", "<0x7f616100>" }, { "[1f 61 61 00]", "<0x1f616100>" },
		{ "[61 00 62 00]", "\"a\", \"b\"" }, { "[61 00 00 00]", "<0x61000000>" },
		{ "[61 00 00 62 00]", "[61 00 00 62 00]" }, { "[61 00 00 62 62 00]",
		  "\"a\", \"\", \"bb\"" }, { "[01 02]", "[01 02]" }, { "<1 2>", "<0x01 0x02>" },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
		char text[80];
		size_t size;
		void *blob;

		snprintf(text, sizeof(text), "/ { a = %s; };", all[i].value);
		blob = dtc(text, &size);
		snprintf(text, sizeof(text), "/ {\n\ta = %s;\n};\n", all[i].shown);
		assert_string_equal(tree_text(blob, size, "/"), text);
		free(blob);
	}
}

/* Of a value longer than 4 KiB only that much is shown, as cells or bytes. */
static void test_tree_long(void **state)
{
	static char text[20000];

	(void)state;
	for (uint32_t n = 4096; n < 4101; n++) {
		char *at = text + sprintf(text, "/ { a = [");
		size_t size;
		void *blob;

		for (uint32_t i = 1; i < n; i++)
			at += sprintf(at, "61 ");
		sprintf(at, "00]; };");
		blob = dtc(text, &size);
		at = text + sprintf(text, "/ {\n\ta = %s", n == 4096 ? "\"" : n % 4 ? "[" : "<");
		for (uint32_t i = 0; i < (n == 4096 ? 4095u : n % 4 ? 4096u : 1024u); i++)
			at += sprintf(at, "%s%s", i && n > 4096 ? " " : "",
				      n == 4096 ? "a" : n % 4 ? "61" : "0x61616161");
		if (n == 4096)
			sprintf(at, "\";\n};\n");
		else
			sprintf(at, "%s /* and %u bytes more */;\n};\n", n % 4 ? "]" : ">",
				n - 4096);
		assert_string_equal(tree_text(blob, size, "/"), text);
		free(blob);
	}
}

static uint32_t until;

static bool soon(void)
{
	return !--until;
}

/* A key may stop it after each property. */
static void test_tree_stopped(void **state)
{
	size_t size;
	void *blob = dtc("/ { a; b; c { d; }; };", &size);

	(void)state;
	for (uint32_t n = 1; n <= 4; n++) {
		struct fdt_node node;
		struct fdt f;

		said_clear();
		assert_int_equal(fdt_open(&f, blob, size), OK);
		assert_true(fdt_find(&f, "/", 1, &node));
		until = n;
		assert_int_equal(fdt_text_node(&f, &node, soon), n == 4);
		assert_int_equal(strstr(said, "b;") != NULL, n > 1);
		assert_int_equal(strstr(said, "d;") != NULL, n > 2);
	}
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree), cmocka_unit_test(test_tree_board),
		cmocka_unit_test(test_tree_damage), cmocka_unit_test(test_tree_no_name),
		cmocka_unit_test(test_tree_values), cmocka_unit_test(test_tree_long),
		cmocka_unit_test(test_tree_stopped), cmocka_unit_test(test_tree_nop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
