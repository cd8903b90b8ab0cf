/* SPDX-License-Identifier: MIT */
/*
 * apic.h - local APIC and IO-APIC: registers as in the Intel SDM (3A 11) and the 82093AA datasheet,
 * and the allocation of vectors.
 */
#ifndef APIC_H
#define APIC_H
#include "arch/irq.h"
#include "arch/machine.h"
#include "arch/x86_64/boot/regs.h"

#define VECTOR_PIC	0x20	/* 16 vectors of the 8259s, which are masked */
#define VECTOR_GSI	0x30	/* IO-APIC inputs, as arch_irq_of_gsi() allocates them */
#define VECTOR_GSIS	64
#define VECTOR_TIMER	0xe0
#define VECTOR_IPI	0xf0
#define VECTOR_SPURIOUS	0xff	/* on old CPUs its low four bits are always 1111 */

/* Offsets in memory; as MSRs they are APIC_MSR(offset). */
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

/* A register in memory */
static inline uint32_t reg_read(const char *regs, uint32_t offset)
{
	return *(const volatile uint32_t *)(regs + offset);
}

static inline void reg_write(char *regs, uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(regs + offset) = value;
}

extern char *apic_regs;		/* NULL: x2APIC */

uint32_t apic_read(uint32_t offset);	/* the current CPU's registers, after arch_irq_start() */
void apic_write(uint32_t offset, uint32_t value);

/*
 * Send an interprocessor interrupt to the CPU with this APIC id; `command` is the lower half of the
 * ICR. False: the APIC is still sending an earlier one.
 */
bool apic_send(uint32_t id, uint32_t command);

/* Mask both 8259s, and move vectors that they might still send away from exceptions'. pic.c */
void pic_off(void);

/*
 * ioapic.c: mask and reset all inputs. Returns how many there are; warns about each IO-APIC that
 * cannot be used. `madt` is NULL, or all its bytes are readable.
 */
uint32_t ioapic_start(const struct machine *m, const struct acpi_header *madt);
void ioapic_mask(uint32_t vector, bool masked);
#endif
