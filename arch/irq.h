/* SPDX-License-Identifier: MIT */
/*
 * irq.h - masks interrupts, for the current CPU only. Any time, any stack. Exceptions, and
 * interrupts that cannot be masked, do not count.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H
#include "lib/base.h"

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
#endif
