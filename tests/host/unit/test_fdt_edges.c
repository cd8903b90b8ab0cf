/* SPDX-License-Identifier: MIT */
/*
 * test_fdt_edges.c - device trees in which something ends exactly where its container does, or just
 * after it: paths, names, strings, ranges, ports.
 */
#include "tests/host/unit/dtc.h"
#include "arch/boot.h"

static struct fdt f;

static void *tree(const char *dts)
{
	size_t size;
	void *blob = dtc(dts, &size);

	memset(&f, 0xee, sizeof(f));
	assert_int_equal(fdt_open(&f, blob, size), OK);
	return blob;
}

static void test_paths(void **state)
{
	void *blob = tree("/ { a { b { }; }; };");
	static const struct {
		const char *path;
		uint32_t len, depth;	/* 0: there is none */
	} t[] = {
		{ "/", 1, 1 }, { "/", 0, 0 }, { "a", 1, 0 }, { "a/b", 3, 0 }, { "/a", 2, 2 },
		{ "/a/", 3, 2 }, { "//a//b//", 8, 3 }, { "/a/b", 4, 3 }, { "/a/c", 4, 0 },
		{ "/a/b", 3, 2 }, { "/ab", 3, 0 }, { "/ab", 2, 2 },
	};
	struct fdt_node n;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		char *path = exact(t[i].len);

		memcpy(path, t[i].path, t[i].len);
		if (fdt_find(&f, path, t[i].len, &n) != !!t[i].depth ||
		    (t[i].depth && n.depth != t[i].depth))
			fail_msg("%s, %u: depth %u", t[i].path, t[i].len, n.depth);
		free(path);
	}
	free(blob);
}

/* Of at most 31 letters (2.2.4.1). */
static void test_aliases(void **state)
{
	void *blob = tree("/ { aliases { a123456789012345678901234567890 = \"/x\";"
			  "a1234567890123456789012345678901 = \"/x\"; empty; }; x { }; };");
	struct fdt_node n;

	(void)state;
	assert_true(fdt_alias(&f, "a123456789012345678901234567890", 31, &n) && n.depth == 2);
	assert_false(fdt_alias(&f, "a1234567890123456789012345678901", 32, &n));
	assert_false(fdt_alias(&f, "a12", 3, &n));	/* without what the longer one has left */
	assert_false(fdt_alias(&f, "empty", 5, &n));
	free(blob);
}

/* Names with bytes beyond ASCII, which look like cells with a zero among them. */
static void test_letters(void **state)
{
	char *blob = tree("/ { zzzz { p = <7>; }; zzzzzzz { p = <8>; }; };"), *name = blob;
	struct fdt_node n = { 0 };
	struct fdt_value v;

	(void)state;
	for (uint32_t i = 0; i < 2; i++, name += 4) {
		while (memcmp(name, "zzzz", 4))
			name += 4;
		memcpy(name, "\xc3\xbc\xff\x81", 4);
	}
	assert_true(fdt_next(&f, &n) && fdt_next(&f, &n) && fdt_named(&f, &n, "\xc3\xbc\xff\x81"));
	assert_true(fdt_get(&f, &n, "p", &v) && fdt_cells(v.data, 1) == 7);
	assert_true(fdt_next(&f, &n) && fdt_named(&f, &n, "\xc3\xbc\xff\x81zzz"));
	assert_true(fdt_get(&f, &n, "p", &v) && fdt_cells(v.data, 1) == 8);
	assert_false(fdt_next(&f, &n) || n.broken);
	free(blob);
}

/* A name that begins where the names end is not a name, whatever lies there. */
static void test_strings(void **state)
{
	void *blob = tree("/ { a; zz-last; };");
	struct fdt_node n = { 0 };
	struct fdt_value v;
	const uint32_t end = f.strings_end;

	(void)state;
	assert_true(fdt_next(&f, &n));
	assert_true(fdt_get(&f, &n, STRINGS_LAST, &v));
	f.strings_end = end - sizeof(STRINGS_LAST) + 1;		/* its first letter is left */
	assert_false(fdt_get(&f, &n, STRINGS_LAST, &v));
	f.strings_end--;
	assert_false(fdt_get(&f, &n, STRINGS_LAST, &v));
	assert_true(fdt_get(&f, &n, "a", &v));
	free(blob);
}

/* Half an entry of `ranges` translates nothing, nor does what follows the property. */
static void test_ranges(void **state)
{
#define BUS(ranges, more) \
	"/ { #address-cells = <1>; #size-cells = <1>; bus { #address-cells = <1>; #size-cells ="  \
	"<1>; ranges = <" ranges ">; " more " d { reg = <0x9000 0x10>; }; }; };"
	static const struct {
		const char *dts;
		uint64_t base;		/* 0: none */
	} t[] = {
		{ BUS("0x9000 0x1000 0x10", ""), 0x1000 }, { BUS("0x9000 0x1000", ""), 0 },
		{ BUS("0x9000", ""), 0 }, { BUS("0x9000 0x1000", "p = <1>;"), 0 },
		{ BUS("0x8000 0x1000 0x1000 0x9000 0x2000", "p = <1>;"), 0 },
		{ BUS("0x8000 0x1000 0x1000 0x9000 0x2000 1", ""), 0x2000 },
		{ BUS("0x8000 0x1000 0x1001", ""), 0x2000 }, { BUS("0x9001 0x1000 0x1001", ""), 0 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		void *blob = tree(t[i].dts);
		struct boot_range reg = { 0 };
		struct fdt_node n;

		assert_true(fdt_find(&f, "/bus/d", 6, &n));
		if (fdt_range(&f, &n, "reg", 0, &reg) != !!t[i].base ||
		    (t[i].base && reg.base != t[i].base))
			fail_msg("%s: 0x%lx", t[i].dts, reg.base);
		free(blob);
	}
}

/* Which of two ports the older property names; a port that the CPU does not reach. */
static void test_ports(void **state)
{
	char dts[256];
	struct boot_uart uart;
	void *blob = tree("/ { #address-cells = <1>; #size-cells = <1>;"
			  "chosen { linux,stdout-path = \"/b\"; };"
			  "a { compatible = \"arm,pl011\"; reg = <0x1000 0x1000>; };"
			  "b { compatible = \"arm,pl011\"; reg = <0x2000 0x1000>; }; };");

	(void)state;
	assert_true(fdt_console(&f, &uart) && uart.base == 0x2000);
	free(blob);
	for (int over = -1; over <= 0; over++) {
		snprintf(dts, sizeof(dts), "/ { #address-cells = <2>; #size-cells = <1>; a {"
			 "compatible = \"arm,pl011\"; reg = /bits/ 64 <0x%llx>, <0x1000>; }; };",
			 ARCH_REACH + (uint64_t)over * PAGE_SIZE);
		blob = tree(dts);
		assert_int_equal(fdt_console(&f, &uart), over < 0);
		free(blob);
	}
}

/* Of two ports the one that an alias names, with and without a speed after it. */
static void test_console_alias(void **state)
{
	static const char *const path[] = { "two", "two:9600", "one", "one:" };
	struct boot_uart uart;
	char dts[400];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(path); i++) {
		void *blob;

		snprintf(dts, sizeof(dts), "/ { #address-cells = <1>; #size-cells = <1>;"
			 "aliases { one = \"/a\"; two = \"/b\"; };"
			 "chosen { stdout-path = \"%s\"; };"
			 "a { compatible = \"arm,pl011\"; reg = <0x1000 0x1000>; };"
			 "b { compatible = \"arm,pl011\"; reg = <0x2000 0x1000>; }; };", path[i]);
		blob = tree(dts);
		assert_true(fdt_console(&f, &uart) && uart.base == (i < 2 ? 0x2000 : 0x1000));
		free(blob);
	}
}

/* A path without a NUL ends with its property, whatever pads that. */
static void test_padding(void **state)
{
	char *blob = tree("/ { #address-cells = <1>; #size-cells = <1>;"
			  "chosen { stdout-path = [2f 61 62]; };"
			  "ab { compatible = \"arm,pl011\"; reg = <0x1000 0x1000>; };"
			  "abc { compatible = \"arm,pl011\"; reg = <0x2000 0x1000>; }; };");
	char *path = blob;
	struct boot_uart uart;

	(void)state;
	while (memcmp(path, "/ab", 4))
		path++;
	path[3] = 'c';
	assert_true(fdt_console(&f, &uart) && uart.base == 0x1000);
	free(blob);
}

/* A tree opened despite a damaged header has no noted nodes. */
static void test_salvage(void **state)
{
	void *blob = tree("/ { };");

	(void)state;
	memset(&f, 0xee, sizeof(f));
	assert_true(fdt_salvage(&f, blob));
	assert_int_equal(f.tops, 0);
	assert_true(f.size == FDT_MAX && f.nodes_end == FDT_MAX && f.strings_end == FDT_MAX);
	free(blob);
}

/*
 * Any block may be the last one. That of reservations has no size of its own: then the end is the
 * tree's. Otherwise nothing after the other two is read.
 */
static void test_end(void **state)
{
	enum { NODES = 64, STRINGS = 128, RESERVED = 40, ROOM = 192, BLOCK = 16 };
	static const struct {
		uint32_t nodes, strings, reserved, end, ranges;
	} t[] = {
		{ NODES, STRINGS, RESERVED, STRINGS + BLOCK, 6 },
		{ STRINGS, NODES, RESERVED, STRINGS + BLOCK, 6 },
		{ NODES, STRINGS, STRINGS + BLOCK, ROOM, 3 }, { NODES, STRINGS, ROOM, ROOM, 0 },
		{ STRINGS, NODES, STRINGS - BLOCK, STRINGS + BLOCK, 2 },
		{ NODES, STRINGS, STRINGS + BLOCK - 4, STRINGS + BLOCK, 0 },
		{ NODES, STRINGS, ROOM + 4, ROOM, 0 }, { NODES, STRINGS, ~3u, ROOM, 0 },
		{ NODES, STRINGS, 41, STRINGS + BLOCK, 0 },
	};
	struct boot_range mem;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		uint8_t *blob = exact(ROOM);
		uint32_t n = 0;

		memset(blob, 1, ROOM);
		fdt_set_magic(blob, 0xd00dfeed);
		fdt_set_version(blob, 17);
		fdt_set_last_comp_version(blob, 16);
		fdt_set_totalsize(blob, ROOM);
		fdt_set_off_dt_struct(blob, t[i].nodes);
		fdt_set_size_dt_struct(blob, BLOCK);
		fdt_set_off_dt_strings(blob, t[i].strings);
		fdt_set_size_dt_strings(blob, BLOCK);
		fdt_set_off_mem_rsvmap(blob, t[i].reserved);
		assert_int_equal(fdt_open(&f, blob, ROOM), OK);
		while (fdt_reserved(&f, n, &mem))
			n++;
		if (fdt_end(&f) != t[i].end || n != t[i].ranges || fdt_size(&f) != ROOM)
			fail_msg("%u: end %lu, %u ranges", i, fdt_end(&f), n);
		free(blob);
	}
}

/* The nodes' block ends where the root's properties begin, and so does the tree. */
static void test_no_property(void **state)
{
	size_t size;
	uint8_t *whole = dtc("/ { };", &size), *cut;
	const uint32_t nodes = fdt_off_dt_struct(whole), end = nodes + 8;
	struct fdt_node n;
	struct fdt_value v;
	const char *name;
	uint32_t at = 0;

	(void)state;
	assert_true(end <= size);
	fdt_set_size_dt_struct(whole, end - nodes);
	fdt_set_totalsize(whole, end);
	fdt_set_off_dt_strings(whole, nodes);
	cut = exact(end);
	memcpy(cut, whole, end);
	assert_int_equal(fdt_open(&f, cut, end), OK);
	assert_true(fdt_find(&f, "/", 1, &n));
	assert_false(fdt_property_next(&f, &n, &at, &name, &v));
	free(cut);
	free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths), cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_letters), cmocka_unit_test(test_strings),
		cmocka_unit_test(test_ranges), cmocka_unit_test(test_ports),
		cmocka_unit_test(test_salvage), cmocka_unit_test(test_padding),
		cmocka_unit_test(test_console_alias), cmocka_unit_test(test_end),
		cmocka_unit_test(test_no_property),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
