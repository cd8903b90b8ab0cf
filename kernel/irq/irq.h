/* SPDX-License-Identifier: MIT */
/*
 * irq.h - interrupts by number: who handles them, and how many came that nobody wanted.
 *
 * Numbers are the interrupt controller's: a GIC's INTIDs, a local APIC's vectors. Handlers run with
 * interrupts masked, on whichever CPU was interrupted.
 */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H
#include "arch/irq.h"
#include "arch/machine.h"

#define IRQ_HANDLERS	63

typedef void irq_fn(uint32_t number, void *arg);

/* Lossy where two CPUs count at the same time. */
struct irq_counts {
	uint64_t spurious;	/* an interrupt was taken, and there was none */
	uint64_t unexpected;	/* there was one, without a handler; it is masked from then on */
	uint32_t unexpected_last;	/* its number */
};
extern struct irq_counts irq_counts;

/*
 * Find the interrupt controller, and make it forget what firmware or a kernel before this one told
 * it: nothing is enabled afterwards. Once, on the boot CPU, after trap_start(), with interrupts
 * masked. NULL, or in a few words why there is none; then the functions below do nothing.
 */
const char *irq_start(const struct machine *m, struct arch_irq *out);

/* Whether that went well. */
bool irq_working(void);

/* The same for what each CPU has of its own, on every CPU but the first, after trap_cpu_start(). */
const char *irq_cpu_start(void);

/*
 * Have fn(number, arg) called for an interrupt, from when it is enabled. NULL: nobody any more; it
 * must be disabled, and may still run on another CPU. False: no such number, it has a handler
 * already, or IRQ_HANDLERS have.
 */
bool irq_handle(uint32_t number, irq_fn *fn, void *arg);

/*
 * Let a device's interrupt through, to the boot CPU, and mask it again. Numbers that each CPU has
 * of its own (a timer's, a GIC's PPIs): to and on this CPU.
 */
void irq_enable(uint32_t number);
void irq_disable(uint32_t number);

/*
 * The number of global system interrupt `gsi` (ACPI 6.5, 5.2.13), signalled as firmware's tables
 * or else `how` (ARCH_IRQ_*) say; of a PC's interrupt line; 0: none.
 */
uint32_t irq_of_gsi(uint32_t gsi, uint32_t how);
uint32_t irq_of_isa(uint32_t isa);

/*
 * Interrupt CPU `to`, which may be this one, with one of ARCH_IPIS kinds of interrupt, whose
 * handlers are set by irq_handle(irq_of_ipi(ipi), ...) and need not be enabled. What was written
 * to memory before is there when `to` takes it.
 */
enum irq_ipi { IPI_CALL, IPI_STOP };	/* kernel/cpu/call.c, stop.c */
uint32_t irq_of_ipi(uint32_t ipi);
void irq_send(const struct cpu *to, uint32_t ipi);

/* How often a handler was called; 0 for a number without one. */
uint64_t irq_count(uint32_t number);
#endif
