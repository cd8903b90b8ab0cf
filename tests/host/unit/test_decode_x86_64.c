/* SPDX-License-Identifier: MIT */
/* test_decode_x86_64.c - the names of vectors and error codes. */
#include "tests/host/unit/unit.h"
#include "arch/x86_64/boot/exception.c"
#include "arch/x86_64/kernel/decode.c"

#define CHECK(want, ...) check(want, &(struct decode){ __VA_ARGS__ })

static void check(const char *want, const struct decode *d)
{
	char text[96];

	decode_exception(text, sizeof(text), d);
	assert_string_equal(text, want);
}

static void test_selector(void **state)
{
	(void)state;
	CHECK("general protection", .vector = 13);
	CHECK("general protection, external event", .vector = 13, .error = 1);
	CHECK("general protection, entry 3 of the GDT (selector 0x18)", .vector = 13,
	      .error = 0x18);
	CHECK("segment not present, entry 8191 of the LDT (selector 0xfff8)", .vector = 11,
	      .error = 0xfffc);
	CHECK("general protection, vector 66 of the IDT", .vector = 13, .error = 66 << 3 | 2);
	CHECK("invalid TSS, entry 3 of the GDT (selector 0x18), external event",
	      .vector = 10, .error = 0x19);
	CHECK("stack fault, vector 255 of the IDT, external event", .vector = 12,
	      .error = 255 << 3 | 3);
}

static void test_page(void **state)
{
	(void)state;
	CHECK("page fault, not mapped, read", .vector = 14);
	CHECK("page fault, not mapped, write", .vector = 14, .error = 2);
	CHECK("page fault, no permission, execute", .vector = 14, .error = 0x11);
	CHECK("page fault, reserved bit set, read", .vector = 14, .error = 9);
	CHECK("page fault, protection key, write, user mode", .vector = 14, .error = 0x27);
	CHECK("page fault, no permission, write, shadow stack", .vector = 14, .error = 0x43);
	CHECK("page fault, SGX, read", .vector = 14, .error = 0x8001);
}

static void test_rest(void **state)
{
	(void)state;
	CHECK("debug, breakpoint register 2", .vector = 1, .dr6 = 4);
	CHECK("debug, breakpoint register 0", .vector = 1, .dr6 = 0xffff4ff1);
	CHECK("debug, breakpoint register 1", .vector = 1, .dr6 = 10);
	CHECK("debug, breakpoint register 3", .vector = 1, .dr6 = 8);
	CHECK("debug, single step", .vector = 1, .dr6 = 1 << 14);
	CHECK("debug, debug register access", .vector = 1, .dr6 = 0xffff2ff0);
	CHECK("debug", .vector = 1);
	CHECK("control protection, no ENDBR", .vector = 21, .error = 3);
	CHECK("control protection", .vector = 21, .error = 6);
	CHECK("double fault, stack overflow", .vector = 8, .cr2 = 0x7ff8, .rsp = 0x8000);
	CHECK("double fault, stack overflow", .vector = 8, .cr2 = 0x8000, .rsp = 0x8008);
	CHECK("double fault", .vector = 8, .cr2 = 0x6fff, .rsp = 0x8000);
	CHECK("double fault, stack overflow", .vector = 8, .cr2 = 0x7000, .rsp = 0x8000);
	CHECK("double fault, stack overflow", .vector = 8, .cr2 = 0x8fff, .rsp = 0x8000);
	CHECK("double fault", .vector = 8, .cr2 = 0x9000, .rsp = 0x8000);
	CHECK("double fault", .vector = 8, .cr2 = 0x5eadbeeff000, .rsp = 0x8000);
	CHECK("exception", .vector = 15);
	CHECK("exception", .vector = 255);
	CHECK("machine check", .vector = 18);
}

/* Every vector and 16 bits of error fit, and are terminated. */
static void test_fits(void **state)
{
	char text[97];

	(void)state;
	for (uint32_t vector = 0; vector < DESC_VECTORS; vector++)
		for (uint32_t error = 0; error < 0x10000; error++) {
			const struct decode d = { .vector = vector, .error = error, .dr6 = error };

			memset(text, 0x55, sizeof(text));
			decode_exception(text, 96, &d);
			assert_int_equal(text[96], 0x55);
			assert_in_range(strlen(text), 1, 94);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_selector), cmocka_unit_test(test_page),
		cmocka_unit_test(test_rest), cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
