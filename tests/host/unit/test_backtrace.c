/* SPDX-License-Identifier: MIT */
/* test_backtrace.c - a chain of frames of any length: lines, repeated callers, and how it ends. */
#include "tests/host/unit/said.h"
#include "arch/cpu.h"
#include "kernel/cpu/backtrace.h"
#include "kernel/cpu/symbols.h"
#include "lib/console/panic.h"

#define FRAMES	100001			/* one more than are read */

static struct pair {
	uint64_t next, pc;
} chain[FRAMES];

uint64_t arch_code_address(uint64_t kept)
{
	return kept;
}

bool symbol_find(uint64_t address, struct symbol *out)
{
	(void)address, (void)out;
	return false;
}

/* Address 8 is the only one that cannot be read. */
bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	(void)out;
	if (*(const uint64_t *)arg == 8)
		return false;
	fn(arg);
	return true;
}

/* What is printed for `n` frames with these return addresses, of which the last is repeated. */
static const char *trace(uint32_t n, uint32_t different, uint64_t end)
{
	for (uint32_t i = 0; i < n; i++)
		chain[i] = (struct pair){
			i + 1 < n ? (uint64_t)&chain[i + 1] - ARCH_FRAME : end,
			0x100 + MIN(i, different - 1),
		};
	said_clear();
	backtrace_print(0, (uint64_t)chain);
	return said;
}

#define FIRST	"called from:\n  0x0000000000000100\n"

static void test_ends(void **state)
{
	(void)state;
	assert_string_equal(trace(1, 1, 0), FIRST);
	assert_string_equal(trace(2, 2, 0), FIRST "  0x0000000000000101\n");
	assert_string_equal(trace(5, 1, 0), FIRST "  5 times\n");
	assert_string_equal(trace(5, 2, 0), FIRST "  0x0000000000000101\n  4 times\n");
	assert_string_equal(trace(5, 1, 8), FIRST "  5 times\n  and no frame at 0x8\n");
	assert_string_equal(trace(1, 1, 9), FIRST "  and no frame at 0x9\n");
	assert_string_equal(trace(FRAMES - 1, 1, 0), FIRST "  100000 times\n");
	assert_string_equal(trace(FRAMES, 1, 0), FIRST "  100000 times\n  and so on\n");
}

static void test_lines(void **state)
{
	const char *text = trace(41, 41, 0);
	uint32_t lines = 0;

	(void)state;
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 1 + 40 + 1);
	assert_non_null(strstr(text, "127\n  and so on\n"));
	assert_null(strstr(trace(40, 40, 0), "and"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends), cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
