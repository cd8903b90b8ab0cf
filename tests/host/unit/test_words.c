/* SPDX-License-Identifier: MIT */
/* test_words.c - the words that stub and kernel read, and that both see the same. */
#include "tests/host/unit/unit.h"
#include "kernel/kernel.h"
#include "lib/console/console.h"
#include "lib/words.h"

static char warned[200];

/* Records the word of a warning, with a mark before it if the value is wrong. */
void console_warn(const char *fmt, ...)
{
	va_list ap;

	(void)fmt;			/* C23's va_start() does not use it */
	va_start(ap, fmt);
	if (!strcmp(va_arg(ap, const char *), "bad value:"))
		strcat(warned, "!");
	const int size = va_arg(ap, int);
	strncat(warned, va_arg(ap, const char *), (size_t)size);
	strcat(warned, "|");
	va_end(ap);
}

static void test_next(void **state)
{
	const char *text = " a\tbb\r\n\x01 c=d\x7f\xc3\xa4 -- e", *at = text;
	static const char *const want[] = { "a", "bb", "c=d\x7f\xc3\xa4" };
	struct word w;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(word_next(&at, &w));
		assert_int_equal(w.len, strlen(want[i]));
		assert_memory_equal(w.text, want[i], w.len);
		assert_true(word_is(w, want[i]));
	}
	assert_false(word_next(&at, &w));
	assert_string_equal(at, " e");		/* the user's */
	at = " \t";
	assert_false(word_next(&at, &w));
	assert_int_equal(*at, 0);
	assert_false(word_next(&at, &w));	/* and again */
	at = "---";
	assert_true(word_next(&at, &w) && word_is(w, "---"));
}

static void test_word_value(void **state)
{
	const char *at = "mmu=off mmu mmu= mmux=1 xmmu=1 =off";
	struct word w, v = { 0 };

	(void)state;
	assert_true(word_next(&at, &w) && word_value(w, "mmu", &v) && word_is(v, "off"));
	assert_false(word_is(v, "of") || word_is(v, "offf") || word_is(v, ""));
	assert_true(word_next(&at, &w) && !word_value(w, "mmu", &v));
	assert_true(word_next(&at, &w) && word_value(w, "mmu", &v) && !v.len);
	assert_true(word_next(&at, &w) && !word_value(w, "mmu", &v));
	assert_true(word_next(&at, &w) && !word_value(w, "mmu", &v));
	assert_true(word_next(&at, &w) && word_value(w, "", &v) && word_is(v, "off"));
}

static void test_quotes(void **state)
{
	const char *at = "run=\"a; b -- c\"d x=\"e f\" y=\"\" z=\" \"q "
			 "r\"s t -- u";
	struct word w, v = { 0 };

	(void)state;
	assert_true(word_next(&at, &w) && word_is(w, "run=\"a; b -- c\"d"));
	assert_true(word_value(w, "run", &v) && word_is(v, "\"a; b -- c\"d"));
	assert_true(word_next(&at, &w) && word_value(w, "x", &v) && word_is(v, "e f"));
	assert_true(word_next(&at, &w) && word_value(w, "y", &v) && word_is(v, ""));
	assert_true(word_next(&at, &w) && word_is(w, "z=\" \"q"));
	assert_true(word_next(&at, &w) && word_is(w, "r\"s t -- u")); /* never closed */
	assert_false(word_next(&at, &w));
	at = "\"run=a; b\" \"x=\" \"=y\" \"y\"z=1 \"v=\"";
	assert_true(word_next(&at, &w) && word_value(w, "run", &v) && word_is(v, "a; b"));
	assert_true(word_next(&at, &w) && word_value(w, "x", &v) && word_is(v, ""));
	assert_true(word_next(&at, &w) && word_value(w, "", &v) && word_is(v, "y"));
	assert_true(word_next(&at, &w) && !word_value(w, "y", &v) && !word_value(w, "yz", &v));
	assert_true(word_next(&at, &w) && word_value(w, "v", &v) && word_is(v, ""));
	at = "\"a";
	assert_true(word_next(&at, &w) && !word_value(w, "", &v));
	at = "a=\"";
	assert_true(word_next(&at, &w) && word_value(w, "a", &v) && word_is(v, "\""));
}

/* What is a blank for the stub is not part of a word for the kernel, either. */
static void test_kernel(void **state)
{
	struct kernel_options o = { 0 };

	(void)state;
	options_read("selftest\rpoweroff\nfault=idle\x02panic -- return", &o);
	assert_true(o.selftest && o.poweroff && o.panic && !o.leave);
	assert_int_equal(o.fault, STAGE_IDLE + 1);
	assert_int_equal(stage_named("entry", 5), CRUMB_ENTRY + 1);
	assert_int_equal(stage_named("kernel", 6), CRUMB_KERNEL + 1);
	assert_int_equal(stage_named("idl", 3) | stage_named("idlex", 5) | stage_named("", 0), 0);
	assert_string_equal(stage_name(STAGE_AGAIN), "again");
	assert_null(stage_name(STAGE_END));
	assert_null(stage_name(CRUMB_KERNEL - 1));
	options_read("idle run=\"mem; pt\" run=x", &o);
	assert_true(o.idle && word_is(o.run, "x"));
	options_warn("run=x idle a "
		     "selftest\x1fmmu=off debug=1 earlycon earlycon=x el=1 fault=x mmu "
		     "fault=idle BOOT_IMAGE=/x initrd=x place=stay BOOT_IMAGE -- z");
	assert_string_equal(warned, "a|debug=1|!fault=x|mmu|BOOT_IMAGE|");
}

static void levels(const char *text, uint32_t serial, uint32_t screen)
{
	struct kernel_options o;

	options_read(text, &o);
	assert_int_equal(o.serial_limit, serial);
	assert_int_equal(o.screen_limit, screen);
}

static void test_levels(void **state)
{
	(void)state;
	levels("", CONSOLE_INFO, CONSOLE_WARNING);
	levels("quiet", CONSOLE_ERROR, CONSOLE_ERROR);
	levels("debug", CONSOLE_DEBUG, CONSOLE_DEBUG);
	levels("loglevel=0", CONSOLE_ALWAYS, CONSOLE_ALWAYS);
	levels("loglevel=1", CONSOLE_ALWAYS, CONSOLE_ALWAYS);
	levels("quiet loglevel=5", CONSOLE_WARNING, CONSOLE_WARNING);
	levels("loglevel=7", CONSOLE_INFO, CONSOLE_INFO);
	levels("loglevel=8", CONSOLE_DEBUG, CONSOLE_DEBUG);
	levels("loglevel=9 loglevel= loglevel=-1", CONSOLE_INFO, CONSOLE_WARNING);
	warned[0] = 0;
	options_warn("quiet debug loglevel=0 loglevel=8 loglevel=9 loglevel= loglevel=x loglevel "
		     "quiet=1");
	assert_string_equal(warned, "!loglevel=9|!loglevel=|!loglevel=x|loglevel|quiet=1|");
}

/* Numbers and names: the last that can be, and the first that cannot. */
static const struct {
	const char *text;
	uint32_t cpus, times, panics, crash;
	bool any, good;
} option[] = {
	{ "cpus=1", 1, 0, 0, 0, false, true },
	{ "cpus=4294967295", UINT32_MAX, 0, 0, 0, false, true },
	{ "cpus=4294967296", 0, 0, 0, 0, false, false },
	{ "cpus=0", 0, 0, 0, 0, false, false }, { "cpus=4x", 0, 0, 0, 0, false, false },
	{ "again=3", 0, 3, 0, 0, false, true }, { "again=0", 0, 0, 0, 0, false, true },
	{ "again=3:any", 0, 3, 0, 0, true, true },
	{ "again=4294967295", 0, UINT32_MAX, 0, 0, false, true },
	{ "again=4294967296", 0, 0, 0, 0, false, false },
	{ "again=3:an", 0, 0, 0, 0, false, false },
	{ "again=3:anx", 0, 0, 0, 0, false, false },
	{ "again=:any", 0, 0, 0, 0, false, false },
	{ "panic=again", 0, 0, 3, 0, false, true },
	{ "panic=again:7", 0, 0, 7, 0, false, true },
	{ "panic=again:4294967295", 0, 0, UINT32_MAX, 0, false, true },
	{ "panic=again:4294967296", 0, 0, 0, 0, false, false },
	{ "panic=again:0", 0, 0, 0, 0, false, false },
	{ "panic=again:", 0, 0, 0, 0, false, false },
	{ "panic=agaim:7", 0, 0, 0, 0, false, false },
	{ "panic=agai", 0, 0, 0, 0, false, false },
	{ "crash=break", 0, 0, 0, CRASH_BREAK, false, true },
	{ "crash=write", 0, 0, 0, CRASH_KINDS - 1, false, true },
	{ "crash=writ", 0, 0, 0, 0, false, false }, { "crash=", 0, 0, 0, 0, false, false },
	{ "memtest=1", 0, 0, 0, 0, false, false },
	{ "memtest=1,0x1000-0x2000", 0, 0, 0, 0, false, true },
};

static void test_values(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(option); i++) {
		char want[80] = "";
		struct kernel_options o;

		options_read(option[i].text, &o);
		if (o.cpus != option[i].cpus || o.panic_again != option[i].panics ||
		    o.crash != option[i].crash ||
		    (option[i].good && (o.again.times != option[i].times ||
					o.again.any != option[i].any)))
			fail_msg("%s", option[i].text);
		warned[0] = 0;
		options_warn(option[i].text);
		if (!option[i].good)
			snprintf(want, sizeof(want), "!%s|", option[i].text);
		assert_string_equal(warned, want);
	}
	for (enum crash_kind kind = CRASH_BREAK; kind < CRASH_KINDS; kind++) {
		const char *name = crash_name(kind);

		assert_int_equal(crash_named((struct word){ name, (uint32_t)strlen(name) }), kind);
	}
}

/* A bad value is ignored, as its warning says: an earlier one stays. */
static void test_bad_after_good(void **state)
{
	struct kernel_options o;

	(void)state;
	options_read("panic=again panic=10 again=3:any again=x cpus=2 cpus=0 crash=read crash=x "
		     "fault=idle fault=x memtest=2,0x1000-0x2000 memtest=1 loglevel=4 loglevel=9",
		     &o);
	assert_int_equal(o.panic_again, 3);
	assert_true(o.again.times == 3 && o.again.any);
	assert_int_equal(o.cpus, 2);
	assert_int_equal(o.crash, CRASH_READ);
	assert_int_equal(o.fault, STAGE_IDLE + 1);
	assert_true(o.left.run == 2 && o.left.n == 1);
	assert_true(o.left.range[0].base == PAGE_SIZE && o.left.range[0].size == PAGE_SIZE);
	assert_int_equal(o.serial_limit, CONSOLE_ERROR);
	options_read("panic=10 panic=again", &o);
	assert_int_equal(o.panic_again, 3);
}

/* What a terminal would obey is not shown, and neither is what follows 128 bytes. */
static void test_shown(void **state)
{
	char text[300] = "\"a\x1b[2J\x7f\xc3\xa4\" cpus=\"\t\" ", want[300];
	size_t n = strlen(text);

	(void)state;
	memset(text + n, 'x', 129);
	snprintf(want, sizeof(want), "\"a?[2J?\xc3\xa4\"|!cpus=\"?\"|%.128s|", text + n);
	warned[0] = 0;
	options_warn(text);
	assert_string_equal(warned, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next), cmocka_unit_test(test_word_value),
		cmocka_unit_test(test_quotes), cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_levels), cmocka_unit_test(test_values),
		cmocka_unit_test(test_bad_after_good), cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
