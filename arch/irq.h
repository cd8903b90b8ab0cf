/* SPDX-License-Identifier: MIT */
/*
 * irq.h - interrupts: the CPU's mask, and the interrupt controller.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H
#include "lib/base.h"

/* ---- The current CPU only. Any time, any stack. Exceptions and NMIs do not count. ---- */

/* Mask interrupts. Returns the old state for arch_irq_restore() on the same CPU. These nest. */
uint64_t arch_irq_save(void);
void arch_irq_restore(uint64_t before);

/* Unmask interrupts. Only with vectors that return. */
void arch_irq_on(void);

/*
 * Sleep until an interrupt is pending, and take it and any others; they are masked before and
 * after. Call it with interrupts masked, after checking that there is a reason to sleep: an
 * interrupt after that check is not missed. May return without an interrupt.
 */
void arch_wait(void);

/* ---- The interrupt controller. Use it through kernel/irq/. ---- */

struct cpu;
struct machine;

/*
 * From arch/<isa>/isa.h:
 * ARCH_IRQS	interrupt numbers are below this; 0 is never a device's
 * ARCH_IPIS	kinds of inter-processor interrupt
 */

/* How a device signals. Firmware's tables take precedence; without either, the bus's default. */
#define ARCH_IRQ_EDGE	(1u << 0)
#define ARCH_IRQ_LEVEL	(1u << 1)
#define ARCH_IRQ_HIGH	(1u << 2)
#define ARCH_IRQ_LOW	(1u << 3)

struct arch_irq {
	const char *name;	/* "GICv3", "x2APIC" */
	uint32_t count;		/* interrupts that it has */
};

/*
 * Find the controller, mask every interrupt and drop pending and active state. Call once, on the
 * boot CPU, with interrupts masked, after trap_start(). NULL, or why there is none; then none of
 * the functions below may be called.
 */
const char *arch_irq_start(const struct machine *m, struct arch_irq *out);

/* The same for the current CPU's part of the controller. NULL, or why it gets no interrupts. */
const char *arch_irq_cpu_start(struct cpu *c);

/* A problem that was found but does not prevent use, in a few words; or NULL. */
const char *arch_irq_doubt(void);

/*
 * For the vector, with interrupts masked: acknowledge. Returns a value for arch_irq_done();
 * ARCH_IRQ_NUMBER() of it is the interrupt's number. ARCH_IRQS or more: spurious, do not call
 * arch_irq_done().
 */
#define ARCH_IRQ_NUMBER(taken)	((taken) & 0x3ff)
uint32_t arch_irq_take(uint32_t vector);
void arch_irq_done(uint32_t taken);

/*
 * Unmask or mask an interrupt. A device's goes to the boot CPU. Nothing happens for numbers that
 * are unused or cannot be masked. The caller serialises these two.
 */
void arch_irq_enable(uint32_t number);
void arch_irq_disable(uint32_t number);

/*
 * The number of global system interrupt `gsi` (ACPI 6.5, 5.2.13), or of ISA interrupt `isa`.
 * 0: no such interrupt, or no number is free.
 */
uint32_t arch_irq_of_gsi(uint32_t gsi, uint32_t how);
uint32_t arch_irq_of_isa(uint32_t isa);

/* The number with which inter-processor interrupt `ipi` (below ARCH_IPIS) arrives. */
uint32_t arch_irq_of_ipi(uint32_t ipi);
void arch_irq_send(const struct cpu *to, uint32_t ipi);
#endif
