/* SPDX-License-Identifier: MIT */
/* test_decode_aarch64.c - the names of exception syndromes. */
#include "tests/host/unit/unit.h"
#include "arch/aarch64/boot/trap_class.c"
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

/* Each fault status code, Arm ARM, ISS of a data abort. */
static void test_status(void **state)
{
	static const char *const levels[] = {		/* four each */
		"address size fault", "translation fault", "access flag fault",
		"permission fault", "", "external abort on a table walk", "",
		"parity or ECC error on a table walk", "",
		"granule protection fault on a table walk",
	};
	static const char *const others[64] = {
		[0x10] = "external abort", [0x11] = "tag check fault",
		[0x13] = "external abort on a table walk level -1",
		[0x18] = "parity or ECC error",
		[0x1b] = "parity or ECC error on a table walk level -1",
		[0x21] = "alignment fault",
		[0x23] = "granule protection fault on a table walk level -1",
		[0x28] = "granule protection fault", [0x29] = "address size fault level -1",
		[0x2b] = "translation fault level -1", [0x30] = "TLB conflict",
		[0x31] = "hardware update of tables", [0x35] = "exclusive or atomic access",
	};
	char want[96];

	(void)state;
	for (uint32_t fsc = 0; fsc < 64; fsc++) {
		if (fsc / 4 < ARRAY_SIZE(levels) && *levels[fsc / 4])
			sprintf(want, "data abort, %s level %u, read", levels[fsc / 4], fsc % 4);
		else
			sprintf(want, "data abort, %s, read", others[fsc] ? others[fsc] : "fault");
		check(want, ESR(0x25, fsc));
	}
}

/* Each exception class. */
static void test_class(void **state)
{
	static const char *const names[64] = {
		[0x00] = "undefined instruction", [0x01] = "WFI or WFE",
		[0x07] = "SIMD or floating point access", [0x09] = "pointer authentication is off",
		[0x0a] = "LD64B or ST64B", [0x0d] = "branch target",
		[0x0e] = "illegal execution state", [0x15] = "SVC", [0x16] = "HVC", [0x17] = "SMC",
		[0x18] = "system register access", [0x19] = "SVE access", [0x1a] = "ERET",
		[0x1c] = "pointer authentication failed", [0x1d] = "SME access",
		[0x20] = "instruction abort", [0x21] = "instruction abort",
		[0x22] = "PC alignment fault", [0x24] = "data abort", [0x25] = "data abort",
		[0x26] = "SP alignment fault", [0x27] = "memory copy",
		[0x2c] = "floating point exception", [0x2d] = "guarded control stack",
		[0x2f] = "SError", [0x30] = "breakpoint", [0x31] = "breakpoint",
		[0x32] = "single step", [0x33] = "single step", [0x34] = "watchpoint",
		[0x35] = "watchpoint", [0x3c] = "BRK instruction",
	};
	char text[96];

	(void)state;
	for (uint32_t ec = 0; ec < 64; ec++) {
		decode_exception(text, sizeof(text), ESR(ec, 0));
		text[strcspn(text, ",")] = 0;
		assert_string_equal(text, names[ec] ? names[ec] : "exception");
	}
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
	check("system register access, MSR S2_5_C6_C9_3",		/* from X31 */
	      ESR(0x18, 2u << 20 | 3u << 17 | 5u << 14 | 6u << 10 | 31u << 5 | 9u << 1));
	check("system register access, MRS S3_7_C15_C15_7",
	      ESR(0x18, 3u << 20 | 7u << 17 | 7u << 14 | 15u << 10 | 15u << 1 | 1));
	check("system register access, MSR S0_2_C9_C6_4",
	      ESR(0x18, 7u << 22 | 4u << 17 | 2u << 14 | 9u << 10 | 6u << 1));
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

static void test_overflow(void **state)
{
	const uint64_t sp = 0x8010, abort = ESR(0x25, 0x47);

	(void)state;
	assert_true(decode_overflow(abort, 0x8000, sp));	/* stp x29, x30, [sp, #-16]! */
	assert_true(decode_overflow(abort, sp, sp));
	assert_true(decode_overflow(abort, 0x8fff, sp));
	assert_false(decode_overflow(abort, 0x9000, sp));	/* an array at the stack's end */
	assert_true(decode_overflow(abort, sp - PAGE_SIZE, sp));
	assert_false(decode_overflow(abort, sp - PAGE_SIZE - 1, sp));
	assert_true(decode_overflow(abort, 0x40, 0x40));
	assert_false(decode_overflow(ESR(0x25, 0x4f), sp, sp));	/* permission */
	assert_false(decode_overflow(ESR(0x25, 0x61), sp, sp));	/* alignment */
	assert_false(decode_overflow(ESR(0x21, 0x07), sp, sp));	/* a jump to there */
}

/* The text of each class with each value of the low 16 bits, and each high bit, fits. */
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
		cmocka_unit_test(test_status), cmocka_unit_test(test_class),
		cmocka_unit_test(test_serror), cmocka_unit_test(test_fits),
		cmocka_unit_test(test_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
