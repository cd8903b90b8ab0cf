/* SPDX-License-Identifier: MIT */
/* test_ioapic.c - IO-APICs that lie are reported and never used; the MADT's overrides of inputs. */
#include "tests/host/unit/apic_world.h"

/* The one in the middle lies; the others are used. */
static void test_lies(void **state)
{
	static const char *const want[LIES] = {
		[ABSENT] = "it cannot be mapped", [ZEROS] = "it does not answer",
		[ONES] = "it does not answer", [DEAF] = "it does not keep what is written",
		[SAME] = "it does not keep what is written",
		[UNMASKED] = "it does not keep what is written",
	};
	char line[100];

	(void)state;
	for (enum lie lie = ABSENT; lie < LIES; lie++) {
		machine();
		chip[1].lie = lie;
		assert_null(begin(true));
		assert_int_equal(out.count, 2 * INPUTS);
		snprintf(line, sizeof(line), "IO-APIC at 0x%x: %s\n", CHIP(1), want[lie]);
		assert_string_equal(warned, line);
		assert_int_equal(arch_irq_of_gsi(INPUTS, 0), 0);
		assert_int_equal(arch_irq_of_gsi(2 * INPUTS, 0), VECTOR_GSI);
	}
	machine();
	for (uint32_t i = 0; i < CHIPS; i++)
		chip[i].lie = ABSENT + i;
	assert_null(begin(true));
	assert_int_equal(out.count, 0);
	assert_int_equal(warnings, CHIPS);		/* each has its line */
	assert_int_equal(arch_irq_of_isa(1), 0);
}

/* What firmware routes as SMIs stays as it is for good; masked, it is reset like others. */
static void test_smi(void **state)
{
	(void)state;
	machine();
	chip[1].entry[2 * 3] = ENTRY_SMI;
	chip[1].entry[2 * 3 + 1] = ENTRY_TO(1);
	chip[1].entry[2 * 4] = ENTRY_SMI | ENTRY_MASKED;
	assert_null(begin(true));
	assert_int_equal(warnings, 0);
	assert_int_equal(arch_irq_of_gsi(INPUTS + 3, 0), 0);
	assert_int_equal(chip[1].entry[2 * 3], ENTRY_SMI);
	assert_int_equal(chip[1].entry[2 * 3 + 1], ENTRY_TO(1));
	assert_int_equal(chip[1].entry[2 * 4], ENTRY_MASKED | VECTOR_SPURIOUS);
}

/* The number of inputs is never believed beyond the registers. */
static void test_inputs(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 256; n++) {
		const uint32_t inputs = n + 1;

		machine();
		chip[0].version = n << 16 | 0x11;
		assert_null(begin(false));
		assert_int_equal(out.count, inputs <= IOAPIC_INPUTS_MAX ? inputs : 0);
		assert_int_equal(warnings, inputs > IOAPIC_INPUTS_MAX);
		assert_int_equal(!!arch_irq_of_gsi(n, 0), inputs <= IOAPIC_INPUTS_MAX);
		assert_int_equal(arch_irq_of_gsi(inputs, 0), 0);
	}
	assert_non_null(strstr(warned, "too many inputs"));
	machine();
	table.io[1].gsi = UINT16_MAX - IOAPIC_INPUTS_MAX;	/* the last that fits */
	table.io[2].gsi = UINT16_MAX - IOAPIC_INPUTS_MAX + 1;
	assert_null(begin(true));
	assert_int_equal(out.count, 2 * INPUTS);
	assert_int_equal(arch_irq_of_gsi(table.io[1].gsi, 0), VECTOR_GSI);
	assert_int_equal(warnings, 1);
	table.io[2].gsi = UINT32_MAX - 3;
	pics = ioapics = 0;
	assert_null(begin(true));
	assert_int_equal(warnings, 2);
	assert_non_null(strstr(warned, "too many inputs"));
	machine();
	madt_new(ARRAY_SIZE(table.io));			/* most of them are nowhere */
	assert_null(begin(true));
	assert_int_equal(out.count, CHIPS * INPUTS);
	assert_int_equal(warnings, IOAPICS - CHIPS + 1);
	assert_non_null(strstr(warned, "names more than 32"));
}

/* ISA interrupts that the MADT moves to another input, or signals differently. */
static void test_moved(void **state)
{
#define MOVED(bus, isa, gsi, flags)	{ { MADT_OVERRIDE, 10 }, bus, isa, gsi, flags }
	static const struct madt_override moved[] = {
		MOVED(0, 0, 2, 15), MOVED(0, 4, 18, 0), MOVED(0, 5, 5, 15), MOVED(0, 7, 20, 13),
		MOVED(0, 9, 9, 7),
		MOVED(1, 3, 21, 15), MOVED(0, 16, 22, 0),	/* neither is an ISA interrupt */
	};
	static const struct { uint32_t isa, gsi, how; } want[] = {
		{ 0, 2, ENTRY_LOW | ENTRY_LEVEL }, { 1, 1, 0 }, { 3, 3, 0 }, { 4, 18, 0 },
		{ 5, 5, ENTRY_LOW | ENTRY_LEVEL },
		{ 7, 20, ENTRY_LEVEL }, { 9, 9, ENTRY_LOW },
	};

	(void)state;
	machine();
	memcpy(&table.io[CHIPS], moved, sizeof(moved));
	table.head.header.length += (uint32_t)sizeof(moved);
	assert_null(begin(true));
	for (uint32_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(arch_irq_of_isa(want[i].isa), VECTOR_GSI + i);
		assert_int_equal(chip[0].entry[2 * want[i].gsi],
				 (VECTOR_GSI + i) | ENTRY_MASKED | want[i].how);
	}
	assert_int_equal(arch_irq_of_isa(ISA_LINES), 0);
}

/* Trigger and polarity as the caller says; by default as on an ISA or a PCI bus. */
static void test_signalled(void **state)
{
	static const struct { uint32_t gsi, how, want; } all[] = {
		{ 15, 0, 0 }, { 16, 0, ENTRY_LEVEL | ENTRY_LOW }, { 17, ARCH_IRQ_EDGE, 0 },
		{ 18, ARCH_IRQ_LEVEL | ARCH_IRQ_HIGH, ENTRY_LEVEL }, { 3, ARCH_IRQ_LOW, ENTRY_LOW },
		{ 4, ARCH_IRQ_LEVEL, ENTRY_LEVEL | ENTRY_LOW }, { 19, ARCH_IRQ_HIGH, ENTRY_LEVEL },
	};

	(void)state;
	machine();
	assert_null(begin(true));
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
		assert_int_equal(arch_irq_of_gsi(all[i].gsi, all[i].how), VECTOR_GSI + i);
		assert_int_equal(chip[all[i].gsi / INPUTS].entry[2 * (all[i].gsi % INPUTS)],
				 (VECTOR_GSI + i) | ENTRY_MASKED | all[i].want);
	}
}

/* As many vectors as there are, each for one input, which goes to the boot CPU. */
static void test_vectors(void **state)
{
	(void)state;
	machine();
	cpu.id = 0xfe;
	assert_null(begin(true));
	for (uint32_t i = 0; i < CHIPS * INPUTS; i++) {
		const uint32_t gsi = CHIPS * INPUTS - 1 - i;
		const uint32_t *entry = &chip[gsi / INPUTS].entry[2 * (gsi % INPUTS)];
		const uint32_t vector = i < VECTOR_GSIS ? VECTOR_GSI + i : 0;

		assert_int_equal(arch_irq_of_gsi(gsi, ARCH_IRQ_EDGE), vector);
		assert_int_equal(arch_irq_of_gsi(gsi, 0), vector);	/* the same again */
		if (!vector)
			continue;
		assert_int_equal(*entry, vector | ENTRY_MASKED);
		assert_int_equal(entry[1], 0xfe000000);
		arch_irq_enable(vector);
		assert_int_equal(*entry, vector);
		arch_irq_enable(VECTOR_GSI + i + 1);		/* no input's, yet */
		arch_irq_disable(vector);
		assert_int_equal(*entry, vector | ENTRY_MASKED);
		assert_false(chip[gsi / INPUTS].under_way);
	}
	machine();
	cpu.id = 0xff;					/* broadcast: no CPU has this id */
	assert_null(begin(true));
	assert_int_equal(arch_irq_of_gsi(1, 0), 0);
	cpu.id = 0;
}

/* An interrupt that was taken before us and never ended blocks no input, in any version. */
static void test_left(void **state)
{
	(void)state;
	machine();
	chip[0].version = (INPUTS - 1) << 16 | 0x11;
	for (uint32_t i = 0; i < CHIPS; i++)
		chip[i].entry[4] |= ENTRY_REMOTE_IRR;
	assert_null(begin(true));
	for (uint32_t i = 0; i < CHIPS; i++) {
		assert_int_equal(chip[i].entry[4], ENTRY_MASKED | VECTOR_SPURIOUS);
		assert_int_equal(chip[i].ends, i != 0);
	}
	assert_int_equal(warnings, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lies), cmocka_unit_test(test_inputs),
		cmocka_unit_test(test_moved), cmocka_unit_test(test_left),
		cmocka_unit_test(test_vectors), cmocka_unit_test(test_signalled),
		cmocka_unit_test(test_smi),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
