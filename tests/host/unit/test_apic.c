/* SPDX-License-Identifier: MIT */
/*
 * test_apic.c - local APICs and IO-APICs that answer, that are not there (all bits read as zeros,
 * or as ones) and that lie. What is not usable is named, and never used.
 */
#include "tests/host/unit/unit.h"
#define msr_read	msr_read_real
#define msr_write	msr_write_real
#define reg_read	reg_read_real
#define reg_write	reg_write_real
#include "arch/x86_64/kernel/apic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/madt.h"
#include "lib/console/console.h"
#undef msr_read
#undef msr_write
#undef reg_read
#undef reg_write

static uint64_t msr_read(uint32_t msr);
static void msr_write(uint32_t msr, uint64_t value);
static uint32_t reg_read(const char *regs, uint32_t offset);
static void reg_write(char *regs, uint32_t offset, uint32_t value);

#include "arch/x86_64/kernel/apic.c"
#include "arch/x86_64/kernel/ioapic.c"

#define LAPIC		0xfee00000
#define CHIPS		3
#define CHIP(i)		(0xfec00000 + 0x1000 * (i))
#define INPUTS		24
#define CONFIGURED	0x0000a930u		/* level, active low, vector 0x30, not masked */

enum lie { HONEST, ABSENT, ZEROS, ONES, DEAF, SAME, UNMASKED, LIES };

/* An IO-APIC; `regs` is only its address. */
static struct chip {
	enum lie lie;
	uint32_t version, selected, entry[2 * IOAPIC_INPUTS_MAX];
	char regs[1];
} chip[CHIPS];

static struct {
	char regs[1];
	enum lie lie;
	bool x2, stays;			/* in service, whatever is ended */
	uint32_t reg[APIC_SIZE / 4];
	uint64_t base;
	uint32_t features, features_ecx, ends;
} lapic;

static struct cpu cpu;
static struct arch_irq out;
static char warned[4000];
static uint32_t warnings, pics;

/* ---- the hardware ---- */

static uint32_t chip_read(struct chip *c)
{
	const uint32_t at = c->selected - 0x10;

	switch (c->lie) {
	case ZEROS: return 0;
	case ONES: return UINT32_MAX;
	case SAME: return c->version;
	default: ;
	}
	if (c->selected == IOAPIC_VERSION)
		return c->version;
	assert_true(at < ARRAY_SIZE(c->entry));
	return c->entry[at] & (c->lie == UNMASKED && at == 10 ? ~ENTRY_MASKED : UINT32_MAX);
}

static uint32_t lapic_read(uint32_t offset)
{
	switch (lapic.lie) {
	case ZEROS: return 0;
	case ONES: return UINT32_MAX;
	default: return lapic.reg[offset / 4];
	}
}

static void lapic_write(uint32_t offset, uint32_t value)
{
	assert_true(offset < APIC_SIZE);
	lapic.ends += offset == APIC_EOI;
	if (offset == APIC_EOI && !lapic.stays)
		lapic.reg[APIC_ISR / 4 + 8] &= lapic.reg[APIC_ISR / 4 + 8] - 1;
	if (lapic.lie != DEAF)
		lapic.reg[offset / 4] = value;
}

static uint32_t reg_read(const char *regs, uint32_t offset)
{
	if (regs == lapic.regs)
		return lapic_read(offset);
	for (uint32_t i = 0; i < CHIPS; i++)
		if (regs == chip[i].regs && offset == IOAPIC_WINDOW)
			return chip_read(&chip[i]);
	fail();
	return 0;
}

static void reg_write(char *regs, uint32_t offset, uint32_t value)
{
	if (regs == lapic.regs)
		return lapic_write(offset, value);
	for (uint32_t i = 0; i < CHIPS; i++) {
		struct chip *c = &chip[i];

		if (regs != c->regs)
			continue;
		assert_true(c->lie != ABSENT);
		if (offset == IOAPIC_SELECT)
			c->selected = value;
		else if (offset == IOAPIC_WINDOW && c->lie != DEAF)
			c->entry[c->selected - 0x10] = value;
	}
}

static uint64_t msr_read(uint32_t msr)
{
	return msr == MSR_APIC_BASE ? lapic.base : lapic_read((msr - 0x800) * 16);
}

static void msr_write(uint32_t msr, uint64_t value)
{
	if (msr == MSR_APIC_BASE)
		lapic.base = value;
	else
		lapic_write((msr - 0x800) * 16, (uint32_t)value);
}

struct cpu_id cpu_id(uint32_t leaf, uint32_t subleaf)
{
	assert_true(leaf == 1 && !subleaf);
	return (struct cpu_id){ .d = lapic.features, .c = lapic.features_ecx };
}

struct cpu *cpu_boot(void)
{
	return &cpu;
}

void pic_off(void)
{
	pics++;
}

void console_warn(const char *fmt, ...)
{
	const size_t at = strlen(warned);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(warned + at, sizeof(warned) - at, fmt, ap);
	va_end(ap);
	warnings++;
}

/* ---- the machine ---- */

static struct {
	struct madt head;
	struct madt_ioapic io[100];
} ACPI_PACKED table;

static const struct acpi_header *madt_of(void *cookie, uint32_t signature)
{
	assert_int_equal(signature, MADT_SIGNATURE);
	return cookie ? &table.head.header : NULL;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	if (pa == LAPIC)
		return lapic.lie == ABSENT ? NULL : lapic.regs;
	assert_int_equal(size, IOAPIC_SIZE);
	for (uint32_t i = 0; i < CHIPS; i++)
		if (pa == CHIP(i))
			return chip[i].lie == ABSENT ? NULL : chip[i].regs;
	return NULL;
}

static void madt_new(uint32_t chips)
{
	memset(&table, 0, sizeof(table));
	table.head.header.length = (uint32_t)(sizeof(table.head) + chips * sizeof(*table.io));
	for (uint32_t i = 0; i < chips; i++)
		table.io[i] = (struct madt_ioapic){ { MADT_IOAPIC, sizeof(*table.io) }, 0, 0,
						    CHIP(i), i * INPUTS };
}

/* All that a loader may have left: every input on, an interrupt in service. */
static void machine(void)
{
	memset(chip, 0, sizeof(chip));
	memset(&lapic, 0, sizeof(lapic));
	memset(asked, 0, sizeof(asked));
	memset(line, 0, sizeof(line));
	lapic.features = CPUID_1_APIC;
	lapic.base = LAPIC | APIC_BASE_ON;
	lapic.reg[APIC_VERSION / 4] = 0x50014;
	lapic.reg[APIC_ISR / 4 + 8] = 0x30003;
	for (uint32_t i = 0; i < CHIPS; i++) {
		chip[i].version = (INPUTS - 1) << 16 | 0x20;
		for (uint32_t n = 0; n < ARRAY_SIZE(chip[i].entry); n++)
			chip[i].entry[n] = n % 2 ? 0 : CONFIGURED;
	}
	madt_new(CHIPS);
	ioapics = 0;
	apic_regs = NULL;
	doubt = NULL;
	*warned = 0;
	warnings = pics = 0;
}

static const char *begin(bool has_madt)
{
	const struct machine m = { .window = window, .table = madt_of,
				   .cookie = has_madt ? &table : NULL };
	const char *why = arch_irq_start(&m, &out);

	assert_int_equal(pics, 1);
	return why ? why : arch_irq_cpu_start(&cpu);
}

/* ---- tests ---- */

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

/* The one in the middle; the others are used. */
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

/* How many inputs there are is never believed beyond the registers. */
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
	table.io[2].gsi = UINT32_MAX - 3;
	assert_null(begin(true));
	assert_int_equal(out.count, 2 * INPUTS);
	assert_non_null(strstr(warned, "too many inputs"));
	machine();
	madt_new(ARRAY_SIZE(table.io));			/* most of them are nowhere */
	assert_null(begin(true));
	assert_int_equal(out.count, CHIPS * INPUTS);
	assert_int_equal(warnings, IOAPICS - CHIPS + 1);
	assert_non_null(strstr(warned, "names more than 32"));
}

/* ISA interrupts that the MADT has elsewhere, or signalled in another way. */
static void test_moved(void **state)
{
#define MOVED(bus, isa, gsi, flags)	{ { MADT_OVERRIDE, 10 }, bus, isa, gsi, flags }
	static const struct madt_override moved[] = {
		MOVED(0, 0, 2, 0), MOVED(0, 5, 5, 15), MOVED(0, 7, 20, 13), MOVED(0, 9, 9, 7),
		MOVED(1, 3, 21, 15), MOVED(0, 16, 22, 0),	/* neither is an ISA interrupt */
	};
	static const struct { uint32_t isa, gsi, how; } want[] = {
		{ 0, 2, 0 }, { 1, 1, 0 }, { 3, 3, 0 }, { 5, 5, ENTRY_LOW | ENTRY_LEVEL },
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
		cmocka_unit_test(test_honest), cmocka_unit_test(test_lies),
		cmocka_unit_test(test_inputs), cmocka_unit_test(test_local),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_send),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
