/* SPDX-License-Identifier: MIT */
/*
 * test_again_words.c - the command line of the next boot: what again=N counts, what is kept to the
 * last byte, and what is too long.
 */
#include "tests/host/unit/unit.h"
#include "kernel/again.h"
#include "kernel/memtest/memtest.h"
#include "lib/console/console.h"

static char next[AGAIN_CMDLINE + 1];	/* what the stub is given; "": nothing */
static char said[2 * AGAIN_CMDLINE];
static uint32_t long_ones, refusals, stages;

void (*panic_last)(void);
UNCALLED(const char *, stub_again_leave, const struct boot_info *)
UNCALLED(uint32_t, cpus_stop, void)
UNCALLED(void, cpus_leave, void (*)(void))

const char *stub_again_prepare(const struct boot_info *bi, const char *cmdline, uint64_t size)
{
	assert_null(bi);
	assert_true(size < AGAIN_CMDLINE);
	memcpy(next, cmdline, size + 1);
	return "refused";
}

UNCALLED(void, console_warn, const char *, ...)
struct console console = { .level = CONSOLE_INFO };
static bool taken;

static bool turn(bool take)
{
	assert_true(take != taken);
	return taken = take;
}

bool (*console_turn)(bool take) = turn;

const char *wants_name(void)
{
	return "";
}

void console_print(const char *fmt, ...)
{
	const char *why;
	va_list ap;

	if (!strstr(fmt, "error")) {
		va_start(ap, fmt);
		vsprintf(said + strlen(said), fmt, ap);
		va_end(ap);
		return;
	}
	assert_string_equal(fmt, "%.*s: error: again: %s\n");
	assert_true(console.level == CONSOLE_ERROR && taken);	/* no other CPU prints at it */
	va_start(ap, fmt);
	(void)va_arg(ap, int);
	(void)va_arg(ap, const char *);
	why = va_arg(ap, const char *);
	va_end(ap);
	long_ones += strstr(why, "too long") != NULL;
	refusals += !strcmp(why, "refused");
}

void kernel_stage(const struct kernel *k, uint32_t stage)
{
	assert_non_null(k);
	assert_int_equal(stage, STAGE_AGAIN);
	crumb_trail->stage = stage;
	crumb_trail->time[stage] = 1;
	stages++;
}

/* The command line of the boot that follows one with this command line. */
static const char *after(const char *cmdline)
{
	struct kernel k = { .cmdline = cmdline };

	char want[2 * AGAIN_CMDLINE] = "";

	next[0] = said[0] = 0;
	long_ones = refusals = stages = 0;
	options_read(cmdline, &k.options);
	crumb_trail->stage = STAGE_CLOCK;
	again_run(&k);
	assert_int_equal(crumb_trail->stage, STAGE_CLOCK);
	assert_int_equal(crumb_trail->time[STAGE_AGAIN], 0);
	assert_int_equal(long_ones + refusals, next[0] || long_ones);
	assert_int_equal(stages, next[0] != 0);
	if (next[0])
		snprintf(want, sizeof(want), "boot: again: \"%s\"\n", next);
	for (char *c = want; *c && c[1]; c++)	/* shown, but not passed on, without controls */
		if ((uint8_t)*c < ' ' || *c == 0x7f)
			*c = '?';
	assert_string_equal(said, want);
	return next;
}

static void test_kept(void **state)
{
	static const char *const pair[][2] = {
		{ "again=3", "again=2" },
		{ "a again=3 b", "again=2 a b" },
		{ "again=3 -- a  b", "again=2 -- a  b" },
		{ "again=2 -- a  b", "again=1 -- a  b" },
		{ "again=1 x=\"a  b\" -- again=7", "again=0 x=\"a  b\" -- again=7" },
		{ "again=1 mmu=off again=5 z", "again=4 mmu=off z" },
		{ "again=1 again -- a", "again=0 again -- a" },
		{ "again=0 again -- a", "a" },
		{ "again=1 --", "again=0" },
		{ "again=1 -- ", "again=0 -- " },
		{ "again=1 --x", "again=0 --x" },
		{ "again=0 -- a", "" },
		{ "-- again=3", "" },
		{ "again=1 x=\"\x1b[2J \x7f\xc3\xa4\"", "again=0 x=\"\x1b[2J \x7f\xc3\xa4\"" },
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(pair) / sizeof(*pair); i++)
		assert_string_equal(after(pair[i][0]), pair[i][1]);
}

/* The next regime is random: all `mmu=` are replaced by one, and nothing else is changed. */
static void test_any(void **state)
{
	static const char rest[] = " x=1 -- mmu=y";
	const char *got = after("mmu=off x=1 again=9:any mmu=mapped -- mmu=y");
	const char *mmu = strstr(got, " mmu=");

	(void)state;
	assert_memory_equal(got, "again=8:any mmu=", 16);
	assert_int_equal(mmu - got, 11);
	assert_string_equal(got + strlen(got) - (sizeof(rest) - 1), rest);
	assert_null(memchr(mmu + 1, ' ', (size_t)(strstr(got, rest) - mmu - 1)));
}

/* Near the limit, of words or of what follows "--": all is kept, or it is refused. */
static void test_long(void **state)
{
	static const char *const fill[] = { "again=2 ", "again=2 -- ", "again=2 a -- b " };
	char line[2 * AGAIN_CMDLINE];

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		for (size_t size = AGAIN_CMDLINE - 9; size < AGAIN_CMDLINE + 9; size++) {
			size_t n = strlen(strcpy(line, fill[i]));

			memset(line + n, 'x', size - n);
			line[size] = 0;
			after(line);
			assert_int_equal(long_ones, size >= AGAIN_CMDLINE);
			line[6] = '1';
			assert_string_equal(next, long_ones ? "" : line);
		}
}

/* As memtest uses it, and with no room at all. */
static void test_words(void **state)
{
	static const char except[][AGAIN_NAME] = { "place", "memtest", "run", "" };
	char text[AGAIN_CMDLINE] = "place=1";

	(void)state;
	assert_true(again_words(text, 7, "run=\"a b\" places=2 place=3 run memtest=4 q -- r",
				except));
	assert_string_equal(text, "place=1 places=2 run q -- r");
	assert_true(again_words(text, 7, "", except));
	for (int n = AGAIN_CMDLINE - 1; n < AGAIN_CMDLINE + 2; n++) {
		memset(text, 0x55, sizeof(text));
		assert_false(again_words(text, n, "a", except));
		assert_false(again_words(text, n, "-- a", except));
		assert_int_equal(again_words(text, n, "", except), n < AGAIN_CMDLINE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
