/* SPDX-License-Identifier: MIT */
/*
 * irq.h - interrupts: the CPU's mask, and the interrupt controller.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H
#include "lib/base.h"

/* ---- The current CPU only. Any time, any stack. Exceptions and NMIs are not affected. ---- */

/* Mask interrupts. Returns the old state for arch_irq_restore() on the same CPU. These nest. */
uint64_t arch_irq_save(void);
void arch_irq_restore(uint64_t before);

/* Unmask interrupts. Only once vectors that return are installed. */
void arch_irq_on(void);

/*
 * Sleep until an interrupt is pending, then take all pending ones. Call it with interrupts masked,
 * after checking that there is a reason to sleep: an interrupt after that check is not missed.
 * Interrupts are masked again when it returns. May return without an interrupt.
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

/* How a device signals. Firmware's tables take precedence; 0: the bus's default. */
#define ARCH_IRQ_EDGE	(1u << 0)
#define ARCH_IRQ_LEVEL	(1u << 1)
#define ARCH_IRQ_HIGH	(1u << 2)
#define ARCH_IRQ_LOW	(1u << 3)

struct arch_irq {
	const char *name;	/* "GICv3", "x2APIC" */
	uint32_t count;		/* how many interrupts it has */
};

/*
 * Find the controller, mask every interrupt and clear pending and active state. Call once, on the
 * boot CPU, with interrupts masked, after trap_start(). Returns NULL, or why there is none; then
 * none of the functions below may be called.
 */
const char *arch_irq_start(const struct machine *m, struct arch_irq *out);

/* The same for the current CPU's part of it. Returns NULL, or why the CPU gets no interrupts. */
const char *arch_irq_cpu_start(struct cpu *c);

/* A problem that does not prevent use of the controller, in a few words; NULL: none. */
const char *arch_irq_doubt(void);

/*
 * In the interrupt handler, with interrupts masked: acknowledge the interrupt. Returns a value for
 * arch_irq_eoi(), from which ARCH_IRQ_NUMBER() gets the interrupt's number. If the number is
 * ARCH_IRQS or more, it was spurious: do not call arch_irq_eoi().
 */
#define ARCH_IRQ_NUMBER(taken)	((taken) & 0x3ff)
uint32_t arch_irq_ack(uint32_t vector);
void arch_irq_eoi(uint32_t taken);

/*
 * Unmask or mask an interrupt. A device's interrupt goes to the boot CPU. Numbers that are unused
 * or cannot be masked are ignored. When arch_irq_disable() returns, the controller sends it no
 * more. The caller serialises these two and the two below.
 */
void arch_irq_enable(uint32_t number);
void arch_irq_disable(uint32_t number);

/*
 * The number of global system interrupt `gsi` (ACPI 6.5, 5.2.13), or of ISA interrupt `isa`. `how`:
 * ARCH_IRQ_*. 0: no such interrupt, or no number is free.
 */
uint32_t arch_irq_of_gsi(uint32_t gsi, uint32_t how);
uint32_t arch_irq_of_isa(uint32_t isa);

/* The interrupt number of inter-processor interrupt `ipi`, which is below ARCH_IPIS. Any time. */
uint32_t arch_irq_of_ipi(uint32_t ipi);

/* Send it to a CPU, which may be this one. Earlier stores are visible to its handler. */
void arch_irq_send(const struct cpu *to, uint32_t ipi);
#endif
