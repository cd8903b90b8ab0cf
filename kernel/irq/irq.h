/* SPDX-License-Identifier: MIT */
/*
 * irq.h - interrupt handlers, by interrupt number, and counts of unexpected interrupts.
 *
 * Numbers are the interrupt controller's: a GIC's INTIDs, a local APIC's vectors, a PLIC's sources.
 * Handlers run with interrupts masked, on the CPU that was interrupted.
 */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H
#include "arch/irq.h"
#include "arch/machine.h"

#define IRQ_HANDLERS	63

typedef void irq_fn(uint32_t number, void *arg);

/* Counts may be lost if two CPUs count at the same time. */
struct irq_counts {
	uint64_t spurious;	/* the controller had no interrupt when the CPU took one */
	uint64_t unexpected;	/* interrupts without a handler, which were then masked */
	uint32_t unexpected_last;	/* the number of the last such interrupt */
};
extern struct irq_counts irq_counts;

/*
 * Find the interrupt controller and reset what firmware or a previous kernel configured: all
 * interrupts are masked afterwards. Once, on the boot CPU, after trap_start(), with interrupts
 * masked. Returns NULL, or in a few words why there is none; then the functions below do nothing.
 */
const char *irq_start(const struct machine *m, struct arch_irq *out);

/* Whether irq_start() has succeeded. */
bool irq_working(void);

/*
 * Reset the current CPU's part of the controller: on every CPU but the boot CPU, after
 * trap_cpu_start(), with interrupts masked. Returns NULL, or why the CPU gets no interrupts.
 */
const char *irq_cpu_start(void);

/*
 * Call fn(number, arg) for an interrupt once it is enabled. fn NULL: remove the handler; the
 * interrupt must be disabled first, and the handler may still be running on another CPU. False: no
 * controller, no such number (0 never is one), the number has a handler already, or IRQ_HANDLERS
 * are in use.
 */
bool irq_handle(uint32_t number, irq_fn *fn, void *arg);

/*
 * Unmask and mask an interrupt. A device's interrupt goes to the boot CPU. For interrupts that each
 * CPU has of its own (the timer's, a GIC's PPIs) this affects the current CPU only. Numbers that do
 * not exist or cannot be masked are ignored.
 */
void irq_enable(uint32_t number);
void irq_disable(uint32_t number);

/*
 * The number of global system interrupt `gsi` (ACPI 6.5, 5.2.13), and of a PC's ISA interrupt line.
 * `how` (ARCH_IRQ_*) says how it is signalled, unless firmware's tables do. 0: there is no such
 * interrupt, or no number is free.
 */
uint32_t irq_of_gsi(uint32_t gsi, uint32_t how);
uint32_t irq_of_isa(uint32_t isa);

/*
 * Interrupt CPU `to`, which may be the current one. `ipi` is below ARCH_IPIS; those after IPI_STOP
 * are the kernel's own (riscv64 has none: use cpu_call_one()). Handlers are set by
 * irq_handle(irq_of_ipi(ipi), ...) and need not be enabled. Stores before irq_send() are visible to
 * the handler.
 */
enum irq_ipi { IPI_CALL, IPI_STOP };	/* kernel/cpu/call.c, stop.c */
uint32_t irq_of_ipi(uint32_t ipi);
void irq_send(const struct cpu *to, uint32_t ipi);

/* How often the handler of this number was called; 0 if it has none. */
uint64_t irq_count(uint32_t number);
#endif
