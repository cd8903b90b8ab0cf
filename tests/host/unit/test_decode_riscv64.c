/* SPDX-License-Identifier: MIT */
/*
 * test_decode_riscv64.c - the names of traps (privileged specification 1.12, table 4.2), and what
 * the stub reports of them.
 */
#include "tests/host/unit/unit.h"
#include "tests/host/unit/csr_fake.h"
#include "arch/riscv64/boot/trap.c"
#include "arch/riscv64/boot/trap_describe.c"

#define INTERRUPT	(1ull << 63)

const char trap_vectors[4];

static void check(const char *want, uint64_t scause)
{
	char text[64];

	memset(text, 'x', sizeof(text));
	trap_describe(text, sizeof(text), scause);
	assert_string_equal(text, want);
}

static void test_exceptions(void **state)
{
	(void)state;
	check("instruction misaligned", 0);
	check("instruction access fault", 1);
	check("illegal instruction", 2);
	check("breakpoint", 3);
	check("load misaligned", 4);
	check("load access fault", 5);
	check("store misaligned", 6);
	check("store access fault", 7);
	check("ecall from U-mode", 8);
	check("ecall from S-mode", 9);
	check("page fault, execute", 12);
	check("page fault, read", 13);
	check("page fault, write", 15);
	check("double trap", 16);
	check("software check", 18);
	check("hardware error", 19);
}

/* A cause without a name is shown as a number, however large. */
static void test_rest(void **state)
{
	(void)state;
	check("exception 10", 10);
	check("exception 14", 14);
	check("exception 17", 17);
	check("exception 20", 20);
	check("exception 9223372036854775807", ~INTERRUPT);
	check("interrupt 1", INTERRUPT | 1);
	check("interrupt 5", INTERRUPT | 5);
	check("interrupt 13", INTERRUPT | 13);
	check("interrupt 9223372036854775807", ~0ull);
}

/* The text is cut and terminated if there is no room. */
static void test_short(void **state)
{
	char text[8] = "xxxxxxx";

	(void)state;
	trap_describe(text, 5, 2);
	assert_string_equal(text, "ille");
	assert_int_equal(text[5], 'x');
}

static struct trap_info seen;
static jmp_buf out;

void panic_trap(const struct trap_info *t)
{
	seen = *t;
	longjmp(out, 1);
}

static void test_report(void **state)
{
	uint64_t x[31];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(x); i++)
		x[i] = 100 + i + 1;			/* x1 comes first */
	csr_fake.scause = 15;
	csr_fake.stval = 0x5eadbeeff000;
	csr_fake.sepc = 0x80201234;
	if (!setjmp(out))
		trap_handle(x);
	assert_string_equal(seen.what, "page fault, write");
	assert_string_equal(seen.cause_name, "scause");
	assert_string_equal(seen.address_name, "stval");
	assert_true(seen.cause == 15 && seen.address == 0x5eadbeeff000);
	assert_true(seen.pc == 0x80201234 && seen.sp == 102);
	assert_int_equal(seen.regs, 31);
	assert_string_equal(seen.reg_name[1], "sp");
	assert_string_equal(seen.reg_name[7], "s0");
	assert_string_equal(seen.reg_name[9], "a0");
	assert_string_equal(seen.reg_name[30], "t6");
	assert_true(seen.reg[30] == 131);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exceptions), cmocka_unit_test(test_rest),
		cmocka_unit_test(test_short), cmocka_unit_test(test_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
