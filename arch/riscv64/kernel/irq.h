/* SPDX-License-Identifier: MIT */
/* irq.h - numbers of a hart's own interrupts, after those of a PLIC's sources. */
#ifndef RISCV64_IRQ_H
#define RISCV64_IRQ_H
#include "arch/irq.h"

#define IRQ_OWN		1008		/* inter-processor interrupts */
#define IRQ_OWN_TIMER	(IRQ_OWN + ARCH_IPIS)
#define IRQ_NONE	1023		/* spurious: not below ARCH_IRQS */
_Static_assert(IRQ_OWN_TIMER < ARCH_IRQS, "numbers fit");
#endif
