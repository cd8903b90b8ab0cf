/* SPDX-License-Identifier: MIT */
/* test_symbols.c - the function that an address is in. */
#include "tests/host/unit/unit.h"
#include "kernel/cpu/symbols.h"

static const char table[] = "1000 first\n24 second_one\n9f0 third\n4 \n";

static void is(uint64_t at, const char *name, uint64_t offset)
{
	struct symbol s;
	const bool found = symbol_find_in(table, sizeof(table) - 1, at, &s);

	assert_int_equal(found, name != NULL);
	if (!name)
		return;
	assert_int_equal(s.len, strlen(name));
	assert_memory_equal(s.name, name, s.len);
	assert_int_equal(s.offset, offset);
}

static void test_find(void **state)
{
	(void)state;
	is(0, NULL, 0);
	is(0xfff, NULL, 0);
	is(0x1000, "first", 0);
	is(0x1023, "first", 0x23);
	is(0x1024, "second_one", 0);
	is(0x1a13, "second_one", 0x9ef);
	is(0x1a14, "third", 0);
	is(0x1a17, "third", 3);
	is(0x1a18, NULL, 0);
	is(UINT64_MAX, NULL, 0);
}

/* With the table cut anywhere, nothing outside is read (ASan) and each result is right. */
static void test_cut(void **state)
{
	struct symbol s;

	(void)state;
	for (size_t size = 0; size < sizeof(table); size++) {
		char *copy = malloc(size ? size : 1);

		memcpy(copy, table, size);
		for (uint64_t at = 0xff0; at < 0x1ae0; at += 3)
			if (symbol_find_in(copy, size, at, &s))
				assert_true(s.len && s.offset <= at - 0x1000);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find), cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
