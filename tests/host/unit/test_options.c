/* SPDX-License-Identifier: MIT */
/* test_options.c - every word the stub obeys, and every one it must refuse. */
#include "tests/host/unit/unit.h"
#include "lib/crumb.h"
#include "stub/cmdline.h"

static struct options parse(const char *text)
{
	struct options o;
	const char *bad = NULL;
	uint32_t bad_len = 0;

	memset(&o, 0x55, sizeof(o));
	if (options_parse(text, &o, &bad, &bad_len) != OK)
		fail_msg("\"%s\": \"%.*s\" is refused", text, (int)bad_len, bad);
	return o;
}

static void test_default(void **state)
{
	static const char *const nothing[] = {
		"", " ", "quiet root=/dev/vda", "MMU=off", "xmmu=foo", "mmu", "mmux=1", "place",
		"debugger", "debug=1", "initrd", "fault", "-- mmu=off debug", "--", "-- mmu=foo",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++) {
		struct options o = parse(nothing[i]);

		assert_int_equal(o.regime, BOOT_MMU_DEFAULT);
		assert_int_equal(o.place, PLACE_RANDOM);
		assert_true(o.place_at == 0 && o.fault == 0);
		assert_null(o.initrd);
		assert_int_equal(o.initrd_len, 0);
		if (o.debug)
			fail_msg("\"%s\" means debug", nothing[i]);
	}
}

static void test_regime(void **state)
{
	(void)state;
	assert_int_equal(parse("mmu=off").regime, BOOT_MMU_OFF);
	assert_int_equal(parse("mmu=identity").regime, BOOT_MMU_IDENTITY);
	assert_int_equal(parse("mmu=mapped").regime, BOOT_MMU_MAPPED);
	assert_int_equal(parse("a mmu=off\tmmu=mapped\nb").regime, BOOT_MMU_MAPPED);
	assert_int_equal(parse("mmu=off -- mmu=mapped").regime, BOOT_MMU_OFF);
}

static void test_place(void **state)
{
	struct options o = parse("place=0x40001000");

	(void)state;
	assert_int_equal(o.place, PLACE_FIXED);
	assert_true(o.place_at == 0x40001000);
	o = parse("place=8192");
	assert_true(o.place == PLACE_FIXED && o.place_at == 8192);
	o = parse("place=0xfffffffffffff000");
	assert_true(o.place == PLACE_FIXED && o.place_at == 0xfffffffffffff000);
	assert_int_equal(parse("place=stay").place, PLACE_STAY);
	o = parse("place=0x1000 place=random");
	assert_true(o.place == PLACE_RANDOM && o.place_at == 0);
	assert_int_equal(parse("place=random place=stay").place, PLACE_STAY);
}

static void test_initrd(void **state)
{
	static const char text[] = "a initrd=\\x.img initrd=initrd b";
	struct options o = parse(text);

	(void)state;
	assert_ptr_equal(o.initrd, strstr(text, "initrd b"));
	assert_int_equal(o.initrd_len, 6);
	o = parse("initrd=a=b");
	assert_int_equal(o.initrd_len, 3);
	assert_memory_equal(o.initrd, "a=b", 3);
}

static void test_fault(void **state)
{
	(void)state;
	for (uint32_t stage = 0; stage < CRUMB_STAGES; stage++) {
		char text[40];

		snprintf(text, sizeof(text), "x fault=%s y", crumb_name(stage));
		assert_int_equal(parse(text).fault, stage + 1);
	}
}

static void test_debug(void **state)
{
	(void)state;
	assert_true(parse("debug").debug);
	assert_true(parse(" a debug b").debug);
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"mmu=foo", "mmu=", "mmu=offf", "mmu=of", "mmu=Off", "mmu=off,", "place=",
		"place=12q", "place=0x0", "place=0",
		"place=0x1001", "place=4095", "place=0x", "place=stayy", "place=-4096",
		"place=0x10000000000000000", "place=18446744073709551616", "initrd=", "fault=",
		"fault=nowhere", "fault=?", "fault=entryx", "fault=entr",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char text[80];
		struct options o;
		const char *word = NULL;
		uint32_t len = 0;

		snprintf(text, sizeof(text), "quiet %s mmu=off", bad[i]);
		if (options_parse(text, &o, &word, &len) != ERR_BAD_OPTION)
			fail_msg("%s is taken", bad[i]);
		assert_ptr_equal(word, text + 6);
		assert_int_equal(len, strlen(bad[i]));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default), cmocka_unit_test(test_regime),
		cmocka_unit_test(test_place), cmocka_unit_test(test_initrd),
		cmocka_unit_test(test_fault), cmocka_unit_test(test_debug),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
