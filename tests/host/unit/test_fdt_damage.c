/* SPDX-License-Identifier: MIT */
/*
 * test_fdt_damage.c - truncated, corrupted and made-up trees: nothing beyond their end may
 * be read (ASan), and every search must end (run.sh's limit).
 */
#include "tests/host/unit/dtc.h"

#define HEADER	40		/* bytes */

static void test_open(void **state)
{
	static const struct {
		uint32_t at, value;
		status_t want;
	} fields[] = {
		{ 0x00, 0xd00dfeec, ERR_BAD_FORMAT }, { 0x04, 0x10000, ERR_TOO_SMALL },
		{ 0x04, 0xffffffff, ERR_TOO_SMALL }, { 0x04, HEADER, ERR_BAD_FORMAT },
		{ 0x04, 0, ERR_BAD_FORMAT }, { 0x08, 0x3a, ERR_BAD_FORMAT },
		{ 0x08, 0xfffffffc, ERR_BAD_FORMAT }, { 0x0c, 0xffffffff, ERR_BAD_FORMAT },
		{ 0x14, 16, ERR_BAD_FORMAT }, { 0x18, 18, ERR_BAD_FORMAT },
		{ 0x14, 18, OK }, { 0x20, 0xffffffff, ERR_BAD_FORMAT },
		{ 0x24, 0xfffffffc, ERR_BAD_FORMAT },
	};
	size_t size;
	uint8_t *blob = dtc(dtc_board, &size), *odd = exact(size + 1), *big = exact(FDT_MAX + 4);
	struct fdt f;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(fields); i++) {
		fdt32_t was, value = cpu_to_fdt32(fields[i].value);

		memcpy(&was, blob + fields[i].at, sizeof(was));
		memcpy(blob + fields[i].at, &value, sizeof(value));
		if (fdt_open(&f, blob, size) != fields[i].want)
			fail_msg("%x at %x", fields[i].value, fields[i].at);
		memcpy(blob + fields[i].at, &was, sizeof(was));
	}
	assert_int_equal(fdt_open(&f, NULL, 0), ERR_TOO_SMALL);
	memcpy(odd + 1, blob, size);
	assert_int_equal(fdt_open(&f, odd + 1, size), ERR_BAD_FORMAT);
	assert_int_equal(fdt_open(&f, blob, HEADER - 1), ERR_TOO_SMALL);
	memset(odd, 0, HEADER);
	assert_int_equal(fdt_open(&f, odd, HEADER), ERR_BAD_FORMAT);	/* it was read */
	memcpy(big, blob, size);
	fdt_set_totalsize(big, FDT_MAX);
	assert_int_equal(fdt_open(&f, big, ~0ull), OK);
	fdt_set_totalsize(big, FDT_MAX + 4);
	assert_int_equal(fdt_open(&f, big, ~0ull), ERR_BAD_FORMAT);
	free(big);
	free(odd);
	free(blob);
}

/* Call everything; only the sanitizer judges. */
static void ask(const void *blob, size_t available)
{
	struct fdt_node n = { 0 };
	struct boot_uart uart;
	struct boot_range reg;
	struct fdt_value v;
	struct fdt f;
	bool by_hvc;

	if (fdt_open(&f, blob, available) != OK)
		return;
	assert_true(fdt_size(&f) <= available);
	while (fdt_next(&f, &n)) {
		assert_true(n.depth >= 1 && n.depth <= FDT_DEPTH);
		for (uint32_t i = 0; fdt_reg(&f, &n, i, &reg) && i < 9; i++)
			;
	}
	for (uint32_t i = 0; fdt_reserved(&f, i, &reg); i++)
		assert_true(i < available / 16);
	fdt_console(&f, &uart);
	fdt_psci(&f, &by_hvc);
	fdt_find(&f, "/longer-than-any-name", 21, &n);
	if (fdt_property(&f, "/chosen", "stdout-path", &v))
		free(memcpy(exact(v.len), v.data, v.len));
}

static void test_truncated(void **state)
{
	size_t size;
	uint8_t *blob = dtc(dtc_board, &size);
	struct fdt f;

	(void)state;
	for (size_t n = 0; n < size; n++) {
		uint8_t *cut = exact(n);

		memcpy(cut, blob, n);
		assert_int_equal(fdt_open(&f, cut, n), ERR_TOO_SMALL);
		if (n >= HEADER) {		/* the header agrees; dtc's structure comes first */
			fdt_set_totalsize(cut, (uint32_t)n);
			assert_int_not_equal(fdt_open(&f, cut, n), OK);
			fdt_set_size_dt_strings(cut, 0);
			fdt_set_off_dt_strings(cut, 0);
			ask(cut, n);
		}
		free(cut);
	}
	free(blob);
}

/* The header, one whole block, then `n` bytes of the other, at the end of the memory. */
static void *rearranged(const uint8_t *blob, bool strings_last, uint32_t n, uint32_t *size)
{
	uint32_t nodes = fdt_size_dt_struct(blob), strings = fdt_size_dt_strings(blob);
	uint32_t first = strings_last ? nodes : (uint32_t)ALIGN_UP(strings, 4);
	uint8_t *out;

	*size = HEADER + first + n;
	out = exact(*size);
	memset(out, 0, *size);
	memcpy(out, blob, HEADER);
	fdt_set_totalsize(out, *size);
	fdt_set_off_dt_struct(out, strings_last ? HEADER : HEADER + first);
	fdt_set_off_dt_strings(out, strings_last ? HEADER + first : HEADER);
	fdt_set_size_dt_struct(out, strings_last ? nodes : n);
	fdt_set_size_dt_strings(out, strings_last ? n : strings);
	memcpy(out + fdt_off_dt_struct(out), blob + fdt_off_dt_struct(blob),
	       fdt_size_dt_struct(out));
	memcpy(out + fdt_off_dt_strings(out), blob + fdt_off_dt_strings(blob),
	       fdt_size_dt_strings(out));
	return out;
}

static void test_blocks_truncated(void **state)
{
	static const char *const ends[] = {	/* the memory ends right after these */
		"/ { chosen { stdout-path = [2f 75 76 77]; }; };",
		"/ { chosen { stdout-path = \"v\"; }; aliases { v; }; };",
		"/ { u { compatible = [61 62 63 64 65 66 67 68 69 70 71 72]; }; };",
		"/ { a { }; };",
	};
	size_t size;
	uint8_t *blob;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(ends); i++) {
		blob = dtc(ends[i], &size);
		for (uint32_t n = fdt_size_dt_struct(blob); n; n -= 4) {
			uint32_t all;
			void *cut = rearranged(blob, false, n, &all);

			ask(cut, all);
			free(cut);
		}
		free(blob);
	}
	blob = dtc(dtc_board, &size);
	for (int strings_last = 0; strings_last < 2; strings_last++) {
		uint32_t whole = strings_last ? fdt_size_dt_strings(blob) :
						fdt_size_dt_struct(blob);

		for (uint32_t n = 0; n <= whole; n++) {
			uint32_t all;
			void *cut = rearranged(blob, strings_last, n, &all);
			struct fdt f;
			struct fdt_value v;

			ask(cut, all);
			/* the last property is found only if nothing is cut */
			assert_int_equal(fdt_open(&f, cut, all), OK);
			if (strings_last || n == whole)
				assert_int_equal(fdt_property(&f, "/memory", STRINGS_LAST, &v),
						 n == whole);
			free(cut);
		}
	}
	free(blob);
}

/* The walk ends where the root does. */
static void test_two_roots(void **state)
{
	static const uint32_t words[] = { 1, 0, 2, 1, 0, 2, 9 };
	struct fdt_node n = { 0 };
	struct fdt f;
	size_t size;
	uint8_t *blob = dtc(dtc_board, &size);

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(words); i++)
		((fdt32_t *)(blob + fdt_off_dt_struct(blob)))[i] = cpu_to_fdt32(words[i]);
	assert_int_equal(fdt_open(&f, blob, size), OK);
	assert_true(fdt_next(&f, &n));
	assert_false(fdt_next(&f, &n));
	assert_false(fdt_next(&f, &n));
	free(blob);
}

/* The walk names what is damaged, not the node in which it is. */
static void test_where(void **state)
{
	enum { BEGIN = 1, END, PROP, NOP, LAST = 9 };
	static const struct {
		uint32_t words[9], n, at;	/* of the structure block; what is damaged */
	} cases[] = {
		{ { BEGIN, 0, PROP, 0, 0, 7 }, 6, 5 },
		{ { BEGIN, 0, PROP, 0, 0, LAST }, 6, 5 },
		{ { BEGIN, 0, PROP, 4, 0, 0, PROP, 5, 0 }, 9, 6 },
		{ { BEGIN, 0, PROP, 4, 0, 0, PROP, ~0u, 0 }, 9, 6 },
		{ { BEGIN, 0, PROP, 4, 0, 0, PROP, 0 }, 8, 6 },
		{ { BEGIN, 0, NOP, NOP, PROP, 0, 0 }, 7, 7 },	/* no more: its end */
		{ { BEGIN, 0, NOP, BEGIN, 0x61616161 }, 5, 3 },
		{ { NOP, LAST }, 2, 1 },
		{ { END, LAST }, 2, 0 },
		{ { BEGIN, 0, BEGIN, 0, END }, 5, 5 },
		{ { BEGIN, 0, BEGIN, 0, END, PROP, ~0u, 0, 0 }, 9, 5 },
	};
	size_t size;
	uint8_t *blob = dtc(dtc_board, &size);
	const uint32_t start = fdt_off_dt_struct(blob);
	struct fdt f;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fdt_node n = { 0 };

		for (uint32_t k = 0; k < cases[i].n; k++)
			((fdt32_t *)(blob + start))[k] = cpu_to_fdt32(cases[i].words[k]);
		fdt_set_size_dt_struct(blob, cases[i].n * 4);
		assert_int_equal(fdt_open(&f, blob, size), OK);
		while (fdt_next_within(&f, &n, 1))
			;
		assert_int_equal(n.broken, start + 4 * cases[i].at);
	}
	free(blob);
}

/* A name may lie in the strings more than once, and a property be there twice: the first counts. */
static void test_names(void **state)
{
	static const char names[][4] = { "ab", "b", "" };
	static const uint32_t words[] = {
		1, 0, 3, 4, 6, 10, 4, 3, 4, 1, 11, 3, 4, 0, 12, 3, 4, 4, 13, 3, 4, 2, 14, 3, 4, 8,
		15, 2, 9
	};
	static const char strings[] = "ab\0" "xb\0" "ab\0" "a";	/* the last is cut off */
	uint8_t *const blob = exact(FDT_HEADER + sizeof(words) + 10);
	struct fdt_value v[ARRAY_SIZE(names)];
	struct fdt_node n = { 0 };
	struct fdt f;

	(void)state;
	memset(blob, 0, FDT_HEADER);
	fdt_set_magic(blob, 0xd00dfeed);
	fdt_set_totalsize(blob, FDT_HEADER + sizeof(words) + 10);
	fdt_set_off_dt_struct(blob, FDT_HEADER);
	fdt_set_size_dt_struct(blob, sizeof(words));
	fdt_set_off_dt_strings(blob, FDT_HEADER + sizeof(words));
	fdt_set_size_dt_strings(blob, 10);
	fdt_set_version(blob, 17);
	fdt_set_last_comp_version(blob, 16);
	for (uint32_t i = 0; i < ARRAY_SIZE(words); i++)
		((fdt32_t *)(blob + FDT_HEADER))[i] = cpu_to_fdt32(words[i]);
	memcpy(blob + FDT_HEADER + sizeof(words), strings, 10);
	assert_int_equal(fdt_open(&f, blob, FDT_HEADER + sizeof(words) + 10), OK);
	assert_true(fdt_next(&f, &n));
	assert_int_equal(fdt_get_at(&f, n.body[0], FDT_NAMES(names), v), 0);
	assert_int_equal(fdt_cells(v[0].data, 1), 10);
	assert_int_equal(fdt_cells(v[1].data, 1), 11);
	assert_int_equal(fdt_cells(v[2].data, 1), 14);
	assert_false(fdt_get(&f, &n, "a", v));
	assert_null(v[0].data);
	/* six properties and a NOP */
	assert_int_equal(fdt_get_at(&f, n.body[0], "a", 0, 1, v), n.body[0] + 6 * 16 + 4);
	free(blob);
}

static void corrupt_each(uint8_t *blob, size_t size)
{
	static const uint8_t flips[] = { 0xff, 0x01, 0x80, 0x04 };

	for (size_t i = 0; i < size; i++) {
		uint8_t was = blob[i];

		for (uint32_t k = 0; k < ARRAY_SIZE(flips); k++) {
			blob[i] = was ^ flips[k];
			ask(blob, size);
		}
		blob[i] = 0;
		ask(blob, size);
		blob[i] = was;
	}
}

static void test_corrupted(void **state)
{
	size_t size;
	uint32_t all;
	void *moved, *blob = dtc(dtc_board, &size);

	(void)state;
	corrupt_each(blob, size);
	moved = rearranged(blob, false, fdt_size_dt_struct(blob), &all);
	corrupt_each(moved, all);		/* now the structure is what the memory ends with */
	free(moved);
	free(blob);
	blob = dtc_virt(&size);
	corrupt_each(blob, size);
	free(blob);
}

/* Random words of the kinds that a walk accepts. */
static void test_random(void **state)
{
	static const uint32_t words[] = { 1, 2, 3, 4, 9, 0, 0, 1, 3, 8, 4, 0x2f000000, ~0u, 64 };
	size_t size;
	uint8_t *blob = dtc(dtc_board, &size);
	uint32_t nodes = fdt_size_dt_struct(blob), all;
	uint64_t seed = 11;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint8_t *t = rearranged(blob, false, nodes, &all);
		uint32_t hits = 1 + rnd_below(&seed, round % 2 ? 8 : nodes);

		while (hits--) {
			fdt32_t w = cpu_to_fdt32(words[rnd_below(&seed, ARRAY_SIZE(words))]);

			memcpy(t + all - nodes + 4 * rnd_below(&seed, nodes / 4), &w, sizeof(w));
		}
		ask(t, all);
		free(t);
	}
	free(blob);
}

/* The port of a tree that cannot be opened, as offsets or lengths are wrong. */
static void test_salvage(void **state)
{
	uint8_t *all = calloc(1, FDT_MAX);
	struct boot_uart uart;
	struct fdt f;
	size_t size;
	void *blob = dtc("/ { u { compatible = \"ns16550\"; reg = <0 0x3000 8>; }; };", &size);

	(void)state;
	memcpy(all, blob, size);
	fdt_set_totalsize(all, UINT32_MAX);
	for (uint32_t odd = 0; odd < 4; odd++) {
		fdt_set_off_dt_struct(all, fdt_off_dt_struct(blob) + odd);
		assert_int_not_equal(fdt_open(&f, all, FDT_MAX), OK);
		assert_true(fdt_salvage(&f, all));
		assert_true(fdt_console(&f, &uart) && uart.base == 0x3000);
	}
	fdt_set_off_dt_struct(all, UINT32_MAX);
	fdt_set_off_dt_strings(all, UINT32_MAX);
	assert_true(fdt_salvage(&f, all));
	assert_false(fdt_console(&f, &uart));
	fdt_set_magic(all, 0);
	assert_false(fdt_salvage(&f, all));
	free(all);
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open), cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_blocks_truncated), cmocka_unit_test(test_corrupted),
		cmocka_unit_test(test_two_roots),
		cmocka_unit_test(test_where), cmocka_unit_test(test_names),
		cmocka_unit_test(test_random), cmocka_unit_test(test_salvage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
