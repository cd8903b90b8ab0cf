/* SPDX-License-Identifier: MIT */
/*
 * ioapic.c - the inputs of IO-APICs and their vectors. An input gets a vector when it is first
 * passed to arch_irq_of_gsi(). ISA interrupts 0 to 15 are the inputs with the same number, unless
 * the MADT says otherwise.
 */
#include "apic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/madt.h"
#include "lib/console/console.h"

#define IOAPIC_SELECT		0x00
#define IOAPIC_WINDOW		0x10
#define IOAPIC_EOI		0x40	/* from version 0x20 on */
#define IOAPIC_SIZE		0x44
#define IOAPIC_VERSION		0x01
#define IOAPIC_INPUTS(v)	(((v) >> 16 & 0xff) + 1)
#define IOAPIC_INPUTS_MAX	120	/* two of the 256 registers each, from 0x10 on */
#define IOAPIC_HAS_EOI(v)	(((v) & 0xff) >= 0x20)
#define IOAPIC_ENTRY(n)		(0x10 + 2 * (n))	/* two registers each */
#define ENTRY_VECTOR	0xff
#define ENTRY_MODE		(7u << 8)
#define ENTRY_SMI		(2u << 8)
#define ENTRY_LOW		BIT(13)
#define ENTRY_REMOTE_IRR	BIT(14)	/* a level interrupt was taken and not ended */
#define ENTRY_LEVEL		BIT(15)
#define ENTRY_MASKED		BIT(16)
#define ENTRY_TO(id)		((uint32_t)(id) << 24)
#define ENTRY_TO_MAX		0xfe

#define IOAPIC_USUAL		0xfec00000	/* the address if there is no MADT */
#define IOAPICS			32
#define ISA_LINES		16

static struct ioapic {
	char *regs;
	uint32_t gsi, inputs;
} ioapic[IOAPICS];
static uint32_t ioapics;

/* ISA interrupts that the MADT overrides */
static struct {
	bool moved;
	uint32_t gsi, how;
} line[ISA_LINES];

static uint16_t asked[VECTOR_GSIS];	/* gsi + 1 of each vector; 0: free */

static uint32_t ioapic_read(const struct ioapic *io, uint32_t reg)
{
	reg_write(io->regs, IOAPIC_SELECT, reg);
	return reg_read(io->regs, IOAPIC_WINDOW);
}

static void ioapic_write(const struct ioapic *io, uint32_t reg, uint32_t value)
{
	reg_write(io->regs, IOAPIC_SELECT, reg);
	reg_write(io->regs, IOAPIC_WINDOW, value);
}

/* Whether firmware gets its SMIs by this input. */
static bool input_smi(const struct ioapic *io, uint32_t input)
{
	return (ioapic_read(io, IOAPIC_ENTRY(input)) & (ENTRY_MODE | ENTRY_MASKED)) == ENTRY_SMI;
}

/*
 * Making a masked input edge-triggered clears Remote IRR; newer IO-APICs have an EOI register.
 * An input for SMIs is left alone. False: it does not keep what is written.
 */
static bool input_reset(const struct ioapic *io, uint32_t input, bool eoi)
{
	const uint32_t entry = ioapic_read(io, IOAPIC_ENTRY(input));

	if (input_smi(io, input))
		return true;
	ioapic_write(io, IOAPIC_ENTRY(input), entry | ENTRY_MASKED);
	if (entry & ENTRY_REMOTE_IRR && eoi)
		reg_write(io->regs, IOAPIC_EOI, entry & ENTRY_VECTOR);
	ioapic_write(io, IOAPIC_ENTRY(input), ENTRY_MASKED | VECTOR_SPURIOUS);
	ioapic_write(io, IOAPIC_ENTRY(input) + 1, 0);
	return (ioapic_read(io, IOAPIC_ENTRY(input)) & (ENTRY_MASKED | ENTRY_VECTOR)) ==
	       (ENTRY_MASKED | VECTOR_SPURIOUS);
}

/* Returns NULL, or why this IO-APIC cannot be used. */
static const char *ioapic_try(const struct machine *m, uint64_t pa, uint32_t gsi)
{
	struct ioapic *io = &ioapic[ioapics];
	uint32_t version;

	io->regs = m->window(m->cookie, pa, IOAPIC_SIZE);
	if (!io->regs)
		return "it cannot be mapped";
	version = ioapic_read(io, IOAPIC_VERSION);
	if (version == 0 || version == UINT32_MAX)
		return "it does not answer";
	io->gsi = gsi;
	io->inputs = IOAPIC_INPUTS(version);
	if (io->inputs > IOAPIC_INPUTS_MAX || gsi > UINT16_MAX - IOAPIC_INPUTS_MAX)
		return "it has too many inputs";
	for (uint32_t i = 0; i < io->inputs; i++)
		if (!input_reset(io, i, IOAPIC_HAS_EOI(version)))
			return "it does not keep what is written";
	ioapics++;
	return NULL;
}

static void ioapic_add(const struct machine *m, uint64_t pa, uint32_t gsi)
{
	const char *why = ioapic_try(m, pa, gsi);

	if (why)
		console_warn("IO-APIC at 0x%llx: %s\n", LL(pa), why);
}

static void lines_read(const struct acpi_header *madt)
{
	const struct madt_override *o;
	struct madt_walk w;

	madt_start(&w, madt);
	while ((o = madt_next(&w, MADT_OVERRIDE, sizeof(*o)))) {
		if (o->bus != 0 || o->source >= ISA_LINES)
			continue;
		line[o->source].moved = true;
		line[o->source].gsi = o->gsi;
		line[o->source].how =
			(MADT_POLARITY(o->flags) == MADT_POLARITY_LOW ? ARCH_IRQ_LOW :
			 ARCH_IRQ_HIGH) |
			(MADT_TRIGGER(o->flags) == MADT_TRIGGER_LEVEL ? ARCH_IRQ_LEVEL :
			 ARCH_IRQ_EDGE);
	}
}

uint32_t ioapic_start(const struct machine *m, const struct acpi_header *madt)
{
	const struct madt_ioapic *e;
	struct madt_walk w;
	uint32_t inputs = 0;

	if (!madt)
		ioapic_add(m, IOAPIC_USUAL, 0);
	madt_start(&w, madt);
	for (uint32_t n = 0; (e = madt_next(&w, MADT_IOAPIC, sizeof(*e))); n++) {
		if (n == IOAPICS) {
			console_warn("the MADT names more than %u IO-APICs\n", n);
			break;
		}
		ioapic_add(m, e->address, e->gsi);
	}
	lines_read(madt);
	for (uint32_t i = 0; i < ioapics; i++)
		inputs += ioapic[i].inputs;
	return inputs;
}

static const struct ioapic *ioapic_of(uint32_t gsi)
{
	for (uint32_t i = 0; i < ioapics; i++)
		if (gsi - ioapic[i].gsi < ioapic[i].inputs)
			return &ioapic[i];
	return NULL;
}

void ioapic_mask(uint32_t vector, bool masked)
{
	const uint32_t i = vector - VECTOR_GSI, gsi = i < VECTOR_GSIS ? asked[i] - 1u : UINT32_MAX;
	const struct ioapic *io = ioapic_of(gsi);
	uint32_t entry;

	if (!io)
		return;
	entry = ioapic_read(io, IOAPIC_ENTRY(gsi - io->gsi));
	ioapic_write(io, IOAPIC_ENTRY(gsi - io->gsi),
		     masked ? entry | ENTRY_MASKED : entry & ~ENTRY_MASKED);
	(void)reg_read(io->regs, IOAPIC_WINDOW);	/* the write has arrived */
}

/* As the MADT says; else as the caller says; else ISA's default (edge), or PCI's (level, low). */
static uint32_t signalled(uint32_t gsi, uint32_t how)
{
	for (uint32_t i = 0; i < ISA_LINES; i++)
		if (line[i].moved && line[i].gsi == gsi)
			return line[i].how;
	if (!(how & (ARCH_IRQ_EDGE | ARCH_IRQ_LEVEL)))
		how |= gsi < ISA_LINES ? ARCH_IRQ_EDGE : ARCH_IRQ_LEVEL;
	if (!(how & (ARCH_IRQ_HIGH | ARCH_IRQ_LOW)))
		how |= how & ARCH_IRQ_EDGE ? ARCH_IRQ_HIGH : ARCH_IRQ_LOW;
	return how;
}

uint32_t arch_irq_of_gsi(uint32_t gsi, uint32_t how)
{
	const struct ioapic *io = ioapic_of(gsi);
	const uint64_t to = cpu_boot()->id;
	uint32_t i, free = VECTOR_GSIS;

	if (!io || to > ENTRY_TO_MAX)
		return 0;
	for (i = 0; i < VECTOR_GSIS; i++) {
		if (asked[i] == gsi + 1)
			return VECTOR_GSI + i;
		if (!asked[i] && free == VECTOR_GSIS)
			free = i;
	}
	if (free == VECTOR_GSIS || input_smi(io, gsi - io->gsi))
		return 0;
	asked[free] = (uint16_t)(gsi + 1);
	how = signalled(gsi, how);
	ioapic_write(io, IOAPIC_ENTRY(gsi - io->gsi) + 1, ENTRY_TO(to));
	ioapic_write(io, IOAPIC_ENTRY(gsi - io->gsi),
		     (VECTOR_GSI + free) | ENTRY_MASKED | (how & ARCH_IRQ_LOW ? ENTRY_LOW : 0) |
		     (how & ARCH_IRQ_LEVEL ? ENTRY_LEVEL : 0));
	return VECTOR_GSI + free;
}

uint32_t arch_irq_of_isa(uint32_t isa)
{
	if (isa >= ISA_LINES)
		return 0;
	return arch_irq_of_gsi(line[isa].moved ? line[isa].gsi : isa, 0);
}
