/* SPDX-License-Identifier: MIT */
/* test_apic.c - local APICs that answer, are not there or never do; all of an honest machine. */
#include "tests/host/unit/apic_world.h"

static void test_honest(void **state)
{
	(void)state;
	machine();
	assert_null(begin(true));
	assert_int_equal(out.count, CHIPS * INPUTS);
	assert_string_equal(out.name, "local APIC");
	assert_null(arch_irq_doubt());
	assert_int_equal(lapic.ends, 4);
	for (uint32_t i = 0; i < CHIPS; i++)
		for (uint32_t n = 0; n < 2 * INPUTS; n += 2)
			assert_int_equal(chip[i].entry[n], ENTRY_MASKED | VECTOR_SPURIOUS);
	machine();
	assert_null(begin(false));			/* one where it usually is */
	assert_int_equal(out.count, INPUTS);
	for (uint32_t i = 0; i < 4; i++) {		/* an x2APIC where there is a hypervisor */
		machine();
		lapic.features_ecx = (i & 1 ? CPUID_1_X2APIC : 0) |
				     (i & 2 ? CPUID_1_HYPERVISOR : 0);
		lapic.base = LAPIC;
		assert_null(begin(true));
		assert_string_equal(out.name, i == 3 ? "x2APIC" : "local APIC");
		assert_int_equal(lapic.base, LAPIC | APIC_BASE_ON | (i == 3 ? APIC_BASE_X2 : 0));
	}
	assert_int_equal(warnings, 0);
}

static void lapic_is(enum lie lie, const char *want)
{
	const char *why;

	machine();
	lapic.lie = lie;
	why = begin(true);
	assert_non_null(why);
	assert_string_equal(why, want);
}

static void test_local(void **state)
{
	(void)state;
	lapic_is(ABSENT, "the local APIC cannot be mapped");
	lapic_is(ZEROS, "the local APIC does not answer");
	lapic_is(ONES, "the local APIC does not answer");
	lapic_is(DEAF, "the local APIC does not answer");
	machine();
	lapic.features = 0;
	assert_string_equal(begin(true), "the CPU has no local APIC");
	machine();
	lapic.stays = true;
	assert_null(begin(true));
	assert_string_equal(arch_irq_doubt(), "an earlier interrupt stays active");
	assert_int_equal(lapic.ends, APIC_VECTORS);
}

/* An ICR that is never free is waited for, but not for ever. */
static void test_send(void **state)
{
	(void)state;
	machine();
	assert_null(begin(true));
	assert_true(apic_send(5, APIC_ICR_ASSERT | 0xf0));
	assert_int_equal(lapic.reg[APIC_ICR_HIGH / 4], 5u << 24);
	assert_int_equal(lapic.reg[APIC_ICR / 4], APIC_ICR_ASSERT | 0xf0);
	lapic.reg[APIC_ICR / 4] = APIC_ICR_PENDING;
	assert_false(apic_send(5, APIC_ICR_ASSERT | 0xf1));
	assert_int_equal(lapic.reg[APIC_ICR / 4], APIC_ICR_PENDING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest), cmocka_unit_test(test_local),
		cmocka_unit_test(test_send),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
