/* SPDX-License-Identifier: MIT */
/* test_apic.c - local APICs that work, are absent or never answer; a machine without faults. */
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
	assert_int_equal(lapic.moves, 0);
	assert_true(!lapic.reg[APIC_TPR / 4] && !lapic.reg[APIC_COUNT / 4]);
	assert_int_equal(lapic.reg[APIC_ESR / 4], 0);
	for (uint32_t i = 0; i < CHIPS; i++)
		for (uint32_t n = 0; n < 2 * INPUTS; n++)
			assert_int_equal(chip[i].entry[n],
					 n % 2 ? 0 : ENTRY_MASKED | VECTOR_SPURIOUS);
	assert_int_equal(arch_irq_ack(VECTOR_GSI), VECTOR_GSI);
	arch_irq_eoi(VECTOR_GSI);
	assert_int_equal(lapic.ends, 5);
	machine();
	assert_null(begin(false));			/* at the usual address */
	assert_int_equal(out.count, INPUTS);
	for (uint32_t i = 0; i < 4; i++) {		/* an x2APIC where there is a hypervisor */
		machine();
		lapic.features_ecx = (i & 1 ? CPUID_1_X2APIC : 0) |
				     (i & 2 ? CPUID_1_HYPERVISOR : 0);
		lapic.base = LAPIC;
		assert_null(begin(true));
		assert_string_equal(out.name, i == 3 ? "x2APIC" : "local APIC");
		assert_int_equal(lapic.base, LAPIC | APIC_BASE_ON | (i == 3 ? APIC_BASE_X2 : 0));
		assert_int_equal(lapic.moves, i == 3 ? 2 : 1);
		lapic.base = LAPIC;			/* another CPU's APIC, which is still off */
		assert_null(arch_irq_cpu_start(&(struct cpu){ .id = 1 }));
		assert_int_equal(lapic.base, LAPIC | APIC_BASE_ON | (i == 3 ? APIC_BASE_X2 : 0));
	}
	machine();
	lapic.features_ecx = CPUID_1_X2APIC | CPUID_1_HYPERVISOR;	/* one that is on */
	assert_null(begin(true));
	assert_int_equal(lapic.base, LAPIC | APIC_BASE_ON | APIC_BASE_X2);
	assert_int_equal(lapic.moves, 1);
	machine();
	lapic.base = LAPIC | APIC_BASE_ON | APIC_BASE_X2;	/* stays one: it may be locked */
	assert_null(begin(true));
	assert_string_equal(out.name, "x2APIC");
	assert_int_equal(lapic.moves, 0);
	assert_int_equal(warnings, 0);
}

static void lapic_is(enum lie lie, const char *want)
{
	const char *why;

	machine();
	lapic.lie = lie;
	out.name = NULL;
	why = begin(true);
	assert_non_null(why);
	assert_string_equal(why, want);
	assert_int_equal(!!out.name, lie == DEAF);	/* an absent one is not accessed further */
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

/* All local sources that exist are masked, except for the board's NMI. */
static void test_sources(void **state)
{
	static const struct { uint32_t offset, from; } lvt[] = {
		{ APIC_LVT_CMCI, 7 }, { APIC_LVT_TIMER, 1 }, { APIC_LVT_THERMAL, 6 },
		{ APIC_LVT_COUNTER, 5 }, { APIC_LVT_LINT0, 1 }, { APIC_LVT_LINT1, 1 },
		{ APIC_LVT_ERROR, 4 },
	};
	static const uint32_t was[] = { 0x31, APIC_LVT_NMI, APIC_LVT_NMI | APIC_LVT_MASKED };

	(void)state;
	for (uint32_t i = 0; i < 3 * 7; i++) {
		const uint32_t count = i / 3 + 1;

		machine();
		lapic.reg[APIC_VERSION / 4] = (count - 1) << 16 | 0x15;
		for (uint32_t k = 0; k < ARRAY_SIZE(lvt); k++)
			lapic.reg[lvt[k].offset / 4] = was[i % 3];
		assert_null(begin(true));
		for (uint32_t k = 0; k < ARRAY_SIZE(lvt); k++)
			assert_int_equal(lapic.reg[lvt[k].offset / 4],
					 i % 3 == 1 || count < lvt[k].from ? was[i % 3] :
					 APIC_LVT_MASKED | VECTOR_SPURIOUS);
	}
}

/* An interrupt in service is ended, whatever its number is. */
static void test_in_service(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < APIC_VECTORS; i++) {
		machine();
		lapic.reg[APIC_ISR / 4 + 8] = 0;
		lapic.reg[APIC_ISR / 4 + 4 * (i / 32)] = 1u << i % 32;
		lapic.reg[APIC_ISR / 4 + 32] = UINT32_MAX;	/* the first register after ISR */
		assert_null(begin(true));
		assert_int_equal(lapic.ends, 1);
		assert_null(arch_irq_doubt());
	}
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
	lapic.busy = 1000;
	assert_true(apic_send(6, APIC_ICR_ASSERT | 0xf2));
	assert_int_equal(lapic.reg[APIC_ICR_HIGH / 4], 6u << 24);
	lapic.reg[APIC_ICR / 4] = APIC_ICR_PENDING;
	lapic.reads = 0;
	assert_false(apic_send(5, APIC_ICR_ASSERT | 0xf1));
	assert_int_equal(lapic.reg[APIC_ICR / 4], APIC_ICR_PENDING);
	assert_int_equal(lapic.reads, APIC_POLLS);
	assert_false(masked);
	machine();
	lapic.base |= APIC_BASE_X2;			/* x2APIC has no delivery status */
	assert_null(begin(true));
	assert_true(apic_send(0x54321, 0xf0));
	arch_irq_send(&(struct cpu){ .id = 0x12345 }, 1);
	assert_int_equal(lapic.reg[APIC_ICR_HIGH / 4], 0x12345);
	assert_int_equal(lapic.reg[APIC_ICR / 4], APIC_ICR_ASSERT | (VECTOR_IPI + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest), cmocka_unit_test(test_local),
		cmocka_unit_test(test_send), cmocka_unit_test(test_sources),
		cmocka_unit_test(test_in_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
