/* SPDX-License-Identifier: MIT */
/*
 * apic_world.h - a PC's local APIC and IO-APICs, played by the test: they answer, are not there
 * (all bits read as zeros, or as ones) or lie. With the code that drives them.
 */
#ifndef APIC_WORLD_H
#define APIC_WORLD_H
#include "tests/host/unit/no_irq.h"
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
	bool under_way;			/* a write that no read has followed yet */
	uint32_t version, selected, ends, entry[2 * IOAPIC_INPUTS_MAX];
	char regs[1];
} chip[CHIPS];

static struct {
	char regs[1];
	enum lie lie;
	bool x2, stays;			/* stays: an interrupt stays in service despite EOIs */
	uint32_t reg[APIC_SIZE / 4];
	uint64_t base;
	uint32_t features, features_ecx, ends, moves;	/* moves: writes of `base` */
	uint32_t busy, reads;				/* its ICR is, for that many reads */
} lapic;

static struct cpu cpu;
static struct arch_irq out;
static char warned[4000];
static uint32_t warnings, pics;

/* ---- the hardware ---- */

static uint32_t chip_read(struct chip *c)
{
	const uint32_t at = c->selected - 0x10;

	c->under_way = false;
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

/* How it is signalled may only change while it is masked (edge-triggered: Remote IRR is clear). */
static void entry_write(const struct chip *c, uint32_t *entry, bool upper, uint32_t value)
{
	const uint32_t irr = value & ENTRY_LEVEL ? ENTRY_REMOTE_IRR : 0;

	assert_true(c->lie || upper || *entry & ENTRY_MASKED || !((*entry ^ value) & 0xffff));
	*entry = upper ? value : (value & ~ENTRY_REMOTE_IRR) | (*entry & irr);
}

static void chip_end(struct chip *c, uint32_t vector)
{
	assert_true(c->version % 256 >= 0x20);
	for (uint32_t n = 0; n < ARRAY_SIZE(c->entry); n += 2)
		if ((c->entry[n] & ENTRY_VECTOR) == vector) {
			c->ends += !!(c->entry[n] & ENTRY_REMOTE_IRR);
			c->entry[n] &= ~ENTRY_REMOTE_IRR;
		}
}

static uint32_t lapic_read(uint32_t offset)
{
	assert_true(lapic.base & APIC_BASE_ON);
	assert_true(++lapic.reads < 10 * APIC_POLLS);	/* polling must end */
	if (offset == APIC_ICR && lapic.busy) {
		lapic.busy--;
		return lapic.reg[offset / 4] | APIC_ICR_PENDING;
	}
	switch (lapic.lie) {
	case ZEROS: return 0;
	case ONES: return UINT32_MAX;
	default: return lapic.reg[offset / 4];
	}
}

static void lapic_write(uint32_t offset, uint32_t value)
{
	assert_true(offset < APIC_SIZE && lapic.base & APIC_BASE_ON);
	if (offset == APIC_EOI || offset == APIC_ESR)
		assert_int_equal(value, 0);	/* or an x2APIC faults */
	if (offset == APIC_ICR && !(lapic.base & APIC_BASE_X2))
		assert_true(masked);		/* or a handler's IPI may change the target */
	lapic.ends += offset == APIC_EOI;
	for (uint32_t i = 8; offset == APIC_EOI && !lapic.stays && i--;) {
		uint32_t *word = &lapic.reg[APIC_ISR / 4 + 4 * i];

		if (*word) {			/* the highest that is in service */
			*word ^= 1u << (31 - __builtin_clz(*word));
			break;
		}
	}
	if (lapic.lie != DEAF)
		lapic.reg[offset / 4] = value;
}

static uint32_t reg_read(const char *regs, uint32_t offset)
{
	if (regs == lapic.regs) {
		assert_false(lapic.base & APIC_BASE_X2);
		return lapic_read(offset);
	}
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
		c->under_way = true;
		if (offset == IOAPIC_SELECT)
			c->selected = value;
		else if (offset == IOAPIC_WINDOW && c->lie != DEAF)
			entry_write(c, &c->entry[c->selected - 0x10], c->selected % 2, value);
		else if (offset == IOAPIC_EOI)
			chip_end(c, value);
	}
}

static uint64_t msr_read(uint32_t msr)
{
	assert_true(msr == MSR_APIC_BASE || lapic.base & APIC_BASE_X2);
	return msr == MSR_APIC_BASE ? lapic.base : lapic_read((msr - 0x800) * 16);
}

static void msr_write(uint32_t msr, uint64_t value)
{
	if (msr == MSR_APIC_BASE) {		/* an x2APIC is an APIC first, SDM 3A 11.12.5 */
		assert_true(!(value & APIC_BASE_X2) || lapic.base & APIC_BASE_ON);
		lapic.base = value;
		lapic.moves++;
		return;
	}
	assert_true(lapic.base & APIC_BASE_X2);
	if (msr == APIC_MSR(APIC_ICR))
		lapic_write(APIC_ICR_HIGH, (uint32_t)(value >> 32));
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
	lapic.reg[APIC_TPR / 4] = lapic.reg[APIC_COUNT / 4] = lapic.reg[APIC_ESR / 4] = 0x20;
	for (uint32_t i = 0; i < CHIPS; i++) {
		chip[i].version = (INPUTS - 1) << 16 | 0x20;
		for (uint32_t n = 0; n < ARRAY_SIZE(chip[i].entry); n++)
			chip[i].entry[n] = n % 2 ? 0x3000000 : CONFIGURED;
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
#endif
