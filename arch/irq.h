/* SPDX-License-Identifier: MIT */
/*
 * irq.h - whether the CPU takes interrupts. All of this is about the CPU it runs on alone; any
 * time, any stack. Exceptions and what no CPU can mask are not interrupts here.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H
#include "lib/base.h"

/* Mask interrupts. What they were before, for arch_irq_restore() on the same CPU; these nest. */
uint64_t arch_irq_save(void);
void arch_irq_restore(uint64_t before);

/* Take interrupts from now on. Only with vectors in force that return. */
void arch_irq_on(void);

/*
 * Sleep until there is an interrupt, take it, and what else waits by then; all the rest of the time
 * they are masked. Call with interrupts masked, after having looked whether there is a reason to
 * sleep: what comes in between is not missed. It may return for no reason at all.
 */
void arch_wait(void);
#endif
