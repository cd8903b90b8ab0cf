/* SPDX-License-Identifier: MIT */
/* test_decode_aarch64.c - what an exception's syndrome is called. */
#include "tests/host/unit/unit.h"
#include "arch/aarch64/kernel/decode.c"

#define IL	(1u << 25)
#define ESR(ec, iss)	((uint64_t)(ec) << 26 | IL | (iss))

static void check(const char *want, uint64_t esr)
{
	char text[96];

	decode_exception(text, sizeof(text), esr);
	assert_string_equal(text, want);
}

static void test_abort(void **state)
{
	(void)state;
	check("data abort, translation fault level 3, write", ESR(0x25, 0x47));
	check("data abort, translation fault level 0, read", ESR(0x25, 0x04));
	check("data abort, translation fault level -1, read", ESR(0x25, 0x2b));
	check("data abort, address size fault level 1, read", ESR(0x25, 0x01));
	check("data abort, access flag fault level 2, read", ESR(0x24, 0x0a));
	check("data abort, permission fault level 3, write of 8",
	      ESR(0x25, 1u << 24 | 3u << 22 | 0x4f));
	check("data abort, alignment fault, read of 1", ESR(0x25, 1u << 24 | 0x21));
	check("data abort, external abort, write, address unknown", ESR(0x25, 0x450));
	check("data abort, external abort on a table walk level 2, read", ESR(0x25, 0x16));
	check("data abort, permission fault level 1, cache maintenance", ESR(0x25, 0x14d));
	check("data abort, TLB conflict, read", ESR(0x25, 0x30));
	check("instruction abort, permission fault level 3", ESR(0x21, 0x0f));
	check("instruction abort, granule protection fault on a table walk level 3",
	      ESR(0x20, 0x27));
}

static void test_rest(void **state)
{
	(void)state;
	check("undefined instruction", ESR(0, 0));
	check("undefined instruction, of 2 bytes", 0);
	check("BRK instruction, 0xbeef", ESR(0x3c, 0xbeef));
	check("HVC, 0x1", ESR(0x16, 1));
	check("branch target, no BTI there, BTYPE 2", ESR(0x0d, 2));
	check("pointer authentication failed, key DB", ESR(0x1c, 3));
	check("pointer authentication failed, key IA", ESR(0x1c, 0));
	/* MRS of CNTPCT_EL0: S3_3_C14_C0_1 */
	check("system register access, MRS S3_3_C14_C0_1",
	      ESR(0x18, 3u << 20 | 1u << 17 | 3u << 14 | 14u << 10 | 1));
	check("system register access, MSR S3_0_C1_C0_0", ESR(0x18, 3u << 20 | 1u << 10));
	check("SP alignment fault", ESR(0x26, 0));
	check("exception", ESR(0x3f, 0));
}

static void test_serror(void **state)
{
	char text[96];
	static const struct {
		uint32_t iss;
		const char *want;
	} all[] = {
		{ 0, "SError" }, { 0x11, "SError, uncontainable" },
		{ 0x411, "SError, unrecoverable" },
		{ 0x811, "SError, restartable" }, { 0xc11, "SError, recoverable" },
		{ 0x1011, "SError" }, { 0x1811, "SError, corrected" },
		{ 1u << 24 | 0xabc, "SError, implementation's 0x1000abc" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		decode_serror(text, sizeof(text), ESR(0x2f, all[i].iss));
		assert_string_equal(text, all[i].want);
		assert_true(decode_contained(ESR(0x2f, all[i].iss)) ==
			    (all[i].iss != 0x11 && all[i].iss != 0x411));
	}
}

/* Each class with each low 16 bits, and each of the high ones, fits. */
static void test_fits(void **state)
{
	char text[97];

	(void)state;
	for (uint32_t ec = 0; ec < 64; ec++)
		for (uint32_t n = 0; n < 0x20000; n++) {
			const uint32_t iss = n < 0x10000 ? n : (n & 0xffff) << 9;

			memset(text, 0x55, sizeof(text));
			decode_exception(text, 96, (uint64_t)ec << 26 | iss);
			assert_int_equal(text[96], 0x55);
			/* "handlers' stack overflow, " may stand before it */
			assert_in_range(strlen(text), 1, 111 - 26);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_abort), cmocka_unit_test(test_rest),
		cmocka_unit_test(test_serror), cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
