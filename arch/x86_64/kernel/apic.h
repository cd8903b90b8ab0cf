/* SPDX-License-Identifier: MIT */
/*
 * apic.h - local APIC and IO-APIC: registers as in the Intel SDM (3A 11) and the 82093AA, and which
 * vector is whose.
 */
#ifndef APIC_H
#define APIC_H
#include "arch/irq.h"
#include "arch/machine.h"
#include "arch/x86_64/boot/regs.h"

#define VECTOR_PIC	0x20	/* 16 that no 8259 sends any more */
#define VECTOR_GSI	0x30	/* IO-APIC inputs that were asked for */
#define VECTOR_GSIS	64
#define VECTOR_TIMER	0xe0
#define VECTOR_IPI	0xf0
#define VECTOR_SPURIOUS	0xff	/* as it should end in 1111: old CPUs have it so */

/* Offsets in memory; as MSRs they are APIC_MSR(offset). */
#define APIC_ID		0x020
#define APIC_VERSION	0x030
#define APIC_TPR	0x080
#define APIC_EOI	0x0b0
#define APIC_ISR	0x100	/* 8 registers */
#define APIC_ESR	0x280
#define APIC_LVT_CMCI	0x2f0
#define APIC_ICR	0x300
#define APIC_ICR_HIGH	0x310
#define APIC_LVT_TIMER	0x320
#define APIC_LVT_THERMAL 0x330
#define APIC_LVT_COUNTER 0x340
#define APIC_LVT_LINT0	0x350
#define APIC_LVT_LINT1	0x360
#define APIC_LVT_ERROR	0x370
#define APIC_COUNT	0x380	/* initial */
#define APIC_COUNT_NOW	0x390
#define APIC_DIVIDE	0x3e0
#define APIC_MSR(offset) (0x800 + (offset) / 16)
#define APIC_SIZE	0x400

#define APIC_VERSION_LVT(v)	(((v) >> 16 & 0xff) + 1)	/* how many LVT registers */
#define APIC_SVR_ON		BIT(8)
#define APIC_LVT_MASKED		BIT(16)
#define APIC_LVT_MODE		(7u << 8)
#define APIC_LVT_NMI		(4u << 8)
#define APIC_LVT_DEADLINE	(2u << 17)	/* mode of the timer; 0: once */
#define APIC_ICR_PENDING	BIT(12)
#define APIC_ICR_ASSERT		BIT(14)
#define APIC_DIVIDE_1		0xb

extern char *apic_regs;		/* NULL: x2APIC */

uint32_t apic_read(uint32_t offset);
void apic_write(uint32_t offset, uint32_t value);

/* An interprocessor interrupt: ICR's lower half, and whose. False: the APIC does not take it. */
bool apic_send(uint32_t id, uint32_t command);

/* Mask both 8259s, and have what they might send still apart from exceptions. pic.c */
void pic_off(void);

/*
 * ioapic.c: all inputs masked and forgotten. How many there are; *doubt is set if something is
 * wrong. `madt` is NULL, or has the bytes it says.
 */
uint32_t ioapic_start(const struct machine *m, const struct acpi_header *madt, const char **doubt);
void ioapic_mask(uint32_t vector, bool masked);
#endif
